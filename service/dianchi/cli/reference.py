"""Generates the pages of docs/reference from the code, so that they cannot fall behind it."""

import ast
import inspect
from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import date
from typing import Any, Final

import typer

from dianchi import settings
from dianchi.api.problems import PROBLEMS
from dianchi.cli.described import WORDS, described
from dianchi.domain.dated import ALWAYS
from dianchi.domain.deadlines import Regime, Rule, Trigger
from dianchi.domain.events import CATALOGUE, MOST_BATTERIES, REPORTING, EventType
from dianchi.domain.findings import catalogue_document
from dianchi.domain.rules import RULES
from dianchi.domain.standing import FINAL, MOVES
from dianchi.domain.vendors import VENDORS
from dianchi.domain.vocabulary import STAGES, label
from dianchi.domain.words import Words

_NOTE: Final = (
    "> 本页由代码生成，请勿手改。Generated from the code; change the code, not this page.\n"
)
_SUBJECTS: Final = {
    "battery": "`battery` names the battery",
    "either": "`battery`, or what `data` names",
    "none": "no `battery` at the top; `data` says what it is about",
}
_MARKS: Final = (
    ("V", "原文见过", "the source text was seen"),
    ("V2", "经第二手来源见过", "seen in a second-hand source"),
    ("R-h, R-m, R-l", "凭记忆，可信度高、中、低", "from memory; high, medium, low confidence"),
    ("D", "本平台自定", "decided here"),
)


def documents() -> Iterator[tuple[str, str]]:
    """Every generated page: its path under docs/, and its text."""
    yield "reference/events.md", _page("事件 · Events", _events())
    yield "reference/words.md", _page("词表 · Words", _words())
    yield "reference/stages.md", _page("状态 · Stages", _stages())
    yield "reference/findings.md", _page("发现 · Findings", _findings())
    yield "reference/problems.md", _page("拒绝代码 · Problems", _problems())
    yield "reference/rules.md", _page("期限与限值 · Deadlines and limits", _rules())
    yield "reference/settings.md", _page("设置 · Settings", _settings())
    yield "reference/commands.md", _page("命令 · Commands", _commands())


def _page(title: str, parts: Iterable[str]) -> str:
    return "\n".join((f"# {title}\n", _NOTE, *parts)).rstrip() + "\n"


def _table(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    listed = [" | ".join(str(cell) for cell in row) for row in rows]
    names = list(heads)
    lines = [" | ".join(names), " | ".join("---" for _ in names), *listed]
    return "".join(f"| {line} |\n" for line in lines)


def _ticked(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


# --- events --------------------------------------------------------------------------------------


def _events() -> Iterator[str]:
    yield (
        "每种上报的 `data`。顺序即先后次序：同一微秒发生的两个事件，表中靠前的先算。\n"
        "What the `data` of each report holds. The order is the precedence of the fold: of two\n"
        "events at the same microsecond, the one listed first counts first.\n"
    )
    yield (
        f"*Every reporting role* means {_ticked(REPORTING)}. A list of batteries holds at most\n"
        f"{MOST_BATTERIES}, each once. The members around `data`, names, parties, decimals and\n"
        "instants: [reports.md](reports.md).\n"
    )
    yield _table(
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
        return _ticked(roles)
    others = [role for role in roles if role not in REPORTING]
    return ", ".join(["every reporting role", *(f"`{role}`" for role in others)])


def _role_place(role: str) -> tuple[int, str]:
    return (REPORTING.index(role) if role in REPORTING else len(REPORTING)), role


def _event(kind: EventType) -> Iterator[str]:
    yield f"## {kind.name}\n"
    yield f"{kind.zh}. {kind.summary} Subject: {_SUBJECTS[kind.subject]}.\n"
    yield _table(
        ("member", "required", "value"),
        (
            (f"`{m.name}`", "yes" if m.required else "", described(m.kind.schema))
            for m in kind.members
        ),
    )


def _words() -> Iterator[str]:
    yield (
        "封闭词表：只会增加新词，已有的词含义不变。有起止日期的词按上报的业务日期判断。\n"
        "The closed lists. A word is only ever added; what a word means never changes. A word\n"
        "with a first or a last day is judged by the business date of the report.\n"
    )
    for name, (zh, words) in WORDS.items():
        yield f"## {name}\n\n{zh}\n"
        if isinstance(words, Words):
            yield _table(("word", "中文", "English", "valid from", "valid to"), _dated_words(words))
            continue
        yield _table(
            ("word", "中文", "English"),
            ((f"`{word}`", label(word, "zh"), label(word, "en")) for word in words),
        )


def _dated_words(words: Words) -> Iterator[tuple[str, ...]]:
    for row in words.rows:
        days = _day(row.valid_from), _day(row.valid_to)
        yield (f"`{row.word}`", row.label.zh, row.label.en, *days)


# --- stages --------------------------------------------------------------------------------------


def _stages() -> Iterator[str]:
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
    yield _table(
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
    return _ticked(name for name in STAGES if name in after)


# --- findings and problems -----------------------------------------------------------------------


def _findings() -> Iterator[str]:
    yield (
        "上报照收，不符之处成为发现；后来的上报能解释的，发现自行关闭。\n"
        "A report is stored; what does not fit becomes a finding, which closes itself when later\n"
        "reports explain it. Kinds: `life` (one life by itself), `link` (lives that share a\n"
        "hand-over, vehicle, lot, batch, parent or child), `clock` (terms that ran out).\n"
        "Words in braces stand for values of the finding.\n"
    )
    rows = catalogue_document()
    yield _table(
        ("code", "中文", "English", "kind", "severity"),
        (
            (
                f"[`{row['code']}`](#{row['code']})",
                row["title"]["zh"],
                row["title"]["en"],
                row["kind"],
                row["severity"],
            )
            for row in rows
        ),
    )
    for row in rows:
        yield f"## {row['code']}\n"
        yield from _finding(row, "")
        for variant in row["variants"]:
            yield from _finding(variant, f"`what` = `{variant['what']}`, ")


def _finding(row: dict[str, Any], which: str) -> Iterator[str]:
    sentence, closes = row["sentence"], row["closes_when"]
    title = f"{row['title']['zh']} · {row['title']['en']}"
    yield f"{which}`{row['kind']}`, `{row['severity']}`. {title}\n"
    yield f"- {sentence['zh']}\n- {sentence['en']}"
    yield f"- 何时关闭：{closes['zh']}\n- Closes: {closes['en']}\n"


def _problems() -> Iterator[str]:
    yield (
        "被拒绝的请求按 RFC 9457 回答，媒体类型 `application/problem+json`。`errors` 里的每一项有\n"
        "JSON 指针、原值、原因和办法，中英文都有。\n"
    )
    yield (
        "A refused request is answered as RFC 9457 says, `application/problem+json`. Each of its\n"
        "`errors` carries a JSON pointer, the value, what is wrong and the way out, in both\n"
        "languages. `code` is stable; `title` and `detail` follow `Accept-Language`.\n"
    )
    yield _table(
        ("code", "status", "中文", "English"),
        (
            (f'<a id="{code}"></a>`{code}`', kind.status, kind.title.zh, kind.title.en)
            for code, kind in PROBLEMS.items()
        ),
    )


# --- rules ---------------------------------------------------------------------------------------


def _rules() -> Iterator[str]:
    yield (
        "每条规则按上报的业务日期适用，不按今天。期限从次日起算，到最后一日 24:00（+08:00）为止；\n"
        "最后一日不是工作日的，顺延到下一个工作日（贮存期限不顺延）。\n"
    )
    yield (
        "A report is judged by the rule in force on its business date, not by today's. The day\n"
        "itself is not counted; a term ends at 24:00 +08:00 of its last day, which moves to the\n"
        "next working day (time in store does not move). A row is *statutory* only where its\n"
        "source was seen and names an article; every other row is a house rule of this service.\n"
    )
    yield _table(("mark", "中文", "English"), _MARKS)
    yield "## Regimes 制度\n"
    yield _table(
        ("id", "中文", "English", "from", "to"),
        (
            (f"`{r.id}`", r.title.zh, r.title.en, _day(r.valid_from), _day(r.valid_to))
            for r in RULES.regimes
            if isinstance(r, Regime)
        ),
    )
    yield "## Deadlines 期限\n"
    yield _table(
        ("rule", "中文", "regime", "begins with", "term", "met by", "answers", "reports", "binding",
         "source"),
        (_deadline(rule) for rule in RULES.duties),
    )  # fmt: skip
    for title, rows in _limits():
        yield f"## {title}\n"
        yield _dated(rows)


def _deadline(rule: Rule) -> Iterable[str]:
    unit = rule.unit.value.replace("_", " ")
    met = _ticked(sorted(rule.met_by)) or "being recorded in time"
    source = " ".join(filter(None, (rule.mark, rule.article)))
    return (
        f"`{rule.id}`", rule.title.zh, rule.regime, _trigger(rule.trigger),
        f"{rule.amount} {unit}", met if rule.trigger.types else "", rule.bearer, rule.reporter,
        rule.binding, source,
    )  # fmt: skip


def _trigger(trigger: Trigger) -> str:
    if not trigger.types:
        return "no report yet"
    said = _ticked(sorted(trigger.types))
    for word, values in (
        ("by", trigger.roles),
        ("into", trigger.host_kinds),
        ("class", trigger.safety_classes),
    ):
        said += f" {word} {_ticked(sorted(values))}" if values else ""
    return said


def _limits() -> Iterator[tuple[str, tuple[Any, ...]]]:
    yield "Thresholds 阈值", RULES.numbers
    yield "Recovery floors 回收率下限", RULES.floors
    yield "Prohibited uses 禁用领域", RULES.prohibitions
    yield "Outlets 网点", RULES.outlet_limits
    yield "Tolerances of mass 质量容差", RULES.tolerances
    yield "Plausible ratios 合理范围", RULES.windows
    yield "Vendor codes 厂商代码", tuple(VENDORS.values())


def _dated(rows: tuple[Any, ...]) -> str:
    """A table of dated rows, one column for each field."""
    names = [f.name for f in fields(rows[0])]
    heads = [name.replace("_", " ") for name in names]
    return _table(heads, ([_cell(getattr(row, name)) for name in names] for row in rows))


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return _day(value)
    if isinstance(value, frozenset):
        return ", ".join(sorted(value)) or "any"
    if isinstance(value, tuple):
        return " ".join(value)
    return str(value)


def _day(day: date | None) -> str:
    return "" if day in (None, ALWAYS) else str(day)


# --- settings and commands -----------------------------------------------------------------------


def _settings() -> Iterator[str]:
    yield (
        "环境变量。命令行选项优先于环境变量。\n"
        "Environment variables; an option of a command wins over them.\n"
    )
    told = _told_settings()
    rows = [
        (f"`DIANCHI_{name.upper()}`", _default(name), told.get(name, ""))
        for name in settings.Settings.model_fields
    ]
    programs = "Folder of `initdb` and `postgres`, 15 or newer; by default those of the wheel."
    yield _table(("variable", "default", "meaning"), [*rows, ("`DIANCHI_PG_BIN`", "", programs)])
    yield (
        "With the embedded database the secrets are made at the first start and kept in\n"
        "`secrets.json` of the data folder (0600). With `DIANCHI_DATABASE_URL` they must be set.\n"
    )


def _default(name: str) -> str:
    if name == "data_dir":
        return "`~/.local/share/dianchi`; `make` sets `./data`"
    if name in settings.SECRETS:
        return "made at the first start"
    default = settings.Settings.model_fields[name].default
    return f"`{default}`" if default != "" else ""


def _told_settings() -> dict[str, str]:
    """The sentences that stand below the fields of the class, by field."""
    declared = ast.parse(inspect.getsource(settings.Settings)).body[0]
    assert isinstance(declared, ast.ClassDef)  # noqa: S101 - it is the source of a class
    told: dict[str, str] = {}
    name = ""
    for statement in declared.body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            name = statement.target.id
        elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            told[name] = str(statement.value.value)
            name = ""
        else:
            name = ""
    return told


def _commands() -> Iterator[str]:
    from dianchi.cli.commands import app

    yield "每个命令都有 `--help`。Every command has `--help`.\n"
    group: Any = typer.main.get_command(app)
    yield from _commands_of("dianchi", group)


def _commands_of(path: str, group: Any) -> Iterator[str]:  # noqa: ANN401 - click's own classes
    for name, command in sorted(group.commands.items()):
        if hasattr(command, "commands"):
            yield from _commands_of(f"{path} {name}", command)
        elif not command.hidden:
            yield from _command(f"{path} {name}", command)


def _command(path: str, command: Any) -> Iterator[str]:  # noqa: ANN401 - click's own class
    yield f"## {path}\n\n{inspect.cleandoc(command.help or '')}\n"
    rows = [
        (
            f"`{' '.join(p.opts)}`" if p.param_type_name == "option" else f"`{p.name.upper()}`",
            "yes" if p.required else "",
            getattr(p, "help", None) or "",
        )
        for p in command.params
        if not getattr(p, "hidden", False) and p.name != "help"
    ]
    if rows:
        yield _table(("option", "required", "meaning"), rows)
