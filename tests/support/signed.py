"""Signed reports over HTTP: one to sign, and how a refusal is told."""

from support.api import Api
from support.signing import Raw, normal

EVENT = normal()["event_id"]


async def refused(api: Api, report: Raw, status: int = 422, role: str = "workshop") -> Raw:
    answer = await api.post(role, report)
    assert answer.status_code == status, answer.text
    return dict(answer.json())
