"""The test vectors of the canonical envelope: inputs as published, and what the code makes of them.

`python -m support.vectors` (in `tests/`) prints schemas/examples/envelope-v1.json. It was run once:
the file is a promise, so a vector may be added, and none may ever change.
"""

import json
import sys
from datetime import date
from hashlib import sha256
from typing import Any, NamedTuple

from dianchi.domain.admit import Reporter
from dianchi.domain.registry import Mandate, Organisation, Registry
from dianchi.recording.prepare import prepare
from dianchi.store.envelope import seal
from dianchi.store.vault import Seals, Vault

NOW_US = 1_793_000_000_000_000
ORGANISATION = Organisation("O1FIRM111111", "云南某某回收有限公司")
AGENT, AGENT_ROLE = "O1AGENT11111", "workshop"
MANDATE = Mandate(
    "M1",
    ORGANISATION.id,
    AGENT,
    "site_operator",
    frozenset(("retired",)),
    None,
    None,
    date(2026, 1, 1),
    date(2026, 12, 31),
)
REGISTRY = Registry(
    {ORGANISATION.id: ORGANISATION}, mandates={(ORGANISATION.id, AGENT): (MANDATE,)}
)
VIN, VIN_REF = "LSVAA4182E2184847", "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
SEALS = Seals(lambda _: VIN_REF, Vault([bytes(32)]).lock)
RECORDED_AT = "2026-06-02T03:04:05.000678Z"
NONCE = "000102030405060708090a0b0c0d0e0f"
ABOUT = """\
Test vectors of the canonical event envelope, version 1. `report` is what was sent; `organisation` \
and `role` are those of its key, `vin_refs` the references that stand for its VINs, `registry` the \
registered organisations. A report with `on_behalf_of` is sent with a key of `agent`, whose \
mandate names the role of its events. Each of `events` holds what the service added (`version`, \
`recorded_at`, `nonce`) within its exact bytes (UTF-8), and their SHA-256."""


class Vector(NamedTuple):
    """One report with the key it was sent under."""

    name: str
    role: str
    report: dict[str, Any]


def _report(kind: str, at: str, data: dict[str, Any], **more: Any) -> dict[str, Any]:
    common = {"event_id": "01997a00-0000-7000-8000-000000000001", "type": kind, "occurred_at": at}
    return common | more | {"data": data}


BATTERY = "001PE0A0000001D1K0000001"
INPUTS = (
    Vector(
        "birth with decimals",
        "maker",
        _report(
            "produced",
            "2026-06-01T00:00:00Z",
            {
                "model": "M-60",
                "chemistry": "lfp",
                "rated_capacity_ah": "150.00",
                "rated_energy_kwh": "60.50",
                "nominal_voltage_v": 403,
                "mass_kg": "410.5",
            },
            battery=BATTERY,
        ),
    ),
    Vector(
        "Chinese text",
        "utilizer",
        _report(
            "retired",
            "2026-06-01T09:30:00+08:00",
            {"reason": "车辆报废，电池退役🔋"},
            battery="serial:宁德时代:甲-１２３",
        ),
    ),
    Vector(
        "quotes, backslashes and slashes",
        "workshop",
        _report(
            "retired",
            "2026-06-01T09:30:00+08:00",
            {"reason": 'a "pack" \\ or \\u0041 / é'},
            battery=BATTERY,
            site='No. "5"/A',
        ),
    ),
    Vector(
        "a day instead of a time",
        "outlet",
        _report("inspected", "2026-06-01", {"soh_percent": "79.9"}, battery="tmp:km01-7"),
    ),
    Vector(
        "offset, microseconds and their normalisation",
        "outlet",
        _report(
            "inspected",
            "2026-06-01t00:00:00.1234567-05:30",
            {"temperature_c": "-0.0", "voltage_v": "350.10", "cycles": 1200},
            battery=BATTERY,
        ),
    ),
    Vector(
        "the clock of a device",
        "outlet",
        _report(
            "collected",
            "2026-06-01T09:30:00+08:00",
            {
                "source": "person",
                "safety_class": "unassessed",
                "label_legible": False,
                "condition": {"wet": True, "leak": False},
                "photos": ["AB" * 32],
            },
            battery="tmp:KM01-8",
            device={"clock": "2026-06-01T09:31:00+08:00", "offset_ms": -60000},
            site="S1",
        ),
    ),
    Vector(
        "a VIN stands as its reference",
        "vehicle_maker",
        _report(
            "installed",
            "2026-06-01T09:30:00+08:00",
            {"host": {"kind": "vehicle", "id": VIN.lower()}, "swap_capable": None},
            battery=BATTERY.lower(),
        ),
    ),
    Vector(
        "many lines, each with its own",
        "outlet",
        _report(
            "dispatched",
            "2026-06-01T09:30:00+08:00",
            {
                "handover": "YD-2026/001",
                "receiver": ORGANISATION.name,
                "carrier": {"external": True, "name": "某某物流", "province": "51"},
                "batteries": [
                    {"battery": BATTERY, "mass_kg": "410.50"},
                    {"battery": "asset:O1FIRM111111:7", "mass_kg": "0.1"},
                ],
            },
        ),
    ),
    Vector(
        "two names of one battery",
        "outlet",
        _report("identified", "2026-06-01", {"name": BATTERY}, battery="tmp:KM01-7"),
    ),
    Vector(
        "a batch with lots",
        "recycler",
        _report(
            "recycled",
            "2026-06-01",
            {
                "batch": "B1",
                "process": "hydro",
                "inputs": [
                    {"battery": BATTERY, "mass_kg": "400"},
                    {"lot": "L1", "issuer": ORGANISATION.name, "mass_kg": "12.5"},
                ],
                "outputs": [{"lot": "L9", "material": "lithium_carbonate", "mass_kg": "30"}],
                "residue_kg": "1",
            },
        ),
    ),
    Vector(
        "an agent reports in another's name",
        AGENT_ROLE,
        _report(
            "retired",
            "2026-06-01",
            {"reason": "capacity_low"},
            battery=BATTERY,
            site="KM-0001",
            on_behalf_of=ORGANISATION.name,
        ),
    ),
)


def computed(vector: Vector) -> list[bytes]:
    """The canonical bytes of each event of a vector."""
    by = AGENT if "on_behalf_of" in vector.report else ORGANISATION.id
    reporter = Reporter(by, vector.role)
    report = prepare(vector.report, reporter, REGISTRY, NOW_US, SEALS)
    return [
        seal(
            report.report,
            line,
            report.stamp,
            version=place + 1,
            recorded_at=RECORDED_AT,
            nonce=bytes.fromhex(NONCE),
        )
        for place, line in enumerate(report.lines)
    ]


def written() -> dict[str, Any]:
    """The published file."""
    return {
        "about": ABOUT,
        "organisation": ORGANISATION.id,
        "agent": AGENT,
        "registry": [{"id": ORGANISATION.id, "name": ORGANISATION.name}],
        "vin_refs": {VIN: VIN_REF},
        "vectors": [
            vector._asdict()
            | {
                "events": [
                    {"bytes": body.decode(), "sha256": sha256(body).hexdigest()}
                    for body in computed(vector)
                ]
            }
            for vector in INPUTS
        ],
    }


if __name__ == "__main__":
    json.dump(written(), sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")
