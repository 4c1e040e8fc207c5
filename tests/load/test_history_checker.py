"""The judge of the drills is judged: each fault that it looks for is put into a good run."""

from dataclasses import replace

from support.history_checker import Call, StoredEvent, faults

CALLS = [Call(f"E{n}", "B", sent=n, answered=n + 1.5, version=n) for n in range(1, 6)]
STORED = [StoredEvent(f"E{n}", "B", n) for n in range(1, 6)]


def test_a_good_run_has_no_faults() -> None:
    repeat = Call("E2", "B", sent=20, answered=21, version=2)
    unanswered = Call("E9", "B", sent=22, answered=23, version=None)
    assert faults([*CALLS, repeat, unanswered], STORED) == []


def test_reports_under_way_together_may_land_in_any_order() -> None:
    swapped = [replace(CALLS[0], version=2), replace(CALLS[1], version=1)]
    stored = [replace(STORED[0], version=2), replace(STORED[1], version=1)]
    assert faults(swapped, stored) == []


def test_an_unanswered_report_may_be_stored() -> None:
    unanswered = Call("E6", "B", sent=22, answered=23, version=None)
    assert faults([*CALLS, unanswered], [*STORED, StoredEvent("E6", "B", 6)]) == []


def test_a_lost_acknowledgement_is_found() -> None:
    assert faults(CALLS, STORED[:-1]) == ["E5: acknowledged as version 5, but not stored"]


def test_a_doubled_event_is_found() -> None:
    assert "E3: stored as versions [3, 6]" in faults(CALLS, [*STORED, StoredEvent("E3", "B", 6)])


def test_a_doubled_version_is_found() -> None:
    found = faults([*CALLS, Call("E6", "B", 5, 9, 5)], [*STORED, StoredEvent("E6", "B", 5)])
    assert found == ["B: version 5 where 6 was due"]


def test_a_gap_is_found() -> None:
    calls = [*CALLS[:-1], replace(CALLS[-1], version=7)]
    found = faults(calls, [*STORED[:-1], StoredEvent("E5", "B", 7)])
    assert found == ["B: version 7 where 5 was due"]


def test_a_wrong_version_in_an_answer_is_found() -> None:
    repeat = Call("E2", "B", sent=20, answered=21, version=3)
    assert faults([*CALLS, repeat], STORED) == ["E2: answered 3, stored [2]"]


def test_real_time_turned_round_is_found() -> None:
    calls = [replace(CALLS[0], version=5), *CALLS[1:-1], replace(CALLS[-1], version=1)]
    stored = [replace(STORED[0], version=5), *STORED[1:-1], replace(STORED[-1], version=1)]
    found = faults(calls, stored)
    assert any(fault.startswith("E5: sent after E1 was acknowledged") for fault in found), found


def test_an_event_that_nobody_sent_is_found() -> None:
    found = faults(CALLS, [*STORED, StoredEvent("E7", "B", 6), StoredEvent("E8", "C", 1)])
    assert found == ["C: nobody reported of it", "E7: stored, but nobody sent it"]
