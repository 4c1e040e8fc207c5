"""The share of duties met in time: whatever was due counts below the line."""

from decimal import Decimal

from dianchi.domain.evaluation import timeliness


def test_what_was_late_and_what_is_overdue_were_due_as_well() -> None:
    assert timeliness(1, 1, 2) == Decimal("0.2500")
    assert timeliness(2, 1, 0) == Decimal("0.6667")
    assert timeliness(0, 0, 3) == 0
    assert timeliness(3, 0, 0) == 1


def test_where_nothing_was_due_there_is_no_share() -> None:
    assert timeliness(0, 0, 0) is None
