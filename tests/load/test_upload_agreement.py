"""What a dry run says is what the record does, row for row, whatever stands in the cells."""

import asyncio
import os
import random
from contextlib import AsyncExitStack
from datetime import date
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dianchi.uploads import reading
from support.api import api_over, code
from support.sheets import COLUMNS, table, workbook
from support.uploads import Firm, tallies, working_on

IS_DRILL: Final = "DIANCHI_DRILL_SECONDS" in os.environ
SHEETS: Final = 200 if IS_DRILL else 8
ROWS: Final = 20_000 if IS_DRILL else 600
EVENTS: Final = "SELECT count(*) FROM report"
CELLS: Final[dict[str, st.SearchStrategy[Any]]] = {
    "序号": st.integers(1, 9),
    "资产编号": st.one_of(st.none(), st.integers(1, 5), st.just("KM-1"), st.just("1.2E+20")),
    "电池编码": st.one_of(
        st.integers(1, 6).map(code),
        st.none(),
        st.sampled_from([1.23e15, "1.23E+15", "x", "＝cmd()", code(1).lower(), f" {code(2)} "]),
    ),
    "退役日期": st.sampled_from(
        [
            date(2026, 6, 1),
            "2026/6/1",
            "20260601",
            "2026-06-02 08:00",
            "昨天",
            None,
            46174,
            "2099-1-1",
        ]
    ),
    "退役原因": st.sampled_from(["容量不足", "其他原因", None]),
    "SOH(%)": st.sampled_from([72.5, "72.50%", "0.7", 0.7, "约70", 400, None]),
    "站址编码": st.sampled_from(["KM-BTS0001", None, "x" * 90]),
    "电池类型": st.sampled_from(["磷酸铁锂", "铅酸", None]),
    "备注": st.sampled_from([None, "=1+1"]),
}
LINES: Final = st.lists(st.tuples(*(CELLS[name] for name in COLUMNS)), min_size=1, max_size=12)


def seen(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [(r["row"], r["outcome"], r["event_id"], r["same_as"], r["faults"]) for r in rows]


async def check(firm: Firm, body: bytes) -> dict[str, int]:
    before = (await firm.api.look(EVENTS))[0][0]
    upload = await firm.send(body)
    shown = await firm.shown(upload)
    if shown["state"] == "committed":  # drawn before: nothing to do
        return tallies(shown, "committed")
    assert shown["state"] == "read", shown
    checked = await firm.dry_run(upload)
    foreseen = seen(await firm.rows(upload))
    done = await firm.commit(upload)

    assert foreseen == seen(await firm.rows(upload))
    assert checked["checked"] == done["committed"]
    assert len(foreseen) == done["rows"]
    after = (await firm.api.look(EVENTS))[0][0]
    assert after - before == done["committed"]["accepted"]
    return tallies(done, "committed")


@pytest.mark.drill
def test_dry_run_and_record_agree_over_any_sheet(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "SLICE", 3)
    with asyncio.Runner() as loop:
        stack = AsyncExitStack()

        async def opened() -> Firm:
            api = await stack.enter_async_context(api_over(database))
            return Firm(api, await stack.enter_async_context(working_on(database)))

        firm = loop.run(opened())

        @settings(max_examples=SHEETS, deadline=None, derandomize=True, database=None)
        @given(LINES, st.booleans())
        def agree(rows: list[tuple[Any, ...]], as_text: bool) -> None:  # noqa: FBT001 - drawn
            loop.run(check(firm, table(rows) if as_text else workbook(rows)))

        agree()
        loop.run(stack.aclose())


def ugly(count: int) -> list[list[Any]]:
    """An export as they come: codes turned into numbers, days of all kinds, repeats, lead-acid."""
    dice, rows, good = random.Random(5), [], []
    for n in range(1, count + 1):
        name: Any = 1.23e15 if n % 97 == 0 else code(n)
        day = dice.choice([date(2026, 6, 1), "2026年6月1日", "2026.6.1", "20260601"])
        if n % 131 == 0:
            day = dice.choice(["昨天", "01/06/2026", "2099-01-01"])
        kind = "阀控式铅酸蓄电池" if n % 50 == 0 else "磷酸铁锂"
        note = '=HYPERLINK("http://x")' if n % 77 == 0 else None
        rows.append([n, f"KM-{n}", name, day, "容量不足", dice.randint(60, 80), "S-1", kind, note])
        if n % 97 and n % 131 and n % 50:
            good.append(rows[-1])
        if n % 200 == 0:
            rows.append(good[-150])
    return rows


@pytest.mark.drill
async def test_an_ugly_workbook_is_recorded_once_and_its_rest_mended(database: str) -> None:
    rows = ugly(ROWS)
    async with api_over(database) as api, working_on(database) as runner:
        firm = Firm(api, runner)
        known = await check(firm, table(rows[:50], encoding="gb18030"))
        told = await check(firm, workbook(rows, title="云南铁塔退役电池台账"))
        again = await check(firm, table(rows, encoding="gb18030", separator="\t"))

    assert told["out_of_scope"] == ROWS // 50
    assert told["duplicate"] == known["accepted"] + ROWS // 200
    assert told["refused"] == again["refused"] > ROWS // 97
    assert again.get("accepted", 0) == 0
