"""The slip of a transfer (调拨单) on A4: what goes where, for two signatures, with a check code."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dianchi.exchange.paper import A4, Paper
from dianchi.exchange.symbols import qr

_CODE_MM: Final = 26.0
_SHARES: Final = (0.08, 0.47, 0.29, 0.16)
_REASONS: Final = {"internal_reuse": "利旧"}


@dataclass(frozen=True, slots=True)
class TransferSlip:
    """What a slip says; `sets` are the name, the model and the tested SOH of each."""

    number: str
    url: str
    firm: str
    source: str
    target: str
    day: str
    reason: str
    sets: Sequence[tuple[str, str | None, str | None]]


def transfer_pdf(slip: TransferSlip) -> bytes:
    """The slip, on as many sheets as it takes."""
    paper = Paper(f"调拨单 {slip.number}", A4, f"调拨单 {slip.number}  滇池 dianchi")
    paper.heading("利旧调拨单  Transfer of batteries for re-use")
    paper.rule()
    paper.pair("编号 No.", slip.number, face="mono")
    paper.pair("单位 Organisation", slip.firm)
    paper.pair("调出站点 From", slip.source)
    paper.pair("调入站点 To", slip.target)
    paper.pair("日期 Date", slip.day)
    paper.pair("事由 Reason", _REASONS.get(slip.reason, slip.reason))
    paper.pair("数量 Sets", f"{len(slip.sets)} 组")
    paper.space()
    rows = [
        (str(n), name, model or "—", f"{soh} %" if soh else "未测")
        for n, (name, model, soh) in enumerate(slip.sets, 1)
    ]
    paper.table(("序号", "电池 Battery", "型号 Model", "SOH"), rows, _SHARES, mono=(1,))
    paper.space()
    check = ["扫码核对本单", "Scan to check this slip", slip.number]
    paper.symbol(qr(slip.url), _CODE_MM, check)
    paper.space()
    paper.table(
        ("调出签字 Released by", "承运签字 Carried by", "调入签字 Received by"),
        [("日期 ____________",) * 3],
        (0.34, 0.33, 0.33),
    )
    return paper.pdf()
