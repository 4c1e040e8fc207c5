"""Judges of batches: a thousand rows with some that are bad, and those mended alone."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from dianchi.domain.conformity.exchanges import RECORDED, Seen, Sent, spelled, twins
from dianchi.domain.conformity.verdicts import Verdict, done, refused_as, text, todo, wrong
from dianchi.domain.refusals import Text

_DIGITS: Final = 4
_SHOWN: Final = 3


def numbered(prefix: str, number: int) -> str:
    """The name of one of many."""
    return f"{spelled(prefix)}{number:0{_DIGITS}d}"


def many_sent(asked: Mapping[str, Any], seen: Seen) -> Verdict:
    """All rows came in batches; those that are bad were refused, and only those."""
    count, bad = asked["rows"], [numbered(asked["prefix"], n) for n in asked["bad"]]
    told: dict[str, object] = {"count": count, "bad": len(bad), "good": count - len(bad)}
    expected = text(
        "批量 {count} 行：{good} 行已记录，{bad} 行被拒绝",
        "a batch of {count} rows: {good} on record, {bad} refused",
        told,
    )
    first = _first(_batched(asked["prefix"], seen))
    if not first:
        return todo(expected)
    last = max(first.values(), key=lambda each: each.exchange.number)
    refused = {name for name, each in first.items() if each.row.outcome == "refused"}
    told |= {"came": len(first), "refused": len(refused)}
    came = text(
        "收到 {came} 行，其中 {refused} 行被拒绝",
        "{came} rows came, of which {refused} were refused",
        told,
    )
    if len(first) < count:
        return todo(expected, came)
    if refused == set(bad):
        return done(expected, came, last.exchange)
    return wrong(expected, *_unexpected(came, first, refused, set(bad)), last.exchange)


def _unexpected(
    came: Text, first: Mapping[str, Sent], refused: set[str], bad: set[str]
) -> tuple[Text, Text]:
    """What came, with the rows that surprise; and the way out."""
    strange = sorted(refused - bad)
    if not strange:
        missing = ", ".join(sorted(bad - refused)[:_SHOWN])
        way = text(
            "请照说明让这些行出错：{missing}；它们已被记录，请另开一次自测",
            "these rows were to be wrong: {missing}; they are on record, so begin another run",
            {"missing": missing},
        )
        return came, way
    row = first[strange[0]].row
    shown = refused_as(row)
    return (
        Text(f"{came.zh}；例如 {shown.zh}", f"{came.en}; for one, {shown.en}"),
        row.way_out or Text("请改正后只重发这些行", "mend these rows and send them alone"),
    )


def many_mended(asked: Mapping[str, Any], seen: Seen) -> Verdict:
    """The bad rows were mended and sent; the good ones were not recorded twice."""
    bad = [numbered(asked["prefix"], n) for n in asked["bad"]]
    expected = text(
        "只补发被拒绝的 {bad} 行，其余不再新增",
        "the {bad} refused rows came mended, and no other was added again",
        {"bad": len(bad)},
    )
    rows: dict[str, list[Sent]] = {}
    for name, each in _of(asked["prefix"], seen.reports(lambda _: True)):
        rows.setdefault(name, []).append(each)
    again = [each for sent in rows.values() for each in twins(sent)]
    if again:
        return _again(expected, again)
    sent = ((name, each) for name in bad for each in rows.get(name, ()))
    mended = {name: each for name, each in sent if each.row.outcome in RECORDED}
    if len(mended) == len(bad):
        came = text("补发的 {bad} 行均已记录", "the {bad} rows are on record", {"bad": len(bad)})
        return done(expected, came, mended[bad[-1]].exchange)
    return todo(
        expected,
        text("已补 {n} 行", "{n} of them are on record", {"n": len(mended)}),
    )


def _again(expected: Text, again: Sequence[Sent]) -> Verdict:
    told = {"n": len(again), "one": ", ".join(again[0].row.batteries)}
    came = text(
        "{n} 行已记录的又以新的 event_id 发了一次，例如 {one}",
        "{n} rows that were on record came again under a new event_id, for one {one}",
        told,
    )
    way = Text(
        "整批重发时 event_id 须与第一次相同，或只发被拒绝的行；请改正后另开一次自测",
        "send the refused rows alone, or the whole batch with the event_ids of the first time:"
        " then nothing is added; mend it and begin another run",
    )
    return wrong(expected, came, way, again[-1].exchange)


def _of(prefix: str, sent: Sequence[Sent]) -> Iterator[tuple[str, Sent]]:
    begin = spelled(prefix)
    for each in sent:
        for name in each.row.batteries:
            if name.startswith(begin):
                yield name, each


def _batched(prefix: str, seen: Seen) -> Iterator[tuple[str, Sent]]:
    in_batches = [each for each in seen.reports(lambda _: True) if each.exchange.batch]
    return _of(prefix, in_batches)


def _first(rows: Iterator[tuple[str, Sent]]) -> dict[str, Sent]:
    found: dict[str, Sent] = {}
    for name, each in rows:
        found.setdefault(name, each)
    return found
