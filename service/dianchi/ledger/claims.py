"""What was ever signed of the log, wherever it is kept: the database, the file, the signer."""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from dianchi.ledger.outside import CheckpointFile
from dianchi.store.connect import Queryable
from dianchi_client.checkpoint import Checkpoint
from dianchi_client.errors import Rejected
from dianchi_client.note import Note, VerifierKey

_STORED: Final = "SELECT size, root, note FROM log_checkpoint WHERE origin = $1 ORDER BY size"


class Claim(NamedTuple):
    """So many events have this root, somebody signed; `broken` says why it cannot be believed."""

    size: int
    root: bytes
    where: str
    broken: str | None = None


async def stored_claims(
    connection: Queryable, origin: str, keys: Iterable[VerifierKey]
) -> list[Claim]:
    """The checkpoints of the database."""
    known = list(keys)
    rows = await connection.fetch(_STORED, origin)
    return [
        _judged(
            bytes(row["note"]), f"log_checkpoint {row['size']}", known, row["size"], row["root"]
        )
        for row in rows
    ]


def outside_claims(
    file: CheckpointFile, origin: str, keys: Iterable[VerifierKey]
) -> Iterator[Claim]:
    """The checkpoints of the file. A line that was cut off by a crash claims nothing."""
    known = list(keys)
    for number, note in file.notes():
        where = f"{file.path.name} line {number}"
        if note is None:
            yield Claim(0, b"", where, "it cannot be read any more")
        elif note.text.startswith(origin.encode() + b"\n"):
            raw = note.text + b"\n" + "".join(s.line for s in note.signatures).encode()
            yield _judged(raw, where, known)


def _judged(
    raw: bytes,
    where: str,
    keys: list[VerifierKey],
    size: int | None = None,
    root: bytes | None = None,
) -> Claim:
    try:
        note = Note.parse(raw)
        signed = Checkpoint.parse(note.text)
        broken = None if note.signed_by(keys) else "it is not signed by the log's key"
    except Rejected as error:
        return Claim(size or 0, root or b"", where, error.en)
    if broken is None and (size, root) not in ((None, None), (signed.size, signed.root)):
        broken = "its size or root is not the signed one"
    return Claim(signed.size, signed.root, where, broken)
