"""Files of firms become reports: checked, recorded, mended, never twice."""

import json
from pathlib import Path
from uuid import uuid4

from dianchi.exchange.sheets.mapping import is_known
from dianchi.exchange.sheets.reading import open_table
from dianchi_client.report_files import reports_of
from dianchi_client.row_ids import report_id
from support.api import code
from support.sheets import retired_row, table, workbook
from support.uploads import Firm, tallies

UGLY = [
    retired_row(1),
    retired_row(2, 电池编码=1.23e15),
    retired_row(3, 退役日期="昨天"),
    retired_row(4, 电池类型="阀控式铅酸蓄电池"),
    retired_row(1),
    retired_row(6, **{"SOH(%)": "约70"}),
    retired_row(7, 电池编码="001CB310000000DD7R0312060"),
    retired_row(8, 电池编码=None),
    retired_row(9, 退役日期="2099-01-01"),
]
VERDICTS = {
    "accepted": 2,
    "refused": 5,
    "out_of_scope": 1,
    "duplicate": 1,
}


async def test_a_file_is_read_checked_and_recorded(firm: Firm) -> None:
    upload = await firm.send(workbook(UGLY, title="云南铁塔退役台账"))
    read = await firm.shown(upload)
    assert (read["state"], read["rows"], read["plan_from"]) == ("read", 9, "guessed")
    assert read["opened"]["columns"][2] == "电池信息/电池编码"

    checked = await firm.dry_run(upload)
    assert (checked["state"], tallies(checked, "checked")) == ("checked", VERDICTS)
    assert await firm.recorded() == 0
    foreseen = await firm.rows(upload)

    committed = await firm.commit(upload)
    assert (committed["state"], tallies(committed, "committed")) == ("committed", VERDICTS)
    assert await firm.recorded() == 2
    assert [(r["row"], r["outcome"], r["event_id"], r["faults"]) for r in foreseen] == [
        (r["row"], r["outcome"], r["event_id"], r["faults"]) for r in await firm.rows(upload)
    ]


async def test_a_refused_row_names_its_cell_value_code_and_way_out(firm: Firm) -> None:
    upload = await firm.send(workbook(UGLY))
    await firm.dry_run(upload)

    faults = {r["row"]: r["faults"][0] for r in await firm.rows(upload, outcome="refused")}

    assert {n: (f["code"], f["column"], f["cell"]) for n, f in faults.items()} == {
        3: ("code_as_number", "电池编码", "C3"),
        4: ("invalid_date", "退役日期", "D4"),
        7: ("invalid_value", "SOH(%)", "F7"),
        8: ("invalid_code", "电池编码", "C8"),
        10: ("in_future", "退役日期", "D10"),
    }
    assert faults[4]["value"] == "昨天"
    assert all(f["way_out"]["zh"] and f["way_out"]["en"] for f in faults.values())
    [repeat] = await firm.rows(upload, outcome="duplicate")
    assert (repeat["row"], repeat["same_as"]) == (6, 2)
    assert await firm.rows(upload, code="invalid_date") == [
        r for r in await firm.rows(upload) if r["row"] == 4
    ]


async def test_the_mended_workbook_of_errors_leaves_nothing_behind(
    firm: Firm, tmp_path: Path
) -> None:
    upload = await firm.send(workbook(UGLY))
    await firm.dry_run(upload)
    await firm.commit(upload)

    answer = await firm.ask("GET", f"/{upload}/errors.xlsx")
    path = tmp_path / "errors.xlsx"
    path.write_bytes(answer.content)
    _, found = open_table(path, "errors", is_known)
    rows = [cells for _, cells in found.rows]
    assert len(rows) == 5
    assert found.others == ("铅酸（不在范围）",)
    for serial, cells in enumerate(rows, 20):
        cells[2:6] = [code(serial), "2026-06-01", "容量不足", 70]
    mended = workbook(rows, found.header.columns)
    again = await firm.send(mended)
    await firm.dry_run(again)
    done = await firm.commit(again)

    assert tallies(done, "committed") == {"accepted": 5}
    assert await firm.recorded() == 7


async def test_the_workbook_of_errors_itself_is_known_as_of_its_family(firm: Firm) -> None:
    upload = await firm.send(workbook(UGLY))
    await firm.dry_run(upload)
    errors = (await firm.ask("GET", f"/{upload}/errors.xlsx")).content

    again = await firm.send(errors)
    checked = await firm.dry_run(again)

    assert checked["family"] == upload
    assert tallies(checked, "checked") == {"refused": 5}


async def test_all_or_none(firm: Firm) -> None:
    upload = await firm.send(workbook([retired_row(1), retired_row(2, 退役日期="昨天")]))
    refused = await firm.commit(upload, "atomic")

    assert refused["state"] == "checked"
    assert refused["problem"]["errors"][0]["code"] == "not_all_rows"
    assert tallies(refused, "checked") == {"skipped": 1, "refused": 1}
    assert await firm.recorded() == 0

    whole = await firm.send(workbook([retired_row(1), retired_row(2), retired_row(1)]))
    done = await firm.commit(whole, "atomic")
    assert tallies(done, "committed") == {"accepted": 2, "duplicate": 1}


async def test_a_corrected_plan_is_used_and_remembered(firm: Firm) -> None:
    columns = ["甲", "乙", "丙"]
    body = table([[code(1), "2026-06-01", "x"]], columns)
    upload = await firm.send(body)
    unsure = await firm.ask("POST", f"/{upload}/dry-run")
    assert (unsure.status_code, unsure.json()["code"]) == (422, "missing_field")

    plan = {"columns": {"battery": 0, "occurred_at": 1}, "fixed": {"data/reason": "site_closed"}}
    checked = await firm.dry_run(upload, plan)
    assert tallies(checked, "checked") == {"accepted": 1}

    later = await firm.shown(await firm.send(table([[code(2), "2026-06-02", "y"]], columns)))
    assert (later["plan"], later["plan_from"]) == (plan, "saved")


async def test_lines_of_reports_are_taken_as_they_are(firm: Firm) -> None:
    report = {
        "event_id": str(uuid4()),
        "type": "retired",
        "battery": code(1),
        "occurred_at": "2026-06-01",
        "data": {"reason": "capacity_low"},
    }
    without = {name: value for name, value in report.items() if name != "event_id"}
    other = report | {"battery": code(2)}
    lines = [json.dumps(report), "{", json.dumps(without), json.dumps(report), json.dumps(other)]
    upload = await firm.send("\n".join(lines).encode(), "reports")
    checked = await firm.dry_run(upload)
    before = await firm.rows(upload)
    await firm.commit(upload)

    assert tallies(checked, "checked") == {"accepted": 2, "refused": 2, "duplicate": 1}
    assert [(r["row"], r["outcome"]) for r in before] == [
        (r["row"], r["outcome"]) for r in await firm.rows(upload)
    ]
    [broken, clash] = await firm.rows(upload, outcome="refused")
    assert (broken["faults"][0]["code"], clash["faults"][0]["code"]) == (
        "malformed_json",
        "event_id_conflict",
    )


async def test_progress_is_told_as_it_happens(firm: Firm) -> None:
    upload = await firm.send(workbook([retired_row(1), retired_row(2)]))
    await firm.commit(upload)

    told = await firm.ask("GET", f"/{upload}/events")

    assert told.headers["content-type"].startswith("text/event-stream")
    name, data = told.text.strip().split("\n", 1)
    assert name == "event: upload"
    assert json.loads(data.removeprefix("data: "))["state"] == "committed"


async def test_a_table_sent_by_the_client_and_by_the_page_counts_once(
    firm: Firm, tmp_path: Path
) -> None:
    columns = ("type", "battery", "occurred_at", "data.reason", "data.soh_percent", "site")
    rows = [
        ("retired", code(1), "2026-06-01", "capacity_low", "72.50", "007"),
        ("retired", code(2).lower(), "2026-06-01T08:00:00+08:00", "recall", "80", ""),
    ]
    path = tmp_path / "sets.csv"
    path.write_bytes(table(rows, columns))
    organisation = await firm.api.organisation("site_operator")
    sent = [
        {"event_id": str(report_id(organisation, report)), **report} for report in reports_of(path)
    ]
    headers = await firm.api.headers("site_operator")
    first = await firm.api.http.post("/v1/events/batch", json=sent, headers=headers)

    upload = await firm.send(path.read_bytes(), "retired", "sets.csv")
    done = await firm.commit(upload)

    assert first.json()["accepted"] == 2, first.text
    assert tallies(done, "committed") == {"duplicate": 2}
    assert await firm.recorded() == 2
