"""The flat file for the national platform is read twice: what was retired, what left the store."""

from typing import Any

from dianchi.domain.identifiers import parse_uscc
from dianchi.domain.refusals import Malformed
from support.api import code
from support.sheets import table
from support.uploads import Firm, tallies

COLUMNS = (
    *("序号", "电池包编码", "模块编码", "单体编码", "型号", "生产日期", "退役日期", "出库日期"),
    *("去向企业名称", "去向企业统一社会信用代码"),
)
USCC = "91530100MA6K00001X"


def module(serial: int) -> str:
    """The code of a module."""
    return code(serial).replace("P", "M", 1)


def line(serial: int, part: str = "", cell: str = "", **changes: Any) -> list[Any]:
    told = dict(
        zip(
            COLUMNS,
            [
                *(serial, code(serial), part, cell, "LF280", "2020/3/1", "2026/5/1"),
                *("2026/6/1", "云南某再生资源有限公司", USCC),
            ],
            strict=True,
        )
    )
    return [(told | changes)[name] for name in COLUMNS]


async def test_one_file_tells_what_was_retired_and_what_left(firm: Firm) -> None:
    name = usable(USCC)
    rows = [
        line(1, part=module(1), 去向企业统一社会信用代码=name),
        line(1, part=module(2), 去向企业统一社会信用代码=name),
        line(2, 去向企业统一社会信用代码=name),
        line(3, 电池包编码="", part=module(3), 去向企业统一社会信用代码=name),
        line(4, 出库日期="", 去向企业统一社会信用代码=name),
    ]
    body = table(rows, COLUMNS, encoding="gb18030")

    left = await firm.send(body, "national_out", "国家平台.csv")
    shown = await firm.shown(left)
    out = await firm.commit(left)
    retired = await firm.commit(await firm.send(body, "national_retired", "国家平台.csv"))

    assert shown["plan"]["columns"]["data/receiver/uscc"] == 9
    assert tallies(out, "committed") == {"accepted": 3, "duplicate": 1, "refused": 1}
    assert tallies(retired, "committed") == {"accepted": 4, "duplicate": 1}
    history = await firm.api.get(f"/v1/batteries/{code(1)}/history")
    sent = next(item for item in history["items"] if item["type"] == "dispatched")
    assert [item["type"] for item in history["items"]] == ["retired", "dispatched"]
    assert sent["data"]["handover"] == f"CK-2026-06-01-{name}"
    assert (sent["occurred_at"], sent["data"]["receiver"]) != (None, None)
    [refused] = await firm.rows(left, outcome="refused")
    assert (refused["faults"][0]["code"], refused["faults"][0]["column"]) == (
        "missing_field",
        "出库日期",
    )


def usable(code_: str) -> str:
    """A social credit code with its right check character."""
    for last in "0123456789ABCDEFGHJKLMNPQRTUWXY":
        try:
            return str(parse_uscc(code_[:-1] + last))
        except Malformed:
            continue
    raise AssertionError(code_)
