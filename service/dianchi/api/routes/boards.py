"""The dashboard in one answer, and the map that it may be drawn on."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from dianchi.access.factors import factor_tables
from dianchi.access.keys import now_of
from dianchi.api.asked import UNKNOWN, AskedDep, month_text
from dianchi.api.bodies.boards import BoardBody
from dianchi.api.bodies.shared import problems
from dianchi.api.circling import content_json, savings_json
from dianchi.api.counting import behind, floors_of, flow_json, head_of
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.packing import packed_json
from dianchi.api.routes.obligations import today_of
from dianchi.api.services import Services
from dianchi.domain.admit import Reporter
from dianchi.domain.indicators.cells import NOTHING, Amount
from dianchi.domain.indicators.rows import Indicator
from dianchi.domain.indicators.values import MEASURE_OF, in_months, indicator_head, told, value
from dianchi.domain.registry import Registry
from dianchi.domain.savings import FactorTable
from dianchi.views.board.query import BYS, Board, Lag, Outlet, board
from dianchi.views.indicators.query import Asked

router = APIRouter(prefix="/v1/statistics", tags=["statistics"])
SHOWN: Final = (
    "seen", "made", "sold", "retired", "gathered", "taken_in", "utilizer_in", "properly_received",
    "recycler_in", "assessed", "disassembled", "second_life_made", "recycled", "unbroken",
    "unbroken_onboarded", "seen_onboarded", "sent", "closed", "stayed", "inflow", "outflow",
)  # fmt: skip
"""The measures of lives that a dashboard shows; those of metals follow from its indicators."""
Groups = Mapping[str, Mapping[str, Amount]]


@router.get(
    "/board",
    response_model=BoardBody,
    responses=problems(401, 403, 422),
    summary="All that a dashboard shows",
)
async def get_board(
    services: ServicesDep, reporter: ReporterDep, asked: AskedDep, request: Request
) -> Response:
    """Indicators and counts of all, by month, prefecture and chemistry, flows and outlets.

    Also the recycled content of new packs, and savings where a table of factors holds.

    A group that is left out is one of which nobody reported anything in these months; in a group
    that is there, a count of 0 is one.
    """
    listed = in_months(asked.first, asked.last)
    measures = {*SHOWN, *_measures_of(listed)}
    lives = [name for name in measures if not MEASURE_OF[name].of_duties]
    found = await board(services.seeing(reporter), asked, lives, today_of(services))
    registry = await services.registry.current()
    answer = head_of(asked, found.as_of) | {
        "lag": _lag(found.lag, services),
        "indicators": [_indicator(each, found, asked, services) for each in listed],
        "measures": [_measure(name, found, asked) for name in MEASURE_OF if name in measures],
        "flows": [flow_json(each, asked) for each in found.flows],
        "outlets": [_outlet(each, asked, registry) for each in found.outlets],
        "recycled_content": content_json(found.circle, asked, registry.names),
        "savings": savings_json(found.circle, asked, await _tables(services, reporter)),
    }
    return packed_json(request, answer)


async def _tables(services: Services, reporter: Reporter) -> list[FactorTable]:
    async with services.seeing(reporter).acquire() as connection:
        return await factor_tables(connection)


def _measures_of(listed: tuple[Indicator, ...]) -> set[str]:
    return {side[0] for row in listed for side in (row.counts, row.over) if side is not None}


def _lag(lag: Lag, services: Services) -> dict[str, Any]:
    waited = now_of(services.clock) - lag.since if lag.since else None
    return {
        "entries": lag.entries,
        "seconds": None if waited is None else max(0, round(waited.total_seconds())),
    }


def _indicator(row: Indicator, found: Board, asked: Asked, services: Services) -> dict[str, Any]:
    [whole] = (found.sums[""] or {"": {}}).values()
    return indicator_head(row) | {
        "floors": floors_of(row, asked, services.rules),
        "value": value(row, whole),
        **{
            by: {_name(by, group): value(row, amounts) for group, amounts in groups.items()}
            for by, groups in _grouped(found)
        },
    }


def _measure(name: str, found: Board, asked: Asked) -> dict[str, Any]:
    measure = MEASURE_OF[name]
    [whole] = (found.sums[""] or {"": {}}).values()
    return {
        "measure": name,
        "name": measure.name._asdict(),
        "definition": measure.text._asdict(),
        "unit": "duties" if measure.of_duties else "packs",
        "all": _amount(whole.get(name, NOTHING)),
        "behind": behind(name, asked),
        **{
            by: {
                _name(by, group): _amount(amounts.get(name, NOTHING))
                for group, amounts in groups.items()
            }
            for by, groups in _grouped(found)
            if by != "chemistry" or not measure.of_duties
        },
    }


def _grouped(found: Board) -> list[tuple[str, Groups]]:
    return [(by, found.sums[by]) for by in BYS if by]


def _name(by: str, group: str) -> str:
    return month_text(int(group)) if by == "month" else group or UNKNOWN


def _amount(amount: Amount) -> dict[str, Any]:
    return {"things": amount.things, "mass_kg": told(amount, "mass_g")}


def _outlet(outlet: Outlet, asked: Asked, registry: Registry) -> dict[str, Any]:
    site = registry.sites.get((outlet.firm, outlet.site))
    narrowed = replace(asked, firm=outlet.firm, partner=outlet.site)
    return {
        "organisation": outlet.firm,
        "organisation_name": registry.names.get(outlet.firm),
        "site": outlet.site or None,
        "site_name": site.name if site else None,
        "prefecture": registry.prefecture(outlet.firm, outlet.site or None),
        **_amount(outlet.amount),
        "behind": behind("taken_in", narrowed),
    }
