"""Monthly reports and evaluations: what lies on the edge of a month, of an area, of a firm."""

from collections import Counter
from datetime import UTC, date, datetime
from typing import Any, Final

import pytest

from api.test_boards import outlet_at
from api.test_reporting import MONTHLY, PROVINCE, read
from dianchi.access.issue import KeyTerms, add_key
from support.api import ENROLLED, Api, code, produced
from support.lives import KUNMING, QUJING, YUXI, a_life, enrolled, officer

pytestmark = pytest.mark.asyncio
QUJING_OUTLET: Final = ("outlet", "曲靖网点")


async def outlets(api: Api, who: tuple[str, str | None], month: str, **asked: str) -> list[int]:
    """Collection outlets at the end of a month, and how many opened and closed within it."""
    told = await read(api, MONTHLY, who, month=month, **asked)
    numbers = {row["name"]["en"]: row["number"] for row in told["outlets"]}
    return [
        max(number for name, number in numbers.items() if "this month" not in name),
        numbers["opened this month"],
        numbers["closed this month"],
    ]


async def test_outlets_stand_in_the_months_and_the_area_in_which_they_stood(api: Api) -> None:
    """Given outlets that opened on a last and closed on a last day, then each counts in its month.

    One that closes on the last day of a month does not stand at its end.
    """
    await a_life(api)
    await enrolled(api, *QUJING_OUTLET, QUJING)
    await outlet_at(api, "昆明网点", "K1", prefecture="昆明", opened_on="2026-04-30")
    await outlet_at(
        api, "昆明网点", "K2", prefecture="昆明", opened_on="2026-05-01", closed_on="2026-06-30"
    )
    await outlet_at(api, "曲靖网点", "Q1", prefecture="曲靖", opened_on="2026-05-31")

    months = [f"2026-{month:02}" for month in (3, 4, 5, 6)]
    whole = [await outlets(api, PROVINCE, month) for month in months]
    here = [await outlets(api, officer(KUNMING), month) for month in months]
    narrowed = await outlets(api, PROVINCE, "2026-05", prefecture="曲靖")

    assert whole == [[0, 0, 0], [1, 1, 0], [3, 2, 0], [2, 0, 1]]
    assert here == [[0, 0, 0], [1, 1, 0], [2, 1, 0], [1, 0, 1]]
    assert narrowed == [1, 1, 0]


async def test_an_officer_of_a_county_has_the_outlets_of_the_county_in_its_report(
    api: Api,
) -> None:
    await a_life(api)
    await enrolled(api, "regulator", "officer 530181", "530181")
    await outlet_at(api, "昆明网点", "K1", prefecture="昆明", county="530181")
    await outlet_at(api, "昆明网点", "K2", prefecture="昆明")

    county = await outlets(api, officer("530181"), "2026-05")
    prefecture = await outlets(api, officer(KUNMING), "2026-05")

    assert (county, prefecture) == ([1, 0, 0], [2, 0, 0])


async def test_findings_count_in_the_months_in_which_they_opened_and_closed(api: Api) -> None:
    """Given a finding from noon of May's last day to the first minute of July, then June has it."""
    await a_life(api)
    await api.look("DELETE FROM finding")
    await api.report(
        "utilizer", "assessed", "2026-05-08", battery=code(5), residual_capacity_ah="90",
        method="pulse", decision="recycle",
    )  # fmt: skip
    await api.settle()
    began, ended = (
        datetime(2026, 5, 31, 15, 59, 59, tzinfo=UTC),
        datetime(2026, 6, 30, 16, tzinfo=UTC),
    )
    await api.look("UPDATE finding SET opened_at = $1, closed_at = $2", began, ended)
    [[rows]] = await api.look("SELECT count(*) FROM finding")

    sums = {}
    for month in ("2026-04", "2026-05", "2026-06", "2026-07"):
        counted = Counter[str]()
        for row in (await read(api, MONTHLY, PROVINCE, month=month))["findings"]:
            counted += Counter({each: row[each] for each in ("opened", "closed", "open")})
        sums[month] = [counted[each] for each in ("opened", "closed", "open")]

    assert rows > 0
    assert sums == {
        "2026-04": [0, 0, 0],
        "2026-05": [rows, 0, rows],
        "2026-06": [0, 0, rows],
        "2026-07": [0, rows, 0],
    }


async def test_a_paper_of_a_month_is_an_entry_of_the_audit_log(api: Api) -> None:
    await a_life(api)

    for form in ("pdf", "xlsx"):
        await read(api, f"{MONTHLY}.{form}", officer(KUNMING), month="2026-05")

    noted = await api.look("SELECT act, subject FROM audit WHERE act LIKE '%monthly.{form}'")
    subjects = sorted(row["subject"] for row in noted)
    assert [each for each in subjects if "area=" in each] == [
        f"pdf monthly?month=2026-05&area={KUNMING}", f"xlsx monthly?month=2026-05&area={KUNMING}",
    ]  # fmt: skip


def path_of(firm: str) -> str:
    return f"/v1/organisations/{firm}/evaluation"


async def test_the_evaluation_of_a_firm_counts_what_it_holds_owes_and_showed_and_nothing_else(
    api: Api,
) -> None:
    outlet = await a_life(api)
    told: dict[str, Any] = {"source": "person", "safety_class": "A", "label_legible": True}
    for serial in (7, 8):
        await api.report("outlet", "collected", "2026-06-01", by="昆明网点", battery=code(serial),
                         **told)  # fmt: skip
    await api.post("maker", produced(9))
    await api.settle()
    shown = await api.look("SELECT code, organisation FROM finding")
    [[owed, over]] = await api.look(
        "SELECT count(*) FILTER (WHERE phase IN ('met', 'late') OR phase = 'open'"
        "                              AND due_day < current_date),"
        "       count(*) FILTER (WHERE phase = 'open' AND due_day < current_date)"
        "  FROM obligation WHERE statutory AND bearer = $1"
        "   AND due_day BETWEEN '2026-01-01' AND '2026-12-31'",
        outlet,
    )

    read_of = {
        firm: await read(api, path_of(firm), PROVINCE, **{"from": "2026-01", "to": "2026-12"})
        for firm in ("昆明网点", "玉溪再生", "示范maker")
    }

    assert {firm: each["holds"] for firm, each in read_of.items()} == {
        "昆明网点": 2, "玉溪再生": 0, "示范maker": 1,
    }  # fmt: skip
    [rate] = [row for row in read_of["昆明网点"]["rates"] if row["indicator"] == "timeliness"]
    assert (rate["denominator"], int(rate["numerator"]) + over <= owed) == (str(owed), True)
    codes = {
        organisation: Counter(row["code"] for row in shown if row["organisation"] == organisation)
        for organisation in {row["organisation"] for row in shown}
    }
    for each in read_of.values():
        opened = Counter({row["code"]: row["opened"] for row in each["findings"]})
        assert +opened == codes.get(each["organisation"], Counter()), each["name"]


async def test_an_auditor_reads_the_evaluation_of_the_firms_under_audit_alone(api: Api) -> None:
    outlet = await a_life(api)
    office = await api.organisation("auditor", "会计所")
    async with api.services.make_session() as session:
        terms = KeyTerms("auditor", names=(outlet,))
        api.keys["auditor", "受托"] = await add_key(
            session, api.services.ring, office, terms, ENROLLED
        )
    await api.services.registry.refresh()
    headers = await api.headers("auditor", "受托")

    own = await api.http.get(path_of(outlet), headers=headers)
    others = await api.http.get(path_of("玉溪再生"), headers=headers)

    assert (own.status_code, own.json()["organisation"]) == (200, outlet)
    assert (others.status_code, others.json()["code"]) == (403, "role_not_allowed")


async def test_only_floors_that_hold_at_the_end_of_the_period_stand_beside_a_recovery(
    api: Api,
) -> None:
    await a_life(api)
    assert (await api.post("maker", produced(5))).status_code == 201
    run: dict[str, Any] = {
        "batch": "B0", "process": "hydro", "residue_kg": "350",
        "inputs": [{"battery": code(5), "mass_kg": "400.125"}],
        "outputs": [{"lot": "R0", "material": "lithium_carbonate", "mass_kg": "16"}],
    }  # fmt: skip
    await api.report("recycler", "recycled", "2024-07-01", by="玉溪再生", **run)
    await api.settle()

    async def floors(first: str, last: str) -> list[tuple[str, str, bool]]:
        told = await read(api, path_of("玉溪再生"), officer(YUXI), **{"from": first, "to": last})
        [lithium] = [row for row in told["recovery"] if row["metal"] == "lithium"]
        return [(each["process"], each["share"], each["kept"]) for each in lithium["floors"]]

    early, late = await floors("2024-07", "2024-07"), await floors("2026-06", "2026-06")

    held = [
        {
            (one.process, format(one.share, "f"))
            for one in api.services.rules.floors
            if one.metal == "lithium" and one.valid_from <= on <= (one.valid_to or date.max)
        }
        for on in (date(2024, 7, 31), date(2026, 6, 30))
    ]
    assert [{row[:2] for row in each} for each in (early, late)] == held
    assert held[0] != held[1]
