"""Shapes of devices: enrolled, claimed, listed, and what they are told."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, RootModel, StringConstraints

from dianchi.api.bodies.registry import Whole
from dianchi.api.bodies.shared import OpenText, OwnNumber, Strict, Told

_LINE = r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"
_Plain = Annotated[str, StringConstraints(max_length=400, pattern=r"^[^\x00-\x1f\x7f]*$")]
_Value = _Plain | bool | int | float | None
_Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
_Inner = Annotated[dict[_Name, _Value], Field(max_length=30)]
App = Annotated[str, StringConstraints(max_length=40, pattern=r"^[\x20-\x7e]*$")]
"""The version of the app."""


class DeviceNew(Strict):
    """A phone to enrol for one's own organisation."""

    name: OpenText = Field(min_length=1, max_length=40, pattern=_LINE, examples=["一号扫码机"])
    site: OwnNumber | None = Field(
        default=None, max_length=80, description="number of the site where it is used, if always"
    )


class DeviceMade(BaseModel):
    """A device that waits to be claimed; the code is shown this once."""

    device: str
    name: str
    site: str | None
    code: str = Field(description="good once, for 30 minutes", examples=["K7QM-2XNP"])
    link: str = Field(description="the same as an address, to be shown as a QR code")
    expires_at: datetime


class DeviceRead(BaseModel):
    """A device of one's organisation."""

    device: str
    name: str
    site: str | None
    role: str
    made_at: datetime
    claimed_at: datetime | None
    last_seen: datetime | None = Field(description="up to about a minute behind")
    told_at: datetime | None = Field(description="when it last told what follows")
    app: str | None
    offset_ms: int | None = Field(description="how far its clock ran behind the server's")
    unsent: int | None
    refused: int | None
    tested_at: datetime | None
    test: dict[str, Any] | None = Field(description="its last self-test")
    revoked_at: datetime | None
    revoked_why: str | None


class Devices(Whole[DeviceRead]):
    """The devices of one organisation."""


class Claim(Strict):
    """The code of a device, typed or scanned."""

    code: str = Field(min_length=1, max_length=40)
    claimant: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9_-]{22,64}$",
        description="made up by the phone at random (128 bits or more), the same on a retry: within"
        " the life of the code the phone that sent it first gets a fresh key",
    )
    app: App | None = None


class ClaimingOrganisation(BaseModel):
    """For whom the device reports."""

    id: str
    name: str
    uscc: str | None
    role: str


class ClaimingSite(BaseModel):
    """Where the device is used."""

    id: str
    name: str
    prefecture: str | None
    kind: str


class Block(BaseModel):
    """Temporary names of one's own: `tmp:<block>-<n>`, from `first`, `count` of them."""

    block: str
    first: int
    count: int


class Claimed(BaseModel):
    """A bound device; the key is shown this once."""

    device: str
    name: str
    organisation: ClaimingOrganisation
    site: ClaimingSite | None
    key: str = Field(description="a bearer key: reports and reads, for this device")
    block: Block
    now: str


class DeviceRevoked(BaseModel):
    """A revoked device; when and why it was revoked first."""

    device: str
    revoked_at: datetime
    revoked_why: str


class SelfTest(RootModel[dict[_Name, _Inner | _Value]]):
    """What a device found of itself, such as `camera`, `decoder`, `storage`, `clock`, `agent`."""

    root: dict[_Name, _Inner | _Value] = Field(
        min_length=1,
        max_length=30,
        examples=[{"camera": {"ok": True, "width": 1280}, "decoder": "wasm", "storage": True}],
    )


class Heartbeat(Strict):
    """How a device is."""

    unsent: int = Field(ge=0, le=1_000_000)
    refused: int = Field(ge=0, le=1_000_000)
    app: App | None = None
    offset_ms: int | None = Field(default=None, ge=-(10**12), le=10**12)


class Clock(BaseModel):
    """The time of the server, to the millisecond."""

    now: str = Field(examples=["2026-11-24T09:30:00.125Z"])


class InStore(BaseModel):
    """A battery in store."""

    battery: str
    names: list[str]
    stage: str
    since: str
    mass_kg: str | None
    safety_class: str | None
    quarantined: bool
    chemistry: str | None
    rated_energy_kwh: str | None
    maker: str | None
    received_at: str | None
    findings: list[str] = Field(description="codes of the open ones")


class ExpectedBattery(BaseModel):
    """A battery that is on its way."""

    battery: str
    mass_kg: str | None


class Sender(BaseModel):
    """Who dispatched."""

    id: str
    name: str


class Expected(BaseModel):
    """A hand-over that is on its way to the organisation."""

    handover: str
    sender: Sender
    dispatched_at: str
    batteries: list[ExpectedBattery]


class OverStock(BaseModel):
    """What the site holds beyond its limit."""

    kg: str
    limit_kg: str


class WorkRow(BaseModel):
    """A row of a work list: one battery, or so many sets, at a station."""

    place: int
    station: str
    station_name: str | None
    battery: str | None
    names: list[str] = Field(description="all that it is called")
    expected: int | None
    host_kind: str = Field(description="what it is taken out of: `host.kind` of the report")
    state: Literal["open", "done", "gone", "not_found"]
    ticked: list[str] = Field(description="batteries that settle it")
    note: str | None = Field(description="why it was not found")


class WorkList(BaseModel):
    """A work list that the organisation works off."""

    id: str
    number: str
    name: str
    owner: Sender
    for_owner: bool = Field(description="reports say `on_behalf_of` the owner")
    due: str
    report: str = Field(description="the type of report that scanning makes")
    reason: str
    made_at: str
    rows: list[WorkRow]


class Snapshot(BaseModel):
    """What a phone needs without a network: all of it, or what changed since a cursor."""

    cursor: str = Field(description="of what is known with this answer; ask `after` it next")
    as_of: str
    log_index: int = Field(description="up to where the log is reflected")
    whole: bool = Field(description="false: what changed; all else is as it was")
    more: bool = Field(description="ask again `after` this cursor: there is more to tell")
    complete: bool = Field(
        description="false: of more than 50,000 batteries the latest; bind the device to a site"
    )
    stock: list[InStore]
    gone: list[str] = Field(description="no longer in store")
    expected: list[Expected] = Field(description="on their way to the organisation")
    expected_gone: list[str] = Field(description="`<sender>:<handover>`")
    lists: list[WorkList] = Field(description="to be worked off, those that changed")
    lists_gone: list[str] = Field(description="no longer to be worked off")
    over_stock: OverStock | None


class Meaning(BaseModel):
    """A word with its label."""

    word: str
    zh: str
    en: str


class Maker(BaseModel):
    """A vendor code and whose it is."""

    vendor: str
    name: str


class Area(BaseModel):
    """A prefecture or county: its code of GB/T 2260, and what it is called."""

    code: str
    zh: str
    en: str


class Step(BaseModel):
    """A step at a burning or leaking battery."""

    id: str
    zh: str
    en: str
    value: int | None
    unit: str | None
    house: bool = Field(description="the number is this service's advice: no standard gives it")
    mark: str
    source: str | None


class Reference(BaseModel):
    """What a phone checks typed codes and words by; made of the service's own rules."""

    version: str
    label_host: str = Field(description="the host that labels and slips name")
    makers: list[Maker]
    areas: list[Area] = Field(description="the prefectures and counties of Yunnan, as of today")
    danger: list[Step] = Field(description="in their order, as in schemas/danger.json")
    chemistry: list[Meaning]
    product_types: list[Meaning]
    code_rules: dict[str, Any] = Field(description="as in schemas/code-rules.json")
    words: dict[str, list[Meaning]]
    reasons: dict[str, list[Meaning]]
    findings: dict[str, Told]
