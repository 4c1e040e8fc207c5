"""The record of a stock count on paper: what was found, who signed, and how to check it."""

from collections.abc import Sequence
from typing import Any, Final

from dianchi.domain.vocabulary import label
from dianchi.exchange.paper import Paper, local_text
from dianchi.exchange.symbols import qr

_MOST_PIXELS: Final = 2_000_000
"""A drawn signature has fewer; a picture that says it has more is not opened."""
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_HEAD_BYTES: Final = 24
_ACROSS: Final = 80.0
_DOWN: Final = 28.0
_QR_MM: Final = 34.0
_SMALL: Final = 2.6
_LISTS: Final = (
    ("missing", "缺少 Missing"),
    ("extra", "多出 Extra"),
    ("agreed", "相符 Agreed"),
)
_NOT_YET: Final = "尚未算出，请稍后重新打印 not known yet; print it again"
_SIGNERS: Final = ("网点人员 By the outlet", "检查人员 By the inspecting officer")
"""Of an inspection that two signed, in the order in which `Counted` has them."""
Drawn = Sequence[tuple[str, bytes | None]]
"""Signatures: the SHA-256 of each, and its picture where there is one."""


def count_pdf(told: dict[str, Any], drawn: Drawn, proof: str | None, address: str) -> bytes:
    """The record of a count.

    Args:
        told: its members, as JSON has them.
        drawn: the signatures.
        proof: the receipt, where the report is in a signed log yet.
        address: where the receipt is.
    """
    paper = Paper(f"盘点记录 {told['event_id']}", foot=f"盘点记录 {told['event_id']}")
    paper.heading("盘点记录  Record of a stock count")
    _facts(paper, told)
    for name, title in _LISTS:
        if told[name]:
            paper.space()
            paper.heading(f"{title}  ({len(told[name])})", 4.4)
            _names(paper, told[name])
    _signatures(paper, drawn, _SIGNERS if told["basis"] == "inspection" else ())
    _check(paper, told, proof, address)
    return paper.pdf()


def _facts(paper: Paper, told: dict[str, Any]) -> None:
    site = f"{told['site_name']} ({told['site']})" if told["site_name"] else told["site"]
    paper.pair("场所 Site", site)
    paper.pair("上报单位 By", f"{told['organisation_name'] or ''} {told['organisation']}".strip())
    paper.pair("方式 Basis", f"{label(told['basis'], 'zh')} {label(told['basis'], 'en')}")
    whole = "全部 whole site" if told["complete"] else "部分 part of the site"
    paper.pair("范围 Extent", whole)
    paper.pair("盘点时间 Counted at", local_text(told["occurred_at"]))
    paper.pair("记录时间 Recorded at", local_text(told["recorded_at"]))
    counts = {name: len(told[name]) for name, _ in _LISTS}
    paper.pair("盘到 Found", str(told["counted"]))
    paper.pair("相符 Agreed", str(counts["agreed"]))
    missing = str(counts["missing"]) if told["settled"] else _NOT_YET
    paper.pair("缺少 Missing", missing)
    paper.pair("多出 Extra", str(counts["extra"]))
    if told["corrected_by"] is not None:
        paper.pair("已更正 Withdrawn by", told["corrected_by"], face="mono")


def _names(paper: Paper, names: Sequence[str]) -> None:
    pairs = [(*names[at : at + 2], "")[:2] for at in range(0, len(names), 2)]
    paper.table(("编码 Battery", ""), pairs, (0.5, 0.5), mono=(0, 1))


def _signatures(paper: Paper, drawn: Drawn, signers: Sequence[str]) -> None:
    if not drawn:
        return
    paper.space()
    paper.heading("签名 Signatures", 4.4)
    for place, (digest, picture) in enumerate(drawn):
        if len(signers) == len(drawn):
            paper.text(signers[place])
        if picture is not None and is_small_png(picture):
            paper.picture(picture, _ACROSS, _DOWN)
        else:
            paper.text("（签名图未上传、已删除或不能显示 not here, erased, or not to be shown）")
        paper.pair("SHA-256", digest, face="mono")


def is_small_png(picture: bytes) -> bool:
    """Whether a picture is a PNG that says it is small: all else is named by its hash only."""
    if not picture.startswith(_PNG) or picture[12:16] != b"IHDR" or len(picture) < _HEAD_BYTES:
        return False
    across, down = (int.from_bytes(picture[at : at + 4]) for at in (16, 20))
    return 0 < across * down <= _MOST_PIXELS


def _check(paper: Paper, told: dict[str, Any], proof: str | None, address: str) -> None:
    paper.space()
    paper.heading("核对 How to check", 4.4)
    paper.pair("上报 SHA-256", told["report_sha256"], face="mono")
    index = told["log_index"]
    paper.pair("日志序号 Log index", "—" if index is None else str(index))
    beside = (
        "从此地址取收据与事件，用 dianchi-client verify 核对：日志签名、包含证明、上报摘要。",
        "Get receipt and event from this address and run dianchi-client verify: it checks",
        "the signature of the log, the proof of inclusion and the hash of the report.",
    )
    paper.symbol(qr(address), _QR_MM, beside)
    paper.text(address, _SMALL, "mono")
    if proof is None:
        paper.text("尚未写入已签名的日志；稍后重新打印。Not in a signed log yet; print it again.")
        return
    paper.text("收据 Receipt:")
    for line in proof.splitlines():
        paper.text(line or " ", _SMALL, "mono")
