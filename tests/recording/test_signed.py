"""What a client signs verifies at the service and offline; one changed byte never does."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dianchi.domain.admit import Reporter
from dianchi.domain.events import CATALOGUE
from dianchi.domain.lines import Stream, correction_lines
from dianchi.domain.refusals import Refused
from dianchi.domain.registry import Organisation, Registry
from dianchi.domain.report import read_report
from dianchi.ledger.signing import SigningKeys
from dianchi.recording.prepare import Prepared, placed, prepare
from dianchi.store.envelope import canonical_json, open_json, seal
from dianchi.store.readers import Readers
from dianchi_client import signers
from dianchi_client.errors import Rejected
from dianchi_client.signers import Signers
from dianchi_client.signing import ReporterKey, canonical, kid_of
from domain.reporting import DATA
from support.record import NOW_US, SEALS, Record, StillClock, refer, watched
from support.reports import Raw, identifier

OWN = Organisation("O1FIRM111111", "某某公司")
REGISTRY = Registry({OWN.id: OWN})
KEYS = [ReporterKey.make("Ed25519"), ReporterKey.make("ES256")]
TEXTS = st.text(st.sampled_from('甲"\\/a é电🔋'), min_size=1, max_size=30).filter(str.strip)
LIVELY = settings(max_examples=20, derandomize=True, deadline=None, database=None)


def added(key: ReporterKey) -> Raw:
    kid = kid_of(OWN.id, key.public.thumbprint)
    proof = key.sign(signers.possession(kid), OWN.id, 1)
    return {
        "type": signers.ADDED,
        "event_id": kid,
        "reported_as": signers.subject_of(OWN.id),
        "data": {"jwk": key.public.jwk, "kid": kid, "possession": proof},
    }


ACTS = [(place, added(key)) for place, key in enumerate(KEYS)]


def service() -> SigningKeys:
    """What a service knows that read these acts."""
    known = SigningKeys(Readers("", most=0), StillClock())
    for place, act in ACTS:
        known._known.take(act, place)
    return known


SERVICE, OFFLINE = service(), Signers.of(ACTS)


@st.composite
def reports(draw: st.DrawFn, kind: str) -> Raw:
    """A report of this kind, as loosely written as reporters write."""
    told: dict[str, Any] = {
        "event_id": str(draw(st.uuids())).upper(),
        "type": kind,
        "occurred_at": draw(
            st.sampled_from(["2026-06-01", "2026-06-01T09:30:00+08:00", "2026-06-01T01:30:00.5Z"])
        ),
        "data": dict(DATA[kind]),
    }
    if CATALOGUE[kind].subject != "none":
        names = ["tmp:km01-7", "asset:某某公司:七", "001pe0a0000001d1k0000009"]
        told["battery"] = draw(st.sampled_from(names))
    if draw(st.booleans()):
        told["device"] = {
            "clock": "2026-06-01T09:29:00+08:00",
            "offset_ms": draw(st.integers(0, 99)),
        }
    if kind != "counted" and draw(st.booleans()):
        told["site"] = draw(TEXTS)
    return told


def taken(raw: Raw, role: str) -> Prepared:
    # Two persons, for what takes two.
    first, second = DATA["set_aside"]["officers"]
    who = Reporter(OWN.id, role, person=second, proposer=first)
    ready = prepare(raw, who, REGISTRY, NOW_US, SEALS, SERVICE.check)
    if ready.lines:
        return ready
    # Only the record knows what a correction aims at.
    lines = correction_lines(ready.report.data, [(Stream.BATTERY, "tmp:KM01-7")])
    return placed(ready.report, ready.stamp, lines, canonical_json(ready.report.canonical()))


def sealed(ready: Prepared) -> list[Raw]:
    return [
        open_json(
            seal(
                ready.report, line, ready.stamp, version=1,
                recorded_at="2026-06-02T00:00:00.000000Z", nonce=bytes(16),
            )
        )
        for line in ready.lines
    ]  # fmt: skip


@pytest.mark.parametrize("kind", DATA)
def test_what_a_client_signs_is_believed_and_nothing_else(kind: str) -> None:
    role = min(CATALOGUE[kind].roles)

    @LIVELY
    @given(reports(kind), st.sampled_from(KEYS), st.integers(0), st.integers(1, 255))
    def signed(raw: Raw, key: ReporterKey, place: int, flip: int) -> None:
        normal = json.loads(canonical_json(read_report(raw, refer).canonical()))
        payload = canonical(normal)
        assert payload == canonical_json(read_report(raw, refer).canonical())
        signature = key.sign(payload, OWN.id)

        ready = taken(raw | {"signature": signature}, role)

        for event in sealed(ready):
            told = OFFLINE.verify(event, len(ACTS), ready.body)
            assert told.kid == kid_of(OWN.id, key.public.thumbprint)
        must_be_refused(raw, role, altered(signature, place), ready)
        changed = bytearray(payload)
        changed[place % len(payload)] ^= flip
        must_be_refused(raw, role, key.sign(bytes(changed), OWN.id), ready)

    signed()


def altered(signature: str, place: int) -> str:
    at = place % len(signature)
    return signature[:at] + ("A" if signature[at] != "A" else "B") + signature[at + 1 :]


def must_be_refused(raw: Raw, role: str, signature: str, ready: Prepared) -> None:
    with pytest.raises(Refused) as refused:
        taken(raw | {"signature": signature}, role)
    assert refused.value.code == "signature_invalid"
    for event in sealed(ready):
        with pytest.raises(Rejected):
            OFFLINE.verify(event | {"signature": signature}, len(ACTS), ready.body)


def inspection(**more: Any) -> Raw:
    told = {"event_id": "018f3c1e-0000-7000-8000-000000000001", "type": "inspected"}
    return (
        told
        | {"battery": "tmp:KM01-7", "occurred_at": "2026-06-01"}
        | {"data": DATA["inspected"]}
        | more
    )


def test_an_unsigned_report_is_stored_as_ever() -> None:
    ready = taken(inspection(), "outlet")
    assert (ready.stamp.signature, ready.body) == (None, None)
    assert all("signature" not in event for event in sealed(ready))


def test_where_no_key_is_known_a_signature_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        prepare(
            inspection(signature="a..b"),
            Reporter(OWN.id, "outlet"),
            REGISTRY,
            NOW_US,
            SEALS,
        )
    assert refused.value.code == "signature_invalid"


async def test_a_signed_report_asks_the_database_no_more_than_another(record: Record) -> None:
    asked: list[str] = []
    record.recorder._check = SERVICE.check
    async with record.readers.acquire() as reader:
        reader.add_query_logger(lambda query: asked.append(query.query))
    trips = await watched(record)
    counts = []
    # The first report of all prepares the statements.
    for number, key in ((1, None), (2, None), (3, KEYS[0])):
        raw = inspection(battery=f"tmp:KM01-{number}", event_id=identifier(number))
        raw["occurred_at"] = "2026-06-01T01:30:00.000000Z"
        raw["data"] = {"soh_percent": "90"}
        more = {"signature": key.sign(canonical(raw), OWN.id)} if key is not None else {}
        trips.sent.clear()
        await record.send(raw | more, Reporter(OWN.id, "outlet"))
        counts.append(list(trips.sent))
    assert counts[1] == counts[2] != []
    assert asked == []
