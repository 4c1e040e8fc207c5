"""The door to the record: reads, admits and records reports, one or many."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from dianchi.domain.acts import ACTS
from dianchi.domain.admit import Reporter, admit
from dianchi.domain.handover_links import handover_key
from dianchi.domain.life import HANDOVER_SIDES
from dianchi.domain.life_event import MARKS, WITHDRAWALS
from dianchi.domain.lines import KeyKind, Stream, correction_lines
from dianchi.domain.mandates import covering, deed_of
from dianchi.domain.measures import day_of
from dianchi.domain.refusals import Fault, Refused, Text
from dianchi.domain.registry import Registry
from dianchi.domain.report import read_report
from dianchi.ports import Clock
from dianchi.recording.acts import acted
from dianchi.recording.corrections import (
    Target,
    beside,
    no_such_line,
    not_correctable,
    unknown_target,
)
from dianchi.recording.gather import Gatherer
from dianchi.recording.outcomes import Outcome, Recorded
from dianchi.recording.prepare import Check, Prepared, placed, prepare, unsigned_only
from dianchi.store.envelope import canonical_json, open_event, open_json
from dianchi.store.lives import SQL
from dianchi.store.names import key_id
from dianchi.store.readers import Readers
from dianchi.store.vault import Seals

MOST_TOGETHER: Final = 10_000
AT_ONCE: Final = 250


@dataclass(slots=True)
class Batch:
    """What became of the rows of a batch, by place."""

    outcomes: list[Outcome | Refused | None]
    prepared: dict[int, Prepared] = field(default_factory=dict)


class Recorder:
    """Records reports for whoever was let in."""

    def __init__(
        self,
        gatherer: Gatherer,
        readers: Readers,
        clock: Clock,
        seals: Seals,
        registry: Callable[[], Registry],
        *,
        check: Check = unsigned_only,
    ) -> None:
        self._gatherer = gatherer
        self._readers = readers
        self._clock = clock
        self._seals = seals
        self._registry = registry
        self._check = check

    async def record(self, raw: Any, reporter: Reporter) -> Outcome:  # noqa: ANN401 - JSON
        """Records one report.

        Raises:
            Refused: it is malformed or not admitted, or `too_many_requests`; nothing was recorded.
        """
        self._gatherer.tolls.let_in(reporter.organisation)
        ready = self._prepare(raw, reporter, self._clock.now_us())
        if not ready.lines:
            ready = await self._aim(ready, {})
        return await self._gatherer.one(ready)

    def _prepare(self, raw: Any, reporter: Reporter, now_us: int) -> Prepared:  # noqa: ANN401
        return prepare(raw, reporter, self._registry(), now_us, self._seals, self._check)

    def canonical(self, raw: Any, reporter: Reporter) -> bytes:  # noqa: ANN401 - JSON
        """What a signature of this report would have to cover; nothing is stored.

        Raises:
            Refused: it is malformed or not this reporter's to send.
        """
        report = read_report(raw, self._seals.refer)
        admit(report, reporter, self._clock.now_us())
        return canonical_json(report.canonical())

    async def act(self, name: str, subject: str, data: dict[str, Any], by: Reporter) -> Outcome:
        """Writes an act of an organisation into its stream.

        Args:
            name: of `domain.acts`.
            subject: the organisation that it is about.
            data: canonical JSON.
            by: whose act it is.
        """
        return await self._gatherer.one(acted(name, subject, data, by, self._clock.now_us()))

    async def batch(self, rows: Iterable[Any], reporter: Reporter) -> Batch:
        """Records each good row by itself (`mode=partial`).

        Who owes for long lives is made to wait between the chunks, not refused.
        """
        batch = Batch([])
        late: dict[int, Prepared] = {}
        writing: list[asyncio.Task[None]] = []
        for some in _chunks(rows):
            await self._gatherer.tolls.wait(reporter.organisation)
            ready = self._read_rows(batch, some, reporter)
            late |= {n: p for n, p in ready.items() if not p.lines}
            first = {n: p for n, p in ready.items() if p.lines}
            writing.append(asyncio.create_task(self._record_rows(batch, first)))
            # PostgreSQL writes the rows that are read while the next ones are being read; and
            # single reports come in between.
            await asyncio.sleep(0)
        await asyncio.gather(*writing)
        # Corrections go last: they may aim at rows of the same batch.
        await self._record_rows(batch, await self._aim_all(batch, late, late.values()))
        return batch

    async def _record_rows(self, batch: Batch, rows: dict[int, Prepared]) -> None:
        outcomes = await self._gatherer.many(list(rows.values()))
        for number, outcome in zip(rows, outcomes, strict=True):
            batch.outcomes[number] = outcome

    async def together(self, rows: Iterable[Any], reporter: Reporter, *, write: bool) -> Batch:
        """Records all rows in one transaction, or none where one is refused (`mode=atomic`).

        Without `write` it only tells what would become of each row (`dry_run`).

        Raises:
            Refused: `too_many_rows`, when the rows are too many events for one transaction.
        """
        await self._gatherer.tolls.wait(reporter.organisation)
        batch = await self._read_batch(rows, reporter)
        late = {n: p for n, p in batch.prepared.items() if not p.lines}
        batch.prepared.update(await self._aim_all(batch, late, batch.prepared.values()))
        refused = any(isinstance(outcome, Refused) for outcome in batch.outcomes)
        ready = {n: p for n, p in sorted(batch.prepared.items()) if batch.outcomes[n] is None}
        _bound(sum(len(report.lines) for report in ready.values()))
        if ready and not (refused and write):
            record = self._gatherer.together if write else self._gatherer.foresee
            outcomes = await record(list(ready.values()))
            for number, outcome in zip(ready, _kept(outcomes, write=write), strict=True):
                batch.outcomes[number] = outcome
        return batch

    async def _read_batch(self, rows: Iterable[Any], reporter: Reporter) -> Batch:
        batch = Batch([])
        for some in _chunks(rows):
            self._read_rows(batch, some, reporter)
            await asyncio.sleep(0)  # single reports come in between
        return batch

    def _read_rows(
        self, batch: Batch, rows: Iterable[Any], reporter: Reporter
    ) -> dict[int, Prepared]:
        """Adds rows to a batch; those that can be recorded, by their number."""
        ready: dict[int, Prepared] = {}
        now_us = self._clock.now_us()
        for raw in rows:
            number = len(batch.outcomes)
            batch.outcomes.append(None)
            try:
                if isinstance(raw, Refused):
                    raise raw
                ready[number] = self._prepare(raw, reporter, now_us)
            except Refused as refused:
                batch.outcomes[number] = refused
        batch.prepared.update(ready)
        return ready

    async def _aim_all(
        self, batch: Batch, late: dict[int, Prepared], beside: Iterable[Prepared]
    ) -> dict[int, Prepared]:
        aimed: dict[int, Prepared] = {}
        targets = {report.report.event_id: report for report in beside}
        for number, ready in late.items():
            try:
                aimed[number] = await self._aim(ready, targets)
            except Refused as refused:
                batch.outcomes[number] = refused
        return aimed

    # --- corrections ---------------------------------------------------------------------------

    async def _aim(self, ready: Prepared, others: dict[str, Prepared]) -> Prepared:
        """Finds the lines that a correction withdraws, and gives it one beside each."""
        data = ready.report.data
        aside = ready.report.kind.name == "set_aside"
        target = await self._target(ready, others.get(data["event_id"]))
        if target.type in ACTS:
            raise unknown_target(data)
        self._check_agent(ready, target)
        if target.type in WITHDRAWALS or (aside and target.type in MARKS):
            raise not_correctable(data, aside=aside)
        lines = target.lines
        if "battery" in data:
            named = self._resolved(data["battery"])
            lines = [line for line in lines if line[1] == named]
            data = data | {"battery": named}
            if lines == target.lines or (lines and target.type == "identified"):
                # The only line, or one of two that are one fact: withdrawn as a whole.
                lines = target.lines
                del data["battery"]
            if not lines:
                raise no_such_line(named, target)
        withdrawn = correction_lines(data, lines, target.handover)
        aimed = placed(
            ready.report, ready.stamp, withdrawn, canonical_json(ready.report.canonical())
        )
        aimed.eyes = ready.eyes
        return aimed

    def _check_agent(self, ready: Prepared, target: Target) -> None:
        """An agent corrects what it reported itself, while its mandate covers that."""
        stamp = ready.stamp
        if stamp.agent is None:
            return
        if stamp.agent != target.agent:
            raise unknown_target(ready.report.data)
        registry, parties = self._registry(), (stamp.organisation, stamp.agent)
        deed = deed_of(target.type, target.site, target.data, stamp.organisation, registry)
        covering(registry, parties, deed, day_of(self._clock.now_us()))

    def _resolved(self, name: str) -> str:
        if not name.startswith("asset:"):
            return name
        _, organisation, number = name.split(":", 2)
        return f"asset:{self._registry().resolve(organisation)}:{number}"

    async def _target(self, ready: Prepared, twin: Prepared | None) -> Target:
        data = ready.report.data
        if twin is not None:
            return beside(twin, ready.stamp, data)
        async with self._readers.acquire() as connection:
            report = await connection.fetchrow(SQL["report"], data["event_id"])
            own = report is not None and report["organisation"] == ready.stamp.organisation
            if report is None or not (own or ready.report.kind.name == "set_aside"):
                raise unknown_target(data)
            row = await connection.fetchrow(SQL["event_at"], report["stream_id"], report["version"])
            rows = await connection.fetch(
                SQL["report_lines"], data["event_id"], key_id(KeyKind.REPORT, data["event_id"])
            )
        if row is None:
            raise unknown_target(data)
        event = open_event(row["body"])
        side = handover_key(event) if event.type in HANDOVER_SIDES else None
        lines = [(Stream(line["kind"]), line["name"]) for line in rows]
        agent = open_json(row["body"]).get("agent")
        return Target(event.type, event.site, dict(event.data), lines, side, agent)


def _chunks(rows: Iterable[Any]) -> Iterator[list[Any]]:
    remaining = iter(rows)
    while some := list(islice(remaining, AT_ONCE)):
        yield some


def _kept(outcomes: Sequence[Outcome], *, write: bool) -> Sequence[Outcome | None]:
    """What is left of the outcomes when one of them keeps all from being written."""
    if write and any(not isinstance(outcome, Recorded) for outcome in outcomes):
        return [None if is_new(outcome) else outcome for outcome in outcomes]
    return outcomes


def _bound(events: int) -> None:
    if events > MOST_TOGETHER:
        raise Refused(
            Fault(
                "too_many_rows",
                "",
                events,
                Text(
                    f"共 {events} 个事件，一次最多 {MOST_TOGETHER} 个",
                    f"makes {events} events, {MOST_TOGETHER} are allowed at once",
                ),
                Text("请分成多次提交", "split it into several requests"),
            )
        )


def is_new(outcome: Outcome | Refused | None) -> bool:
    """Whether the outcome wrote something."""
    return isinstance(outcome, Recorded) and not outcome.replay
