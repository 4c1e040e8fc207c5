"""The page about who may do what: the policy table as it stands."""

from collections.abc import Iterator

from dianchi.cli.reference.tables import table
from dianchi.domain.callers import MEANINGS, About, Caller, Rule
from dianchi.domain.policy import TABLE
from dianchi.domain.sight import CONTRADICTIONS

_CALLERS = {
    Caller.ORGANISATION: ("单位", "organisation", "其自身的电池与上报"),
    Caller.DEVICE: ("网点设备", "phone of an organisation", "与本单位相同，但不含个人信息与密钥"),
    Caller.OFFICER: (
        "辖区监管",
        "officer of an area",
        "在辖区内有事件、销售或持有的电池，整个生命",
    ),
    Caller.REGULATOR: ("省级监管", "regulator of the province", "全部"),
    Caller.AUDITOR: ("审计", "auditor", "指定单位看得见的"),
    Caller.ADMINISTRATOR: ("平台管理员", "platform administrator", "不能看任何电池"),
}


def access_page() -> Iterator[str]:
    """Callers, what routes are about, and every route."""
    yield (
        "由权限表生成；检查、测试与本页出自同一张表（`domain/policy.py`）。\n"
        "Made from the policy table, as are the checks and the tests.\n"
    )
    yield "## 调用者 · Callers\n"
    rows = [(f"`{key}`", zh, en, sees) for key, (zh, en, sees) in _CALLERS.items()]
    yield table(("caller", "中文", "what it is", "看得见的 · sees"), rows)
    yield "## 对象 · What answers are about\n"
    yield table(("about", "中文", "English"), [(f"`{a}`", t.zh, t.en) for a, t in MEANINGS.items()])
    yield _sight()
    yield "## 路由 · Routes\n"
    head = ("route", "about", *(f"`{caller}`" for caller in Caller), "scope", "noted")
    yield table(head, list(map(_row, TABLE)))


def _row(rule: Rule) -> tuple[str, ...]:
    marks = ["✓" if rule.about is About.OPEN or caller in rule.may else "" for caller in Caller]
    scope = "—" if rule.scope == "" or rule.about is About.OPEN else rule.scope or "whole key"
    noted = "✓" if rule.noted else ""
    return f"`{rule.method} {rule.path}`", f"`{rule.about}`", *marks, scope, noted


def _sight() -> str:
    codes = ", ".join(f"`{code}`" for code in sorted(CONTRADICTIONS))
    return (
        "一份上报只有在记录不与之相矛盾时才使单位看得见整个生命：出现下列发现之一，或电池由他人保管而未移交，"
        "或这份上报是补插到他人已报内容之前的，上报者只看得见自己的上报。\n\n"
        "A report lets its reporter see the whole life only where the record does not speak against"
        f" it: not where it opens {codes}, where another keeps the battery and did not hand it"
        " over, or where it was slipped in before what others had reported.\n"
    )
