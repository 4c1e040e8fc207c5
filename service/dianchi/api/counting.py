"""How counts are written in answers: what they are of, their floors, and the lists behind them."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlencode

from dianchi.api.asked import UNKNOWN, month_text
from dianchi.api.routes.batteries import reflected
from dianchi.domain.indicators.cells import NOTHING, Amount
from dianchi.domain.indicators.measure_rows import Kept
from dianchi.domain.indicators.rows import Indicator
from dianchi.domain.indicators.values import MEASURE_OF, floors, told, unit_of
from dianchi.domain.rules import Rules
from dianchi.exchange.json_out import moment
from dianchi.views.indicators.query import Asked, AsOf, Flow
from dianchi.views.obligations.timeliness import MET

_BEHIND: Final = "/v1/statistics/contributions"
_DUTIES: Final = "/v1/obligations"
ARRIVED: Final = ("came", "inflow")
LEFT: Final = ("left", "outflow")
MOVED: Final = "moved"


def head_of(asked: Asked, as_of: AsOf) -> dict[str, Any]:
    """Which months an answer is about, and how far the log is counted."""
    return {
        "first": month_text(asked.first),
        "last": month_text(asked.last),
        **how_far(as_of),
    }


def how_far(as_of: AsOf) -> dict[str, Any]:
    """The last entry that is counted, and when it was logged."""
    at = as_of.logged_at
    return {"log_index": reflected(as_of.log_index), "as_of": moment(at) if at else None}


def floors_of(row: Indicator, asked: Asked, rules: Rules) -> list[dict[str, Any]]:
    """The floors that hold for the metal of an indicator in these months."""
    if not row.metal:
        return []
    return [
        {
            "process": floor.process,
            "share": format(floor.share, "f"),
            "valid_from": str(floor.valid_from),
            "valid_to": str(floor.valid_to) if floor.valid_to else None,
            "mark": floor.mark,
        }
        for floor in floors(row.metal, asked.first, asked.last, rules)
    ]


def side_of(
    counted: tuple[str, Kept], amounts: Mapping[str, Amount], asked: Asked
) -> dict[str, Any]:
    """What stands above or below the line, and where its list is."""
    measure, kept = counted
    return {
        "measure": measure,
        "value": told(amounts.get(measure, NOTHING), kept),
        "unit": unit_of(measure, kept),
        "behind": behind(measure, asked),
    }


def behind(measure: str, asked: Asked) -> str:
    """The address of the list of what is counted."""
    if MEASURE_OF[measure].of_duties:
        return _behind_duties(measure, asked)
    filters = {
        "prefecture": asked.prefecture,
        "chemistry": asked.chemistry,
        "organisation": asked.firm,
        "partner": asked.partner,
    }
    query = {"measure": measure, "from": month_text(asked.first), "to": month_text(asked.last)}
    query |= {name: told or UNKNOWN for name, told in filters.items() if told is not None}
    return f"{_BEHIND}?{urlencode(query)}"


def _behind_duties(measure: str, asked: Asked) -> str:
    _, end = monthrange(asked.last // 100, asked.last % 100)
    query = {"binding": "statutory", "due_from": f"{month_text(asked.first)}-01"}
    query["due_to"] = f"{month_text(asked.last)}-{end}"
    query |= {"state": "met"} if measure == MET else {"reckoned": "true"}
    told = {"prefecture": asked.prefecture, "bearer": asked.firm}
    query |= {name: value or UNKNOWN for name, value in told.items() if value is not None}
    return f"{_DUTIES}?{urlencode(query)}"


def flow_json(flow: Flow, asked: Asked) -> dict[str, Any]:
    """A flow with both ends and the address of its list."""
    narrowed = replace(asked, partner=flow.partner)
    if flow.measure == MOVED:
        direction, (origin, target) = None, flow.partner.split(">")
    else:
        narrowed = replace(narrowed, prefecture=flow.prefecture)
        arrived = flow.measure in ARRIVED
        direction = "in" if arrived else "out"
        ends = flow.partner, flow.prefecture
        origin, target = ends if arrived else ends[::-1]
    return {
        "direction": direction,
        "origin": origin or UNKNOWN,
        "target": target or UNKNOWN,
        "things": flow.amount.things,
        "mass_kg": told(flow.amount, "mass_g"),
        "behind": behind(flow.measure, narrowed),
    }
