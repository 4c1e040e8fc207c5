"""Reports of many things, and lives under several names."""

import pytest

from dianchi.domain.admit import Reporter
from dianchi.domain.lines import Stream, lot_subject
from dianchi.domain.refusals import Refused
from dianchi.domain.registry import Organisation, Registry
from dianchi.recording.outcomes import Clash
from support.record import Record, must_fit
from support.reports import (
    DISMANTLER,
    MAKER,
    OUTLET,
    RECYCLER,
    UTILIZER,
    VIN,
    Raw,
    collected,
    counted,
    dispatched,
    identified,
    inspected,
    pack,
    produced,
    received,
    recycled,
    report,
)

PACK, OTHER, THIRD = pack(1), pack(2), pack(3)


async def test_a_report_of_many_writes_one_event_into_each(record: Record) -> None:
    for name in (PACK, OTHER):
        await record.send(collected(name), OUTLET)
    truck = dispatched(PACK, OTHER, THIRD)
    said = await record.send(truck, OUTLET)
    assert [(e.subject, e.version, e.stage) for e in said.entries] == [
        (PACK, 2, "in_transit"),
        (OTHER, 2, "in_transit"),
        (THIRD, 1, "in_transit"),
    ]
    [line] = [e["data"] for e in await record.events(THIRD)]
    assert (line["count"], line["total_mass_kg"], line["mass_kg"]) == (3, "1200", "400")
    assert "batteries" not in line
    await must_fit(record)


async def test_a_repeat_of_a_report_of_many_answers_each_line(record: Record) -> None:
    await record.send(collected(OTHER), OUTLET)
    truck = dispatched(PACK, OTHER)
    first = await record.send(truck, OUTLET)
    await record.send(received(OTHER), UTILIZER)
    again = await record.send(truck, OUTLET)
    assert again.replay
    assert [e.version for e in again.entries] == [e.version for e in first.entries] == [1, 2]
    assert [e.stage for e in again.entries] == ["in_transit", "at_utilizer"]
    await must_fit(record)


async def test_a_report_of_many_is_written_wholly_or_not_at_all(record: Record) -> None:
    truck = dispatched(PACK, OTHER)
    await record.send(truck, OUTLET)
    shifted = dispatched(THIRD, OTHER) | {"event_id": truck["event_id"]}
    assert await record.recorder.record(shifted, OUTLET) == Clash(truck["event_id"])
    assert not await record.events(THIRD)
    assert len(await record.events(OTHER)) == 1
    with pytest.raises(Refused):
        await record.send(dispatched(THIRD, "no such code"), OUTLET)
    assert not await record.events(THIRD)


async def test_lots_batches_and_sites_have_streams_of_their_own(record: Record) -> None:
    material = {"lot": "L1", "material": "black_mass", "mass_kg": "9"}
    told = {"origin": "purchased", **material}
    await record.send(report("lot_declared", "2026-01-02", data=told), MAKER)
    await record.send(counted(PACK, OTHER), OUTLET)
    used = {"lot": "L1", "issuer": MAKER.organisation, "mass_kg": "9"}
    made = {"lot": "L9", "material": "lithium_carbonate", "mass_kg": "3"}
    said = await record.send(recycled(PACK, inputs=[used], outputs=[made]), RECYCLER)
    subjects = {
        Stream.BATCH: f"batch:{RECYCLER.organisation}:B1",
        Stream.SITE: f"site:{OUTLET.organisation}:S1",
        Stream.LOT: lot_subject(MAKER.organisation, "L1"),
    }
    counts = {kind: len(await record.events(name, kind)) for kind, name in subjects.items()}
    assert counts == {Stream.BATCH: 1, Stream.SITE: 1, Stream.LOT: 2}
    stages = {entry.subject: entry.stage for entry in said.entries}
    assert stages[PACK] == "recycled"
    assert stages[subjects[Stream.BATCH]] is None
    await must_fit(record)


async def test_a_scrapped_vehicle_without_its_battery_has_a_stream(record: Record) -> None:
    told = {"vin": VIN, "certificate": "C1", "battery_present": False}
    entry = await record.say(report("vehicle_scrapped", "2026-05-01", data=told), DISMANTLER)
    assert (entry.stream, entry.version) == (Stream.VEHICLE, 1)


@pytest.mark.parametrize(
    ("told", "who"),
    [
        (dispatched(PACK, PACK.lower()), OUTLET),
        (counted(PACK, PACK), OUTLET),
        (dispatched("asset:云南铁塔:7", "asset:O1TOWER11111:7"), OUTLET),
    ],
)
async def test_a_report_names_nothing_twice(record: Record, told: Raw, who: Reporter) -> None:
    known = Organisation("O1TOWER11111", "云南铁塔")
    record.registry.append(Registry({known.id: known}))
    with pytest.raises(Refused):
        await record.recorder.record(told, who)
    assert await record.count("report") == 0


async def test_a_joined_name_answers_the_stage_of_the_whole_life(record: Record) -> None:
    await record.send(collected("tmp:KM01-7"), OUTLET)
    await record.send(produced(PACK))
    entry = await record.say(identified("tmp:KM01-7", PACK), OUTLET)
    assert entry.stage == "collected"
    entry = await record.say(inspected(PACK, "2026-06-01T09:00"), OUTLET)
    assert (entry.subject, entry.version, entry.stage) == (PACK, 3, "collected")


async def test_three_names_in_a_chain_are_one_life(record: Record) -> None:
    await record.send(produced(PACK))
    for name, other in (("tmp:KM01-7", "serial:CATL:5"), ("serial:CATL:5", PACK)):
        await record.send(identified(name, other), OUTLET)
    await record.send(collected("tmp:KM01-7", "2026-06-01T09:00"), OUTLET)
    entry = await record.say(inspected(PACK, "2026-06-02T09:00"), OUTLET)
    assert entry.stage == "collected"
    assert "unknown_battery" not in [f.code for f in entry.findings]


async def test_a_name_never_seen_can_be_identified(record: Record) -> None:
    entry = await record.say(identified("tmp:KM01-8", PACK), OUTLET)
    assert entry.stage == "unknown"
    assert len(await record.events(PACK)) == len(await record.events("tmp:KM01-8")) == 1
    entry = await record.say(produced(PACK))
    assert (entry.version, entry.stage) == (2, "made")


async def test_a_repeat_under_a_joined_name_answers_the_stage_of_now(record: Record) -> None:
    intake = collected("tmp:KM01-7")
    await record.send(intake, OUTLET)
    await record.send(identified("tmp:KM01-7", PACK), OUTLET)
    await record.send(dispatched(PACK, at="2026-06-01T09:00"), OUTLET)
    again = await record.say(intake, OUTLET)
    assert (again.version, again.stage) == (1, "in_transit")
