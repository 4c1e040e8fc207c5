"""What an officer of the province asks at the console: every list, number and paper, by name."""

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from dianchi.bench import material
from dianchi.bench.client import get, post

_CODES: Final = 200
"""The most that one search takes."""
_YEARS: Final = "from=2021-12&to=2026-11"
_YEAR: Final = "from=2024-01&to=2024-12"
_MONTH: Final = "month=2024-06"


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that is asked.

    Attributes:
        path: where; `{battery}` is another pack, `{firm}` another firm each time.
        terms: of a search, what is looked for.
        paper: a file made for whoever asks, an export by name: it may take longer than a page.
    """

    path: str
    terms: Callable[[random.Random, int], list[str]] | None = None
    paper: bool = False

    def request(self, key: str, among: random.Random, lives: int) -> bytes:
        """The bytes of one request, about some of so many packs."""
        battery = material.battery(among.randrange(lives))
        firm = material.reporter_of(among.choice(material.ROLES)).organisation
        path = self.path.format(battery=battery, firm=firm)
        if self.terms is None:
            return get(path, key)
        return post(path, key, json.dumps({"terms": self.terms(among, lives)}).encode())


def _codes(count: int) -> Callable[[random.Random, int], list[str]]:
    return lambda among, lives: [material.battery(among.randrange(lives)) for _ in range(count)]


def _vin(among: random.Random, lives: int) -> list[str]:
    return [material.vin(among.randrange(lives))]


def _firm(among: random.Random, _: int) -> list[str]:
    return [material.name_of(among.choice(material.ROLES))]


_BEHIND: Final = "/v1/statistics/contributions?measure="
_PATHS: Final = {
    "me": "/v1/me",
    "batteries": "/v1/batteries?limit=50",
    "batteries_of_a_stage": "/v1/batteries?stage=collected&chemistry=lfp&limit=50",
    "batteries_of_a_place": "/v1/batteries?prefecture=530300&limit=50",
    "batteries_of_a_holder": "/v1/batteries?holder={firm}&limit=200",
    "battery": "/v1/batteries/{battery}",
    "battery_as_of": "/v1/batteries/{battery}?as_of=2022-01-01",
    "history": "/v1/batteries/{battery}/history",
    "course": "/v1/batteries/{battery}/course",
    "genealogy": "/v1/batteries/{battery}/genealogy?direction=both",
    "findings": "/v1/findings?state=open&limit=50",
    "findings_of_a_code": "/v1/findings?state=open&code=unknown_origin&limit=50",
    "findings_of_a_battery": "/v1/findings?battery={battery}&limit=50",
    "obligations": "/v1/obligations?limit=50",
    "obligations_overdue": "/v1/obligations?state=overdue&limit=50",
    "obligations_of_a_firm": "/v1/obligations?bearer={firm}&state=due&limit=50",
    "obligations_of_a_battery": "/v1/obligations?battery={battery}&limit=50",
    "obligations_summary": "/v1/obligations/summary",
    "indicators_by_month": f"/v1/statistics/indicators?{_YEARS}&by=month",
    "flows": f"/v1/statistics/flows?{_YEARS}",
    "board": f"/v1/statistics/board?{_YEAR}",
    "board_of_five_years": f"/v1/statistics/board?{_YEARS}",
    "board_of_a_place": f"/v1/statistics/board?{_YEARS}&prefecture=530300",
    "board_of_a_chemistry": f"/v1/statistics/board?{_YEARS}&chemistry=lfp",
    "behind_a_number": f"{_BEHIND}retired&{_YEARS}&limit=50",
    "behind_a_tile": f"{_BEHIND}taken_in&{_YEARS}&prefecture=530300&limit=50",
    "coverage": "/v1/statistics/coverage",
    "layout": "/v1/statistics/layout",
    "capacities": "/v1/capacities",
    "map": "/v1/map",
    "cases": "/v1/cases?limit=50",
    "cases_of_a_firm": "/v1/cases?firm={firm}&limit=50",
    "cases_summary": "/v1/cases/summary",
    "cases_outcomes": "/v1/cases/outcomes",
    "recalls": "/v1/recalls",
    "firms": "/v1/organisations",
    "sites_of_a_firm": "/v1/sites?organisation={firm}",
    "evaluation": f"/v1/organisations/{{firm}}/evaluation?{_YEAR}",
    "monthly": f"/v1/reports/monthly?{_MONTH}",
    "exports": "/v1/exports?limit=50",
    "saved_queries": "/v1/saved-queries",
    "set_aside": "/v1/set-aside?battery={battery}",
}
_PAPERS: Final = {
    "bundle": "/v1/batteries/{battery}/bundle",
    "evaluation_pdf": f"/v1/organisations/{{firm}}/evaluation.pdf?{_YEAR}",
    "monthly_xlsx": f"/v1/reports/monthly.xlsx?{_MONTH}",
    "monthly_pdf": f"/v1/reports/monthly.pdf?{_MONTH}",
}
QUESTIONS: Final[Mapping[str, Question]] = (
    {name: Question(path) for name, path in _PATHS.items()}
    | {
        "search_one_code": Question("/v1/search", _codes(1)),
        "search_200_codes": Question("/v1/search", _codes(_CODES)),
        "search_vin": Question("/v1/search", _vin),
        "search_firm": Question("/v1/search", _firm),
    }
    | {name: Question(path, paper=True) for name, path in _PAPERS.items()}
)
"""By name, all of them."""
