"""Shapes of sandboxes and conformity runs."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from dianchi.api.bodies.registry import Whole
from dianchi.api.bodies.shared import Strict


class Said(BaseModel):
    """One sentence in both languages."""

    zh: str
    en: str


class SandboxRead(BaseModel):
    """The sandbox of one's firm."""

    environment: Literal["sandbox"] = "sandbox"
    id: str
    address: str = Field(description="the base address of calls; every path follows it unchanged")
    state: Literal["preparing", "ready", "failed"]
    done: int = Field(description="reports of its synthetic province that are recorded")
    total: int = Field(description="of how many; 0 while that is not known")
    generation: int = Field(description="grows each time it is emptied")
    made_at: datetime
    used_at: datetime
    kept_days: int = Field(description="unused for so many days, it is deleted")


class SandboxKeyNew(Strict):
    """A key to make in the sandbox."""

    role: str | None = Field(
        default=None, max_length=40, description="any reporting role; by default one's own"
    )


class SandboxKeyMade(BaseModel):
    """A key of the sandbox, shown this once."""

    environment: Literal["sandbox"] = "sandbox"
    id: str
    key: str
    organisation: str
    role: str
    address: str
    lives: int = Field(description="batteries that are now declared in your name, to work with")


class RunNew(Strict):
    """A run to begin."""

    role: str | None = Field(
        default=None, max_length=40, description="whose scenario; by default one's own"
    )


class TaskRead(BaseModel):
    """A task, and what is said of it."""

    id: str
    kind: str
    title: Said
    how: Said
    example: dict[str, Any] | None
    state: Literal["done", "todo", "wrong"]
    expected: Said
    came: Said
    way_out: Said | None
    at: datetime | None


class RunShort(BaseModel):
    """A run in a list."""

    number: str
    organisation: str
    organisation_name: str | None
    role: str
    version: str
    title: Said
    begun_at: datetime
    ended_at: datetime | None
    passed: bool | None = Field(description="null while it runs")


class RunRead(RunShort):
    """A run with its tasks."""

    names: dict[str, str]
    tasks: list[TaskRead]
    sha256: str | None = Field(description="of the report as canonical JSON; null while it runs")
    check: str = Field(description="the page that anybody may check the report by")


class RunList(Whole[RunShort]):
    """Runs, the latest first."""


class ScenarioRead(BaseModel):
    """A scenario as published."""

    role: str
    version: str
    title: Said
    tasks: list[dict[str, Any]]


class ScenarioList(Whole[ScenarioRead]):
    """The scenario of each role that is in force."""


class RiddleItem(BaseModel):
    """An event with its receipt; perhaps one of them was changed."""

    index: int
    leaf: str = Field(description="the exact bytes that were hashed, as UTF-8 text")
    receipt: str = Field(description="a `.tlog-proof` file")


class Riddle(BaseModel):
    """Receipts to verify offline."""

    items: list[RiddleItem]
    policy: str = Field(description="whose signatures count (c2sp.org/tlog-policy)")


class AnswerNew(Strict):
    """Which receipts do not fit."""

    forged: list[int] = Field(max_length=5)


class AnswerRead(BaseModel):
    """Whether the answer was right."""

    right: bool
