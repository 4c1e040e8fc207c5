"""Letters of cases on paper: 督促函 and 责令改正通知书, numbered, to be checked by anybody."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from dianchi.exchange.paper import Paper
from dianchi.exchange.symbols import qr

_QR_MM: Final = 30.0
_INDENT: Final = 26.0
_SEAL_MM: Final = 45.0
"""Room for the round seal of an authority."""
_OPENING: Final = {
    "inquiry": "经核查贵单位在动力电池全生命周期追溯平台的记录，现就下列事项函告贵单位，"
    "请于 {due_on} 前在平台“案件”栏目书面答复，说明情况、陈述申辩，并可附证明材料。",
    "order": "经核查并听取贵单位的陈述申辩（或期满未答复），现依据 {basis}，"
    "责令贵单位于 {due_on} 前改正下列事项，并在平台“案件”栏目报告改正情况。",
}
_VIOLATIONS: Final = "未按法定期限办理的事项"
_FACTS: Final = "记录前后不符、请核实更正的事项"
_REMINDERS: Final = "提醒事项（平台约定，或尚待核对；不作违规认定）"
_NUMBERS: Final = "一二三"


def letter_pdf(told: Mapping[str, Any], digest: str) -> bytes:
    """A letter on A4.

    Args:
        told: what it says, as it was frozen when it was sent.
        digest: SHA-256 of the canonical JSON of that.
    """
    title = told["title"]["zh"]
    paper = Paper(f"{title} {told['number']}", foot=f"{title}  {told['number']}")
    paper.heading(title, 7.0)
    paper.text(f"{told['authority']}  {told['document']}", 3.2)
    paper.rule()
    paper.space(2)
    paper.text(f"{told['firm']['name']}：")
    if told["firm"]["uscc"]:
        paper.text(f"（统一社会信用代码 {told['firm']['uscc']}）", 3.2)
    paper.space(2)
    paper.text(_OPENING[told["kind"]].format(due_on=told["due_on"], basis=told["basis"]))
    paper.space(2)
    for line in told["text"].splitlines():
        paper.text(line)
    _parts(paper, told)
    _ending(paper, told, digest)
    return paper.pdf()


def _parts(paper: Paper, told: Mapping[str, Any]) -> None:
    named = (
        (_VIOLATIONS, told["violations"], _owed),
        (_FACTS, told["facts"], _found),
        (_REMINDERS, told["reminders"], _owed),
    )
    for number, (title, rows, write) in zip(
        _NUMBERS, ((t, r, w) for t, r, w in named if r), strict=False
    ):
        paper.space(3)
        paper.heading(f"{number}、{title}", 4.2)
        paper.rule()
        paper.space(1)
        for place, row in enumerate(rows, 1):
            write(paper, place, row)
            paper.space(1.5)


def _owed(paper: Paper, place: int, row: Mapping[str, Any]) -> None:
    paper.text(f"{place}. {row['title']['zh']}")
    _pairs(
        paper,
        (
            ("电池", row["battery"], "mono"),
            ("到期", f"{row['due_on']}（{row['state']['zh']}）", "text"),
            ("依据", _source(row), "text"),
        ),
    )


def _found(paper: Paper, place: int, row: Mapping[str, Any]) -> None:
    paper.text(f"{place}. {row['title']['zh']}")
    _pairs(
        paper,
        (
            ("电池", row["battery"], "mono"),
            ("情况", _zh(row["text"]), "text"),
            ("怎样更正", _zh(row["closes_when"]), "text"),
            ("现状", _zh(row.get("state")), "text"),
        ),
    )


def _pairs(paper: Paper, pairs: Sequence[tuple[str, str | None, Any]]) -> None:
    for name, value, face in pairs:
        if value:
            paper.pair(f"   {name}", value, indent=_INDENT, face=face)


def _source(row: Mapping[str, Any]) -> str:
    article = _zh(row["article"])
    regime = _zh(row["regime"]) or "现行规则不再要求"
    return f"{regime} {article}" if article else regime


def _zh(text: Mapping[str, str] | None) -> str:
    return "" if text is None else text["zh"]


def _signed(paper: Paper, told: Mapping[str, Any]) -> None:
    """Who sends it and when, at the lower right, with room for the seal (GB/T 9704-2012, 7.3.5)."""
    day = date.fromisoformat(told["day"])
    written = f"{day.year}年{day.month}月{day.day}日"
    paper.signed((told["authority"], written), "（盖章）", _SEAL_MM)
    paper.space(4)


def _ending(paper: Paper, told: Mapping[str, Any], digest: str) -> None:
    paper.space(4)
    paper.text("贵单位对本函所列事项有异议的，可在期限内通过平台陈述申辩并提交材料。")
    paper.space(4)
    _signed(paper, told)
    paper.pair("案件编号", told["case"], face="mono")
    paper.pair("函件编号", told["number"], face="mono")
    paper.space(3)
    beside = (
        "扫码核对本函",
        told["check"],
        "平台只核对编号、日期、发函单位和内容摘要，不公开贵单位名称。",
    )
    paper.symbol(qr(told["check"]), _QR_MM, beside)
    paper.pair("SHA-256", digest, face="mono")
