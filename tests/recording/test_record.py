"""One report: born, repeated, refused, late, about many things; and what it costs."""

from itertools import pairwise
from uuid import UUID

import pytest

from dianchi.domain.admit import Reporter
from dianchi.domain.refusals import Refused
from dianchi.domain.registry import Organisation, Registry, organisation_id
from dianchi.recording.outcomes import Clash
from dianchi.store.vault import Locked
from support.record import VAULT, Record, must_fit, watched
from support.reports import (
    CAR_MAKER,
    DISMANTLER,
    MAKER,
    OUTLET,
    RATINGS,
    VIN,
    collected,
    identifier,
    inspected,
    installed,
    pack,
    produced,
    removed,
    report,
    sold,
)

PACK, OTHER = pack(1), pack(2)


async def test_a_birth_opens_a_stream_at_version_one(record: Record) -> None:
    said = await record.send(produced(PACK))
    [entry] = said.entries
    assert (entry.subject, entry.version, entry.stage, said.replay) == (PACK, 1, "made", False)
    [event] = await record.events(PACK)
    assert (event["type"], event["organisation"], event["role"]) == (
        "produced",
        MAKER.organisation,
        "maker",
    )
    assert event["data"] == RATINGS
    await must_fit(record)


async def test_a_later_report_moves_the_stage_and_the_version(record: Record) -> None:
    await record.send(produced(PACK))
    entry = await record.say(installed(PACK), CAR_MAKER)
    assert (entry.version, entry.stage) == (2, "installed")


# --- repeats -------------------------------------------------------------------------------------


async def test_a_repeat_answers_the_first_version_and_the_stage_of_now(record: Record) -> None:
    birth = produced(PACK)
    await record.send(birth)
    await record.send(installed(PACK), CAR_MAKER)
    again = await record.send(birth)
    assert again.replay
    assert (again.entries[0].version, again.entries[0].stage) == (1, "installed")
    assert await record.count("event") == 2
    await must_fit(record)


async def test_the_same_report_in_another_spelling_is_a_repeat(record: Record) -> None:
    birth = produced(PACK)
    await record.send(birth)
    respelt = birth | {
        "event_id": birth["event_id"].upper(),
        "battery": f" {PACK.lower()} ",
        "occurred_at": "2026-01-05T01:00:00Z",
        "data": dict(reversed((birth["data"] | {"mass_kg": "410.500"}).items())),
    }
    assert (await record.send(respelt)).replay


async def test_a_known_id_with_another_body_clashes_and_writes_nothing(record: Record) -> None:
    birth = produced(PACK)
    await record.send(birth)
    other = await record.recorder.record(birth | {"battery": OTHER}, MAKER)
    assert other == Clash(birth["event_id"])
    assert await record.count("event") == 1


async def test_a_known_id_of_another_organisation_clashes(record: Record) -> None:
    """Or a firm would be told that its report is on record, which it is not."""
    birth = produced(PACK)
    await record.send(birth)
    stranger = Reporter("O1MAKER22222", "maker")
    assert await record.recorder.record(birth, stranger) == Clash(birth["event_id"])


async def test_an_id_that_comes_twice_at_once_is_recorded_once(record: Record) -> None:
    birth = produced(PACK)
    outcome = await record.batch([birth, birth, birth | {"battery": OTHER}])
    first, again, other = outcome.outcomes
    assert [getattr(o, "replay", None) for o in (first, again)] == [False, True]
    assert other == Clash(birth["event_id"])
    await must_fit(record)


async def test_a_repeat_keeps_its_lines_when_the_registry_resolves_its_names_anew(
    record: Record,
) -> None:
    firm = "云南铁塔"
    told = report("inspected", "2026-03-01T09:00", f"asset:{firm}:7", soh_percent="80")
    first = await record.say(told, OUTLET)
    known = Organisation("O1TOWER11111", firm)
    assert organisation_id(firm) != known.id
    record.registry.append(Registry({known.id: known}))
    again = await record.send(told, OUTLET)
    assert again.replay
    [entry] = again.entries
    assert (entry.subject, entry.version, entry.stage) == (first.subject, 1, first.stage)
    assert await record.count("stream") == 1


# --- late and by the day -------------------------------------------------------------------------


async def test_what_comes_late_takes_its_place_in_the_life(record: Record) -> None:
    await record.send(produced(PACK))
    await record.send(collected(PACK), OUTLET)
    head = await record.head(PACK)
    assert head.order is None
    entry = await record.say(inspected(PACK, "2026-02-01T09:00"), OUTLET)
    assert (entry.version, entry.stage) == (3, "collected")
    late = await record.head(PACK)
    assert late.order == [1, 3, 2]
    await record.send(inspected(PACK, "2026-07-01T09:00"), OUTLET)
    assert (await record.head(PACK)).order == [1, 3, 2, 4]


async def test_what_is_known_only_by_its_day_goes_where_it_is_legal(record: Record) -> None:
    await record.send(produced(PACK))
    await record.send(installed(PACK), CAR_MAKER)
    await record.send(sold(PACK), CAR_MAKER)
    await record.send(collected(PACK, "2026-05-02T17:00"), OUTLET)
    entry = await record.say(removed(PACK, "2026-05-02"), DISMANTLER)
    assert entry.stage == "collected"
    assert not [f.code for f in entry.findings if f.code == "broken_chain"]
    assert (await record.head(PACK)).order == [1, 2, 3, 5, 4]


# --- bounds and secrets --------------------------------------------------------------------------


async def test_an_event_of_more_than_32_kib_is_refused(record: Record) -> None:
    many = [f"serial:{'甲' * 64}:{number:064d}" for number in range(130)]
    with pytest.raises(Refused) as refused:
        await record.recorder.record(produced(PACK, modules=many), MAKER)
    assert refused.value.code == "body_too_large"
    assert await record.count("event") == 0
    await record.send(produced(PACK, modules=many[:100]))
    [row] = await record.rows("SELECT max(octet_length(body)) AS most FROM event")
    assert row["most"] <= 32 * 1024


async def test_a_vin_stands_in_no_table_in_clear_and_once_encrypted(record: Record) -> None:
    await record.send(produced(PACK))
    await record.send(installed(PACK), CAR_MAKER)
    await record.send(sold(PACK), CAR_MAKER)
    await record.send(collected(PACK, vin=VIN), OUTLET)
    told = {"vin": VIN, "certificate": "C1", "battery_present": False}
    await record.send(report("vehicle_scrapped", "2026-05-01", data=told), DISMANTLER)
    tables = await record.rows(
        "SELECT c.relname FROM pg_class c WHERE relkind = 'r'"
        " AND relnamespace = 'public'::regnamespace"
    )
    holding = []
    for [table] in tables:
        rows = await record.rows(f'SELECT * FROM "{table}"')  # noqa: S608 - from the catalogue
        told_bytes = b" ".join(
            value if isinstance(value, bytes) else str(value).encode()
            for row in rows
            for value in row.values()
        )
        if VIN.encode() in told_bytes:
            holding.append(table)
    assert holding == []
    [row] = await record.rows("SELECT reference, kek, wrapped, sealed FROM personal")
    assert VAULT.open(Locked(*row)) == VIN


# --- time ----------------------------------------------------------------------------------------


async def test_recorded_at_grows_with_every_event_of_a_stream(record: Record) -> None:
    for turn in range(3):
        await record.batch(
            [inspected(PACK, f"2026-03-0{day + 1}T0{turn}:00") for day in range(5)], OUTLET
        )
        record.clock.at_us -= 1_000_000
    moments = [event["recorded_at"] for event in await record.events(PACK)]
    assert all(a < b for a, b in pairwise(moments)), moments
    assert len(moments) == 15


# --- what it costs -------------------------------------------------------------------------------


async def test_a_birth_takes_one_trip(record: Record) -> None:
    await record.send(produced(OTHER))  # the driver learns the types once for each connection
    trips = await watched(record)
    await record.send(produced(PACK))
    assert (len(trips.sent), trips.writes) == (1, 1), trips.sent


async def test_a_report_about_a_known_battery_takes_at_most_a_read_and_a_write(
    record: Record,
) -> None:
    await record.send(produced(PACK))
    record.gatherer._shared.cache.clear()
    trips = await watched(record)
    await record.send(installed(PACK), CAR_MAKER)
    assert (len(trips.sent), trips.writes) == (2, 1)
    await record.send(sold(PACK), CAR_MAKER)
    assert (len(trips.sent), trips.writes) == (3, 2), "its head was remembered"


async def test_a_repeat_writes_nothing(record: Record) -> None:
    told = inspected(PACK)
    await record.send(told, OUTLET)
    record.gatherer._shared.cache.clear()
    trips = await watched(record)
    assert (await record.send(told, OUTLET)).replay
    assert (len(trips.sent), trips.writes) == (1, 0)


def test_event_ids_of_the_builders_are_uuids() -> None:
    assert str(UUID(identifier(1))) == identifier(1)
