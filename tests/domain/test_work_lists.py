"""Work lists: what the reports show of their rows, and what pasted lines say."""

from datetime import date

from dianchi.domain.work_lists import (
    Note,
    Parties,
    Row,
    Seen,
    Tallies,
    progress,
    state_of,
    tallies_of,
)
from dianchi.domain.work_texts import Told, read_text
from support.api import code

TOWER, CREW, OTHER = "OTOWER", "OCREW", "OOTHER"
OURS = Parties(TOWER, CREW)


def row(place: int, serial: int | None = None, expected: int | None = None) -> Row:
    name = None if serial is None else code(serial)
    return Row(place, "BTS1", name, expected, frozenset(filter(None, (name,))))


def seen(serial: int, index: int, *, agent: str | None = CREW, station: str = "BTS1") -> Seen:
    return Seen(
        f"e{index}", "removed", code(serial), frozenset((station,)), TOWER, agent, None,
        "2026-01-02", index,
    )  # fmt: skip


def test_a_report_of_the_crew_ticks_a_row_and_one_of_somebody_else_says_that_it_is_gone() -> None:
    rows = [row(1, 1), row(2, 2), row(3, 3)]

    states, beside = progress(rows, [seen(1, 5), seen(2, 6, agent=None)], OURS)

    assert [each.state for each in states] == ["done", "gone", "open"]
    assert tallies_of(states) == Tallies(3, 1, 1, 0, 1)
    assert beside == []


def test_what_comes_first_in_the_log_ticks_whatever_order_it_is_read_in() -> None:
    twice = [seen(1, 9), seen(1, 4)]

    there, back = progress([row(1, 1)], twice, OURS), progress([row(1, 1)], twice[::-1], OURS)

    assert there == back
    assert there[0][0].ticks[0].log_index == 4


def test_sets_that_nobody_named_are_counted_at_their_station_and_what_is_more_stands_beside() -> (
    None
):
    rows = [row(1, 1), row(2, expected=2)]
    told = [seen(1, 1), seen(2, 2), seen(3, 3), seen(4, 4), seen(5, 5, station="BTS9")]

    states, beside = progress(rows, told, OURS)

    assert [each.state for each in states] == ["done", "done"]
    assert [tick.battery for tick in states[1].ticks] == [code(2), code(3)]
    assert [each.battery for each in beside] == [code(4)]


def test_a_note_stands_until_a_report_ticks_the_row() -> None:
    note = Note(1, "门锁着", "2026-01-02T01:00:00+00:00", CREW, "D1")

    before = progress([row(1, 1)], [], OURS, [note])[0][0]
    after = progress([row(1, 1)], [seen(1, 1)], OURS, [note])[0][0]

    assert (before.state, before.note) == ("not_found", note)
    assert (after.state, after.note) == ("done", None)


def test_ones_own_people_tick_what_no_agent_reported() -> None:
    own = Parties(TOWER, TOWER)

    states, _ = progress([row(1, 1), row(2, 2)], [seen(1, 1, agent=None), seen(2, 2)], own)

    assert [each.state for each in states] == ["done", "gone"]


def test_a_list_is_late_from_the_day_after_it_is_due() -> None:
    left, none = Tallies(2, 1, 0, 0, 1), Tallies(2, 2, 0, 0, 0)
    due, next_day = date(2026, 1, 5), date(2026, 1, 6)

    assert [state_of(left, due, day, closed=False) for day in (due, next_day)] == ["open", "late"]
    assert state_of(none, due, next_day, closed=False) == "done"
    assert state_of(left, due, due, closed=True) == "closed"


def test_pasted_lines_say_stations_batteries_and_numbers() -> None:
    told = read_text(f"KM-BTS1\t{code(1)}\n\n{code(2)}\nKM-BTS2  3组\n昆明 五华 1 号站\nKM-BTS3 2")

    assert told == [
        Told(1, "KM-BTS1", code(1)),
        Told(2, None, code(2)),
        Told(3, "KM-BTS2", None, 3),
        Told(4, "昆明 五华 1 号站"),
        Told(5, "KM-BTS3", None, 2),
    ]


def test_a_header_says_which_columns_count_and_a_code_that_excel_broke_is_named() -> None:
    told = read_text(
        f"序号,站址编码,站名,电池编码\n1,KM-BTS1,甲站,{code(1)}\n2,KM-BTS2,乙站,1.23E+15"
    )

    assert told == [Told(2, "KM-BTS1", code(1)), Told(3, "KM-BTS2", fault="1.23E+15")]
