"""Receipts to be verified offline: some events are changed, and whoever verifies can tell which."""

import json
from typing import Final
from uuid import UUID

from dianchi.access.conformity import Run
from dianchi.api.bodies.sandboxes import Riddle, RiddleItem
from dianchi.api.conformity import Bench, declare
from dianchi.api.problems import refuse
from dianchi.domain.admit import Reporter
from dianchi.domain.conformity.exchanges import Answered
from dianchi.domain.conformity.naming import names_of
from dianchi.domain.working_days import business_date
from dianchi.store.lives import first_line

RIDDLE: Final = "receipts"
ITEMS: Final = 5


async def riddle_of(bench: Bench, run: Run) -> Riddle:
    """The receipts of a run as they stand now.

    Raises:
        Refused: `receipt_not_ready`: the log has not signed them yet.
    """
    ids = await _events(bench, run)
    indexes: list[int] = []
    leaves: list[bytes] = []
    async with bench.services.readers.acquire() as connection:
        for event_id in ids:
            line = await first_line(connection, str(UUID(event_id)))
            if line is None or line["log_index"] is None:
                raise _not_ready()
            indexes.append(line["log_index"])
            leaves.append(line["body"])
    receipts = await bench.services.log.receipts(indexes)
    if not receipts:
        raise _not_ready()
    forged = _forged(bench, run)
    items = [
        RiddleItem(
            index=n,
            leaf=(_changed(leaf) if n in forged else leaf).decode(),
            receipt=bytes(receipt).decode(),
        )
        for n, (leaf, receipt) in enumerate(zip(leaves, receipts, strict=True))
    ]
    return Riddle(items=items, policy=bench.services.log.policy.decode())


async def answered(bench: Bench, run: Run, forged: list[int]) -> bool:
    """Keeps an answer; whether it was right.

    Raises:
        Refused: `try_again`, where another answer came at the same moment.
    """
    right = set(forged) == _forged(bench, run)
    given = Answered(bench.services.clock.now_us(), right)
    if not await bench.home.runs.answer(run, RIDDLE, given):
        raise refuse(
            "try_again",
            ("同时有另一个回答", "another answer came at the same moment"),
            ("请重取收据后再答", "fetch the receipts again, then answer"),
        )
    return right


async def _events(bench: Bench, run: Run) -> list[str]:
    """The ids of the events of this try, declared when they are first asked for."""
    made = business_date(run.begun_at)
    wanted = {f"proof_{n}": {"make": "pack"} for n in range(ITEMS)}
    names = names_of(wanted, f"{run.number}/{_tries(run)}", made)
    lives = {names[name]: "collected" for name in wanted}
    return await declare(bench.services, Reporter(run.organisation, run.role), lives, made)


def _tries(run: Run) -> int:
    return len(run.answers.get(RIDDLE, []))


def _forged(bench: Bench, run: Run) -> set[int]:
    """Which are changed this time: drawn from the service's secret, never none and never all."""
    drawn = bench.services.ring.digest(f"riddle:{run.number}:{_tries(run)}")
    chosen = 1 + int.from_bytes(drawn[:4]) % (2**ITEMS - 2)
    return {n for n in range(ITEMS) if chosen >> n & 1}


def _changed(leaf: bytes) -> bytes:
    """The event with another stage: well-formed, plausible, and not what was hashed."""
    told = json.loads(leaf)
    told["data"]["stage"] = "retired"
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _not_ready() -> Exception:
    return refuse(
        "receipt_not_ready",
        ("收据尚未就绪，正等待写入日志", "the receipts wait for the log"),
        ("请一秒后再取", "ask again in a second"),
        pointer="/number",
    )
