"""利旧调拨 as a file: what came down at the old site, what was fitted at the new one."""

from typing import Any

from support.api import code
from support.sheets import table, workbook
from support.uploads import Firm, tallies

COLUMNS = ("资产编号", "国标码", "调拨日期", "下站日期", "源站址", "目标站址", "利旧场景", "SOH")


def line(serial: int, **changes: Any) -> list[Any]:
    told = dict(
        zip(
            COLUMNS,
            ["", code(serial), "2026-06-03", "2026-06-01", "KM-1", "KM-2", "通信基站", "81"],
            strict=True,
        )
    )
    return [(told | changes)[name] for name in COLUMNS]


async def types(firm: Firm, battery: str) -> list[tuple[str, str]]:
    """What the record has of a battery, with the day."""
    told = await firm.api.get(f"/v1/batteries/{battery}/history")
    return [(item["type"], item["occurred_at"][:10]) for item in told["items"]]


async def stand_at(firm: Firm, *serials: int) -> None:
    """Declares sets that stand in the old site."""
    rows = [[code(n), "2026-05-20", "梯次利用中", "KM-1"] for n in serials]
    body = table(rows, ("电池编码", "登记日期", "状态", "安装站址"))
    done = await firm.commit(await firm.send(body, "declared", "存量.csv"))
    assert tallies(done, "committed") == {"accepted": len(serials)}


async def test_one_table_tells_what_came_down_and_where_it_was_fitted(firm: Firm) -> None:
    await stand_at(firm, 1, 2)
    body = workbook([line(1), line(2, 下站日期="")], COLUMNS)

    out = await firm.send(body, "transferred_out", "利旧调拨.xlsx")
    shown = await firm.shown(out)
    dry = await firm.dry_run(out)
    taken = await firm.commit(out)
    fitted = await firm.commit(await firm.send(body, "transferred_in", "利旧调拨.xlsx"))

    assert shown["plan"]["columns"] == {
        "asset": 0, "battery": 1, "occurred_at": 2, "removed_on": 3, "data/host/id": 4,
        "data/soh_percent": 7,
    }  # fmt: skip
    assert shown["plan"]["fixed"] == {
        "data/host/kind": "base_station", "data/reason": "internal_reuse",
    }  # fmt: skip
    assert tallies(dry, "checked") == {"accepted": 2}
    assert tallies(taken, "committed") == tallies(fitted, "committed") == {"accepted": 2}
    assert await types(firm, code(1)) == [
        ("declared", "2026-05-20"), ("removed", "2026-06-01"), ("installed", "2026-06-03"),
    ]  # fmt: skip
    assert await types(firm, code(2)) == [
        ("declared", "2026-05-20"), ("removed", "2026-06-03"), ("installed", "2026-06-03"),
    ]  # fmt: skip
    life = await firm.api.get(f"/v1/batteries/{code(1)}")
    codes = [finding["code"] for finding in life["findings"]]
    assert (life["stage"], life["site"], life["host"]["id"], codes) == (
        "second_life", "KM-2", "KM-2", [],
    )  # fmt: skip


async def test_retired_sets_go_to_a_second_life_without_a_second_removal(firm: Firm) -> None:
    await stand_at(firm, 3, 4)
    await firm.commit(
        await firm.send(
            table(
                [[code(3), "2026-05-25", "KM-1"], [code(4), "2026-05-25", "KM-1"]],
                ("电池编码", "退役日期", "站址编码"),
            ),
            name="退役.csv",
        )
    )
    rows = [line(3, 利旧场景="储能"), line(4, 利旧场景="数据中心")]

    fitted = await firm.commit(
        await firm.send(table(rows, COLUMNS, encoding="gb18030"), "transferred_in", "调拨.csv")
    )

    assert tallies(fitted, "committed") == {"accepted": 2}
    assert await types(firm, code(3)) == [
        ("declared", "2026-05-20"), ("retired", "2026-05-25"), ("installed", "2026-06-03"),
    ]  # fmt: skip
    for serial, kind in ((3, "energy_storage"), (4, "data_centre")):
        life = await firm.api.get(f"/v1/batteries/{code(serial)}")
        assert (life["stage"], life["host"]["kind"]) == ("second_life", kind)
        assert [finding["code"] for finding in life["findings"]] == []


async def test_the_same_table_again_adds_nothing_and_a_row_without_its_place_is_told(
    firm: Firm,
) -> None:
    await stand_at(firm, 5)
    first = table([line(5)], COLUMNS)
    again = table([line(5), line(6, 目标站址=""), line(7, 利旧场景="飞机")], COLUMNS)

    for kind in ("transferred_out", "transferred_in"):
        await firm.commit(await firm.send(first, kind, "一.csv"))
    before = await firm.recorded()
    upload = await firm.send(again, "transferred_in", "二.csv")
    done = await firm.commit(upload)

    assert tallies(done, "committed") == {"duplicate": 1, "refused": 2}
    assert await firm.recorded() == before
    refused = await firm.rows(upload, outcome="refused")
    assert [(r["faults"][0]["code"], r["faults"][0]["column"]) for r in refused] == [
        ("missing_field", "目标站址"), ("invalid_value", "利旧场景"),
    ]  # fmt: skip
