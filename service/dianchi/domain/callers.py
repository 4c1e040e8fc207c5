"""Who calls over HTTP, and what an answer is about: the words of the table of `policy`."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from dianchi.domain.admit import Reporter
from dianchi.domain.refusals import Text


class Caller(StrEnum):
    """The kinds of callers that the table tells apart."""

    ORGANISATION = "organisation"
    DEVICE = "device"
    OFFICER = "officer"
    REGULATOR = "regulator"
    AUDITOR = "auditor"
    ADMINISTRATOR = "platform-admin"


FIRMS: Final = frozenset((Caller.ORGANISATION,))
DEVICES: Final = frozenset((Caller.DEVICE,))
OF_FIRMS: Final = FIRMS | DEVICES
AUTHORITIES: Final = frozenset((Caller.OFFICER, Caller.REGULATOR))
PARTIES: Final = FIRMS | AUTHORITIES
"""Both sides of what firms and authorities do with each other."""
SENDERS: Final = PARTIES | DEVICES
READERS: Final = PARTIES | {Caller.AUDITOR}
REPORTERS: Final = READERS | DEVICES
"""Whoever reports, and whoever reads what was reported."""
REGISTRARS: Final = AUTHORITIES | {Caller.ADMINISTRATOR}
PEOPLE: Final = READERS | REGISTRARS
"""Whoever is no device."""
EVERYBODY: Final = PEOPLE | DEVICES


class About(StrEnum):
    """What an answer is about, and so what of it a caller is given."""

    OPEN = "open"
    SELF = "self"
    DIRECTORY = "directory"
    REPORT = "report"
    LIFE = "life"
    LIST = "list"
    COUNT = "count"
    FIRM = "firm"
    LAW = "law"


MEANINGS: Final[Mapping[About, Text]] = MappingProxyType(
    {
        About.OPEN: Text("任何人，无需密钥", "anybody, without a key"),
        About.SELF: Text("调用者自己", "the caller itself"),
        About.DIRECTORY: Text(
            "单位名录，所有登录者可见", "the directory of firms, for all callers"
        ),
        About.REPORT: Text("以本单位名义上报", "a report in the caller's own name"),
        About.LIFE: Text(
            "一只电池：制造、持有、曾持有或正被移交的单位看全部；只上报过的看自己的上报；其他与不存在无异",
            "one battery: whole for who made, holds, held or is being sent it; own reports for who"
            " only reported of it; for others as if it did not exist",
        ),
        About.LIST: Text("列表，只含调用者看得见的", "a list of what the caller sees"),
        About.COUNT: Text(
            "统计：监管部门只计辖区内发生的事，单位只计自己上报的；名称只给看得见的电池",
            "counts: officers over what happened in their area, firms over what they reported; the"
            " names only of batteries that the caller sees",
        ),
        About.FIRM: Text(
            "本单位；监管部门：辖区内的单位", "the caller's firm; for officers, firms of their area"
        ),
        About.LAW: Text("规则与码表", "rules and code tables"),
    }
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One route.

    Attributes:
        scope: what a narrowed key needs; None: a whole key (or none at all where it is open).
        may: the callers that may use it; empty where it is open to all.
        noted: whether uses are written into the audit log (`passing.is_noted`).
    """

    method: str
    path: str
    about: About
    may: frozenset[Caller] = frozenset()
    scope: str | None = None
    noted: bool = False


def caller_of(reporter: Reporter) -> Caller:
    """What kind of caller somebody is."""
    if reporter.device is not None:
        return Caller.DEVICE
    if reporter.role == "regulator":
        return Caller.OFFICER if reporter.bound_to else Caller.REGULATOR
    if reporter.role in (Caller.AUDITOR, Caller.ADMINISTRATOR):
        return Caller(reporter.role)
    return Caller.ORGANISATION
