"""People: their roles, who may invite whom, and what a login is."""

import unicodedata
from dataclasses import dataclass
from typing import Final

from dianchi.domain.events import REPORTING, ROLES
from dianchi.domain.refusals import Malformed, Text

PLATFORM_ADMIN: Final = "platform-admin"
"""Invites people and manages firms; reads no data."""
PLATFORM: Final = "platform"
"""The organisation of the platform's administrators: it reports nothing and is not enrolled."""
ADMIN_SCOPES: Final = frozenset({"admin:people", "admin:organisations"})
PEOPLE_ROLES: Final = (*ROLES, PLATFORM_ADMIN)
SECOND_FACTOR: Final = frozenset({"regulator", PLATFORM_ADMIN})
"""Roles that read nothing before a second factor was shown."""
SHORTEST_PASSWORD: Final = 12
LONGEST_PASSWORD: Final = 256
_SHORTEST_LOGIN: Final = 3
_LONGEST_LOGIN: Final = 64
_MARKS: Final = frozenset("._-@+")


def parse_login(text: str) -> str:
    """A login name, as it is compared: composed, lower case.

    Raises:
        Malformed: it is too short, too long, or has other marks than `. _ - @ +`.
    """
    login = unicodedata.normalize("NFKC", text).strip().casefold()
    fits = _SHORTEST_LOGIN <= len(login) <= _LONGEST_LOGIN
    if fits and all(mark in _MARKS or mark.isalnum() for mark in login):
        return login
    raise Malformed(
        "invalid_value",
        Text(
            f"登录名须为 {_SHORTEST_LOGIN} 至 {_LONGEST_LOGIN} 个字母、汉字或数字，可含 . _ - @ +",
            f"a login has {_SHORTEST_LOGIN} to {_LONGEST_LOGIN} letters or digits, and . _ - @ +",
        ),
        Text("请换一个登录名，如 zhang.wei", "choose another one, such as zhang.wei"),
    )


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person stands: organisation, role, area, and whether they look after its people."""

    organisation: str
    role: str
    prefecture: str | None = None
    manages: bool = False


def may_manage(manager: Place, other: Place, other_home: str | None) -> bool:
    """Whether one person may invite another, give a new link, or disable them.

    Args:
        manager: who would do it.
        other: the person that it is done to.
        other_home: the prefecture of the other's organisation.
    """
    if manager.role == PLATFORM_ADMIN:
        return True
    if not manager.manages or other.role == PLATFORM_ADMIN:
        return False
    if manager.role != "regulator":
        return (other.organisation, other.role) == (manager.organisation, manager.role)
    if manager.prefecture is None:
        return True
    if other.role in REPORTING:
        return other_home == manager.prefecture
    return (other.organisation, other.prefecture) == (manager.organisation, manager.prefecture)


def needs_second_factor(role: str) -> bool:
    """Whether people of this role sign in with a code besides their password."""
    return role in SECOND_FACTOR
