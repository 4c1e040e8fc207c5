"""What marks a battery without moving it: recalls, requests to fetch, officers' acts, corrections.

Nothing an officer marks blocks a report (REGULATOR 3). Every act says on which basis, by which
document and why it was done.
"""

# ruff: noqa: RUF009 - `required` and `optional` declare fields; they are made to be called here

from dataclasses import dataclass
from typing import Final

from dianchi.domain import vocabulary as words
from dianchi.domain.events.catalogue import REPORTING, ROLES, Part
from dianchi.domain.events.values import DOCUMENT, MOST_BATTERIES, NAMES, NUMBER
from dianchi.domain.fields import BATTERY, INSTANT, UUID, Json, choice, many, text
from dianchi.domain.members import PARTY, optional, record, required

PART: Final = Part()
_OFFICERS: Final = ("regulator",)
_RECALL: Final = ("maker", "regulator")
_REASON = text(400)
_BASIS = text(200, words.ACT_BASES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selector:
    """Which batteries a recall concerns: those to which everything told here applies.

    `vendor` are the first three characters of a GB/T 34014 code, `produced_from` and `produced_to`
    days of making, both included; `codes_from` and `codes_to` compare whole codes. With `names`
    nothing else may be told.
    """

    maker: Json = optional(PARTY)
    vendor: str | None = optional(text(8, number=True))
    model: str | None = optional(text(80, number=True))
    produced_from: str | None = optional(INSTANT)
    produced_to: str | None = optional(INSTANT)
    codes_from: str | None = optional(BATTERY)
    codes_to: str | None = optional(BATTERY)
    names: list[str] | None = optional(many(BATTERY, MOST_BATTERIES))


@PART.reported("recall_opened", "召回", _RECALL, subject="none")
@dataclass(frozen=True, slots=True, kw_only=True)
class RecallOpened:
    """Batteries are called back. One event whatever their number: each is matched as it is read."""

    recall: str = required(NUMBER)
    selector: dict[str, Json] = required(record(Selector))
    advice: str = required(text(400))
    advice_en: str | None = optional(text(400))
    reason: str | None = optional(_REASON)
    document: str | None = optional(DOCUMENT)


@PART.reported("recall_closed", "召回结束", _RECALL, subject="none")
@dataclass(frozen=True, slots=True, kw_only=True)
class RecallClosed:
    """A recall is over: by whoever opened it, or by an authority."""

    recall: str = required(NUMBER)
    issuer: Json = optional(PARTY)
    reason: str = required(_REASON)
    document: str | None = optional(DOCUMENT)


@PART.reported("remedied", "召回处置完成", _RECALL)
@dataclass(frozen=True, slots=True, kw_only=True)
class Remedied:
    """What a recall asks for was done to this battery."""

    recall: str = required(NUMBER)
    issuer: Json = optional(PARTY)
    measure: str | None = optional(text(200))


@PART.reported(
    "pickup_requested",
    "收运申请",
    ("outlet", "workshop", "dismantler", "site_operator"),
    subject="none",
)
@dataclass(frozen=True, slots=True, kw_only=True)
class PickupRequested:
    """Somebody who has batteries in store asks another to fetch them."""

    pickup: str = required(NUMBER)
    batteries: list[str] = required(NAMES)
    to: Json = required(PARTY)


@PART.reported("pickup_answered", "收运答复", REPORTING, subject="none")
@dataclass(frozen=True, slots=True, kw_only=True)
class PickupAnswered:
    """Whoever was asked to fetch batteries says whether they will."""

    pickup: str = required(NUMBER)
    requester: Json = required(PARTY)
    answer: str = required(choice(words.PICKUP_ANSWERS))
    reason: str | None = optional(text(200))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Act:
    """What every officer's act says; `case` is the number of the case it was decided in."""

    basis: str = required(_BASIS)
    document: str = required(DOCUMENT)
    reason: str = required(_REASON)
    case: str | None = optional(NUMBER)


@PART.reported("hold_placed", "风险标记", _OFFICERS)
@dataclass(frozen=True, slots=True, kw_only=True)
class HoldPlaced(_Act):
    """The battery is to stay where it is until the hold is lifted."""


@PART.reported("hold_lifted", "解除风险标记", _OFFICERS)
@dataclass(frozen=True, slots=True, kw_only=True)
class HoldLifted(_Act):
    """One hold is over."""

    hold: str = required(UUID)


@PART.reported("correction_ordered", "责令改正", _OFFICERS)
@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionOrdered(_Act):
    """Whoever reported it is ordered to put it right; `event_id` names the report."""

    event_id: str | None = optional(UUID)
    due: str | None = optional(INSTANT)


@PART.reported("annotated", "批注", _OFFICERS)
@dataclass(frozen=True, slots=True, kw_only=True)
class Annotated:
    """An officer notes something for whoever reads the life."""

    reason: str = required(_REASON)
    basis: str | None = optional(_BASIS)
    document: str | None = optional(DOCUMENT)
    case: str | None = optional(NUMBER)


@PART.reported("referred", "移送", _OFFICERS)
@dataclass(frozen=True, slots=True, kw_only=True)
class Referred(_Act):
    """The matter was passed on to another authority."""

    to: str = required(text(120))


@PART.reported("set_aside", "不予采信", _OFFICERS, subject="none")
@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside(_Act):
    """Two officers decide that a report does not count: the life is as if it had not been.

    It stays in the history, marked. `officers` are the two persons, who proposed it first.
    """

    event_id: str = required(UUID)
    battery: str | None = optional(BATTERY)
    officers: list[str] = required(many(UUID, 2, least=2))


@PART.reported("corrected", "更正", ROLES[:-1], subject="none")
@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """An earlier report of the same organisation was wrong: the life is as if it had not been."""

    event_id: str = required(UUID)
    reason: str = required(text(200))
    battery: str | None = optional(BATTERY)
    replacement: str | None = optional(UUID)
