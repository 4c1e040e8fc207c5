"""What may happen at any time: names, dangers, counts, disappearances."""

# ruff: noqa: RUF009 - `required` and `optional` declare fields; they are made to be called here

from dataclasses import dataclass
from typing import Final

from dianchi.domain import vocabulary as words
from dianchi.domain.events.catalogue import REPORTING, Part
from dianchi.domain.events.values import MOST_BATTERIES, NUMBER, SAFETY
from dianchi.domain.fields import (
    BATTERY,
    FLAG,
    INSTANT,
    PROVINCE,
    SHA256,
    UUID,
    choice,
    integer,
    many,
    text,
)
from dianchi.domain.members import optional, required

PART: Final = Part()


@PART.reported("relabelled", "换标", ("outlet", "maker", "utilizer"))
@dataclass(frozen=True, slots=True, kw_only=True)
class Relabelled:
    """A new label was put on; older revisions are void."""

    revision: int = required(integer(1, 999))
    reason: str = required(text(80, words.RELABEL_REASONS))


@PART.reported("identified", "认定", ("outlet", "site_operator", "utilizer"))
@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """Two names turned out to be one battery."""

    name: str = required(BATTERY)


@PART.reported("incident", "安全事件", REPORTING)
@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """Something dangerous happened; the battery is quarantined until released."""

    kind: str = required(text(80, words.INCIDENT_KINDS))
    photos: list[str] | None = optional(many(SHA256, 20))


@PART.reported("released", "解除隔离", ("utilizer", "outlet"))
@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """The danger of an incident was treated."""

    incident: str = required(UUID)
    treatment: str = required(text(200))
    safety_class: str = required(SAFETY)


@PART.reported("counted", "盘点", (*REPORTING, "regulator"), subject="none")
@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Somebody counted what stands at a site. An officer who inspects signs after the outlet."""

    site: str = required(NUMBER)
    batteries: list[str] = required(many(BATTERY, MOST_BATTERIES, least=0))
    complete: bool = required(FLAG)
    basis: str = required(choice(words.COUNT_BASES))
    signatures: list[str] | None = optional(many(SHA256, 4))


@PART.reported("lost", "去向不明", REPORTING)
@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """Nobody knows where the battery is."""

    since: str = required(INSTANT)


@PART.reported("exported", "出口", REPORTING)
@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """The battery left the country."""

    destination: str = required(text(80))


@PART.reported("left_province", "出省", REPORTING)
@dataclass(frozen=True, slots=True, kw_only=True)
class LeftProvince:
    """The battery left Yunnan for another province."""

    province: str = required(PROVINCE)


@PART.reported("entered", "入省", REPORTING)
@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """The battery came into Yunnan from another province."""

    province: str = required(PROVINCE)


@PART.reported("voided", "作废", ("maker", "importer"))
@dataclass(frozen=True, slots=True, kw_only=True)
class Voided:
    """The name was never used, or its battery was scrapped before it left the maker."""

    reason: str = required(text(200))
