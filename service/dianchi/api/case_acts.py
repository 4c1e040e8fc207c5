"""Decisions of cases as acts in the log: one event of each battery that is decided about.

What an officer does not see is not decided about: then the whole step is refused. The reports are
kept with the step: where a crash came in between, whoever looks at the case next records what is
missing, and nothing twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import structlog

from dianchi.access.case_reading import Item, Taken, Whole
from dianchi.api.services import Services
from dianchi.domain.admit import Reporter
from dianchi.domain.cases import LEFT_OUT, Step
from dianchi.domain.refusals import Fault, Refused, Text
from dianchi.recording.outcomes import Busy, Clash, Outcome, refusal_of
from dianchi.store.envelope import canonical_json
from dianchi.store.lives import recorded_among, set_aside_among
from dianchi.store.names import content_id

log = structlog.get_logger()
_TYPES: Final[Mapping[Step, str]] = {
    Step.ORDER: "correction_ordered",
    Step.REFER: "referred",
    Step.HOLD: "hold_placed",
}


def acts_of(
    number: str,
    items: Sequence[Item],
    step: Step,
    told: Mapping[str, Any],
    named: UUID,
    at: datetime,
) -> list[dict[str, Any]]:
    """The reports that a step is in the log; their ids follow from the step.

    Args:
        number: of the case.
        items: that it decides.
        step: that is taken.
        told: what it says, with the number of a document.
        named: its id.
        at: when it is taken.
    """
    kind = _TYPES.get(step)
    if kind is None:
        return []
    data = {
        "basis": told["basis"],
        "document": told["document"],
        "reason": told["note"],
        "case": number,
    }
    if step is Step.ORDER:
        data["due"] = told["due_on"]
    if step is Step.REFER:
        data["to"] = told["to"]
    return [
        _act(kind, battery, data | _target(step, item), named, at)
        for battery, item in _batteries(items).items()
    ]


def _batteries(items: Sequence[Item]) -> dict[str, Item]:
    """Each battery of what is not dismissed, once."""
    return {item.battery: item for item in items if item.battery and item.outcome not in LEFT_OUT}


def _target(step: Step, item: Item) -> dict[str, str]:
    """Which report of the firm is to be put right, where one is known."""
    if step is not Step.ORDER:
        return {}
    told = item.told["firm"]
    if item.kind == "finding":
        evidence = told.get("evidence", [])
        return {"event_id": evidence[-1]} if evidence else {}
    return {} if told["unreported"] else {"event_id": told["event_id"]}


def _act(
    kind: str, battery: str, data: Mapping[str, Any], named: UUID, at: datetime
) -> dict[str, Any]:
    told = canonical_json([str(named), battery])
    return {
        "event_id": str(content_id(kind, told)),
        "type": kind,
        "battery": battery,
        "occurred_at": at.isoformat(),
        "data": dict(data),
    }


async def must_be_recordable(
    services: Services, officer: Reporter, reports: Sequence[Mapping[str, Any]]
) -> None:
    """Lets a step pass whose acts the record would take.

    Raises:
        Refused: why not, said of each battery.
    """
    if reports:
        batch = await services.recorder.together(reports, officer, write=False)
        _must_be_good(reports, batch.outcomes)


async def record_acts(
    services: Services, officer: Reporter, reports: Sequence[Mapping[str, Any]]
) -> None:
    """Records the acts of a step; those that are in the record stay as they are.

    Raises:
        Refused: why not; `try_again` where others keep moving the same lives.
    """
    if reports:
        batch = await services.recorder.together(reports, officer, write=True)
        _must_be_good(reports, batch.outcomes)


async def mend_acts(services: Services, officer: Reporter, whole: Whole) -> None:
    """Records the acts that a crash kept out of the record, behind the step that they are.

    They are those of the authority that took the step, whoever looks at it. What cannot be recorded
    now is told to whoever runs the service, and left to who looks next.
    """
    kept = [(step.organisation, step.told["reports"]) for step in whole.steps if _has_acts(step)]
    if not kept:
        return
    async with services.readers.acquire() as connection:
        known = await recorded_among(connection, [r["event_id"] for _, some in kept for r in some])
    for organisation, reports in kept:
        missing = [each for each in reports if each["event_id"] not in known]
        try:
            await record_acts(services, replace(officer, organisation=organisation), missing)
        except Refused as refused:
            codes = [fault.code for fault in refused.faults]
            log.warning("acts of a case not recorded yet", case=whole.case.number, codes=codes)


def _has_acts(step: Taken) -> bool:
    return bool(step.told.get("reports"))


def _must_be_good(
    reports: Sequence[Mapping[str, Any]], outcomes: Sequence[Outcome | Refused | None]
) -> None:
    faults = []
    for report, outcome in zip(reports, outcomes, strict=True):
        refused = refusal_of(outcome) if isinstance(outcome, Clash | Busy) else outcome
        if isinstance(refused, Refused):
            faults += [
                Fault(f.code, f"/batteries/{report['battery']}", f.value, f.what, f.way_out)
                for f in refused.faults
            ]
    if faults:
        raise Refused(*faults)


async def check_set_aside(services: Services, whole: Whole, told: Mapping[str, Any]) -> list[str]:
    """The decisions by which two officers set these reports aside; they are evidence of the case.

    Raises:
        Refused: one is no evidence, or waits for the second officer.
    """
    evidence = {each for item in whole.items for each in item.told["all"].get("evidence", [])}
    evidence |= {item.told["all"].get("event_id") for item in whole.items}
    wanted: list[str] = told["events"]
    async with services.readers.acquire() as connection:
        decided = await set_aside_among(connection, wanted)
    faults = [
        _not_decided(place, event)
        for place, event in enumerate(wanted)
        if event not in evidence or event not in decided
    ]
    if faults:
        raise Refused(*faults)
    return [decided[event] for event in wanted]


def _not_decided(place: int, event: str) -> Fault:
    return Fault(
        "second_person_needed",
        f"/events/{place}",
        event,
        Text("这份上报还没有由两人决定不予采信", "two officers have not set this report aside"),
        Text(
            "先提出（POST /v1/set-aside），由另一人确认",
            "propose it (POST /v1/set-aside); another officer confirms",
        ),
    )
