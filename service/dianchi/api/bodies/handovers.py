"""Shapes of the check before a hand-over leaves."""

from datetime import date as Day  # noqa: N812 - members are called `date`
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, WithJsonSchema

from dianchi.api.bodies.labels import Name
from dianchi.api.bodies.shared import OwnNumber, Strict, Told
from dianchi.domain.handover_rows import Outcome
from dianchi.domain.members import PARTY

Line = Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f]+$")]
Number = Annotated[OwnNumber, Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$")]
Party = Annotated[Any, WithJsonSchema(dict(PARTY.schema))]
MOST = 5000


class HandoverWish(Strict):
    """A hand-over that is thought of."""

    batteries: Annotated[list[Name], Field(min_length=1, max_length=MOST)]
    receiver: Party = Field(
        default=None,
        description="as in `dispatched`; left out: who may lawfully receive them is listed",
    )
    receiver_site: Number | None = Field(default=None, description="number of its site")
    date: Day | None = Field(default=None, description="when the truck leaves (+08:00); today")
    on_behalf_of: Line | None = Field(
        default=None, description="the sender, where it gave a mandate for `dispatched`"
    )
    site: Number | None = Field(default=None, description="the sender's site, whence it leaves")
    use: str | None = Field(default=None, max_length=40, description="a word of `application`")
    transfer_filing: Number | None = Field(default=None, description="转移备案 number, if any")


class RuleInForce(BaseModel):
    """A rule that was looked at, by its code; whence it comes and since when it holds."""

    code: str
    title: Told
    source: str
    mark: Literal["V", "V2", "R-h", "R-m", "R-l", "D"] = Field(
        description="how sure the source is: see the page of deadlines and limits"
    )
    valid_from: Day | None = Field(description="null: a rule of this service, without a first day")
    valid_to: Day | None


class RuleApplied(BaseModel):
    """What a rule said of one battery, with the facts that it looked at."""

    code: str
    what: str
    outcome: Outcome
    facts: dict[str, Any]
    text: Told | None = Field(description="null where the outcome is `ok`")
    way_out: Told | None


class CheckedBattery(BaseModel):
    """One battery; its outcome is the worst of its rules."""

    battery: str = Field(description="as it was asked for")
    name: str | None = Field(description="the canonical name, where the caller is shown it")
    outcome: Outcome
    rules: list[RuleApplied]


class PermitShown(BaseModel):
    """The permit by which a receiver is lawful."""

    kind: str
    number: str | None
    valid_to: Day


class LawfulReceiver(BaseModel):
    """Who may receive waste batteries, at one of its sites if it has any."""

    organisation: str
    name: str
    site: str | None
    site_name: str | None
    permit: PermitShown
    room: Literal["fits"] | None = Field(description="null: no capacity is registered")


class LawfulNear(BaseModel):
    """The lawful receivers of one prefecture."""

    prefecture: str
    prefecture_name: Told
    km: int | None = Field(description="as the crow flies, between the seats")
    items: list[LawfulReceiver]


class Unchecked(BaseModel):
    """What the answer does not cover."""

    what: str
    text: Told


class ReceiverShown(BaseModel):
    """Whom the load is for."""

    id: str
    name: str
    registered: bool
    province: str | None
    site: str | None


class Counts(BaseModel):
    """How many batteries of each outcome."""

    ok: int
    warn: int
    stop_advised: int


class HandoverChecked(BaseModel):
    """What is said of the hand-over; nothing of it is stored."""

    sender: str
    receiver: ReceiverShown | None
    date: Day
    outcome: Outcome
    counts: Counts
    load_kg: str = Field(description="of those whose mass is on record")
    without_mass: int = Field(description="batteries whose mass is not on record")
    rules: list[RuleInForce]
    items: list[CheckedBattery] = Field(description="in the order asked for, each once")
    receivers: list[LawfulNear] | None = Field(
        description="nearest first; null where a receiver was named"
    )
    not_checked: list[Unchecked]
    log_index: int
