"""Reading: pages, moments, representations; and who may see a VIN."""

from urllib.parse import quote
from uuid import uuid4

import pytest

from dianchi.access.enrol import Enrolment, enrol
from dianchi.access.issue import KeyTerms, add_key
from dianchi.domain.identifiers import uscc_check
from support.api import ENROLLED, Api, code, produced
from support.lived import CAR, NAME, lived

pytestmark = pytest.mark.asyncio
USCC = "91530000MA6K00001" + uscc_check("91530000MA6K00001")


async def test_an_event_of_several_batteries_is_asked_for_by_battery(api: Api) -> None:
    await api.post("maker", produced(1))
    await api.post("maker", produced(2))
    sent = await api.report(
        "maker",
        "dispatched",
        "2024-06-05T10:00:00+08:00",
        handover="H",
        receiver="somebody",
        batteries=[{"battery": code(1)}, {"battery": code(2)}],
    )
    headers = await api.headers("regulator")

    bare = await api.http.get(f"/v1/events/{sent['event_id']}", headers=headers)
    one = await api.get(f"/v1/events/{sent['event_id']}", battery=code(2))

    assert (bare.status_code, bare.json()["code"]) == (400, "battery_required")
    assert (one["reported_as"], one["data"]["count"]) == (code(2), 2)
    assert [e["battery"] for e in sent["entries"]] == [code(1), code(2)]
    assert "battery" not in sent


async def test_the_lines_of_a_batch_and_its_lots_can_be_read(api: Api) -> None:
    told = await api.report(
        "recycler",
        "recycled",
        "2025-06-05T10:00:00+08:00",
        batch="B1",
        process="hydro",
        inputs=[{"battery": NAME, "mass_kg": "300"}],
        outputs=[{"lot": "L1", "material": "copper", "mass_kg": "20"}],
        residue_kg="7",
    )
    subjects = [entry["subject"] for entry in told["entries"] if "subject" in entry]

    lines = [await api.get(f"/v1/events/{told['event_id']}", battery=each) for each in subjects]

    assert sorted(each.partition(":")[0] for each in subjects) == ["batch", "lot"]
    assert [line["reported_as"] for line in lines] == subjects


async def test_a_finding_about_no_battery_says_what_it_is_about(api: Api) -> None:
    await lived(api)
    told = await api.report(
        "recycler",
        "recycled",
        "2025-03-01T10:00:00+08:00",
        batch="B7",
        process="hydro",
        inputs=[{"battery": NAME, "mass_kg": "300"}],
        outputs=[{"lot": "L7", "material": "copper", "mass_kg": "20"}],
        residue_kg="7",
    )
    [batch] = [e["subject"] for e in told["entries"] if e.get("subject", "").startswith("batch:")]
    await api.settle()

    [found] = (await api.get("/v1/findings", code="batch_imbalance"))["items"]
    of_pack = (await api.get("/v1/findings", battery=NAME))["items"]

    assert (found["battery"], found["subject"]) == (None, batch)
    assert of_pack
    assert {each["subject"] for each in of_pack} == {NAME}


async def test_lists_filter_and_page(api: Api) -> None:
    for serial in range(1, 8):
        await api.post("maker", produced(serial))
    await api.report(
        "vehicle_maker", "installed", "2024-07-01T10:00:00+08:00", battery=NAME, host=CAR
    )
    await api.settle()

    first = await api.get("/v1/batteries", stage="made", limit=4)
    rest = await api.get("/v1/batteries", stage="made", limit=4, cursor=first["next"])
    names = [row["battery"] for row in first["items"] + rest["items"]]

    assert names == sorted(code(serial) for serial in range(2, 8))
    assert rest["next"] is None
    assert first["log_index"] == 7
    held = await api.get("/v1/batteries", holder="示范vehicle_maker")
    assert [row["battery"] for row in held["items"]] == [NAME]


async def test_findings_open_and_close_themselves(api: Api) -> None:
    await api.report(
        "outlet", "inspected", "2024-09-01T10:00:00+08:00", battery=NAME, soh_percent="90"
    )
    await api.settle()
    opened = await api.get("/v1/findings", battery=NAME)
    await api.post("maker", produced(1))
    await api.settle()
    left = await api.get("/v1/findings", battery=NAME, code="unknown_battery")
    closed = await api.get("/v1/findings", battery=NAME, state="closed")

    assert [f["code"] for f in opened["items"]] == ["unknown_battery"]
    assert opened["items"][0]["opened_at"]
    assert left["items"] == []
    assert [f["code"] for f in closed["items"]] == ["unknown_battery"]
    assert closed["items"][0]["closed_at"]


async def test_what_is_not_there_is_told_plainly(api: Api) -> None:
    headers = await api.headers("regulator")
    for path in (
        f"/v1/batteries/{code(9)}",
        f"/v1/batteries/{code(9)}/history",
        f"/v1/batteries/{code(9)}/genealogy",
        f"/v1/batteries/{code(9)}/label.png",
        f"/v1/events/{uuid4()}",
        "/v1/nowhere",
    ):
        answer = await api.http.get(path, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path
    bad = await api.http.get("/v1/batteries/nonsense", headers=headers)
    assert (bad.status_code, bad.json()["code"]) == (422, "invalid_code")


async def test_health_readiness_and_metrics_answer(api: Api) -> None:
    assert (await api.http.get("/healthz")).status_code == 200
    assert (await api.http.get("/readyz")).json()["status"] == "ready"
    told = (await api.http.get("/metrics")).text
    assert "dianchi_log_index -1.0" in told
    assert "dianchi_views_version 0.0" in told
    assert (await api.http.get("/openapi.json")).json()["openapi"].startswith("3.1")
    assert (await api.http.get("/docs")).status_code == 200
    assert (await api.http.get("/")).status_code == 200


async def test_a_firm_is_known_by_name_as_soon_as_its_key_is_made(api: Api) -> None:
    await api.services.registry.refresh()
    async with api.services.make_session() as session:
        row = await enrol(session, Enrolment("新来的网点"), ENROLLED)
        key = await add_key(session, api.services.ring, row.id, KeyTerms("outlet"), ENROLLED)

    answer = await api.http.get("/v1/me", headers={"authorization": f"Bearer {key}"})

    assert answer.json()["name"] == "新来的网点"


async def test_a_finding_names_organisations_as_they_are_registered(api: Api) -> None:
    await api.post("maker", produced(1))
    told = await api.report(
        "outlet", "dispatched", "2025-01-02", battery=NAME, handover="H1", receiver="示范utilizer"
    )
    await api.settle()
    battery = await api.get(f"/v1/batteries/{NAME}")
    listed = await api.get("/v1/findings", code="not_holder")

    for findings in (battery["findings"], listed["items"]):
        (found,) = (f for f in findings if f["code"] == "not_holder")
        assert "示范maker" in found["text"]["en"]
        assert "示范outlet" in found["text"]["zh"]
    (found,) = (f for f in told["findings"] if f["code"] == "not_holder")
    assert "示范maker" not in found["text"]["en"]


async def test_a_finding_says_since_when_the_list_has_it(api: Api) -> None:
    await lived(api)
    again = produced(1)
    other = {**again, "data": {**again["data"], "model": "DC-999"}}
    told = (await api.post("maker", other)).json()
    before = (await api.get(f"/v1/batteries/{NAME}"))["findings"]
    await api.settle()

    after = (await api.get(f"/v1/batteries/{NAME}"))["findings"]
    listed = (await api.get("/v1/findings", battery=NAME))["items"]

    assert told["findings"]
    assert [f["opened_at"] for f in (*told["findings"], *before)] == [None] * (
        len(told["findings"]) + len(before)
    )
    opened = {(f["code"], *f["evidence"]): f["opened_at"] for f in listed}
    assert all(opened.values())
    assert {(f["code"], *f["evidence"]): f["opened_at"] for f in after} == opened


@pytest.mark.parametrize("ending", ["history", "genealogy", "label.png", "label.pdf"])
async def test_an_encoded_slash_belongs_to_the_name(api: Api, ending: str) -> None:
    typed = f"serial:某厂:A/B#1/{ending}"
    name = f"serial:某厂:A/B#1/{ending.upper()}"
    await api.post("maker", produced(1, battery=typed))
    await api.post("maker", produced(1, battery=(other := "serial:某厂:A/B#1")))
    address = f"/v1/batteries/{quote(typed, safe='')}"

    battery = await api.get(address)
    history = await api.get(f"{address}/history")
    page = await api.get(f"/v1/batteries/{quote(other)}/hist%6Fry")
    genealogy = await api.get(f"{address}/genealogy")
    label = await api.http.get(f"{address}/label.svg", headers=await api.headers("maker"))

    assert battery["battery"] == name
    assert [event["reported_as"] for event in history["items"]] == [name]
    assert [event["reported_as"] for event in page["items"]] == [other]
    assert [node["id"] for node in genealogy["nodes"]] == [name]
    assert label.headers["content-type"] == "image/svg+xml"


async def test_a_percent_sign_in_an_address_is_read_once(api: Api) -> None:
    answer = await api.http.get(
        "/v1/batteries/serial:x:A%252FB", headers=await api.headers("outlet")
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["value"] == "serial:x:A%2FB"


async def test_a_lot_is_found_by_any_name_of_its_issuer(api: Api) -> None:
    told = {"material": "copper", "mass_kg": "5", "origin": "purchased"}
    await api.report("recycler", "lot_declared", "2024-06-01", lot="L-1:a", by="甲 再生", **told)
    async with api.services.make_session() as session:
        firm = await enrol(session, Enrolment("甲 再生", USCC), ENROLLED)
    await api.services.registry.refresh()

    for issuer in (firm.id, "甲 再生", "甲  再生 ", USCC):
        for scheme in ("lot", "LOT", "Lot"):
            asked = quote(f"{scheme}:{issuer}:L-1:a", safe="")
            graph = await api.get(f"/v1/batteries/{asked}/genealogy")
            assert [node["id"] for node in graph["nodes"]] == [f"lot:{firm.id}:L-1:a"], asked
