"""The permutation law over HTTP: the same reports in any order give the same lives."""

import random
from typing import Any
from uuid import UUID

import httpx
import pytest

from support.api import VIN, Api, StillClock, api_over, code

pytestmark = pytest.mark.asyncio
NOW = StillClock(1_795_000_000_000_000)
ORDERS = 6
_ARRIVAL = ("version", "log_index", "opened_at", "closed_at", "recorded_at", "nonce")


def story(run: int) -> list[tuple[str, dict[str, Any]]]:
    """Two joined names, a car, a hand-over in parts, days without hours; `run` tells runs apart."""
    pack, other = code(run * 10 + 1), code(run * 10 + 2)
    tmp = f"tmp:KM{run}-1"
    car = {"kind": "vehicle", "id": VIN}
    rated = {
        "model": "DC-515",
        "chemistry": "lfp",
        "rated_capacity_ah": "140",
        "rated_energy_kwh": "51.5",
        "nominal_voltage_v": "368",
        "mass_kg": "390",
    }
    sent = [{"battery": tmp, "mass_kg": "389"}, {"battery": other, "mass_kg": "388"}]
    told: list[tuple[str, str, str, str | None, dict[str, Any]]] = [
        ("maker", "produced", "2024-06-01", pack, rated),
        ("maker", "produced", "2024-06-01T10:00:00+08:00", other, rated),
        ("vehicle_maker", "installed", "2024-07-01", pack, {"host": car}),
        ("vehicle_maker", "sold", "2024-07-01", pack, {"prefecture": "530100", "vin": VIN}),
        (
            "workshop",
            "removed",
            "2026-05-01T09:00:00+08:00",
            pack,
            {"host": car, "reason": "end_of_life"},
        ),
        ("workshop", "retired", "2026-05-01", pack, {"reason": "capacity_low"}),
        (
            "outlet",
            "collected",
            "2026-05-03T09:00:00+08:00",
            tmp,
            {"source": "person", "safety_class": "B", "label_legible": False, "mass_kg": "389"},
        ),
        ("outlet", "identified", "2026-05-04", tmp, {"name": pack}),
        (
            "outlet",
            "collected",
            "2026-05-03T10:00:00+08:00",
            other,
            {"source": "person", "safety_class": "A", "label_legible": True, "mass_kg": "388"},
        ),
        (
            "outlet",
            "dispatched",
            "2026-05-10T09:05:00+08:00",
            None,
            {"handover": f"H{run}", "receiver": "示范utilizer", "batteries": sent},
        ),
        (
            "utilizer",
            "received",
            "2026-05-10T09:00:00+08:00",
            None,
            {"handover": f"H{run}", "sender": "示范outlet", "batteries": sent[:1]},
        ),
        ("utilizer", "inspected", "2026-05-11", tmp, {"soh_percent": "70"}),
        ("utilizer", "inspected", "2026-05-12", pack, {"soh_percent": "80"}),
    ]
    reports = []
    for place, (role, kind, when, battery, data) in enumerate(told):
        report = {
            "event_id": str(UUID(int=place + 1 + (run << 64))),
            "type": kind,
            "occurred_at": when,
            "data": data,
        }
        reports.append((role, report | ({"battery": battery} if battery else {})))
    return reports


def _tidy(value: Any, run: int) -> Any:
    """An answer without what describes arrival, and without what tells runs apart."""
    if isinstance(value, dict):
        return {name: _tidy(item, run) for name, item in value.items() if name not in _ARRIVAL}
    if isinstance(value, list):
        return [_tidy(item, run) for item in value]
    if isinstance(value, str):
        for serial in (1, 2):
            value = value.replace(code(run * 10 + serial), f"pack {serial}")
        value = value.replace(f"tmp:KM{run}-1", "tmp").replace(f"H{run}", "H")
        return (
            value.replace(f"0000-0000-{run:04x}-", "0000-0000-run-")
            if "-" in value and len(value) == 36
            else value
        )
    return value


async def _as_told(api: Api, run: int) -> Any:
    seen = []
    for name in (code(run * 10 + 1), code(run * 10 + 2), f"tmp:KM{run}-1"):
        battery = await api.get(f"/v1/batteries/{name}")
        history = await api.get(f"/v1/batteries/{name}/history")
        battery["findings"] = [f for f in battery["findings"] if f["kind"] != "clock"]
        seen.append(_tidy([battery, _without_hash(history["items"])], run))
    return seen


def _without_hash(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{k: v for k, v in item.items() if k != "report_sha256"} for item in items]


async def test_any_order_of_arrival_gives_the_same_lives(database: str) -> None:
    async with api_over(database, NOW) as api:
        for role in ("maker", "vehicle_maker", "workshop", "outlet", "utilizer", "regulator"):
            await api.key(role)
        told = []
        for run in range(1, ORDERS + 1):
            reports = story(run)
            if run > 1:
                random.Random(run).shuffle(reports)
            for role, report in reports:
                answer = await api.post(role, report)
                assert answer.status_code == 201, answer.text
            told.append(await _as_told(api, run))

    for run, other in enumerate(told[1:], start=2):
        assert other == told[0], f"order {run} differs"


async def test_replaying_any_prefix_changes_nothing(database: str) -> None:
    async with api_over(database, NOW) as api:
        for role, report in story(1):
            await api.post(role, report)
        before = await _as_told(api, 1)

        answers: list[httpx.Response] = [
            await api.post(role, report) for role, report in story(1)[:7]
        ]

        assert {answer.status_code for answer in answers} == {200}
        assert await _as_told(api, 1) == before
