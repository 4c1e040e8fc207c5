"""The pages about reports: their types, their words, the stages of a life."""

from collections.abc import Iterator
from typing import Final

from dianchi.cli.described import WORDS, described
from dianchi.cli.reference.tables import day_text, table, ticked
from dianchi.domain.events import CATALOGUE, MOST_BATTERIES, REPORTING, EventType
from dianchi.domain.standing import FINAL, MOVES
from dianchi.domain.vocabulary import STAGES, label
from dianchi.domain.words import Words

_SUBJECTS: Final = {
    "battery": "`battery` names the battery",
    "either": "`battery`, or what `data` names",
    "none": "no `battery` at the top; `data` says what it is about",
}


def events_page() -> Iterator[str]:
    """Every type of report, with its members."""
    yield (
        "每种上报的 `data`。顺序即先后次序：同一微秒发生的两个事件，表中靠前的先算。\n"
        "What the `data` of each report holds. The order is the precedence of the fold: of two\n"
        "events at the same microsecond, the one listed first counts first.\n"
    )
    yield (
        f"*Every reporting role* means {ticked(REPORTING)}. A list of batteries holds at most\n"
        f"{MOST_BATTERIES}, each once. The members around `data`, names, parties, decimals and\n"
        "instants: [reports.md](reports.md).\n"
    )
    yield table(
        ("type", "中文", "who may report"),
        (
            (f"[`{kind.name}`](#{kind.name})", kind.zh, _reporters(kind))
            for kind in CATALOGUE.values()
        ),
    )
    for kind in CATALOGUE.values():
        yield from _event(kind)


def _reporters(kind: EventType) -> str:
    roles = sorted(kind.roles, key=_role_place)
    if not kind.roles >= set(REPORTING):
        return ticked(roles)
    others = [role for role in roles if role not in REPORTING]
    return ", ".join(["every reporting role", *(f"`{role}`" for role in others)])


def _role_place(role: str) -> tuple[int, str]:
    return (REPORTING.index(role) if role in REPORTING else len(REPORTING)), role


def _event(kind: EventType) -> Iterator[str]:
    yield f"## {kind.name}\n"
    yield f"{kind.zh}. {kind.summary} Subject: {_SUBJECTS[kind.subject]}.\n"
    yield table(
        ("member", "required", "value"),
        (
            (f"`{m.name}`", "yes" if m.required else "", described(m.kind.schema))
            for m in kind.members
        ),
    )


def words_page() -> Iterator[str]:
    """Every word of the closed and suggested lists."""
    yield (
        "封闭词表：只会增加新词，已有的词含义不变。有起止日期的词按上报的业务日期判断。\n"
        "The closed lists. A word is only ever added; what a word means never changes. A word\n"
        "with a first or a last day is judged by the business date of the report.\n"
    )
    for name, (zh, words) in WORDS.items():
        yield f"## {name}\n\n{zh}\n"
        if isinstance(words, Words):
            yield table(("word", "中文", "English", "valid from", "valid to"), _dated_words(words))
            continue
        yield table(
            ("word", "中文", "English"),
            ((f"`{word}`", label(word, "zh"), label(word, "en")) for word in words),
        )


def _dated_words(words: Words) -> Iterator[tuple[str, ...]]:
    for row in words.rows:
        days = day_text(row.valid_from), day_text(row.valid_to)
        yield (f"`{row.word}`", row.label.zh, row.label.en, *days)


def stages_page() -> Iterator[str]:
    """The stages and the moves between them."""
    yield (
        "一步之内可以从左边的状态变为右边的状态。除终结状态外，任何状态都可以变为 `lost` 或\n"
        "`out_of_province`。其他变化照样保存，并产生 `broken_chain`；终结之后的上报不再改变状态，\n"
        "并产生 `activity_after_end`。\n"
    )
    yield (
        "From the stage on the left, one step leads to those on the right. From every stage that\n"
        "is not final, `lost` and `out_of_province` can be reached as well. Any other move is\n"
        "stored too and opens `broken_chain`; after a final stage nothing changes, and the report\n"
        "opens `activity_after_end`.\n"
    )
    yield table(
        ("stage", "中文", "English", "next"),
        (
            (
                f"`{stage}`",
                label(stage, "zh"),
                label(stage, "en"),
                "final 终结" if stage in FINAL else _next_of(stage),
            )
            for stage in STAGES
        ),
    )


def _next_of(stage: str) -> str:
    after = MOVES[stage]
    if len(after) >= len(STAGES) - 2:
        return "any 任意"
    return ticked(name for name in STAGES if name in after)
