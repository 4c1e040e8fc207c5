"""Corrections: the life is as if the report had not been; and whose, and of what."""

import pytest

from dianchi.domain.admit import Reporter
from dianchi.domain.refusals import Refused
from dianchi.recording.outcomes import Clash, Recorded
from dianchi.store.lives import withdrawn_among
from support.record import Record, must_fit
from support.reports import (
    CAR_MAKER,
    MAKER,
    OUTLET,
    RECYCLER,
    Raw,
    collected,
    corrected,
    dispatched,
    identified,
    identifier,
    inspected,
    installed,
    pack,
    produced,
    recycled,
)

PACK, OTHER = pack(1), pack(2)


async def refusal(record: Record, told: Raw, who: Reporter = MAKER) -> str:
    with pytest.raises(Refused) as refused:
        await record.recorder.record(told, who)
    return refused.value.code


async def test_a_correction_makes_the_life_as_if_the_report_had_not_been(record: Record) -> None:
    wrong = installed(PACK)
    await record.send(produced(PACK))
    await record.send(wrong, CAR_MAKER)
    fix = corrected(wrong)
    entry = await record.say(fix, CAR_MAKER)
    assert (entry.subject, entry.version, entry.stage) == (PACK, 3, "made")
    head = await record.head(PACK)
    assert (head.corrected, head.order) == ({2: fix["event_id"]}, None)
    await must_fit(record)


async def test_a_repeat_of_a_correction_is_a_repeat(record: Record) -> None:
    wrong = produced(PACK)
    await record.send(wrong)
    fix = corrected(wrong)
    await record.send(fix)
    again = await record.send(fix)
    assert again.replay
    assert again.entries[0].version == 2
    assert await record.count("event") == 2


async def test_the_history_of_a_corrected_life_keeps_its_order(record: Record) -> None:
    """What was withdrawn, and the correction, keep their own times in history."""
    wrong = inspected(PACK, "2026-05-01T09:00")
    await record.send(produced(PACK))
    await record.send(wrong, OUTLET)
    await record.send(corrected(wrong, "2026-06-01T09:00"), OUTLET)
    await record.send(inspected(PACK, "2026-04-01T09:00"), OUTLET)
    assert (await record.head(PACK)).order == [1, 4, 2, 3]
    await record.send(inspected(PACK, "2026-05-15T09:00"), OUTLET)
    assert (await record.head(PACK)).order == [1, 4, 2, 5, 3]


async def test_only_a_known_report_of_ones_own_can_be_corrected(record: Record) -> None:
    birth = produced(PACK)
    await record.send(birth)
    stranger = Reporter("O1MAKER22222", "maker")
    assert await refusal(record, corrected(birth), stranger) == "target_unknown"
    assert await refusal(record, corrected(produced(OTHER))) == "target_unknown"
    assert await record.count("event") == 1


async def test_a_line_that_the_report_has_not_is_the_fault_of_the_battery_named(
    record: Record,
) -> None:
    birth = produced(PACK)
    await record.send(birth)

    with pytest.raises(Refused) as refused:
        await record.recorder.record(corrected(birth, battery=OTHER), MAKER)

    (fault,) = refused.value.faults
    assert (fault.code, fault.pointer, fault.value) == ("target_unknown", "/data/battery", OTHER)
    assert "no line for this battery" in fault.what.en
    assert f"its batteries: {PACK}" in fault.way_out.en
    assert PACK in fault.way_out.zh


async def test_a_report_of_no_battery_is_corrected_as_a_whole(record: Record) -> None:
    batch = recycled(inputs=[{"lot": "L1", "mass_kg": "4"}])
    await record.send(batch, RECYCLER)

    with pytest.raises(Refused) as refused:
        await record.recorder.record(corrected(batch, battery=PACK), RECYCLER)

    (fault,) = refused.value.faults
    assert fault.pointer == "/data/battery"
    assert fault.way_out.en == "leave battery out: then the whole report is corrected"


async def test_a_correction_cannot_be_corrected(record: Record) -> None:
    birth = produced(PACK)
    fix = corrected(birth)
    again = corrected(fix)
    await record.send(birth)
    batch = await record.batch([fix, again])
    assert isinstance(batch.outcomes[0], Recorded)
    assert isinstance(batch.outcomes[1], Refused)
    assert batch.outcomes[1].code == "not_correctable"
    assert await refusal(record, corrected(fix)) == "not_correctable"


async def test_one_line_of_a_report_of_many_can_be_withdrawn(record: Record) -> None:
    for name in (PACK, OTHER):
        await record.send(collected(name), OUTLET)
    truck = dispatched(PACK, OTHER)
    await record.send(truck, OUTLET)
    entry = await record.say(corrected(truck, battery=OTHER.lower()), OUTLET)
    assert (entry.subject, entry.version, entry.stage) == (OTHER, 3, "collected")
    assert (await record.head(PACK)).version == 2
    await must_fit(record)


async def test_naming_the_only_battery_withdraws_the_whole_report(record: Record) -> None:
    wrong = collected(PACK)
    await record.send(wrong, OUTLET)
    fix = corrected(wrong, battery=PACK)
    assert (await record.say(fix, OUTLET)).stage == "unknown"
    assert (await record.events(PACK))[1]["data"].keys() == {"event_id", "reason"}
    async with record.readers.acquire() as connection:
        assert await withdrawn_among(connection, [wrong["event_id"]]) == {wrong["event_id"]}
    assert (await record.send(fix, OUTLET)).replay


async def test_a_report_of_many_is_withdrawn_from_each(record: Record) -> None:
    truck = dispatched(PACK, OTHER)
    await record.send(truck, OUTLET)
    fix = corrected(truck)
    said = await record.send(fix, OUTLET)
    assert [(e.version, e.stage) for e in said.entries] == [(2, "unknown"), (2, "unknown")]
    again = await record.send(fix, OUTLET)
    assert again.replay
    assert [e.version for e in again.entries] == [2, 2]
    await must_fit(record)


@pytest.mark.parametrize("line", [None, PACK, "tmp:KM01-7"])
async def test_names_joined_by_mistake_part_again(record: Record, line: str | None) -> None:
    """The two lines of an `identified` are one fact: none is withdrawn alone."""
    await record.send(produced(PACK))
    await record.send(collected("tmp:KM01-7"), OUTLET)
    joining = identified("tmp:KM01-7", PACK)
    await record.send(joining, OUTLET)
    fix = corrected(joining) if line is None else corrected(joining, battery=line)
    said = await record.send(fix, OUTLET)
    assert {e.subject: e.stage for e in said.entries} == {PACK: "made", "tmp:KM01-7": "collected"}
    entry = await record.say(inspected(PACK, "2026-06-02T09:00"), OUTLET)
    assert entry.stage == "made"
    assert (await record.send(fix, OUTLET)).replay


async def test_a_correction_may_aim_at_a_row_of_its_own_batch(record: Record) -> None:
    birth = produced(PACK)
    batch = await record.batch([corrected(birth), birth])
    assert [type(outcome) for outcome in batch.outcomes] == [Recorded, Recorded]
    assert (await record.head(PACK)).version == 2


async def test_an_atomic_batch_with_a_clash_writes_nothing(record: Record) -> None:
    birth = produced(PACK)
    await record.send(birth)
    rows = [produced(OTHER), birth | {"battery": OTHER}, birth, corrected(birth)]
    batch = await record.recorder.together(rows, MAKER, write=True)
    fresh, clash, known, fix = batch.outcomes
    assert (fresh, clash, fix) == (None, Clash(birth["event_id"]), None)
    assert isinstance(known, Recorded)
    assert known.replay
    assert await record.count("event") == 1


async def test_an_atomic_batch_with_a_refused_row_writes_nothing(record: Record) -> None:
    rows = [produced(PACK), corrected(produced(OTHER))]
    batch = await record.recorder.together(rows, MAKER, write=True)
    assert batch.outcomes[0] is None
    assert isinstance(batch.outcomes[1], Refused)
    assert await record.count("event") == 0


async def test_an_atomic_batch_is_written_as_one(record: Record) -> None:
    birth = produced(PACK)
    rows = [birth, corrected(birth), produced(OTHER)]
    batch = await record.recorder.together(rows, MAKER, write=True)
    assert all(isinstance(outcome, Recorded) for outcome in batch.outcomes)
    assert (await record.count("event"), await record.count("outbox")) == (3, 1)
    await must_fit(record)


async def test_an_atomic_batch_makes_at_most_ten_thousand_events(record: Record) -> None:
    names = [f"serial:CATL:{number}" for number in range(1000)]
    rows = [dispatched(*names, handover=f"H{turn}") for turn in range(11)]
    with pytest.raises(Refused) as refused:
        await record.recorder.together(rows, OUTLET, write=True)
    assert refused.value.code == "too_many_rows"


async def test_a_dry_run_tells_and_writes_nothing(record: Record) -> None:
    rows = [produced(PACK), installed(PACK) | {"event_id": "no id"}, produced(OTHER)]
    batch = await record.recorder.together(rows, MAKER, write=False)
    assert [type(o) for o in batch.outcomes] == [Recorded, Refused, Recorded]
    assert await record.count("event") == 0


def test_no_id_is_made_twice() -> None:
    assert len({identifier() for _ in range(100)}) == 100
