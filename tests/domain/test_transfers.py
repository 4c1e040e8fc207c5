"""利旧调拨: the reports of a set follow from where it is, and nothing is made up."""

from datetime import date

from dianchi.domain.transfers import REASON, Here, Move, Set, faults_of, reports_of
from support.api import code

OWN = "OTOWER"
DAY = date(2026, 3, 2)
MOVE = Move(OWN, "BTS1", "BTS2", "base_station", DAY, REASON, removed_on=date(2026, 3, 1))
IN_HOST = Here("in_use", OWN, "BTS1", {"kind": "base_station", "id": "BTS1"})
DOWN = Here("retired", OWN, "BTS1", None)


def test_a_set_in_a_host_is_removed_measured_and_installed_in_this_order() -> None:
    told = list(reports_of(MOVE, Set(code(1), "82", date(2026, 2, 28)), IN_HOST))

    assert [(each["type"], each["occurred_at"], each["site"]) for each in told] == [
        ("removed", "2026-03-01", "BTS1"),
        ("inspected", "2026-02-28", "BTS1"),
        ("installed", "2026-03-02", "BTS2"),
    ]
    assert told[0]["data"] == {"host": IN_HOST.host, "reason": REASON}


def test_a_set_that_is_down_is_only_installed() -> None:
    assert [each["type"] for each in reports_of(MOVE, Set(code(1)), DOWN)] == ["installed"]


def test_what_is_elsewhere_gone_or_anothers_is_named_with_its_place() -> None:
    known = {
        code(1): DOWN,
        code(2): DOWN._replace(holder="OOTHER"),
        code(3): DOWN._replace(station="BTS9"),
        code(4): DOWN._replace(stage="recycled"),
    }

    faults = faults_of(MOVE, [Set(code(n)) for n in range(1, 6)], known)

    assert [fault.pointer for fault in faults] == [f"/sets/{n}/battery" for n in (1, 2, 3, 4)]
