"""Recalls (召回): what was called back, whether a battery is among it, and when it is over.

A recall concerns thousands of batteries and is one event in a stream of its own: each battery is
matched when it is read. A maker calls back what the record says it made; an authority anything.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from dianchi.domain.life import Event, Life
from dianchi.domain.moments import chinese_day, microseconds

_AUTHORITY: Final = "regulator"


@dataclass(frozen=True, slots=True)
class Selector:
    """What a battery has to be to be concerned; whatever is None is not asked.

    `made_from` and `made_to` are Chinese days since 1970, both included; `names` stand alone.
    """

    maker: str | None = None
    vendor: str | None = None
    model: str | None = None
    made_from: int | None = None
    made_to: int | None = None
    codes_from: str | None = None
    codes_to: str | None = None
    names: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Pack:
    """What of a battery a selector looks at; `made_day` is 0 where no code says it."""

    names: frozenset[str]
    maker: str | None
    model: str | None
    made_day: int


@dataclass(frozen=True, slots=True)
class Recall:
    """A recall as its stream tells it.

    Attributes:
        subject: the name of its stream, by which `remedied` names it.
        issuer: who opened it.
        closed_us: UTC microseconds; None while it is open.
    """

    subject: str
    issuer: str
    number: str
    role: str
    event_id: str
    selector: Selector
    advice: str
    advice_en: str | None
    reason: str | None
    document: str | None
    opened_us: int
    closed_us: int | None = None
    closing: str | None = None

    @property
    def only_of(self) -> str | None:
        """The maker whose batteries alone it concerns; None: an authority calls back any."""
        return None if self.role == "regulator" else self.issuer


def selector_of(told: dict[str, Any]) -> Selector:
    """The selector of a canonical `recall_opened`."""
    names = told.get("names")
    return Selector(
        told.get("maker"),
        told.get("vendor"),
        told.get("model"),
        _day(told.get("produced_from")),
        _day(told.get("produced_to")),
        told.get("codes_from"),
        told.get("codes_to"),
        tuple(names) if names is not None else None,
    )


def _day(told: str | None) -> int | None:
    return None if told is None else chinese_day(microseconds(told))


def pack_of(life: Life, names: Iterable[str]) -> Pack:
    """A life as selectors see it."""
    return Pack(frozenset(names), life.maker, life.facts.get("model"), life.made_day)


def recall_in(subject: str, events: Sequence[Event]) -> Recall | None:
    """The recall that a stream holds; None where its opening was withdrawn.

    Of several openings under one number the latest counts, and only whoever opened it, or an
    authority, closes it.

    Args:
        subject: the name of the stream.
        events: of the stream that nobody withdrew, in any order.
    """
    _, issuer, number = subject.split(":", 2)
    openings = [e for e in events if e.type == "recall_opened" and e.organisation == issuer]
    opening = max(openings, key=lambda event: event.key, default=None)
    if opening is None:
        return None
    closings = [
        e
        for e in events
        if e.type == "recall_closed" and e.key > opening.key and _may_close(e, issuer)
    ]
    closing = min(closings, key=lambda event: event.key, default=None)
    told = opening.data
    return Recall(
        subject,
        issuer,
        number,
        opening.role,
        opening.event_id,
        selector_of(told["selector"]),
        told["advice"],
        told.get("advice_en"),
        told.get("reason"),
        told.get("document"),
        opening.occurred_us,
        closing.occurred_us if closing else None,
        closing.data["reason"] if closing else None,
    )


def _may_close(closing: Event, issuer: str) -> bool:
    return closing.organisation == issuer or closing.role == _AUTHORITY


def concerns(recall: Recall, pack: Pack) -> bool:
    """Whether a recall concerns a battery, remedied or not."""
    if recall.role != _AUTHORITY and pack.maker != recall.issuer:
        return False
    asked = recall.selector
    if asked.names is not None:
        return not pack.names.isdisjoint(asked.names)
    return (
        asked.maker in (None, pack.maker)
        and asked.model in (None, pack.model)
        and _made_within(asked, pack.made_day)
        and _has_code(asked, pack.names)
    )


def _made_within(asked: Selector, made_day: int) -> bool:
    if asked.made_from is None and asked.made_to is None:
        return True
    if not made_day:
        return False
    early = asked.made_from is not None and made_day < asked.made_from
    late = asked.made_to is not None and made_day > asked.made_to
    return not (early or late)


def _has_code(asked: Selector, names: Iterable[str]) -> bool:
    if asked.vendor is None and asked.codes_from is None and asked.codes_to is None:
        return True
    return any(
        name.startswith(asked.vendor or "")
        and (asked.codes_from is None or name >= asked.codes_from)
        and (asked.codes_to is None or name <= asked.codes_to)
        for name in names
        if ":" not in name
    )


def standing(recalls: Iterable[Recall], life: Life, names: Iterable[str]) -> list[Recall]:
    """The recalls that concern a battery and whose remedy it has not had."""
    pack = pack_of(life, names)
    return [r for r in recalls if r.subject not in life.remedied and concerns(r, pack)]
