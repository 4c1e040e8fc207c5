"""An organisation that signs: its keys, registered as an integrator does it."""

from datetime import UTC, datetime
from typing import Any

import httpx

from dianchi_client import signers
from dianchi_client.signing import ReporterKey, canonical, kid_of
from support.api import Api

Raw = dict[str, Any]


def now_s() -> int:
    return int(datetime.now(UTC).timestamp())


def normal(**changes: Any) -> Raw:
    """A report in normal form."""
    told: Raw = {
        "event_id": "018f3c1e-0000-7000-8000-000000000001",
        "type": "inspected",
        "battery": "001PB1A00DZ5K2E610000001",
        "occurred_at": "2026-01-02T01:00:00.000000Z",
        "data": {"soh_percent": "90.5"},
    }
    return told | changes


def signed(report: Raw, key: ReporterKey, organisation: str, payload: bytes | None = None) -> Raw:
    """The report with its signature."""
    payload = canonical(report) if payload is None else payload
    return report | {"signature": key.sign(payload, organisation)}


async def post_key(
    api: Api, role: str, key: ReporterKey, by: ReporterKey | None = None, **more: Any
) -> httpx.Response:
    """Asks for a key to be added, endorsed by another one where there is one."""
    organisation = more.get("organisation") or await api.organisation(role)
    kid = kid_of(organisation, key.public.thumbprint)
    told = {
        "jwk": key.public.jwk,
        "possession": key.sign(signers.possession(kid), organisation, now_s()),
    }
    if by is not None:
        told["endorsement"] = by.sign(signers.endorsement(kid), organisation, now_s())
    return await api.http.post(
        "/v1/signing-keys", json=told | more, headers=await api.headers(role)
    )


async def added(api: Api, role: str, algorithm: str = "Ed25519") -> ReporterKey:
    """A key that may sign: the log has it."""
    key = ReporterKey.make(algorithm)
    answer = await post_key(api, role, key)
    assert answer.status_code == 201, answer.text
    await api.settle()
    await api.services.registry.refresh()
    return key
