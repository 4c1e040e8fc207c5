"""People: their roles, who may invite whom, and what a login is."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from dianchi.domain.areas import PROVINCE, covers, within
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
OF_AUTHORITIES: Final = frozenset({"regulator", "auditor"})
"""Roles that read what concerns others."""
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
    """Where a person stands, and what that opens.

    Attributes:
        organisation: its id.
        role: as of a key.
        area: of a regulator; None for the whole province.
        manages: whether they look after the people of their kind.
        department: of a regulator.
        names: the ids of the organisations that an auditor is bound to.
        until: when it ends; None: it does not.
    """

    organisation: str
    role: str
    area: str | None = None
    manages: bool = False
    department: str | None = None
    names: frozenset[str] | None = None
    until: datetime | None = None


def may_manage(manager: Place, other: Place, other_home: str | None) -> bool:
    """Whether one person may invite another, change what they may, or disable them.

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
    if _is_whole(manager):
        return True
    if other.role in REPORTING:
        return covers(str(manager.area), other_home)
    return other.organisation == manager.organisation and _lies_within(other, manager)


def may_confirm(second: Place, told: Place) -> bool:
    """Whether somebody sees at least as much as another would, and so may vouch for them."""
    return second.role == "regulator" and (_is_whole(second) or _lies_within(told, second))


def needs_second(manager: Place, told: Place) -> bool:
    """Whether a person is given more than whoever gives it has: then a second one confirms it.

    Whoever runs the platform reads no data; alone they make nobody who does for others.
    """
    return manager.role == PLATFORM_ADMIN and told.role in OF_AUTHORITIES


def raises(before: Place, after: Place) -> bool:
    """Whether a change opens anything that was closed to somebody before."""
    return not (
        (_is_whole(before) or _lies_within(after, before) or after.role != "regulator")
        and after.department == before.department
        and before.manages >= after.manages
        and (before.names or frozenset()) >= (after.names or frozenset())
        and (before.until is None or (after.until is not None and after.until <= before.until))
    )


def _is_whole(place: Place) -> bool:
    """Whether somebody's area is the whole province."""
    return place.area in (None, PROVINCE)


def _lies_within(inner: Place, outer: Place) -> bool:
    return inner.role == "regulator" and within(inner.area or PROVINCE, outer.area)


def needs_second_factor(role: str) -> bool:
    """Whether people of this role sign in with a code besides their password."""
    return role in SECOND_FACTOR
