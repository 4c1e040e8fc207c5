"""What monthly reports and evaluations have in common: figures as JSON, hashed by their content."""

from collections import Counter
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, Final

from dianchi.api.owing import duty_text
from dianchi.api.problems import refuse
from dianchi.domain.admit import Reporter
from dianchi.domain.areas import FUNCTIONAL_AREAS, within
from dianchi.domain.counties import COUNTIES
from dianchi.domain.findings import CATALOGUE
from dianchi.domain.indicators.cells import NOTHING, Amount
from dianchi.domain.indicators.rows import Indicator
from dianchi.domain.indicators.values import told, value
from dianchi.domain.places import PROVINCES, YUNNAN
from dianchi.domain.refusals import Text
from dianchi.domain.rules import Rules
from dianchi.exchange.json_out import moment
from dianchi.exchange.paper import local_text
from dianchi.store.envelope import canonical_json
from dianchi.views.indicators.query import AsOf
from dianchi.views.monthly.query import Found
from dianchi.views.obligations.summary import Group

PROVINCE_NAME: Final = Text("云南省", "Yunnan")
UNKNOWN: Final = Text("不明", "unknown")
SEVERITIES: Final[Mapping[str, Text]] = {
    "info": Text("提示", "info"),
    "low": Text("低", "low"),
    "medium": Text("中", "medium"),
    "high": Text("高", "high"),
}
_RUNNING: Final = ("due", "due_soon")
_PLACES: Final = {
    **{one.code: Text(one.zh, one.en) for one in PROVINCES},
    **{one.code: Text(one.zh, one.en) for one in YUNNAN},
}


def place_name(code: str | None) -> Text:
    """What a prefecture or province is called."""
    return _PLACES.get(code, Text(code, code)) if code else UNKNOWN


def area_name(area: str | None) -> Text:
    """What an area is called; None is the province."""
    if area is None:
        return PROVINCE_NAME
    return _PLACES.get(area) or _SMALLER.get(area) or Text(area, area)


_SMALLER: Final[Mapping[str, Text]] = {
    **{row.word: row.label for row in FUNCTIONAL_AREAS},
    **{row.code: Text(row.zh, row.en) for row in COUNTIES},
}


def must_be_within(area: str | None, reporter: Reporter) -> None:
    """Lets an officer ask for its own area only: others would be shown as empty.

    Raises:
        Refused: `role_not_allowed`.
    """
    if area is not None and not within(area, reporter.bound_to):
        raise refuse(
            "role_not_allowed",
            ("这个州市不在您的辖区内", "this prefecture is not in your area"),
            ("请选择本辖区，或由省级监管部门查看", "choose your own, or ask the province"),
            pointer="/prefecture",
            value=area,
        )


def as_of_json(as_of: AsOf) -> dict[str, Any]:
    """Up to which place in the log something was counted, and when that entry was logged."""
    at = moment(as_of.logged_at) if as_of.logged_at else None
    return {
        "log_index": as_of.log_index - 1 if as_of.log_index else None,
        "as_of": at,
        "as_of_text": local_text(at) if at else "—",
    }


def rate_json(row: Indicator, sums: Mapping[str, Amount]) -> dict[str, Any]:
    """An indicator with both sides of its line."""
    measure, kept = row.counts
    return {
        "indicator": row.id,
        "name": row.name._asdict(),
        "definition": row.text._asdict(),
        "unit": row.unit,
        "value": value(row, sums),
        "numerator": told(sums.get(measure, NOTHING), kept),
        "denominator": told(sums.get(row.over[0], NOTHING), row.over[1]) if row.over else None,
    }


def owed_json(owed: Counter[Group], rules: Rules) -> list[dict[str, Any]]:
    """Duties with how many of each stand how; `running` are those not over yet."""
    duties: dict[str, Counter[str]] = {}
    for group, count in owed.items():
        state = "running" if group.state in _RUNNING else group.state
        duties.setdefault(group.duty, Counter())[state] += count
    states = ("met", "late", "overdue", "running", "unchecked", "lapsed")
    return [
        {
            "duty": duty,
            "duty_text": duty_text(duty, rules) or {"zh": duty, "en": duty},
            **{state: counted[state] for state in states},
        }
        for duty, counted in sorted(duties.items())
    ]


def found_json(findings: Sequence[Found]) -> list[dict[str, Any]]:
    """Findings by code and severity, of those with something to count."""
    return [
        {
            "code": row.code,
            "title": CATALOGUE[row.code].title._asdict()
            if row.code in CATALOGUE
            else {"zh": row.code, "en": row.code},
            "severity": row.severity,
            "severity_text": SEVERITIES[row.severity]._asdict(),
            "opened": row.opened,
            "closed": row.closed,
            "open": row.still,
        }
        for row in findings
        if row.opened or row.closed or row.still
    ]


def sealed(answer: Mapping[str, Any]) -> dict[str, Any]:
    """The same with the SHA-256 of its canonical JSON, by which two copies are compared."""
    return {**answer, "sha256": sha256(canonical_json(answer)).hexdigest()}
