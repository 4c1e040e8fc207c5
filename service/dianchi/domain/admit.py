"""Whether a report is admitted: by role, scope and clock, without reading any life."""

from dataclasses import dataclass
from typing import Final

from dianchi.domain.areas import PROVINCE
from dianchi.domain.refusals import Fault, Refused, Text
from dianchi.domain.report import Report
from dianchi.domain.scopes import REPORT, Scopes, may_report, out_of_scope

_RECALLS: Final = frozenset(("recall_opened", "recall_closed"))
AHEAD_US: Final = 10 * 60 * 1_000_000


@dataclass(frozen=True, slots=True)
class Reporter:
    """Who sends: the organisation and role of the key; a regulator's prefecture, when bound.

    `scopes` is what the key is narrowed to; `area` and `department` are a regulator's, `names` the
    organisations that an auditor is bound to; `person` is who is signed in, where it is no
    key; `device` is the phone that a key is bound to; `proposer` is who
    proposed what this person confirms as the second one.
    """

    organisation: str
    role: str
    prefecture: str | None = None
    scopes: Scopes = None
    area: str | None = None
    department: str | None = None
    names: frozenset[str] | None = None
    person: str | None = None
    device: str | None = None
    proposer: str | None = None

    @property
    def bound_to(self) -> str | None:
        """The area of a regulator; None for the whole province."""
        area = self.area or self.prefecture
        return None if area == PROVINCE else area


def admit(report: Report, reporter: Reporter, now_us: int) -> None:
    """Admits a report, or raises.

    Raises:
        Refused: `role_not_allowed`, `scope_not_allowed`, or `in_future` when the event lies more
            than ten minutes ahead of the server, after the offset the device measured.
    """
    kind = report.kind
    if reporter.role not in kind.roles:
        may = ", ".join(sorted(kind.roles))
        raise Refused(
            Fault(
                "role_not_allowed",
                "/type",
                kind.name,
                Text(
                    f"角色 {reporter.role} 不能上报{kind.zh}",
                    f"role {reporter.role} may not report {kind.name}",
                ),
                Text(f"可由以下角色上报：{may}", f"may be reported by: {may}"),
            )
        )
    if reporter.scopes is not None and not may_report(reporter.scopes, kind.name):
        raise out_of_scope(reporter.scopes, f"{REPORT}:{kind.name}", "/type")
    if kind.name in _RECALLS and reporter.role == "regulator" and reporter.bound_to is not None:
        raise _for_the_province(report)
    if kind.name == "set_aside":
        _check_officers(report, reporter)
    offset_us = report.device["offset_ms"] * 1000 if report.device else 0
    if report.occurred_us + offset_us > now_us + AHEAD_US:
        raise Refused(
            Fault(
                "in_future",
                "/occurred_at",
                report.occurred_at,
                Text("发生时间在将来", "lies in the future"),
                Text(
                    "请核对日期和设备时钟；时间要带时区，如 +08:00",
                    "check the date and the device's clock; give the offset, such as +08:00",
                ),
            )
        )


def _for_the_province(report: Report) -> Refused:
    return Refused(
        Fault(
            "role_not_allowed",
            "/type",
            report.kind.name,
            Text("召回不限于一个辖区", "a recall is not bound to one area"),
            Text("请由省级部门或生产企业发布", "the province or the maker opens and closes it"),
        )
    )


def _check_officers(report: Report, reporter: Reporter) -> None:
    """A report is set aside by the two persons it names, one of whom proposed it before.

    Raises:
        Refused: `second_person_needed`.
    """
    officers = report.data["officers"]
    if reporter.proposer in (None, reporter.person) or officers != [
        reporter.proposer,
        reporter.person,
    ]:
        raise Refused(
            Fault(
                "second_person_needed",
                "/data/officers",
                officers,
                Text("不予采信须由两人决定", "two persons set a report aside"),
                Text(
                    "请由一人提出（POST /v1/set-aside），另一人确认",
                    "one proposes it (POST /v1/set-aside), another one confirms",
                ),
            )
        )
