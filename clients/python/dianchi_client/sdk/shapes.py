"""The shapes of answers, as the service sends them (schemas/openapi.json).

They are dictionaries: what a newer service adds stays in them.
"""

from collections.abc import Mapping
from typing import Any, Generic, Literal, NotRequired, TypedDict, TypeVar

T = TypeVar("T")


class Report(TypedDict):
    """A report, as one sends it; `data` by type (docs/reference/events.md).

    Without an `event_id` the client makes one before the first try.
    """

    type: str
    occurred_at: str
    data: Mapping[str, Any]
    event_id: NotRequired[str]
    battery: NotRequired[str]
    site: NotRequired[str]
    device: NotRequired[Mapping[str, Any]]
    on_behalf_of: NotRequired[str]
    signature: NotRequired[str]


class Told(TypedDict):
    """A sentence in both languages."""

    zh: str
    en: str


class CaseMark(TypedDict):
    """In which case something is or was worked: the officer's state, apart from its own."""

    id: str
    number: str
    state: str
    state_text: Told
    outcome: str | None


class Recall(TypedDict):
    """An open recall (召回) that concerns a battery, and what to do about it."""

    recall: str
    issuer: str
    issuer_name: str | None
    advice: Mapping[str, str]
    reason: str | None
    document: str | None
    opened_at: str


class Finding(TypedDict):
    """Something that does not fit (发现)."""

    code: str
    kind: Literal["life", "link", "clock"]
    severity: Literal["info", "low", "medium", "high"]
    text: Told
    evidence: list[str]
    battery: str | None
    subject: str | None
    opened_at: str | None
    closed_at: str | None
    closes_when: Told
    id: NotRequired[str | None]
    organisation: NotRequired[str | None]
    case: NotRequired[CaseMark | None]


class Entry(TypedDict):
    """What a report did to one battery, or to the `subject` of another stream."""

    version: int
    stage: str | None
    findings: list[Finding]
    battery: NotRequired[str | None]
    subject: NotRequired[str | None]


class Recorded(TypedDict):
    """The answer to a report; for exactly one battery its entry also stands at the top."""

    event_id: str
    entries: list[Entry]
    battery: NotRequired[str | None]
    version: NotRequired[int | None]
    stage: NotRequired[str | None]
    findings: NotRequired[list[Finding] | None]


class Host(TypedDict):
    """What a battery sits in."""

    kind: str
    id: NotRequired[str | None]
    vin_ref: NotRequired[str | None]
    erased: NotRequired[bool | None]


class Battery(TypedDict):
    """A battery as it stands; all but the findings is None for who sees its own reports only."""

    battery: str
    names: list[str]
    sees: Literal["whole", "own_reports"]
    stage: str | None
    stage_text: Told | None
    holder: str | None
    holder_name: str | None
    owner: str | None
    site: str | None
    host: Host | None
    prefecture: str | None
    model: str | None
    chemistry: str | None
    rated_capacity_ah: str | None
    rated_energy_kwh: str | None
    nominal_voltage_v: str | None
    mass_kg: str | None
    soh_percent: str | None
    application: str | None
    maker: str | None
    quarantined: bool | None
    held: bool | None
    recalls: list[Recall]
    revision: int | None
    findings: list[Finding]
    version: int
    log_index: int | None


class BatteryRow(TypedDict):
    """One row of the list of batteries."""

    battery: str
    stage: str
    prefecture: str | None
    chemistry: str | None
    holder: str | None
    site: str | None
    model: str | None
    rated_energy_kwh: str | None
    quarantined: bool
    held: bool
    last_event_at: str


class Event(TypedDict):
    """One event of a history."""

    event_id: str
    type: str
    occurred_at: str
    recorded_at: str
    organisation: str
    role: str
    version: int
    log_index: int | None
    reported_as: str
    corrected_by: str | None
    data: dict[str, Any]
    nonce: str
    report_sha256: str
    v: int
    assurance: Literal["signed", "device", "unsigned"]
    agent: NotRequired[str | None]
    site: NotRequired[str | None]
    device: NotRequired[dict[str, Any] | None]
    signature: NotRequired[str | None]


class Site(TypedDict):
    """A site of an organisation."""

    organisation: str
    number: str
    name: str
    kind: str
    prefecture: str | None
    county: str | None
    functional: str | None
    area_m2: str | None
    capacity_kg: str | None
    permits: list[dict[str, Any]]
    principals: list[dict[str, Any]]
    opened_on: str | None
    closed_on: str | None


class Me(TypedDict):
    """Who one is by key or token, and what that may report."""

    organisation: str
    name: str | None
    role: str
    prefecture: str | None
    area: str | None
    department: str | None
    names: list[str] | None
    may_report: list[str]
    scopes: list[str] | None
    person: dict[str, Any] | None


class CloudEvent(TypedDict):
    """An entry of the log (CloudEvents 1.0); `data` as in `schemas/asyncapi.yaml`."""

    specversion: str
    id: str
    source: str
    type: str
    subject: str
    time: str
    datacontenttype: str
    data: dict[str, Any]


class Page(TypedDict, Generic[T]):
    """One page of a list; `next` is None on the last."""

    items: list[T]
    next: str | None
    log_index: int | None
