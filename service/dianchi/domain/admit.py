"""Whether a report is admitted: by role, scope and clock, without reading any life."""

from dataclasses import dataclass
from typing import Final

from dianchi.domain.areas import PROVINCE
from dianchi.domain.refusals import Fault, Refused, Text
from dianchi.domain.report import Report
from dianchi.domain.scopes import REPORT, Scopes, may_report, out_of_scope

AHEAD_US: Final = 10 * 60 * 1_000_000


@dataclass(frozen=True, slots=True)
class Reporter:
    """Who sends: the organisation and role of the key; a regulator's prefecture, when bound.

    `scopes` is what the key is narrowed to; `area` and `department` are a regulator's, `names` the
    organisations that an auditor is bound to; `person` is who is signed in, where it is no
    key; `device` is the phone that a key is bound to.
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
