"""Monthly reports and evaluations: equal to the raw record, the same bytes, one's own area."""

from collections import Counter
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from typing import Any, Final

import openpyxl
import pypdfium2
import pytest

from dianchi.store.envelope import canonical_json
from support.api import Api, StillClock, api_over, produced
from support.lives import KUNMING, QUJING, YUXI, a_life, officer

pytestmark = pytest.mark.asyncio
MONTHLY: Final = "/v1/reports/monthly"
PROVINCE: Final = ("regulator", None)
COLLECTED: Final = """
SELECT sum((told->'data'->>'mass_kg')::numeric)
  FROM (SELECT convert_from(e.body, 'UTF8')::jsonb AS told
          FROM event e JOIN stream s USING (stream_id) WHERE s.kind = 1) raw
 WHERE told->>'type' = 'collected' AND told->>'occurred_at' LIKE '2026-05%'
"""
OPENED: Final = """
SELECT to_char(opened_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM') AS month, code, prefecture
  FROM finding
"""


async def read(api: Api, path: str, who: tuple[str, str | None], **query: str) -> Any:
    answer = await api.http.get(path, params=query, headers=await api.headers(*who))
    assert answer.status_code == 200, answer.text
    return answer.json() if answer.headers["content-type"] == "application/json" else answer.content


def figures(told: Any) -> dict[str, Any]:
    return {row["indicator"]: row["value"] for row in told["indicators"]}


async def test_the_month_of_an_area_is_what_its_raw_events_say(api: Api) -> None:
    await a_life(api)
    raw = await api.look(COLLECTED)

    kunming = await read(api, MONTHLY, officer(KUNMING), month="2026-05")
    yuxi = await read(api, MONTHLY, officer(YUXI), month="2026-05")
    june = await read(api, MONTHLY, officer(YUXI), month="2026-06")
    whole = await read(api, MONTHLY, PROVINCE, month="2026-05")
    narrowed = await read(api, MONTHLY, PROVINCE, month="2026-05", prefecture="昆明")

    assert figures(kunming)["gathered_kg"] == str(raw[0][0])
    assert (figures(yuxi)["gathered_kg"], figures(june)["recycled_kg"]) == ("0", "400.125")
    assert figures(whole)["gathered_kg"] == "400.125"
    assert narrowed["indicators"] == kunming["indicators"]
    assert [row["name"] for row in kunming["taken_in"]] == ["昆明网点"]
    assert yuxi["taken_in"] == []
    ways = {
        (f["way"]["zh"], f["origin_name"]["zh"], f["target_name"]["zh"]) for f in whole["flows"]
    }
    assert ways == {("省内", "昆明市", "玉溪市")}
    assert kunming["area_name"] == {"zh": "昆明市", "en": "Kunming"}


async def test_only_statutory_duties_due_in_the_month_are_counted(api: Api) -> None:
    await a_life(api)
    rows = await api.look(
        "SELECT duty, phase FROM obligation WHERE statutory AND due_day >= '2026-05-01'"
        " AND due_day < '2026-06-01'"
    )

    told = await read(api, MONTHLY, PROVINCE, month="2026-05")

    expected = Counter((row["duty"], row["phase"]) for row in rows)
    shown = {
        (row["duty"], state): row[state]
        for row in told["obligations"]
        for state in ("met", "late")
        if row[state]
    }
    assert shown == {key: n for key, n in expected.items() if key[1] in ("met", "late")}
    assert all(not row["duty"].startswith("OUTLET") for row in told["obligations"])


async def test_the_timeliness_of_a_month_is_that_of_its_duties(api: Api) -> None:
    await a_life(api)
    [[month]] = await api.look(
        "SELECT to_char(max(due_day), 'YYYY-MM') FROM obligation WHERE statutory AND phase = 'late'"
    )

    told = await read(api, MONTHLY, PROVINCE, month=month)

    [rate] = [row for row in told["indicators"] if row["indicator"] == "timeliness"]
    met = sum(row["met"] for row in told["obligations"])
    late = sum(row["late"] + row["overdue"] for row in told["obligations"])
    assert (rate["numerator"], rate["denominator"]) == (str(met), str(met + late))
    assert late > 0


async def test_findings_are_counted_by_month_and_place_as_the_table_has_them(api: Api) -> None:
    await a_life(api)
    rows = await api.look(OPENED)
    month = max(row["month"] for row in rows)

    for who, area in ((PROVINCE, None), (officer(KUNMING), KUNMING)):
        told = await read(api, MONTHLY, who, month=month)
        opened = Counter[str]()
        for row in told["findings"]:
            opened[row["code"]] += row["opened"]
        here = [row for row in rows if area in (None, row["prefecture"])]
        assert +opened == Counter(row["code"] for row in here if row["month"] == month)


async def test_the_same_month_and_log_index_are_the_same_bytes(
    database: str,
) -> None:
    clock = StillClock(1_790_000_000_000_000)
    async with api_over(database, clock) as api:
        await a_life(api)
        await api.look("UPDATE log_entry SET logged_at = '2026-06-02 04:00Z'")
        wish = {"month": "2026-05", "lang": "zh"}
        kinds = ("", ".pdf", ".xlsx")
        first = [await read(api, MONTHLY + kind, PROVINCE, **wish) for kind in kinds]
        clock.at_us += int(timedelta(days=40).total_seconds() * 1e6)
        again = [await read(api, MONTHLY + kind, PROVINCE, **wish) for kind in kinds]

    assert first == again
    made = pypdfium2.PdfDocument(first[1]).get_metadata_dict()["CreationDate"]
    assert made.startswith("D:20260602")
    told = dict(first[0])
    assert told.pop("sha256") == sha256(canonical_json(told)).hexdigest()
    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(first[1]))
    for shown in ("2026-05", "云南省", str(told["log_index"]), "规范回收率", "400.125"):
        assert shown in text
    book = openpyxl.load_workbook(BytesIO(first[2]))
    facts = dict(book.worksheets[0].values)
    assert facts["日志序号"] == str(told["log_index"])
    rates = {row[0]: row[1] for row in book["一、指标"].values}
    assert rates["归集量"] == 400.125


async def test_an_officer_asks_for_its_own_area_only_and_a_firm_for_none(api: Api) -> None:
    await a_life(api)
    for who in (officer(QUJING), ("outlet", "昆明网点")):
        answer = await api.http.get(
            MONTHLY, params={"month": "2026-05", "prefecture": KUNMING},
            headers=await api.headers(*who),
        )  # fmt: skip
        assert (answer.status_code, answer.json()["code"]) == (403, "role_not_allowed")


async def test_the_evaluation_of_a_firm_has_both_sides_of_each_rate(api: Api) -> None:
    outlet = await a_life(api)
    await api.post("maker", produced(2))
    path = f"/v1/organisations/{outlet}/evaluation"
    months = {"from": "2026-01", "to": "2026-12"}
    owed = await api.look(
        "SELECT phase, count(*) AS n FROM obligation WHERE statutory AND bearer = $1"
        " AND due_day BETWEEN '2026-01-01' AND '2026-12-31' GROUP BY phase",
        outlet,
    )

    told = await read(api, path, ("outlet", "昆明网点"), **months)
    province = await read(api, path, PROVINCE, **months)

    rates = {row["indicator"]: row for row in told["rates"]}
    counts = Counter({row["phase"]: row["n"] for row in owed})
    assert rates["timeliness"]["numerator"] == str(counts["met"])
    assert rates["closed_rate"]["value"] == "1.0000"
    assert list(rates) == [
        "timeliness", "completeness", "completeness_onboarded", "closed_rate",
    ]  # fmt: skip
    assert all(row["definition"]["zh"] for row in (*told["rates"], *told["criteria"]))
    assert province["rates"] == told["rates"]


async def test_recovery_stands_beside_the_floors_that_hold_at_the_end(api: Api) -> None:
    await a_life(api)

    told = await read(
        api, "/v1/organisations/玉溪再生/evaluation", officer(YUXI), **{"from": "2026-01"}
    )

    [lithium] = [row for row in told["recovery"] if row["metal"] == "lithium"]
    assert lithium["value"] == "0.9392"
    floors = {floor["process"]: (floor["share"], floor["kept"]) for floor in lithium["floors"]}
    assert floors["hydro"] == ("0.90", True)


async def test_an_evaluation_is_read_by_the_firm_its_area_and_the_province_alone(
    api: Api,
) -> None:
    outlet = await a_life(api)
    path = f"/v1/organisations/{outlet}/evaluation"

    for who in (officer(QUJING), ("recycler", "玉溪再生")):
        answer = await api.http.get(path, headers=await api.headers(*who))
        assert (answer.status_code, answer.json()["code"]) == (403, "role_not_allowed")
    paper = await read(api, f"{path}.pdf", officer(KUNMING), lang="zh")
    text = "".join(p.get_textpage().get_text_range() for p in pypdfium2.PdfDocument(paper))
    assert "第三方评价表 昆明网点" in text
    assert "及时率" in text
    noted = [row["subject"] for row in await api.look("SELECT subject FROM audit")]
    assert any(subject.startswith(outlet) for subject in noted)
