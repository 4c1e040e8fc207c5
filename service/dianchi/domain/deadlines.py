"""Duties to report or to act within a term, as dated rows, each judged on its business date."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final, Literal

from dianchi.domain.refusals import Text
from dianchi.domain.working_days import Unit, WorkingCalendar, plus

RegimeId = Literal["CN-2018", "CN-2026", "HOUSE"]
Mark = Literal["V", "V2", "R-h", "R-m", "R-l", "D"]
Binding = Literal["statutory", "house"]
OwedTo = Literal["national", "province", "house"]
_ARTICLE: Final = re.compile(r"Art\. ([0-9]+)(?:\(([0-9]+)\))?")


@dataclass(frozen=True, slots=True)
class Regime:
    """A body of rules and the days on which it held."""

    id: RegimeId
    title: Text
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Trigger:
    """Which reports start a term; an empty set means any.

    Attributes:
        types: event types.
        roles: roles of the reporter.
        host_kinds: kinds of host, for reports that have one.
        safety_classes: safety classes, for reports that have one.
    """

    types: frozenset[str]
    roles: frozenset[str] = frozenset()
    host_kinds: frozenset[str] = frozenset()
    safety_classes: frozenset[str] = frozenset()

    def fits(
        self,
        event_type: str,
        role: str,
        *,
        host_kind: str | None = None,
        safety_class: str | None = None,
    ) -> bool:
        """Whether a report of this type, role, host and class starts the term."""
        return (
            event_type in self.types
            and (not self.roles or role in self.roles)
            and (not self.host_kinds or host_kind in self.host_kinds)
            and (not self.safety_classes or safety_class in self.safety_classes)
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """One duty with its term.

    Attributes:
        trigger: the reports whose business date starts the term; none where no report does yet.
        met_by: the event types that meet it by their business date; empty where the recording of
            the triggering report itself does.
        bearer: the role that answers for it (`sender`, `receiver`: of the hand-over).
        reporter: the role that supplies the data.
        article: where the source says it, empty where no article was seen.
        rolls: a last day that is no working day moves on; physical limits do not.
    """

    id: str
    regime: RegimeId
    valid_from: date
    valid_to: date | None
    title: Text
    trigger: Trigger
    met_by: frozenset[str]
    amount: int
    unit: Unit
    bearer: str
    reporter: str
    owed_to: OwedTo
    mark: Mark
    article: str
    rolls: bool = True

    @property
    def binding(self) -> Binding:
        """Statutory only where the source was seen (V, V2) and names an article; else house."""
        return "statutory" if self.mark in ("V", "V2") and self.article else "house"

    @property
    def met_by_recording(self) -> bool:
        """The report itself meets the duty when it is recorded in time."""
        return not self.met_by


class Standing(StrEnum):
    """How a duty stands; an `overdue` one met becomes `late`.

    `unchecked` (待核): its term is over and it was not met here in time, but it may have been met
    where it is owed, which was not asked: no breach. `lapsed`: what it asked for can no longer be
    done, or no rule asks for it any more.
    """

    DUE = "due"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    UNCHECKED = "unchecked"
    LATE = "late"
    MET = "met"
    LAPSED = "lapsed"


def due(rule: Rule, trigger_date: date, calendar: WorkingCalendar) -> date:
    """The last day of the term; it is over at 24:00 +08:00 of that day."""
    last = plus(trigger_date, rule.amount, rule.unit, calendar)
    return calendar.workday_from(last) if rule.rolls else last


def soon_from(trigger_date: date, last_day: date, soon: Decimal) -> date:
    """The first day on which a duty is due soon; `soon` is that share of its term."""
    whole = (last_day - trigger_date).days
    return last_day - timedelta(days=int(whole * soon))


def standing(
    trigger_date: date, last_day: date, *, met_on: date | None, today: date, soon: Decimal
) -> Standing:
    """How a duty stands today that is owed here; `soon` as for `soon_from`."""
    if met_on is not None:
        return Standing.MET if met_on <= last_day else Standing.LATE
    if today > last_day:
        return Standing.OVERDUE
    early = today < soon_from(trigger_date, last_day, soon)
    return Standing.DUE if early else Standing.DUE_SOON


def article_text(article: str) -> Text | None:
    """How an article is cited; None where no article was seen."""
    if not article:
        return None
    cited = _ARTICLE.fullmatch(article)
    if cited is None:
        return Text(article, article)
    number, item = cited.groups()
    return Text(f"第 {number} 条" + (f"第 {item} 项" if item else ""), article)
