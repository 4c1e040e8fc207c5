"""The guard: a log that is behind or other than what was signed of it is not written to.

A backup that was restored, or a second copy of the database, would go on from an older end and
sign another history under the same name.
"""

from typing import NamedTuple

from dianchi.ledger.errors import LogError
from dianchi.ledger.growth import read_roots, restore
from dianchi.ledger.outside import CheckpointFile
from dianchi.ledger.signer import Signer
from dianchi.store.connect import Queryable
from dianchi_client.checkpoint import Checkpoint


class Witnessed(NamedTuple):
    """A checkpoint that was signed, and where it is remembered."""

    where: str
    checkpoint: Checkpoint


def signed_before(signer: Signer, file: CheckpointFile) -> list[Witnessed]:
    """The last checkpoints that are remembered outside the database."""
    kept = [
        ("the signer's own store", signer.last()),
        (str(file.path), file.last(signer.origin)),
    ]
    return [Witnessed(where, checkpoint) for where, checkpoint in kept if checkpoint]


async def must_continue(connection: Queryable, signed: list[Witnessed]) -> None:
    """Compares the stored log with what was signed of it.

    Raises:
        LogError: it is behind or another; the text names both sizes and roots and the way out.
    """
    tree = await restore(connection)
    for where, checkpoint in signed:
        size = min(tree.size, checkpoint.size)
        [root] = await read_roots(connection, [(0, size)])
        if tree.size < checkpoint.size or root != checkpoint.root:
            raise LogError(_sentence(tree.size, root, where, checkpoint))


def _sentence(size: int, root: bytes, where: str, signed: Checkpoint) -> str:
    found = (
        f"数据库中的日志只有 {size} 条（根 {root.hex()}）"
        if size < signed.size
        else f"数据库中前 {signed.size} 条的根是 {root.hex()}"
    )
    found_en = (
        f"the log in the database ends at {size} events (root {root.hex()})"
        if size < signed.size
        else f"the first {signed.size} events in the database have the root {root.hex()}"
    )
    return (
        f"{found}，而日志 {signed.origin} 已签发过 {signed.size} 条的检查点"
        f"（根 {signed.root.hex()}，记于 {where}）：数据库是旧备份或另一份副本。"
        "没有写入，也没有签名。办法：恢复最新的备份和 WAL；确实找不回时，"
        "以新的 DIANCHI_LOG_ORIGIN 另开日志并公告（docs/how-to/keep-the-log.md）。\n"
        f"{found_en}, but a checkpoint of {signed.size} events (root {signed.root.hex()}) of the "
        f"log {signed.origin} was signed before, as {where} says: the database is an older backup "
        "or another copy. Nothing was written or signed. Way out: restore the newest backup with "
        "its WAL; where that is lost for good, begin a new log under another DIANCHI_LOG_ORIGIN "
        "and announce it (docs/how-to/keep-the-log.md)."
    )
