"""The receipt of a file on paper (回执): what was sent, what became of it, how to check it."""

from typing import Any, Final

from dianchi.exchange.paper import Paper, local_text
from dianchi.exchange.sheets.kinds import KINDS
from dianchi.exchange.symbols import qr

_QR_MM: Final = 34.0
_SMALL: Final = 2.6
_COUNTS: Final = (
    ("accepted", "新记入 Recorded"),
    ("duplicate", "以前已记或文件内重复 Repeated"),
    ("refused", "不能记入 Refused"),
    ("out_of_scope", "不在范围（铅酸） Out of scope"),
    ("skipped", "未记 Left out"),
    ("warned", "其中有异常 With findings"),
)
_MODES: Final = {"partial": "只记正确的行 good rows only", "atomic": "全部记入 all or none"}
_OFFLINE: Final = (
    "核对原文件：计算文件的 SHA-256，应与上面的一致。",
    "离线核对：dianchi-client verify-upload 回执.json --file 原文件 --key 日志公钥，核对文件、",
    "日志签名与序号；每条记录另有各自的收据（/v1/events/{event_id}/receipt）。",
    "The file: its SHA-256 must be the one above. Offline: dianchi-client verify-upload",
    "receipt.json --file FILE --key KEY checks file, signature of the log and its size;",
    "each event has a receipt of its own.",
)


def receipt_pdf(told: dict[str, Any]) -> bytes:
    """The receipt of a file.

    Args:
        told: its members, as JSON has them.
    """
    paper = Paper(f"上传回执 {told['number']}", foot=f"上传回执 {told['number']}")
    paper.heading("上传回执  Receipt of a file")
    _file(paper, told)
    _rows(paper, told)
    _log(paper, told)
    _check(paper, told)
    return paper.pdf()


def _file(paper: Paper, told: dict[str, Any]) -> None:
    paper.pair("编号 No.", told["number"], face="mono")
    paper.pair("单位 By", f"{told['organisation_name'] or ''} {told['organisation']}".strip())
    paper.pair("文件 File", told["name"])
    paper.pair("大小 Size", f"{told['size']:,} 字节 bytes")
    paper.pair("SHA-256", told["sha256"], face="mono")
    paper.pair("上传时间 Sent at", local_text(told["sent_at"]))
    if told["ended_at"]:
        paper.pair("记入完成 Recorded at", local_text(told["ended_at"]))
    paper.pair("出具时间 Issued at", local_text(told["issued_at"]))


def _rows(paper: Paper, told: dict[str, Any]) -> None:
    kind = KINDS.get(told["type"])
    title = f"{kind.title.zh} {kind.title.en}" if kind else "逐行上报 one report per line"
    paper.space()
    paper.heading("结果 What became of it", 4.4)
    paper.pair("类型 Kind", title)
    if told["mode"]:
        paper.pair("方式 Mode", _MODES[told["mode"]])
    paper.pair("行数 Rows", f"{told['rows']:,}")
    for name, text in _COUNTS:
        if told["tallies"][name] or name in {"accepted", "refused"}:
            paper.pair(text, f"{told['tallies'][name]:,}")


def _log(paper: Paper, told: dict[str, Any]) -> None:
    paper.space()
    paper.heading("日志 In the log", 4.4)
    if told["last_index"] is None:
        paper.text(
            "没有事件写入日志（站点登记不进日志）。No event: the registry is not in the log."
        )
        return
    paper.pair("事件 Events", f"{told['events']:,}")
    span = f"{told['first_index']:,} – {told['last_index']:,}"
    paper.pair("日志序号 Log indexes", f"{span}（其间也有他人的 others between）")
    paper.pair("事件编号摘要 Ids", told["events_sha256"], face="mono")


def _check(paper: Paper, told: dict[str, Any]) -> None:
    paper.space()
    paper.heading("核对 How to check", 4.4)
    paper.symbol(qr(told["check"]), _QR_MM, ["扫码核对本回执", "Scan to check this receipt"])
    paper.text(told["check"], _SMALL, "mono")
    for line in _OFFLINE:
        paper.text(line, 3.0)
    if told["proof"] is None:
        return
    paper.text(
        "最后一条的收据，其检查点覆盖全部。The receipt of the last; its checkpoint covers all:"
    )
    for line in told["proof"].splitlines():
        paper.text(line or " ", _SMALL, "mono")
