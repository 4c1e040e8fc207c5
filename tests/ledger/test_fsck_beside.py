"""What a superuser does beside the log: to the audit log, the personal values, the file outside."""

import os
import random
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Final

import asyncpg
import pytest

from dianchi.access.audit import SEALED, check
from dianchi.domain.people import PLATFORM
from dianchi.ledger.fsck import Wanted, fsck
from dianchi.ledger.outside import CheckpointFile
from dianchi.ledger.publisher import Publisher
from dianchi.ledger.sequencer import Sequencer
from dianchi.ledger.signer import FileSigner
from dianchi.store.acts import acts_of
from dianchi.store.vault_check import check_values
from support.api import Api, api_over, code, produced
from support.erasing import vin_of
from support.logs import ORIGIN, key

SEED: Final = bytes([1]) * 32
ROUNDS: Final = 200 if "DIANCHI_DRILL_SECONDS" in os.environ else 22
CARS: Final = 6
SAVED: Final = ("audit", "personal", "erasure", "erasure_decision")
ONE_ENTRY: Final = "(batch, place) = (SELECT batch, place FROM audit ORDER BY {dice} LIMIT 1)"
WHOLE: Final = "(SELECT reference FROM personal WHERE erased_at IS NULL ORDER BY {dice} LIMIT 1)"
ERASED: Final = "(SELECT reference FROM personal WHERE erased_at IS NOT NULL LIMIT 1)"
BYTE: Final = "{0} = set_byte({0}, {at}, get_byte({0}, {at}) # 1)"
ACTS: Final = {
    "audit: change who": f"UPDATE audit SET actor = 'O1ANOTHER111' WHERE {ONE_ENTRY}",
    "audit: change what": f"UPDATE audit SET act = 'GET /v1/log' WHERE {ONE_ENTRY}",
    "audit: change of what": f"UPDATE audit SET subject = 'x' WHERE {ONE_ENTRY}",
    "audit: change when": f"UPDATE audit SET at = at - interval '1 us' WHERE {ONE_ENTRY}",
    "audit: delete": f"DELETE FROM audit WHERE {ONE_ENTRY}",
    "audit: delete a batch": "DELETE FROM audit WHERE batch ="
    " (SELECT batch FROM audit ORDER BY {dice} LIMIT 1)",
    "audit: add": "INSERT INTO audit SELECT batch, place + 1000, at, actor, role, person, act,"
    " subject FROM audit ORDER BY {dice} LIMIT 1",
    "audit: swap": "WITH two AS (SELECT batch, place, subject FROM audit WHERE subject <> ''"
    " ORDER BY {dice} LIMIT 2) UPDATE audit a SET subject = o.subject FROM two m, two o"
    " WHERE (a.batch, a.place) = (m.batch, m.place) AND m.subject <> o.subject",
    "personal: change the value": f"UPDATE personal SET {BYTE.format('sealed', at='{at}')}"
    f" WHERE reference = {WHOLE}",
    "personal: change its key": f"UPDATE personal SET {BYTE.format('wrapped', at='{at}')}"
    f" WHERE reference = {WHOLE}",
    "personal: swap": "WITH two AS (SELECT * FROM personal WHERE erased_at IS NULL ORDER BY {dice}"
    " LIMIT 2) UPDATE personal p SET wrapped = o.wrapped, sealed = o.sealed FROM two m, two o"
    " WHERE p.reference = m.reference AND m.reference <> o.reference",
    "personal: delete": f"DELETE FROM personal WHERE reference = {WHOLE}",
    "personal: delete what is left of an erased one": "DELETE FROM personal"
    f" WHERE reference = {ERASED}",
    "personal: erase alone": "UPDATE personal SET kek = NULL, wrapped = NULL, sealed = NULL,"
    f" erased_at = now() WHERE reference = {WHOLE}",
    "personal: bring back": "UPDATE personal p SET kek = o.kek, wrapped = o.wrapped,"
    " sealed = o.sealed, erased_at = NULL FROM personal o WHERE p.erased_at IS NOT NULL"
    f" AND o.reference = {WHOLE}",
    "erasure: drop the decision": "DELETE FROM erasure_decision",
    "erasure: turn the decision": "UPDATE erasure_decision SET decision = 'declined'",
    "erasure: drop the request": "DELETE FROM erasure",
}
Line = Callable[[list[bytes], random.Random], list[bytes]]


def changed(lines: list[bytes], dice: random.Random) -> list[bytes]:
    """A base64 letter of a root or a signature."""
    at = dice.randrange(len(lines))
    spots = [n for n, mark in enumerate(lines[at]) if chr(mark).isalnum() and n > 40]
    spot = dice.choice(spots)
    line = bytearray(lines[at])
    line[spot] = ord("A") if line[spot] != ord("A") else ord("B")
    return [*lines[:at], bytes(line), *lines[at + 1 :]]


def emptied(_: list[bytes], __: random.Random) -> list[bytes]:
    return []


def shortened(lines: list[bytes], dice: random.Random) -> list[bytes]:
    return lines[: dice.randrange(1, len(lines))]


def swapped(lines: list[bytes], dice: random.Random) -> list[bytes]:
    at = dice.randrange(len(lines) - 1)
    return [*lines[:at], lines[at + 1], lines[at], *lines[at + 2 :]]


# What cannot be seen in the file alone is no lie: the signer and the database still tell.
FILE_ACTS: Final[dict[str, Line]] = {"file: change": changed}
HARMLESS: Final[dict[str, Line]] = {"empty": emptied, "shorten": shortened, "swap": swapped}


@pytest.fixture
async def api(database: str, data_dir: Path) -> AsyncIterator[Api]:
    """Six cars, one of whose VINs was erased by two; authorities that read; a signed log."""
    async with api_over(database) as made:
        made.publisher = Publisher(FileSigner(data_dir, ORIGIN, [SEED]), CheckpointFile(data_dir))
        for number in range(1, CARS + 1):
            car = {"kind": "vehicle", "id": vin_of(number)}
            await made.post("maker", produced(number))
            await made.report(
                "vehicle_maker", "installed", "2025-07-01", battery=code(number), host=car
            )
            await made.get(f"/v1/batteries/{code(number)}/history", "regulator")
            await signed(made)
        await erase_one(made)
        await made.services.audit.aclose()
        await signed(made)
        yield made


async def signed(api: Api) -> None:
    log = Sequencer(api.dsn, publisher=api.publisher)
    await log.drain()
    await log.publish()
    await log.close()


async def erase_one(api: Api) -> None:
    office = await api.headers("regulator"), await api.headers("regulator", "复核处")
    named = (await api.get(f"/v1/batteries/{code(1)}"))["host"]["vin_ref"]
    body = {"vin_ref": named, "basis": "request_of_person", "document": "云工信函〔2026〕15号"}
    asked = await api.http.post("/v1/erasures", json=body, headers=office[0])
    path = f"/v1/erasures/{asked.json()['id']}/approval"
    assert (await api.http.post(path, headers=office[1])).json()["state"] == "approved"


async def noticed(api: Api, folder: Path) -> bool:
    """Whether `dianchi fsck` ends with status 1: of its three parts, the first that finds."""
    values = await check_values(api.dsn, api.services.vault, api.services.seals.refer)
    connection = await asyncpg.connect(api.dsn)
    try:
        audit = await check(connection, await acts_of(connection, PLATFORM, SEALED))
    finally:
        await connection.close()
    signer = FileSigner(folder, ORIGIN, [SEED])
    wanted = Wanted(ORIGIN, [key().verifier], CheckpointFile(folder), signer.last())
    log = await fsck(api.dsn, wanted, lambda *_: None)
    return bool(not values.good or audit.changed or log.faults)


async def test_whatever_a_superuser_does_beside_the_log_is_found(api: Api, data_dir: Path) -> None:
    """Each way once here, 200 with as many seeds in the drills."""
    assert not await noticed(api, data_dir)
    for table in SAVED:
        await api.look(f"CREATE TABLE public.saved_{table} AS TABLE {table}")
    missed = []
    names = [*ACTS, *FILE_ACTS]
    for seed in range(ROUNDS):
        name, dice = names[seed % len(names)], random.Random(seed)
        await act(api, data_dir, name, dice)
        if not await noticed(api, data_dir):
            missed.append((seed, name))
        await restore(api, data_dir)
    for table in SAVED:
        await api.look(f"DROP TABLE public.saved_{table}")
    assert missed == []
    assert not await noticed(api, data_dir)


async def act(api: Api, folder: Path, name: str, dice: random.Random) -> None:
    if name in FILE_ACTS:
        path = folder / "checkpoints.jsonl"
        (folder / "saved").write_bytes(path.read_bytes())
        path.write_bytes(
            b"".join(FILE_ACTS[name](path.read_bytes().splitlines(keepends=True), dice))
        )
        return
    order = f"md5(({SAVED_ORDER[name.split(':', maxsplit=1)[0]]})::text || '{dice.random()}')"
    await api.look(ACTS[name].format(dice=order, at=dice.randrange(28)))


SAVED_ORDER: Final = {"audit": "batch, place", "personal": "reference", "erasure": "id"}


async def restore(api: Api, folder: Path) -> None:
    for table in SAVED:
        await api.look(f"TRUNCATE {table}")
        await api.look(f"INSERT INTO {table} SELECT * FROM public.saved_{table}")
    if (folder / "saved").exists():
        (folder / "saved").rename(folder / "checkpoints.jsonl")


@pytest.mark.parametrize("how", HARMLESS)
async def test_without_lines_of_the_file_the_signer_and_the_database_still_tell(
    how: str, api: Api, data_dir: Path
) -> None:
    path = data_dir / "checkpoints.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(HARMLESS[how](lines, random.Random(1))))
    assert not await noticed(api, data_dir)

    await api.look("DELETE FROM log_entry WHERE log_index = (SELECT max(log_index) FROM log_entry)")
    assert await noticed(api, data_dir)
