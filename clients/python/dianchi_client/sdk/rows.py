"""What became of each report of a batch, as the service's answer says."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple, Self, get_args
from uuid import UUID

from dianchi_client.sdk.failures import Problem
from dianchi_client.sdk.journal import Kept
from dianchi_client.sdk.retries import PASSING_CODES, json_of
from dianchi_client.sdk.wire import Answer, Lost

Outcome = Literal["accepted", "duplicate", "refused", "before"]
"""`before`: the journal knew it as recorded, and it was not sent again."""
_TOLD: Final = frozenset(get_args(Outcome)) - {"before"}


class Row(NamedTuple):
    """What became of one report.

    Attributes:
        place: its number in the source, from 1.
        event_id: of the report; made from its content where it had none.
        outcome: see `Outcome`.
        problem: why it was refused.
        report: its bytes, as the source gave it.
    """

    place: int
    event_id: str
    outcome: Outcome
    problem: Problem | None
    report: bytes

    @classmethod
    def of(cls, kept: Kept, outcome: Outcome) -> Self:
        """A row, of what the journal keeps of it."""
        problem = None if kept.problem is None else Problem.read(json.loads(kept.problem))
        return cls(kept.place, kept.event_id, outcome, problem, kept.report)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many reports became what."""

    accepted: int = 0
    duplicate: int = 0
    refused: int = 0
    before: int = 0

    @property
    def total(self) -> int:
        """All that are settled."""
        return self.recorded + self.refused

    @property
    def recorded(self) -> int:
        """All that are in the record."""
        return self.accepted + self.duplicate + self.before

    def plus(self, rows: Iterable[Row]) -> "Tally":
        """With more rows."""
        counted = {name: getattr(self, name) for name in get_args(Outcome)}
        for row in rows:
            counted[row.outcome] += 1
        return Tally(**counted)


def results_of(outcome: Answer | Lost, sent: Sequence[Kept]) -> list[dict[str, Any]] | None:
    """What an answer says of each row that was sent; None where it does not say it of these rows.

    An answer that is cut, or belongs to another request, settles nothing.
    """
    told = json_of(outcome) if isinstance(outcome, Answer) else None
    results = told.get("results") if isinstance(told, dict) else None
    if not isinstance(results, list) or len(results) != len(sent):
        return None
    return results if all(map(_belongs, results, range(len(sent)), sent)) else None


def _belongs(result: Any, index: int, row: Kept) -> bool:  # noqa: ANN401 - JSON
    if not isinstance(result, dict) or result.get("index") != index:
        return False
    if result.get("outcome") not in _TOLD:
        return False
    try:
        return result["event_id"] is None or UUID(result["event_id"]) == UUID(row.event_id)
    except (ValueError, AttributeError, KeyError):
        # What is no UUID is refused, and told as it was given.
        return result.get("event_id") == row.event_id


def settled(row: Kept, result: dict[str, Any]) -> tuple[Kept, Outcome] | None:
    """A row with what became of it; None where it has to be sent again as it is."""
    problem = result.get("problem")
    if problem is None:
        return row, result["outcome"]
    if problem["code"] in PASSING_CODES:
        return None
    return row._replace(problem=json.dumps(problem, ensure_ascii=False)), "refused"


def not_yet(results: Iterable[dict[str, Any]]) -> Answer:
    """Why some rows have to be sent again, as if the first of them had been sent alone."""
    problem = next(
        result["problem"]
        for result in results
        if result.get("problem") and result["problem"]["code"] in PASSING_CODES
    )
    return Answer(problem["status"], {}, json.dumps(problem).encode())
