"""What somebody is let in with: role, area, department, organisations; of keys and of people."""

from collections.abc import Sequence

from dianchi.access.issue import KeyTerms, Misplaced, check_bounds, check_last_day
from dianchi.access.keys import now_of
from dianchi.api.bodies.bounds import Bounds
from dianchi.api.naming import registered
from dianchi.api.problems import checked, refuse
from dianchi.api.services import Services
from dianchi.domain.areas import parse_area, parse_department
from dianchi.domain.events import ROLES
from dianchi.domain.identifiers import parse_prefecture
from dianchi.domain.refusals import Fault, Malformed, Refused
from dianchi.domain.registry import Registry


def bounds_of(
    told: Bounds, role: str, services: Services, roles: Sequence[str] = ROLES
) -> KeyTerms:
    """What is asked for.

    Raises:
        Refused: role, area, department, a name or the last day is none, or not of this role.
    """
    if role not in roles:
        listed = ", ".join(roles)
        raise refuse(
            "invalid_value",
            ("没有这个角色", "there is no such role"),
            (f"可用角色：{listed}", f"roles: {listed}"),
            pointer="/role",
            value=role,
        )
    terms = KeyTerms(
        role,
        checked(told.prefecture, "prefecture", lambda text: parse_prefecture(text).code),
        expires_on=told.expires_on,
        area=checked(told.area, "area", parse_area),
        department=checked(told.department, "department", parse_department),
        names=_names(told.names, services.registry.now),
    )
    try:
        check_bounds(terms)
        if terms.expires_on is not None:
            check_last_day(terms.expires_on, now_of(services.clock))
    except Malformed as error:
        member = error.member if isinstance(error, Misplaced) else "expires_on"
        value = getattr(told, member)
        told_value = str(value) if member == "expires_on" and value else value
        fault = Fault(error.code, f"/{member}", told_value, error.what, error.way_out)
        raise Refused(fault) from None
    return terms


def _names(told: list[str] | None, registry: Registry) -> tuple[str, ...] | None:
    if told is None:
        return None
    return tuple(registered(registry, name, f"/names/{n}").id for n, name in enumerate(told))
