"""Exports: what is asked for, what the file says, who may fetch it, and that it stays small."""

import asyncio
from datetime import datetime
from io import BytesIO
from typing import Any

import openpyxl
import pyarrow.parquet
import pytest

from dianchi.cli.exporting import exports_runner
from dianchi.domain.working_days import CHINA
from dianchi.exchange.tables.files import CsvFile
from dianchi.exports import runner as writer
from dianchi.exports.jobs import Lease
from dianchi.exports.lists import LISTINGS
from dianchi.store.readers import _Loan
from support.api import Api, code, produced
from support.exports import PROVINCE, ask, exported, hash_of, read_csv, read_pdf
from support.lives import KUNMING, QUJING, YUXI, a_life, officer

pytestmark = pytest.mark.asyncio
MANY = (
    "INSERT INTO battery (name, names, stage, prefecture, chemistry, holder, reporter, model,"
    " stream_id, last_us, since_us, log_index, seen_by, quarantined)"
    " SELECT 'b' || n, '{{}}', 'in_use', '', '', '', '', {}, gen_random_uuid(), 0, 0, 0, '{{}}',"
    " false FROM generate_series(1, {}) n"
)
"""Rows of the list of batteries: the SQL of their model, and how many."""


async def test_each_form_holds_the_same_rows_and_the_hash_that_it_says(api: Api) -> None:
    await a_life(api)

    done, told = await exported(api, PROVINCE, "batteries")
    _, book = await exported(api, PROVINCE, "batteries", "xlsx")
    _, table = await exported(api, PROVINCE, "batteries", "parquet")

    _, rows, about = read_csv(told)
    sheet, said = openpyxl.load_workbook(BytesIO(book)).worksheets
    cells = [["" if c is None else str(c) for c in row] for row in sheet.values][1:]
    parquet = pyarrow.parquet.read_table(BytesIO(table))
    columns = [column.name for column in LISTINGS["batteries"].columns]
    arrow = [["" if row[name] is None else str(row[name]) for name in columns]
             for row in parquet.to_pylist()]  # fmt: skip
    assert rows == cells == arrow
    assert hash_of(rows) == about["rows_sha256"] == done["rows_sha256"]
    assert dict(said.values)["各行 SHA-256"] == done["rows_sha256"]
    said_too = pyarrow.parquet.read_metadata(BytesIO(table)).metadata
    assert said_too[b"dianchi.rows_sha256"].decode() == done["rows_sha256"]
    assert about["query"] == "batteries"
    assert about["organisation"] == await api.organisation("regulator")
    assert (about["rows"], about["log_index"]) == (str(len(rows)), str(done["log_index"]))
    stored = await api.look("SELECT name, stage FROM battery ORDER BY name")
    assert sorted(row[0] for row in rows) == [row["name"] for row in stored]


async def test_a_paper_holds_the_same_rows_on_as_many_sheets_as_they_need(api: Api) -> None:
    """Given rows for several sheets, then their text is that of the CSV, heads on every sheet."""
    await a_life(api)
    await api.look(MANY.format("'型号-' || n", 150))
    office = await api.organisation("regulator")

    csv_done, told = await exported(api, PROVINCE, "batteries")
    done, paper = await exported(api, PROVINCE, "batteries", "pdf")

    heads, rows, _ = read_csv(told)
    about, said = read_pdf(paper, heads)
    assert len(rows) == done["rows"] > 150
    assert said == "".join("".join(cell.split()) for row in rows for cell in row)
    assert done["rows_sha256"] == csv_done["rows_sha256"] == hash_of(rows)
    asked = datetime.fromisoformat(done["asked_at"]).astimezone(CHINA)
    for fact in (
        "查询电池清单(batteries)", "身份监管部门", f"({office})", f"日志序号{done['log_index']}",
        f"导出时间{asked:%Y-%m-%d%H:%M:%S}(+08:00)", f"各行SHA-256{done['rows_sha256']}",
    ):  # fmt: skip
        assert fact in about


async def test_what_no_paper_holds_fails_and_says_what_to_do(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dianchi.exports.writing.PAPER_ROWS", 3)
    await api.look(MANY.format("''", 3))
    whole, _ = await exported(api, PROVINCE, "batteries", "pdf")
    await api.post("maker", produced(2))
    await api.settle()

    asked = await ask(api, PROVINCE, "batteries", "pdf")
    async with exports_runner(api.dsn, api.services.clock) as runner:
        assert await runner.once()

    told = await api.get(f"/v1/exports/{asked['id']}")
    assert (whole["rows"], whole["problem"]) == (3, None)
    assert (told["state"], told["file"], told["problem"]["code"]) == (
        "failed", None, "too_many_rows",
    )  # fmt: skip
    assert "5,000" in told["problem"]["what"]["zh"]
    assert "csv" in told["problem"]["way_out"]["en"]
    fetched = await api.http.get(
        f"/v1/exports/{asked['id']}/file", headers=await api.headers("regulator")
    )
    assert fetched.status_code == 409


@pytest.mark.parametrize(
    ("language", "sheet", "asked", "role"),
    [("zh", "说明", "导出时间", "监管部门"), ("en", "About", "Asked at", "Regulator")],
)
async def test_a_workbook_says_what_it_is_in_the_language_asked_for_and_by_the_time_here(
    api: Api, language: str, sheet: str, asked: str, role: str
) -> None:
    headers = await api.headers("regulator") | {"accept-language": language}
    told = {"list": "batteries", "form": "xlsx"}
    answer = await api.http.post("/v1/exports", json=told, headers=headers)
    async with exports_runner(api.dsn, api.services.clock) as runner:
        await runner.once()
    file = await api.http.get(f"{answer.headers['location']}/file", headers=headers)

    about = openpyxl.load_workbook(BytesIO(file.content)).worksheets[-1]

    said = dict(about.values)
    at = datetime.fromisoformat(answer.json()["asked_at"]).astimezone(CHINA)
    assert (about.title, said[asked]) == (sheet, f"{at:%Y-%m-%d %H:%M:%S} (+08:00)")
    assert role in said.values()


async def test_three_officers_take_out_each_event_once_together(api: Api) -> None:
    await a_life(api)

    own = {}
    for area in (KUNMING, QUJING, YUXI):
        _, body = await exported(api, officer(area), "events")
        own[area] = {row[1] for row in read_csv(body)[1]}
    _, whole = await exported(api, PROVINCE, "events")

    types = {row[1]: row[2] for row in read_csv(whole)[1]}
    raw = await api.look(
        "SELECT e.event_id, convert_from(e.body, 'UTF8')::jsonb->>'type' AS type"
        " FROM event e JOIN log_entry USING (stream_id, version)"
    )
    assert types == {str(row["event_id"]): row["type"] for row in raw}
    assert {types[each] for each in own[QUJING]} == {"installed", "sold"}
    assert {types[each] for each in own[KUNMING]} == {"produced", "collected", "dispatched"}
    assert {types[each] for each in own[YUXI]} == {"received", "recycled"}
    assert own[KUNMING] | own[QUJING] | own[YUXI] == set(types)


async def test_the_days_of_events_are_those_of_china(api: Api) -> None:
    """Given a birth at two in the morning, then the day before in UTC does not hold it."""
    await api.post("maker", produced(5, occurred_at="2024-06-01T02:00:00+08:00"))
    await api.settle()

    found = {}
    for day in ("2024-05-31", "2024-06-01"):
        _, body = await exported(api, PROVINCE, "events", **{"from": day, "to": day})
        found[day] = [row[2] for row in read_csv(body)[1]]

    assert found == {"2024-05-31": [], "2024-06-01": ["produced"]}


async def test_exported_indicators_have_the_timeliness_of_the_dashboard(api: Api) -> None:
    await a_life(api)
    board = await api.get("/v1/statistics/board", **{"from": "2024-01", "to": "2026-12"})

    span = {"from": "2024-01", "to": "2026-12"}
    _, whole = await exported(api, PROVINCE, "indicators", **span)
    _, months = await exported(api, PROVINCE, "indicators", by="month", **span)

    [rate] = [each for each in board["indicators"] if each["indicator"] == "timeliness"]
    due = {each["measure"]: each["all"]["things"] for each in board["measures"]}
    [row] = [row for row in read_csv(whole)[1] if row[0] == "timeliness"]
    assert (row[6], row[7]) == (str(due["duties_met"]), str(due["duties_due"]))
    assert float(row[4]) == float(rate["value"])
    each = [row for row in read_csv(months)[1] if row[0] == "timeliness"]
    assert sum(int(row[7]) for row in each) == due["duties_due"] > 0


async def test_what_is_withheld_of_a_finding_says_not_who_else_reported(api: Api) -> None:
    """Given two firms measured a pack and one of them does not see it, then it is not told whom."""
    taken = {"source": "person", "safety_class": "A", "label_legible": True}
    await api.report("outlet", "collected", "2026-05-01", battery=code(1), **taken)
    for role, day, soh in (("recycler", "2026-05-02", "70"), ("outlet", "2026-05-03", "95")):
        await api.report(role, "inspected", day, battery=code(1), soh_percent=soh)
    await api.settle()

    _, body = await exported(api, ("recycler", None), "findings")
    _, whole = await exported(api, ("outlet", None), "findings")

    heads = {row[0]: row for row in read_csv(body)[1]}
    assert heads["soh_rise"][4:9] == [""] * 5
    seen = {row[0]: row for row in read_csv(whole)[1]}
    assert seen["soh_rise"][7] == await api.organisation("outlet")


async def test_a_file_that_takes_too_long_ends_and_is_not_begun_for_ever(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def slowly(*_: Any) -> None:
        await asyncio.sleep(60)

    asked = await ask(api, PROVINCE, "batteries")
    monkeypatch.setattr(writer, "write", slowly)
    monkeypatch.setattr(writer, "_LONGEST_S", 0.05)
    async with exports_runner(api.dsn, api.services.clock) as runner:
        assert await runner.once()
        assert not await runner.once()

    told = await api.get(f"/v1/exports/{asked['id']}")
    assert told["state"] == "failed"


async def test_who_sees_less_than_before_does_not_fetch_what_was_written_before(api: Api) -> None:
    await a_life(api)
    done, _ = await exported(api, officer(KUNMING), "batteries")
    await api.look("UPDATE export SET reporter = reporter || '{\"area\": null}'")

    answer = await api.http.get(done["file"], headers=await api.headers(*officer(KUNMING)))

    assert (answer.status_code, answer.json()["code"]) == (403, "role_not_allowed")


async def test_what_looks_like_a_formula_is_none_and_personal_values_are_struck_out(
    api: Api,
) -> None:
    birth = produced(7)
    birth["data"]["model"] = "=HYPERLINK(1)"
    await api.post("maker", birth)
    await api.settle()

    _, told = await exported(api, PROVINCE, "batteries")
    _, book = await exported(api, PROVINCE, "batteries", "xlsx")
    [row] = read_csv(told)[1]
    sheet = openpyxl.load_workbook(BytesIO(book)).worksheets[0]

    assert row[8] == "'=HYPERLINK(1)"
    assert (sheet["I2"].value, sheet["I2"].data_type) == ("=HYPERLINK(1)", "s")
    await a_life(api)
    _, events = await exported(api, PROVINCE, "events")
    assert "LSVAA4182E2184847" not in events.decode()


async def test_each_export_is_an_entry_of_the_audit_log_with_what_was_asked(api: Api) -> None:
    await a_life(api)

    await ask(api, ("outlet", "昆明网点"), "obligations", "xlsx", state="met")
    await exported(api, PROVINCE, "findings", state="all")

    noted = [tuple(row) for row in await api.look("SELECT act, subject FROM audit ORDER BY at")]
    assert ("POST /v1/exports", "xlsx obligations?state=met") in noted
    assert ("POST /v1/exports", "csv findings?state=all") in noted
    assert any(act == "GET /v1/exports/{id}/file" for act, _ in noted)


async def test_a_file_is_its_askers_alone_also_in_the_database(api: Api) -> None:
    await a_life(api)
    done, _ = await exported(api, officer(KUNMING), "batteries")

    for who in (PROVINCE, officer(QUJING), ("outlet", "昆明网点")):
        headers = await api.headers(*who)
        for path in ("", "/file"):
            answer = await api.http.get(f"/v1/exports/{done['id']}{path}", headers=headers)
            assert answer.status_code == 404
        assert (await api.http.get("/v1/exports", headers=headers)).json()["items"] == []
    async with api.services.own_readers.seeing(("somebody",)).acquire() as reader:
        for table in ("export", "export_part"):
            assert await reader.fetchval(f"SELECT count(*) FROM {table}") == 0  # noqa: S608


@pytest.fixture
def loans(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many connections were lent."""
    lent: list[int] = []
    enter = _Loan.__aenter__

    async def counted(loan: _Loan) -> Any:
        lent.append(1)
        return await enter(loan)

    monkeypatch.setattr(_Loan, "__aenter__", counted)
    return lent


async def test_a_long_list_is_read_in_pages_of_500_and_never_held_whole(
    api: Api, loans: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    await api.look(MANY.format("''", 3000))
    pieces: list[int] = []
    write = CsvFile.write

    def counted(table: CsvFile, rows: Any) -> None:
        pieces.append(len(rows))
        write(table, rows)

    monkeypatch.setattr(CsvFile, "write", counted)
    loans.clear()
    done, _ = await exported(api, PROVINCE, "batteries")

    assert done["rows"] == 3000
    assert pieces == [500] * 6
    assert len(loans) < 40


async def test_rows_are_of_one_moment_whatever_is_recorded_meanwhile(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_life(api)
    await api.post("maker", produced(2))
    await api.settle()
    before = len(await api.look("SELECT 1 FROM battery"))
    between = Lease.tell

    async def disturbed(lease: Any, rows: int) -> None:
        await api.look("DELETE FROM battery")
        await between(lease, rows)

    monkeypatch.setattr(Lease, "tell", disturbed)
    monkeypatch.setattr("dianchi.exports.reading.MOST", 1)
    done, body = await exported(api, PROVINCE, "batteries")

    assert done["rows"] == len(read_csv(body)[1]) == before
    assert before > 1
    assert await api.look("SELECT 1 FROM battery") == []


async def test_hand_overs_and_obligations_say_who_sent_and_who_owes(api: Api) -> None:
    outlet = await a_life(api)

    _, handed = await exported(api, PROVINCE, "handovers")
    _, owed = await exported(api, PROVINCE, "obligations", duty="OUTLET_IN")
    _, counts = await exported(
        api, PROVINCE, "indicators", **{"from": "2024-01", "to": "2026-12", "by": "prefecture"}
    )

    [row] = read_csv(handed)[1]
    assert (row[0], row[2], row[3], row[4]) == (code(1), "H1", outlet, "昆明网点")
    assert (row[5], row[8], row[10]) == ("玉溪再生", "按期", "2026-05-06")
    assert [line[1] for line in read_csv(owed)[1]] == ["OUTLET_IN"]
    gathered = {line[2]: line[4] for line in read_csv(counts)[1] if line[0] == "gathered_kg"}
    assert gathered[KUNMING] == "400.125"


async def test_what_cannot_be_asked_is_named(api: Api) -> None:
    for listed, filters, pointer in (
        ("batteries", {"stage": "nope"}, "/filters/stage"),
        ("batteries", {"site": "S\x001"}, "/filters/site"),
        ("findings", {"luck": "x"}, "/filters/luck"),
        ("batteries", {"recall": "recall:x:y"}, "/filters/recall"),
        ("batteries", {"remedied": "false"}, "/filters/recall"),
        ("events", {"from": "2026-13-01"}, "/filters/from"),
        ("indicators", {"from": "2026-05", "to": "2026-04"}, "/filters/from"),
        ("obligations", {"prefecture": "火星"}, "/filters/prefecture"),
    ):
        told = {"list": listed, "filters": filters}
        headers = await api.headers("regulator")
        answer = await api.http.post("/v1/exports", json=told, headers=headers)
        assert answer.status_code == 422, answer.text
        [fault] = answer.json()["errors"]
        assert fault["pointer"] == pointer
        assert fault["way_out"]["zh"]
