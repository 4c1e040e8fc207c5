"""For each role a key and a line to try it with."""

import json
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple
from urllib.parse import quote
from uuid import UUID, uuid5

from dianchi.demo.enrolling import Keys
from dianchi.demo.firms import Firm, found
from dianchi.demo.plan import Plan

_SPACE: Final = UUID("5a3c9a52-6f0e-4d0e-9e0f-6b1d53000054")
# role | what to read: everybody sees what is their own business
_READS: Final = """
maker         | /v1/batteries?limit=5
importer      | /v1/batteries?limit=5
vehicle_maker | /v1/batteries?limit=5
dealer        | /v1/me
swap_operator | /v1/batteries?limit=5
outlet        | /v1/batteries?limit=5
dismantler    | /v1/batteries?limit=5
utilizer      | /v1/batteries?limit=5
recycler      | /v1/batteries?limit=5
regulator     | /v1/findings?state=open&limit=5
auditor       | /v1/batteries?limit=5
"""
# role | sample that it reports of: one test each, with an id of its own, so that it can be repeated
_REPORTS: Final = {"workshop": "in_use", "site_operator": "second_life"}


class Line(NamedTuple):
    """A key and how to try it."""

    firm: Firm
    key: str
    curl: str


def lines(plan: Plan, keys: Keys, samples: Mapping[str, str], address: str) -> Iterator[Line]:
    """One line for each role, and for each regulator; `address` is that of the service."""
    reads = dict(row.split("|") for row in _READS.replace(" ", "").strip().splitlines())
    seen: set[str] = set()
    for firm in found(plan.seed).firms:
        if firm.name in keys and (firm.role == "regulator" or firm.role not in seen):
            seen.add(firm.role)
            curl = _curl(plan, firm, samples, reads.get(firm.role, ""))
            header = f"-H 'Authorization: Bearer {keys[firm.name]}'"
            yield Line(firm, keys[firm.name], f"curl -s {header} {curl[0]}'{address}{curl[1]}'")


def _curl(plan: Plan, firm: Firm, samples: Mapping[str, str], read: str) -> tuple[str, str]:
    """The options and the path."""
    sample = samples.get(_REPORTS.get(firm.role, ""))
    if sample is None:
        names = {name: quote(told, safe=":") for name, told in samples.items()}
        return "", read.format_map(names)
    body = {
        "event_id": str(uuid5(_SPACE, f"{plan.name}/{firm.role}")),
        "type": "inspected",
        "battery": sample,
        "occurred_at": f"{plan.until}T00:00:00+08:00",
        "data": {"temperature_c": "24.5"},
    }
    told = json.dumps(body, separators=(",", ":"))
    return f"-H 'Content-Type: application/json' -d '{told}' ", "/v1/events"
