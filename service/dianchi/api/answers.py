"""The JSON of answers about reports."""

from collections.abc import Iterable, Mapping
from typing import Any

from dianchi.api.problems import problem_json
from dianchi.domain.findings import Finding, kind_of, render, severity_of
from dianchi.domain.lines import Stream
from dianchi.domain.refusals import Refused
from dianchi.domain.sight import Eyes, own_finding
from dianchi.recording.outcomes import Busy, Clash, Entry, Outcome, Recorded, refusal_of


def finding_json(  # noqa: PLR0913 - what a list knows of it beside
    finding: Finding,
    battery: str | None,
    names: Mapping[str, str],
    *,
    subject: str | None = None,
    opened_at: str | None = None,
    closed_at: str | None = None,
    named: str | None = None,
    case: Mapping[str, Any] | None = None,
    organisation: str | None = None,
) -> dict[str, Any]:
    """A finding as every answer shows it.

    Args:
        finding: what was found.
        battery: the battery that it is about; None for a lot, batch, site or organisation.
        names: what to call organisations, by id.
        subject: the name of what it is about, where that is no battery.
        opened_at: since when the list has it.
        closed_at: since when it is explained.
        named: its id in the list, by which a case takes it up.
        case: in which it is or was worked.
        organisation: who made the report that shows it, for officers.
    """
    kind = kind_of(finding)
    return {
        "id": named,
        "code": finding.code,
        "kind": kind.kind,
        "severity": severity_of(finding),
        "text": {"zh": render(finding, "zh", names), "en": render(finding, "en", names)},
        "evidence": list(finding.evidence),
        "battery": battery,
        "subject": battery or subject or None,
        "opened_at": opened_at,
        "closed_at": closed_at,
        "closes_when": {"zh": kind.closes_when.zh, "en": kind.closes_when.en},
        "case": case,
        "organisation": organisation,
    }


def entry_json(entry: Entry, event_id: str, names: Mapping[str, str], eyes: Eyes) -> dict[str, Any]:
    """The answer for one stream of a report: to a stranger, what its own report shows.

    Who reports in another's name sees of this report what the other does.
    """
    sees = eyes.see(entry.seen_by) or entry.organisation in entry.seen_by
    found = entry.findings if sees else _own(entry.findings, event_id)
    about = "battery" if entry.stream is Stream.BATTERY else "subject"
    battery = entry.subject if entry.stream is Stream.BATTERY else None
    return {
        about: entry.subject,
        "version": entry.version,
        "stage": entry.stage if sees else None,
        "findings": [
            finding_json(finding, battery, names, subject=entry.subject) for finding in found
        ],
    }


def _own(findings: Iterable[Finding], event_id: str) -> list[Finding]:
    shown = (own_finding(finding, (event_id,)) for finding in findings)
    return [finding for finding in shown if finding is not None]


def recorded_json(recorded: Recorded, names: Mapping[str, str], eyes: Eyes) -> dict[str, Any]:
    """The answer to a report; for exactly one battery its entry also stands at the top."""
    entries = [entry_json(entry, recorded.event_id, names, eyes) for entry in recorded.entries]
    answer: dict[str, Any] = {"event_id": recorded.event_id, "entries": entries}
    batteries = [entry for entry in entries if "battery" in entry]
    if len(batteries) == 1:
        answer.update(batteries[0])
    return answer


def row_json(
    index: int,
    event_id: str | None,
    outcome: Outcome | Refused | None,
    language: str,
    names: Mapping[str, str],
    eyes: Eyes,
) -> dict[str, Any]:
    """The answer for one row of a batch."""
    if isinstance(outcome, Clash | Busy):
        outcome = refusal_of(outcome)
    row: dict[str, Any] = {"index": index, "event_id": event_id, "entries": [], "problem": None}
    if isinstance(outcome, Refused):
        row["outcome"] = "refused"
        row["problem"] = problem_json(outcome.faults, language)
    elif outcome is None:
        row["outcome"] = "skipped"
    else:
        row["outcome"] = "duplicate" if outcome.replay else "accepted"
        row["entries"] = recorded_json(outcome, names, eyes)["entries"]
    return row
