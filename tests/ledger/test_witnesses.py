"""Witnesses are asked about what was signed; only their true signatures are kept."""

import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from dianchi.ledger.errors import LogError
from dianchi.ledger.outside import CheckpointFile
from dianchi.ledger.published import PublishedLog
from dianchi.ledger.publisher import Publisher
from dianchi.ledger.sequencer import Sequencer
from dianchi.ledger.signer import FileSigner
from dianchi.ledger.witnesses import Asked, Witnesses
from dianchi_client.checkpoint import Checkpoint
from dianchi_client.errors import Rejected
from dianchi_client.memory import Memory
from dianchi_client.note import SigningKey
from dianchi_client.policy import Policy
from dianchi_client.verify import verify
from dianchi_client.witness import Answer, Witness, serve
from support.logs import NOW_S, ORIGIN, key, witness_key
from support.record import Record, recording
from support.reports import pack, produced

POLICY = Policy.parse(
    f"log {key().verifier}\nwitness w1 {witness_key(1).verifier}\n"
    f"witness w2 {witness_key(2).verifier}\ngroup both all w1 w2\nquorum both\n".encode()
)


@pytest.fixture
async def record(database: str) -> AsyncIterator[Record]:
    async with recording(database) as made:
        yield made


@pytest.fixture
def addresses(data_dir: Path) -> Iterator[list[str]]:
    """Two running witnesses."""
    running = []
    for number in (1, 2):
        memory = Memory(data_dir / f"w{number}.json")
        witness = Witness(witness_key(number), [key().verifier], memory, lambda: NOW_S)
        serving = serve(witness, "127.0.0.1", 0)
        thread = threading.Thread(target=serving.serve_forever)
        thread.start()
        running.append((serving, thread))
    yield [f"http://127.0.0.1:{serving.server_port}" for serving, _ in running]
    for serving, thread in running:
        serving.shutdown()
        thread.join()
        serving.server_close()


async def report(record: Record, dsn: str, folder: Path, *numbers: int) -> None:
    """Reports births and has the log signed."""
    for number in numbers:
        await record.send(produced(pack(number)))
    publisher = Publisher(FileSigner(folder, ORIGIN, [b"\1" * 32]), CheckpointFile(folder))
    log = Sequencer(dsn, publisher=publisher)
    await log.drain()
    await log.publish()
    await log.close()


def asked_of(addresses: list[str]) -> list[Asked]:
    return [Asked(witness_key(n).verifier, url) for n, url in enumerate(addresses, 1)]


async def ask_all(record: Record, dsn: str, asked: list[Asked]) -> list[bool]:
    witnesses = Witnesses(dsn, ORIGIN, asked)
    async with httpx.AsyncClient() as http:
        return [await witnesses.ask(record.admin, http, one) for one in asked]


async def test_receipts_carry_the_cosignatures(
    record: Record, database: str, data_dir: Path, addresses: list[str]
) -> None:
    asked = asked_of(addresses)
    published = PublishedLog(record.readers, ORIGIN, (), ())
    for numbers in ((1, 2), (3,), (4, 5, 6)):
        await report(record, database, data_dir, *numbers)
        assert await ask_all(record, database, asked) == [True, True]
        assert await ask_all(record, database, asked) == [False, False]
    # A checkpoint that nobody cosigned yet is passed over while an older one covers the event.
    await report(record, database, data_dir, 7)
    receipt = await published.receipt(2)
    assert receipt is not None
    [row] = await record.rows(
        "SELECT body FROM event JOIN log_entry USING (stream_id, version) WHERE log_index = 2"
    )
    proven = verify(bytes(receipt), row["body"], POLICY, NOW_S)
    assert proven.accepted.checkpoint.size == 6
    assert proven.accepted.witnesses == {"w1": NOW_S, "w2": NOW_S}
    newest = await published.receipt(6)
    assert newest is not None
    with pytest.raises(Rejected, match="too few witnesses"):
        POLICY.accept(newest.note, NOW_S)


async def test_who_asks_anew_learns_where_the_witness_is(
    record: Record, database: str, data_dir: Path, addresses: list[str]
) -> None:
    for number in (1, 2):
        await report(record, database, data_dir, number)
        fresh = asked_of(addresses)
        assert await ask_all(record, database, fresh) == [True, True]
        assert await ask_all(record, database, asked_of(addresses)) == [True, True]
    newest = await PublishedLog(record.readers, ORIGIN, (), ()).newest()
    assert newest is not None
    assert POLICY.accept(newest.note, NOW_S).checkpoint.size == 2


async def test_a_witness_that_saw_more_is_an_alarm(
    record: Record, database: str, data_dir: Path, addresses: list[str]
) -> None:
    with Memory(data_dir / "w1.json").changed() as seen:
        seen[ORIGIN] = Checkpoint(ORIGIN, 9, bytes(32))
    await report(record, database, data_dir, 1)
    with pytest.raises(LogError, match=r"w1.example has seen 9 events of this log, it has only 1"):
        await ask_all(record, database, asked_of(addresses)[:1])


async def test_a_witness_that_saw_another_history_does_not_sign(
    record: Record, database: str, data_dir: Path, addresses: list[str]
) -> None:
    with Memory(data_dir / "w1.json").changed() as seen:
        seen[ORIGIN] = Checkpoint(ORIGIN, 1, bytes(32))
    await report(record, database, data_dir, 1, 2)
    with pytest.raises(LogError, match="the witness answers 422"):
        await ask_all(record, database, asked_of(addresses)[:1])


async def test_a_false_cosignature_is_not_kept(
    record: Record, database: str, data_dir: Path
) -> None:
    await report(record, database, data_dir, 1)
    [row] = await record.rows("SELECT note FROM log_checkpoint")
    liar = SigningKey("w1.example", bytes([55]) * 32, 0x04)
    other = Checkpoint(ORIGIN, 5, bytes(32)).text
    for line in (liar.sign(row["note"]), witness_key(1).sign(other), "no signature\n", ""):
        answer = Answer(200, line.encode())
        transport = httpx.MockTransport(
            lambda _, a=answer: httpx.Response(a.status, content=a.body)
        )
        async with httpx.AsyncClient(transport=transport) as http:
            one = Asked(witness_key(1).verifier, "http://liar")
            with pytest.raises(Rejected):
                await Witnesses(database, ORIGIN, [one]).ask(record.admin, http, one)
    assert (await record.rows("SELECT cosignatures FROM log_checkpoint"))[0][0] == []
