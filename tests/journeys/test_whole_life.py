"""One whole life through HTTP: from lots through a car, a tower and a furnace into a new pack."""

import io
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from support.api import VIN, Api, code

pytestmark = pytest.mark.asyncio

PACKS = [code(serial) for serial in range(1, 5)]
MODULES = [code(serial).replace("P", "M", 1) for serial in (11, 12)]
SET = "002PB1AG5A0000001RP"
NEW_PACK = code(90, made="G91")
TOWER = "示范铁塔"
RATED = {
    "model": "DC-515",
    "chemistry": "lfp",
    "rated_capacity_ah": "140",
    "rated_energy_kwh": "51.5",
    "nominal_voltage_v": "368",
    "mass_kg": "390",
}


def vin(last: int) -> str:
    """One of four VINs with a right check digit."""
    return [VIN, "LSVAA4184E2184848", "LSVAA4186E2184849", "LSVAA4182E2184850"][last]


async def made_and_driven(api: Api) -> None:
    await api.report(
        "maker",
        "lot_declared",
        "2024-05-01T08:00:00+08:00",
        lot="LI-1",
        material="lithium_carbonate",
        mass_kg="500",
        origin="purchased",
    )
    for place, pack in enumerate(PACKS):
        await api.report(
            "maker",
            "produced",
            "2024-06-01T10:00:00+08:00",
            battery=pack,
            **RATED,
            lots=[{"lot": "LI-1", "material": "lithium_carbonate", "mass_kg": "20"}],
        )
        car = {"kind": "vehicle", "id": vin(place)}
        await api.report(
            "vehicle_maker", "installed", "2024-06-20T10:00:00+08:00", battery=pack, host=car
        )
        await api.report(
            "vehicle_maker",
            "sold",
            "2024-07-01T10:00:00+08:00",
            battery=pack,
            prefecture="530100",
            vin=vin(place),
        )
        await api.report(
            "workshop", "inspected", "2025-06-01T10:00:00+08:00", battery=pack, soh_percent="88"
        )
        await api.report(
            "workshop",
            "removed",
            "2026-04-10T10:00:00+08:00",
            battery=pack,
            host=car,
            reason="end_of_life",
            soh_percent="74",
        )
        await api.report(
            "workshop", "retired", "2026-04-10T11:00:00+08:00", battery=pack, reason="capacity_low"
        )
        await api.report(
            "outlet",
            "collected",
            "2026-04-12T10:00:00+08:00",
            battery=pack,
            source="organisation",
            safety_class="A",
            label_legible=True,
            mass_kg="389.5",
        )


async def second_life(api: Api) -> None:
    lines = [{"battery": pack, "mass_kg": "389.5"} for pack in PACKS]
    await api.report(
        "outlet",
        "dispatched",
        "2026-04-20T09:00:00+08:00",
        handover="H-1",
        receiver="示范utilizer",
        batteries=lines,
        waybill="W-1",
        un_number="UN3480",
    )
    await api.report(
        "utilizer",
        "received",
        "2026-04-21T09:00:00+08:00",
        handover="H-1",
        sender="示范outlet",
        batteries=lines,
    )
    for pack in PACKS:
        await api.report(
            "utilizer",
            "assessed",
            "2026-05-01T09:00:00+08:00",
            battery=pack,
            residual_capacity_ah="100",
            method="GB/T 34015",
            decision="reuse",
        )
    await api.report(
        "utilizer",
        "repurposed",
        "2026-05-10T09:00:00+08:00",
        battery=SET,
        parents=PACKS[:3],
        application="base_station",
        rated_capacity_ah="300",
        rated_energy_kwh="15.3",
        mass_kg="180",
    )
    await api.report(
        "utilizer",
        "disassembled",
        "2026-05-11T09:00:00+08:00",
        battery=PACKS[3],
        children=[{"battery": m, "mass_kg": "150"} for m in MODULES],
        other_mass_kg="80",
    )
    await api.report(
        "site_operator",
        "installed",
        "2026-06-01T09:00:00+08:00",
        battery=SET,
        by=TOWER,
        host={"kind": "base_station", "id": "KM-0001"},
        site="KM-0001",
    )


async def recycled(api: Api) -> None:
    await api.report(
        "site_operator",
        "removed",
        "2026-09-01T09:00:00+08:00",
        battery=SET,
        by=TOWER,
        host={"kind": "base_station", "id": "KM-0001"},
        reason="upgrade",
    )
    line = [{"battery": SET, "mass_kg": "180"}]
    await api.report(
        "site_operator",
        "dispatched",
        "2026-09-02T09:00:00+08:00",
        by=TOWER,
        handover="T-1",
        receiver="示范recycler",
        batteries=line,
    )
    await api.report(
        "recycler",
        "received",
        "2026-09-03T09:00:00+08:00",
        handover="T-1",
        sender=TOWER,
        batteries=line,
    )
    await api.report(
        "recycler",
        "recycled",
        "2026-09-10T09:00:00+08:00",
        batch="B-1",
        process="hydro",
        inputs=[{"battery": SET, "mass_kg": "180"}],
        residue_kg="60",
        outputs=[
            {"lot": "R-LI", "material": "lithium_carbonate", "mass_kg": "9"},
            {"lot": "R-CU", "material": "copper", "mass_kg": "20"},
            {"lot": "R-FP", "material": "iron_phosphate", "mass_kg": "90"},
        ],
    )
    await api.report(
        "maker",
        "produced",
        "2026-09-20T10:00:00+08:00",
        battery=NEW_PACK,
        **RATED,
        lots=[
            {
                "lot": "R-LI",
                "issuer": "示范recycler",
                "material": "lithium_carbonate",
                "mass_kg": "9",
            }
        ],
    )


def edges(graph: Any) -> dict[tuple[str, str], str | None]:
    """The edges by the names of their ends, with their masses."""
    names = {node["id"]: node["name"] for node in graph["nodes"]}
    return {(names[e["from"]], names[e["to"]]): e["mass_kg"] for e in graph["edges"]}


async def test_a_pack_goes_round_the_whole_circle(api: Api) -> None:
    await made_and_driven(api)
    await second_life(api)
    await recycled(api)
    await api.settle()

    for pack, stage in [
        (PACKS[0], "consumed"),
        (PACKS[3], "disassembled"),
        (SET, "recycled"),
        (MODULES[0], "at_utilizer"),
        (NEW_PACK, "made"),
    ]:
        told = await api.get(f"/v1/batteries/{pack}")
        assert told["stage"] == stage
        serious = [f for f in told["findings"] if f["severity"] in ("medium", "high")]
        late = {"late_report", "overdue_report"}
        assert [f for f in serious if f["code"] not in late] == [], pack

    history = await api.get(f"/v1/batteries/{PACKS[0]}/history", purpose="inspection")
    assert [event["type"] for event in history["items"]] == [
        "produced",
        "installed",
        "sold",
        "inspected",
        "removed",
        "retired",
        "collected",
        "dispatched",
        "received",
        "assessed",
        "repurposed",
    ]
    assert history["items"][2]["data"]["vin"] == vin(0)
    assert all(event["log_index"] is not None for event in history["items"])


async def test_genealogy_walks_the_circle_both_ways_with_masses(api: Api) -> None:
    await made_and_driven(api)
    await second_life(api)
    await recycled(api)
    recycler = await api.organisation("recycler")
    batch, lot = f"batch:{recycler}:B-1", f"lot:{recycler}:R-LI"

    down = edges(await api.get(f"/v1/batteries/{PACKS[0]}/genealogy", direction="descendants"))
    up = edges(await api.get(f"/v1/batteries/{NEW_PACK}/genealogy", direction="ancestors"))

    for found in (down, up):
        assert (PACKS[0], SET) in found
        assert found[SET, batch] == "180"
        assert found[batch, lot] == "9"
        assert found[lot, NEW_PACK] == "9"
    assert {(pack, SET) for pack in PACKS[:3]} <= set(up)
    parts = edges(await api.get(f"/v1/batteries/{PACKS[3]}/genealogy", direction="descendants"))
    assert {parts[PACKS[3], module] for module in MODULES} == {"150"}


async def test_the_label_leads_to_a_page_that_says_the_life_in_one_word(api: Api) -> None:
    await made_and_driven(api)
    headers = await api.headers("outlet")

    label = await api.http.get(f"/v1/batteries/{PACKS[0]}/label.png", headers=headers)
    read = zxingcpp.read_barcodes(Image.open(io.BytesIO(label.content)))

    address, bare = sorted((symbol.text for symbol in read), reverse=True)
    assert (address, bare) == (f"HTTPS://T.YNBAT.CN/B/{PACKS[0]}", PACKS[0])
    path = address.removeprefix("HTTPS://T.YNBAT.CN")
    zh = await api.http.get(path, headers={"accept-language": "zh-CN"})
    en = await api.http.get(path.lower(), headers={"accept-language": "en"})
    assert zh.status_code == en.status_code == 200
    assert "回收中" in zh.text
    assert "In recovery" in en.text
    assert len(zh.content) < 30_000
    assert "<script" not in zh.text
    assert VIN not in zh.text
