"""What an export or a saved query is asked by, checked as the list itself checks it."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from dianchi.api.asked import asked_for, month_text
from dianchi.api.finding_filters import must_be_told
from dianchi.api.naming import canonical_name
from dianchi.api.problems import refuse
from dianchi.api.recalling import recall_asked
from dianchi.api.routes.batteries import area_of, one_of
from dianchi.api.services import Services
from dianchi.domain.admit import Reporter
from dianchi.domain.deadlines import Standing
from dianchi.domain.events import CATALOGUE as TYPES
from dianchi.domain.exports import FILTERS
from dianchi.domain.findings import CATALOGUE as FINDINGS
from dianchi.domain.refusals import Fault, Refused
from dianchi.domain.registry import Registry
from dianchi.domain.rules import RULES
from dianchi.domain.vocabulary import CHEMISTRIES, STAGES
from dianchi.views.indicators.query import Asked
from dianchi.views.obligations.query import NOWHERE

_STATES: Final = {
    "findings": ("open", "closed", "all"),
    "obligations": tuple(state.value for state in Standing),
    "handovers": tuple(state.value for state in Standing),
}
_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "stage": tuple(STAGES),
    "chemistry": tuple(CHEMISTRIES),
    "code": tuple(FINDINGS),
    "kind": ("life", "link", "clock"),
    "duty": tuple(dict.fromkeys(rule.id for rule in RULES.duties)),
    "binding": ("statutory", "house"),
    "type": tuple(TYPES),
    "by": ("month", "prefecture", "chemistry"),
}
_FIRMS: Final = frozenset(("holder", "bearer", "organisation"))


async def filters_of(
    listed: str, told: Mapping[str, str], services: Services, reporter: Reporter
) -> dict[str, str]:
    """The filters of a list, with ids for names and canonical names of batteries.

    Args:
        listed: one of the lists.
        told: filters as somebody wrote them; empty ones are left out.
        services: of the application.
        reporter: the caller.

    Raises:
        Refused: one is unknown to the list, or its value is; the pointer says which.
    """
    given = {name: value.strip() for name, value in told.items() if value.strip()}
    registry = await services.registry.current()
    try:
        for name in given.keys() - set(FILTERS[listed]):
            raise _unknown(name, listed)
        if listed == "indicators":
            return await _of_counts(given, services, reporter)
        await recall_asked(services, reporter, given.get("recall"), given.get("remedied"))
        if listed == "findings":
            must_be_told(reporter, given)
        read = _Reader(listed, registry, reporter)
        return {name: read.value(name, value) for name, value in given.items()}
    except Refused as refused:
        raise Refused(*[_below(fault) for fault in refused.faults]) from None


class _Reader:
    """Reads values of filters."""

    def __init__(self, listed: str, registry: Registry, reporter: Reporter) -> None:
        self._listed = listed
        self._registry = registry
        self._me = reporter.organisation

    def value(self, name: str, value: str) -> str:
        if name in _WORDS:
            return str(one_of(name, value, _WORDS[name]))
        if name in _FIRMS:
            return self._registry.resolve(self._me if value == "me" else value)
        readers: dict[str, Callable[[str], Any]] = {
            "prefecture": self._area,
            "site": str,
            "recall": str,
            "remedied": lambda told: one_of("remedied", told, ("true", "false")),
            "battery": lambda told: canonical_name(told, self._registry),
            "state": lambda told: one_of("state", told, _STATES[self._listed]),
            "from": lambda told: _day("from", told),
            "to": lambda told: _day("to", told),
            "due_from": lambda told: _day("due_from", told),
            "due_to": lambda told: _day("due_to", told),
            "reckoned": lambda told: one_of("reckoned", told, ("true",)),
        }
        return str(readers[name](value))

    def _area(self, told: str) -> str | None:
        nowhere = self._listed == "obligations" and told == NOWHERE
        return told if nowhere else area_of(told)


async def _of_counts(
    given: Mapping[str, str], services: Services, reporter: Reporter
) -> dict[str, str]:
    asked: Asked = await asked_for(
        services,
        reporter,
        given.get("from"),
        given.get("to"),
        given.get("prefecture"),
        given.get("chemistry"),
        given.get("organisation"),
    )
    told = {
        "from": month_text(asked.first),
        "to": month_text(asked.last),
        "by": one_of("by", given.get("by"), _WORDS["by"]),
        "prefecture": asked.prefecture,
        "chemistry": asked.chemistry,
        "organisation": asked.firm,
    }
    return {name: value for name, value in told.items() if value is not None}


def _day(member: str, told: str) -> str:
    try:
        return date.fromisoformat(told).isoformat()
    except ValueError:
        raise refuse(
            "invalid_value",
            (f"“{told[:40]}”不是日期", f"'{told[:40]}' is no date"),
            ("请写成 2026-11-30", "write it as 2026-11-30"),
            pointer=f"/{member}",
            value=told,
        ) from None


def _unknown(name: str, listed: str) -> Refused:
    known = ", ".join(FILTERS[listed])
    return refuse(
        "unknown_field",
        (f"这个清单没有筛选条件“{name[:40]}”", f"this list has no filter '{name[:40]}'"),
        (f"可用：{known}", f"use some of: {known}"),
        pointer=f"/{name[:40]}",
    )


def _below(fault: Fault) -> Fault:
    return Fault(fault.code, f"/filters{fault.pointer}", fault.value, fault.what, fault.way_out)
