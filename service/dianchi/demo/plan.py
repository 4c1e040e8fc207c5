"""What makes one synthetic province this one and no other: seed, size and last day."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Final

from dianchi.domain.working_days import CHINA

LIVES: Final = 3000
SEED: Final = 53
LEAST_LIVES: Final = 200
EARLIEST_UNTIL: Final = date(2024, 1, 1)
_KEPT: Final = "demo.json"


@dataclass(frozen=True, slots=True)
class Plan:
    """The three numbers from which everything follows.

    Attributes:
        seed: of every random draw.
        lives: how many packs are told of; what becomes of them (modules, sets) comes on top.
        until: the story ends when this day begins in China.
    """

    seed: int
    lives: int
    until: date

    @property
    def horizon_us(self) -> int:
        """00:00 in China of `until`: nothing happens at or after this moment."""
        start = datetime.combine(self.until, time(), tzinfo=CHINA)
        return int(start.timestamp()) * 1_000_000

    @property
    def name(self) -> str:
        """What event ids are derived from."""
        return f"dianchi-demo/1/{self.seed}/{self.lives}/{self.until}"


@dataclass(frozen=True, slots=True)
class Kept:
    """The plan that a data folder was begun with, and whether all of it was recorded.

    `samples` are names of batteries worth looking at, by what they show.
    """

    plan: Plan
    complete: bool
    samples: Mapping[str, str] = field(default_factory=dict)


def kept(folder: Path) -> Kept | None:
    """The demo that this folder holds, if it holds one."""
    path = folder / _KEPT
    if not path.exists():
        return None
    told = json.loads(path.read_text(encoding="utf-8"))
    plan = Plan(int(told["seed"]), int(told["lives"]), date.fromisoformat(told["until"]))
    return Kept(plan, bool(told["complete"]), told["samples"])


def keep(folder: Path, held: Kept) -> None:
    """Remembers the plan, so that the folder is never given another province."""
    told = asdict(held.plan) | {"until": str(held.plan.until)}
    told |= {"complete": held.complete, "samples": dict(held.samples)}
    write_private(folder / _KEPT, json.dumps(told, indent=1))


def write_private(path: Path, text: str) -> None:
    """Writes a 0600 file wholly or not at all."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)
