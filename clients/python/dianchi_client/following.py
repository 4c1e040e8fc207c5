"""Following a log over HTTP: a checkpoint is believed only if it continues the last one."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from dianchi_client.checkpoint import Checkpoint, decimal
from dianchi_client.errors import Rejected, malformed
from dianchi_client.memory import Memory
from dianchi_client.policy import Accepted, Policy
from dianchi_client.receipt import read_hashes
from dianchi_client.tree import verify_consistency
from dianchi_client.verify import Verified, verify

if TYPE_CHECKING:
    # Who only checks what a file holds does not wait for it.
    import httpx

_OK = 200


def now_s() -> float:
    """Seconds since 1970."""
    return time.time()


class Follower:
    """A client of one log that never forgets what it saw.

    Args:
        http: with the service's address as its base.
        policy: whose signatures count.
        memory: where the last checkpoint is remembered.
        clock: seconds since 1970.
    """

    def __init__(
        self,
        http: "httpx.Client",
        policy: Policy,
        memory: Memory,
        clock: Callable[[], float] = now_s,
    ) -> None:
        self._http = http
        self._policy = policy
        self._memory = memory
        self._clock = clock

    def newest(self) -> Accepted:
        """The newest checkpoint, proven to continue the last one that was seen; remembered.

        Raises:
            Rejected: it is not signed as it should, older than what was seen, or of another log.
            httpx.HTTPError: the service does not answer.
        """
        accepted = self._policy.accept(self._get("/log/checkpoint").content, int(self._clock()))
        checkpoint = accepted.checkpoint
        last = self._memory.read().get(checkpoint.origin)
        if last is not None and checkpoint.size < last.size:
            raise Rejected(
                "rolled_back",
                f"服务器出示 {checkpoint.size} 条的日志，而以前见过 {last.size} 条：日志被退回",
                f"the server shows {checkpoint.size} events, but {last.size} were seen before: "
                "the log was rolled back",
            )
        self.remember(checkpoint)
        return accepted

    def check(self, receipt: bytes, leaf: bytes) -> Verified:
        """Believes a receipt that belongs to the history that was seen.

        Raises:
            Rejected: something does not fit.
            httpx.HTTPError: the service does not answer.
        """
        proven = verify(receipt, leaf, self._policy, int(self._clock()))
        self.remember(proven.accepted.checkpoint)
        return proven

    def remember(self, checkpoint: Checkpoint) -> None:
        """Remembers a believed checkpoint when it is the larger one, and one history with the last.

        Raises:
            Rejected: the two are not of one history.
        """
        with self._memory.changed() as seen:
            last = seen.get(checkpoint.origin)
            if last is not None:
                must_continue(last, checkpoint, self.consistency)
            if last is None or checkpoint.size > last.size:
                seen[checkpoint.origin] = checkpoint

    def consistency(self, first: int, second: int) -> tuple[bytes, ...]:
        """Asks for a proof.

        Raises:
            Rejected: what came is none.
        """
        answer = self._get("/log/proof/consistency", {"from": first, "to": second})
        return read_consistency(answer.json(), first, second)

    def _get(self, path: str, query: dict[str, int] | None = None) -> "httpx.Response":
        answer = self._http.get(path, params=query)
        if answer.status_code != _OK:
            raise Rejected(
                "not_shown",
                f"服务器没有出示 {path}（状态 {answer.status_code}）",
                f"the server does not show {path} (status {answer.status_code})",
            )
        return answer


def must_continue(
    one: Checkpoint, other: Checkpoint, proof: Callable[[int, int], tuple[bytes, ...]]
) -> None:
    """Believes that two checkpoints are of one history, whichever is larger.

    Raises:
        Rejected: they are not shown to be.
    """
    small, large = sorted((one, other), key=lambda checkpoint: checkpoint.size)
    steps = proof(small.size, large.size) if 0 < small.size < large.size else ()
    verify_consistency(small.size, large.size, small.root, large.root, steps)


def read_consistency(told: Any, first: int, second: int) -> tuple[bytes, ...]:  # noqa: ANN401 - JSON
    """The hashes of an answer of `/log/proof/consistency`.

    Raises:
        Rejected: it is another answer.
    """
    try:
        sizes = decimal(str(told["first"])), decimal(str(told["second"]))
        hashes = [str(step) for step in told["hashes"]]
    except (KeyError, TypeError):
        raise malformed("证明", "proof") from None
    if sizes != (first, second):
        raise Rejected(
            "other_sizes",
            f"一致性证明针对 {sizes[0]} 到 {sizes[1]} 条，需要的是 {first} 到 {second} 条",
            f"the proof is from {sizes[0]} to {sizes[1]} events, needed is {first} to {second}",
        )
    return read_hashes(hashes)
