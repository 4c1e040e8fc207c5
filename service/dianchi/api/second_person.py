"""What two people decide: who asks, and what is told to whom may not decide it."""

from typing import Final

from fastapi import Request

from dianchi.access.sessions import Signed
from dianchi.api.cookies import person_of
from dianchi.api.problems import refuse
from dianchi.api.services import Services
from dianchi.domain.admit import Reporter
from dianchi.domain.refusals import Refused

Said = tuple[str, str]
"""A sentence in zh and en."""
_ZH: Final = {
    "confirmed": "已确认",
    "declined": "已否决或撤回",
    "expired": "已过期",
    "disabled": "的当事人已停用",
}


async def in_person(request: Request, services: Services, reporter: Reporter, why: Said) -> Signed:
    """The person who asks, where no key may: two keys may be in one hand.

    Args:
        request: whose cookie is read.
        services: that know who is signed in.
        reporter: who asks, by key or cookie.
        why: what only people do.

    Raises:
        Refused: `role_not_allowed` to a key; else as `person_of`.
    """
    if reporter.person is None:
        raise refuse(
            "role_not_allowed",
            why,
            ("请登录后操作：/sign-in", "sign in: /sign-in"),
            value=reporter.role,
        )
    return await person_of(request.scope, services)


def same_person(who_may: Said) -> Refused:
    """Whoever proposed something wants to confirm it."""
    return refuse(
        "second_person_needed",
        ("提出者不能自己确认", "whoever proposed it cannot confirm it"),
        who_may,
    )


def decided_before(state: str, value: str | None) -> Refused:
    """What waited has been decided meanwhile."""
    return refuse(
        "already_decided",
        (f"此事项{_ZH[state]}", f"it is {state}"),
        ("如仍需要，请重新提出", "propose it again if it is still wanted"),
        pointer="/id",
        value=value,
    )
