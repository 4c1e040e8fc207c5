"""Judges of reading: pages of a list, the feed, and receipts that are verified offline."""

from collections.abc import Mapping
from typing import Any

from dianchi.domain.conformity.exchanges import RECORDED, Exchange, Seen, spelled
from dianchi.domain.conformity.verdicts import Verdict, done, text, todo, wrong
from dianchi.domain.refusals import Text


def paged(asked: Mapping[str, Any], seen: Seen) -> Verdict:
    """A list was read by its cursors until so many rows were seen, or to its end."""
    told: dict[str, object] = {"path": asked["path"], "rows": asked["rows"]}
    expected = text(
        "按 next 逐页读 {path}，至少 {rows} 行",
        "{path} is read page by page by `next`, {rows} rows at least",
        told,
    )
    pages = [each for each in seen.exchanges if _is_page(each, asked["path"])]
    best = rows = 0
    follows: str | None = None
    for page in pages:
        goes_on = page.cursor is not None and page.cursor == follows
        rows = rows + (page.items or 0) if goes_on else (page.items or 0)
        follows, best = page.next, max(best, rows if goes_on else 0)
        if goes_on and rows >= asked["rows"]:
            return done(expected, _read(rows), page)
    return _not_paged(expected, pages, best) if pages else todo(expected)


def _is_page(each: Exchange, path: str) -> bool:
    return each.method == "GET" and each.path == path and each.items is not None


def _read(rows: int) -> Text:
    return text("连续读了 {n} 行", "{n} rows were read one page after another", {"n": rows})


def _not_paged(expected: Text, pages: list[Exchange], best: int) -> Verdict:
    first = [page for page in pages if page.cursor is None and page.next is not None]
    if best == 0 and len(first) > 1:
        came = text(
            "第一页读了 {n} 次，没有用 next 取下一页",
            "the first page was read {n} times, and `next` was never given back as `cursor`",
            {"n": len(first)},
        )
        way = Text(
            "把回答中的 next 作为参数 cursor 再取，直到 next 为 null",
            "ask again with the answer's `next` as `cursor`, until `next` is null",
        )
        return wrong(expected, came, way, first[-1])
    return todo(expected, _read(best or (pages[-1].items or 0)))


def followed(asked: Mapping[str, Any], seen: Seen) -> Verdict:
    """The feed told the event of a report that the run asked for."""
    name = spelled(asked["battery"])
    expected = text(
        "从 GET /v1/feed 读到 {name} 的上报",
        "the report of {name} was read from GET /v1/feed",
        {"name": asked["battery"]},
    )
    wanted = {each.row.event_id for each in seen.of(name) if each.row.outcome in RECORDED}
    feeds = [each for each in seen.exchanges if each.path == "/v1/feed" and each.ids]
    for each in feeds:
        if wanted & each.ids:
            came = text(
                "读到 {n} 个事件，其中有它",
                "{n} events were read, this among them",
                {"n": len(each.ids)},
            )
            return done(expected, came, each)
    if feeds:
        last = feeds[-1]
        told = {"n": len(last.ids)}
        return todo(
            expected,
            text("读到 {n} 个事件，还没有它", "{n} events were read, not this one yet", told),
        )
    return todo(expected)


def verified(asked: Mapping[str, Any], seen: Seen) -> Verdict:
    """Receipts were verified offline: the forged ones were named, and no other."""
    expected = Text(
        "离线核对收据，指出其中被改过的", "receipts are verified offline and the forged ones named"
    )
    answers = seen.answers.get(asked["riddle"], [])
    if not answers:
        return todo(expected)
    last = answers[-1]
    right = any(each.right for each in answers)
    came = text(
        "答了 {n} 次，{zh}",
        "answered {n} times, {en}",
        {
            "n": len(answers),
            "zh": "答对" if right else "未答对",
            "en": "right" if right else "wrong",
        },
    )
    if right:
        return Verdict("done", expected, came, None, last.at_us)
    way = Text(
        "请重取收据，逐份用 dianchi-client verify 核对事件原文与收据，再答",
        "fetch the receipts again, verify each event with its receipt (dianchi-client verify), and"
        " answer once more",
    )
    return Verdict("wrong", expected, came, way, last.at_us)
