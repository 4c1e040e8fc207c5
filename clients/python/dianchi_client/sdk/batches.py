"""Many reports from a source: cut into batches, sent until each is settled, and written down.

One batch is under way at a time, and the source is asked for more only when it is settled. So
reports keep their order, and neither a slow link nor a fast source fills the memory.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from hashlib import sha256
from itertools import accumulate, takewhile
from pathlib import Path
from typing import Final, TypedDict

from dianchi_client.row_ids import report_id
from dianchi_client.sdk import calls
from dianchi_client.sdk.encoding import encoded
from dianchi_client.sdk.journal import Journal, Kept
from dianchi_client.sdk.retries import Attempts
from dianchi_client.sdk.rows import Outcome, Row, Tally, not_yet, results_of, settled
from dianchi_client.sdk.session import Session
from dianchi_client.sdk.wire import LINES, Answer, Call, Lost, Request, paused, taken, worked

MOST_ROWS: Final = 10_000
"""Rows of a batch that the service takes."""
_USUAL_ROWS: Final = 500
_MOST_BYTES: Final = 8 * 1024 * 1024
"""Of a batch; a quarter of what the service takes."""
_TOO_LARGE: Final = 413

Tell = Callable[[Sequence[Row], Tally], None]
"""Is told of rows as they are settled, and of the tally with them."""


class Plan(TypedDict, total=False):
    """How a source is sent.

    Attributes:
        journal: a file that remembers what is recorded, so that an interrupted run goes on; made
            where it is missing. Without one the run is remembered as long as it lasts.
        tell: is told of rows as they are settled.
        most: rows of a batch, 500 by default.
        dry_run: the service says what it would do; nothing is stored, here or there.
    """

    journal: Journal | str | Path
    tell: Tell
    most: int
    dry_run: bool


def journal_of(plan: Plan) -> AbstractContextManager[Journal]:
    """The journal of a plan; closed at the end, where it was opened here.

    Raises:
        JournalError: it cannot be used.
    """
    given = plan.get("journal")
    return nullcontext(given) if isinstance(given, Journal) else Journal(given)


def send_all(session: Session, journal: Journal, plan: Plan) -> Call[Tally]:
    """Sends all that the source gives.

    Raises:
        DianchiError: it had to stop. What was settled is in the journal, and the same source with
            the same journal goes on from there.
    """
    organisation = (yield from calls.me(session))["organisation"]
    yield from worked(partial(journal.begin, session.service, organisation))
    run = _Run(session, journal, plan, organisation)
    while reports := (yield from taken(run.most)):
        yield from run.send(reports)
    return run.tally


class _Run:
    def __init__(self, session: Session, journal: Journal, plan: Plan, organisation: str) -> None:
        self._session = session
        self._journal = journal
        self._tell = plan.get("tell")
        self._dry = plan.get("dry_run", False)
        self._organisation = organisation
        self._come = 0
        self.most = max(1, min(plan.get("most", _USUAL_ROWS), MOST_ROWS))
        self.tally = Tally()
        self._size = self.most

    def send(self, reports: Sequence[Mapping[str, object]]) -> Call[None]:
        """Sends some reports, but for those that the journal knows."""
        rows, known = yield from worked(partial(self._named, reports))
        self._settle([(row, "before") for row in rows if row.place in known])
        yield from self._send([row for row in rows if row.place not in known])

    def _named(self, reports: Sequence[Mapping[str, object]]) -> tuple[list[Kept], set[int]]:
        rows = [self._row(place, report) for place, report in enumerate(reports, self._come + 1)]
        self._come += len(reports)
        return rows, set() if self._dry else self._journal.recorded(rows)

    def _row(self, place: int, report: Mapping[str, object]) -> Kept:
        """A report under its own id, or under one made of its content.

        So a source may be mended and sent again, here or as a file on the page of uploads.
        """
        told = encoded(report, place)
        digest = sha256(told).digest()
        if "event_id" in report:
            return Kept(place, str(report["event_id"]), digest, told, told)
        event_id = str(report_id(self._organisation, json.loads(told)))
        body = encoded({**report, "event_id": event_id}, place)
        return Kept(place, event_id, digest, told, body)

    def _send(self, rows: list[Kept]) -> Call[None]:
        """Sends rows until each is settled; each part that gets anywhere is given new patience."""
        attempts = self._session.attempts()
        while rows:
            some = rows[: _within(rows, self._size)]
            outcome = yield from self._session.once(self._request(some), attempts)
            results = results_of(outcome, some)
            if results is None:
                yield from self._smaller(len(some), outcome, attempts)
                continue
            self._size = min(self._size * 2, self.most)
            told = [found for found in map(settled, some, results) if found is not None]
            if not self._dry:
                yield from worked(partial(self._journal.keep, [row for row, _ in told]))
            self._settle(told)
            done = {row.place for row, _ in told}
            rows = [row for row in rows if row.place not in done]
            if told:
                attempts = self._session.attempts()
            if len(told) < len(some):
                yield from paused(attempts.wait_s(not_yet(results)))

    def _smaller(self, sent: int, outcome: Answer | Lost, attempts: Attempts) -> Call[None]:
        """A part did not get through as a whole: the next one is half as large."""
        self._size = max(1, sent // 2)
        too_large = isinstance(outcome, Answer) and outcome.status == _TOO_LARGE
        if not too_large or sent == 1:
            yield from paused(attempts.wait_s(outcome))

    def _request(self, rows: Sequence[Kept]) -> Request:
        query = (("dry_run", "true"),) if self._dry else ()
        body = b"\n".join(row.body for row in rows)
        return Request("POST", "/v1/events/batch", query, body, LINES)

    def _settle(self, rows: Sequence[tuple[Kept, Outcome]]) -> None:
        told = [Row.of(row, outcome) for row, outcome in rows]
        self.tally = self.tally.plus(told)
        if self._tell is not None and told:
            self._tell(told, self.tally)


def _within(rows: Sequence[Kept], most: int) -> int:
    """How many rows go into a batch: at least one."""
    sizes = accumulate(len(row.body) + 1 for row in rows[:most])
    return max(1, sum(1 for _ in takewhile(lambda size: size <= _MOST_BYTES, sizes)))
