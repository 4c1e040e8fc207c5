"""Scopes of keys: a key may do all that its role may, or only what it is narrowed to."""

from collections.abc import Iterable
from typing import Final

from dianchi.domain.events import CATALOGUE
from dianchi.domain.refusals import Fault, Malformed, Refused, Text

READ: Final = "read"
REPORT: Final = "report"
Scopes = frozenset[str] | None
"""`read`, `report`, `report:<type>`; None: everything the role may do."""


def parse_scope(text: str, role: str) -> str:
    """A scope of a key of this role.

    Raises:
        Malformed: there is no such scope, or the role may not report the type.
    """
    what, _, kind = text.partition(":")
    if text in (READ, REPORT) or (
        what == REPORT and kind in CATALOGUE and role in CATALOGUE[kind].roles
    ):
        return text
    may = ", ".join(sorted(name for name, one in CATALOGUE.items() if role in one.roles))
    raise Malformed(
        "invalid_value",
        Text(f"角色 {role} 的密钥没有这个范围", f"a key of role {role} has no such scope"),
        Text(
            f"可用范围：read、report、report:<类型>，类型：{may or '无'}",
            f"scopes: read, report, report:<type> with a type of: {may or 'none'}",
        ),
    )


def may_report(scopes: Scopes, kind: str) -> bool:
    """Whether a key of these scopes is open to reports of this type."""
    return scopes is None or REPORT in scopes or f"{REPORT}:{kind}" in scopes


def out_of_scope(scopes: Iterable[str], needed: str, pointer: str = "") -> Refused:
    """What a narrowed key is told where it lacks a scope.

    Args:
        scopes: of the key.
        needed: the scope that would do.
        pointer: the member that asks for it, where it is one.
    """
    has = ", ".join(sorted(scopes))
    what = Text(
        f"此操作需要范围 {needed}；这把密钥只限于：{has}",
        f"this needs the scope {needed}; the key is narrowed to: {has}",
    )
    return Refused(Fault("scope_not_allowed", pointer, needed, what, _WAY_OUT))


def narrowed(scopes: Iterable[str]) -> Refused:
    """What a narrowed key is told where only a whole one may act, as in the registry."""
    has = ", ".join(sorted(scopes))
    what = Text(
        f"登记操作需要不限范围的密钥；这把密钥只限于：{has}",
        f"changing the registry needs a key without scopes; the key is narrowed to: {has}",
    )
    return Refused(Fault("scope_not_allowed", "", None, what, _WAY_OUT))


_WAY_OUT: Final = Text(
    "请换用有此权限的密钥，或请监管部门发放一把",
    "use a key that may, or ask a regulator to make one",
)
