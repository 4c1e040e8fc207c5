"""Reading: pages, moments, representations; and who may see a VIN."""

from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from structlog.testing import capture_logs

from dianchi.access.enrol import Enrolment, enrol
from dianchi.access.issue import KeyTerms, add_key
from dianchi.domain.identifiers import uscc_check
from support.api import ENROLLED, VIN, Api, StillClock, api_over, code, produced

pytestmark = pytest.mark.asyncio
NAME = code(1)
USCC = "91530000MA6K00001" + uscc_check("91530000MA6K00001")
CAR = {"kind": "vehicle", "id": VIN}


async def lived(api: Api) -> None:
    await api.post("maker", produced(1))
    await api.report(
        "vehicle_maker", "installed", "2024-07-01T10:00:00+08:00", battery=NAME, host=CAR
    )
    await api.report(
        "vehicle_maker",
        "sold",
        "2024-08-01T10:00:00+08:00",
        battery=NAME,
        prefecture="530300",
        vin=VIN,
    )


async def test_history_comes_in_pages_that_join_without_gap(api: Api) -> None:
    await lived(api)
    for day in range(1, 11):
        await api.report(
            "workshop",
            "inspected",
            f"2025-01-{day:02d}T10:00:00+08:00",
            battery=NAME,
            soh_percent="90",
        )
    whole = (await api.get(f"/v1/batteries/{NAME}/history"))["items"]

    paged: list[Any] = []
    cursor: str | None = None
    while True:
        more = {"cursor": cursor} if cursor else {}
        page = await api.get(f"/v1/batteries/{NAME}/history", "regulator", limit=3, **more)
        paged += page["items"]
        cursor = page["next"]
        if cursor is None:
            break

    assert [e["event_id"] for e in paged] == [e["event_id"] for e in whole]
    assert len(paged) == 13


async def test_pages_begun_before_a_late_report_hold_each_event_once(api: Api) -> None:
    await lived(api)
    path = f"/v1/batteries/{NAME}/history"
    before = [event["event_id"] for event in (await api.get(path))["items"]]
    first = await api.get(path, limit=1)

    late = await api.report(
        "workshop", "inspected", "2024-06-15T10:00:00+08:00", battery=NAME, soh_percent="99"
    )
    rest = await api.get(path, limit=1000, cursor=first["next"])
    anew = await api.get(path)

    assert [event["event_id"] for event in first["items"] + rest["items"]] == before
    assert rest["next"] is None
    assert late["event_id"] in [event["event_id"] for event in anew["items"][:-1]]


async def test_a_cursor_that_nobody_gave_is_refused(api: Api) -> None:
    await lived(api)

    for cursor in ("2", "WzEsIDJd", "WzIsMTld", "Wy0xLHt9XQ"):
        answer = await api.http.get(
            f"/v1/batteries/{NAME}/history?cursor={cursor}", headers=await api.headers("maker")
        )
        assert answer.status_code == 422, cursor
        assert answer.json()["errors"][0]["pointer"] == "/cursor"


async def test_a_late_report_takes_its_place_in_business_time(api: Api) -> None:
    await lived(api)
    late = await api.report(
        "workshop", "inspected", "2024-07-15T10:00:00+08:00", battery=NAME, soh_percent="99"
    )

    history = (await api.get(f"/v1/batteries/{NAME}/history"))["items"]

    assert [e["type"] for e in history] == ["produced", "installed", "inspected", "sold"]
    assert history[2]["event_id"] == late["event_id"]
    assert [e["version"] for e in history] == [1, 2, 4, 3]


async def test_a_corrected_event_stays_in_the_history_and_leaves_the_life(api: Api) -> None:
    await lived(api)
    wrong = await api.report(
        "workshop", "retired", "2025-01-01T10:00:00+08:00", battery=NAME, reason="accident"
    )
    body = {
        "event_id": str(uuid4()),
        "type": "corrected",
        "occurred_at": "2025-01-02T10:00:00+08:00",
        "data": {"event_id": wrong["event_id"], "reason": "wrong pack"},
    }
    answer = await api.post("workshop", body)
    assert answer.status_code == 201, answer.text

    battery = await api.get(f"/v1/batteries/{NAME}")
    history = (await api.get(f"/v1/batteries/{NAME}/history"))["items"]
    event = await api.get(f"/v1/events/{wrong['event_id']}")

    assert battery["stage"] == "in_use"
    told = {e["event_id"]: e["corrected_by"] for e in history}
    assert told[wrong["event_id"]] == body["event_id"] == event["corrected_by"]


async def test_a_life_can_be_asked_as_of_a_day(api: Api) -> None:
    await lived(api)

    then = await api.get(f"/v1/batteries/{NAME}", as_of="2024-07-15")
    history = await api.get(f"/v1/batteries/{NAME}/history", as_of="2024-07-15")
    before = await api.http.get(
        f"/v1/batteries/{NAME}",
        params={"as_of": "2020-01-01"},
        headers=await api.headers("regulator"),
    )

    assert then["stage"] == "installed"
    assert [e["type"] for e in history["items"]] == ["produced", "installed"]
    assert before.status_code == 404
    assert "by then" in before.json()["errors"][0]["message"]["en"]


async def test_a_life_can_be_asked_as_it_was_known(api: Api) -> None:
    await api.post("maker", produced(1))
    await api.settle()
    [[at]] = await api.look("SELECT max(logged_at) FROM log_entry")
    known = at.isoformat().replace("+00:00", "Z")
    await api.report(
        "vehicle_maker", "installed", "2024-07-01T10:00:00+08:00", battery=NAME, host=CAR
    )
    await api.settle()

    then = await api.get(f"/v1/batteries/{NAME}", known_at=known)
    now = await api.get(f"/v1/batteries/{NAME}")

    assert (then["stage"], now["stage"]) == ("made", "installed")


@pytest.mark.parametrize(
    ("role", "asked", "sees"),
    [
        ("vehicle_maker", {}, True),
        ("regulator", {"purpose": "inspection"}, True),
        ("regulator", {}, False),
        ("maker", {}, False),
        ("maker", {"purpose": "inspection"}, False),
    ],
)
async def test_a_vin_is_read_back_by_its_reporter_and_for_a_purpose_by_a_regulator(
    api: Api, role: str, asked: dict[str, str], *, sees: bool
) -> None:
    await lived(api)
    sale = (await api.get(f"/v1/batteries/{NAME}/history"))["items"][2]["event_id"]

    history = await api.get(f"/v1/batteries/{NAME}/history", role, **asked)
    battery = await api.get(f"/v1/batteries/{NAME}", role, **asked)
    event = await api.get(f"/v1/events/{sale}", role, **asked)

    assert [VIN in str(one) for one in (history, battery, event)] == [sees] * 3
    assert all(e["data"].get("vin_ref") for e in history["items"][2:])


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


async def test_a_vin_of_a_low_speed_vehicle_is_read_back_by_whom_it_concerns(api: Api) -> None:
    await api.post("maker", produced(1))
    await api.report(
        "utilizer",
        "declared",
        "2024-07-01T10:00:00+08:00",
        battery=NAME,
        stage="in_use",
        basis="opening_stock",
        host={"kind": "low_speed_ev", "id": VIN},
    )

    own = await api.get(f"/v1/batteries/{NAME}/history", "utilizer")
    others = await api.get(f"/v1/batteries/{NAME}", "maker")
    history = await api.get(f"/v1/batteries/{NAME}/history", "maker")

    sealed = others["host"]["vin_ref"]
    assert own["items"][0]["data"]["host"] == {"kind": "low_speed_ev", "id": VIN, "vin_ref": sealed}
    assert others["host"] == {"kind": "low_speed_ev", "id": None, "vin_ref": sealed}
    assert history["items"][1]["data"]["host"] == {"kind": "low_speed_ev", "vin_ref": sealed}


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


async def test_the_course_of_a_life_tells_the_stage_after_each_event_by_then(api: Api) -> None:
    await lived(api)
    path = f"/v1/batteries/{code(1)}"
    history = await api.get(f"{path}/history")

    course = await api.get(f"{path}/course")
    first = await api.get(f"{path}/course", as_of=history["items"][0]["occurred_at"])

    told = [(each["event_id"], each["reported_as"]) for each in history["items"]]
    assert [(each["event_id"], each["reported_as"]) for each in course["items"]] == told
    assert course["items"][-1]["stage"] == (await api.get(path))["stage"]
    assert [each["stage"] for each in first["items"]] == [course["items"][0]["stage"]]


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


async def test_an_erased_vin_is_said_to_be_erased_to_those_who_saw_it(api: Api) -> None:
    await lived(api)
    await api.database.fetch(
        "UPDATE personal SET kek = NULL, wrapped = NULL, sealed = NULL, erased_at = now()"
    )

    history = await api.get(f"/v1/batteries/{NAME}/history", "vehicle_maker")
    battery = await api.get(f"/v1/batteries/{NAME}", "regulator", purpose="court")
    other = await api.get(f"/v1/batteries/{NAME}", "maker")

    sealed = battery["host"]["vin_ref"]
    assert battery["host"] == {"kind": "vehicle", "id": None, "vin_ref": sealed, "erased": True}
    assert history["items"][2]["data"]["vin_ref"] == sealed
    assert history["items"][2]["data"]["vin"] is None
    assert history["items"][2]["data"]["erased"] is True
    assert other["host"] == {"kind": "vehicle", "id": None, "vin_ref": sealed}


async def test_a_report_that_names_an_erased_vin_is_taken_and_the_vin_is_not_kept(api: Api) -> None:
    await lived(api)
    await api.database.fetch(
        "UPDATE personal SET kek = NULL, wrapped = NULL, sealed = NULL, erased_at = now()"
    )

    await api.report("workshop", "removed", "2026-03-01", battery=NAME, host=CAR, reason="old")

    [row] = await api.database.fetch("SELECT sealed, erased_at FROM personal")
    assert row["sealed"] is None
    assert row["erased_at"] is not None


async def test_a_purpose_that_does_not_exist_is_refused_with_those_that_do(api: Api) -> None:
    await lived(api)

    for path in (f"/v1/batteries/{NAME}", f"/v1/batteries/{NAME}/history"):
        answer = await api.http.get(
            path, params={"purpose": "curiosity"}, headers=await api.headers("regulator")
        )
        [fault] = answer.json()["errors"]
        assert (answer.status_code, fault["pointer"]) == (422, "/purpose")
        assert "inspection" in fault["way_out"]["zh"]


async def test_each_vin_that_is_read_for_a_purpose_is_noted(api: Api) -> None:
    await lived(api)

    with capture_logs() as said:
        host = (await api.get(f"/v1/batteries/{NAME}", purpose="recall"))["host"]
        await api.get(f"/v1/batteries/{NAME}", "vehicle_maker")

    [note] = [one for one in said if one["event"] == "personal values read"]
    assert (note["purpose"], note["references"]) == ("recall", [host["vin_ref"]])
    assert note["organisation"] == await api.organisation("regulator")
    assert VIN not in str(note)


async def test_vins_are_read_back_only_so_many_times_within_an_hour(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dianchi.wiring.MOST_AN_HOUR", 2)
    clock = StillClock(1_793_000_000_000_000)
    async with api_over(database, clock) as api:
        await lived(api)
        path, headers = f"/v1/batteries/{NAME}", await api.headers("regulator")
        asked = f"{path}?purpose=recall"

        answers = [await api.http.get(asked, headers=headers) for _ in range(3)]
        plain = await api.http.get(path, headers=headers)
        clock.at_us += 3600 * 1_000_000
        later = await api.http.get(asked, headers=headers)

    assert [one.status_code for one in answers] == [200, 200, 429]
    assert answers[2].json()["code"] == "too_many_requests"
    assert (plain.status_code, later.status_code) == (200, 200)
