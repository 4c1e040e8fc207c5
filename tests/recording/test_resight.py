"""Lives that were recorded before sight was noted get the seers that they would have had."""

from dianchi.domain.registry import NOBODY
from dianchi.domain.rules import RULES
from dianchi.recording.resight import resight
from support.record import Record
from support.reports import MAKER, OUTLET, collected, dispatched, identified, pack, produced

SEEN = "SELECT name, seen_by FROM stream ORDER BY name"


async def test_what_was_noted_is_found_again(record: Record) -> None:
    await record.send(produced(pack(1)))
    await record.send(collected("tmp:KM-1"), OUTLET)
    await record.send(identified("tmp:KM-1", pack(1)), OUTLET)
    await record.send(dispatched(pack(1)), OUTLET)
    noted = {row["name"]: set(row["seen_by"]) for row in await record.rows(SEEN)}
    await record.execute("UPDATE stream SET seen_by = '{}'")

    looked = await resight(record.gatherer._dsn, NOBODY, RULES)

    again = {row["name"]: set(row["seen_by"]) for row in await record.rows(SEEN)}
    assert again == noted
    assert looked == len(noted)
    assert {MAKER.organisation, OUTLET.organisation} <= noted["tmp:KM-1"] == noted[pack(1)]
