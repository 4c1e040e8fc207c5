"""An erasure that is killed in its course: asked by one hand, approved by another, over HTTP."""

import asyncio
import time
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final

import asyncpg
import httpx

from dianchi.access.audit import SEALED, check
from dianchi.access.enrol import Enrolment, enrol
from dianchi.access.issue import KeyTerms, add_key
from dianchi.domain.people import PLATFORM
from dianchi.settings import personal_keys
from dianchi.store.acts import acts_of
from dianchi.store.vault import Locked, Vault
from dianchi.wiring import opened
from support.api import ENROLLED
from support.ground import Ground
from support.mortal import Moment
from support.mortals import PAUSE_S, Mortal
from support.process import free_port
from support.reports import CAR_MAKER, installed, pack

_KEPT: Final = "SELECT reference, kek, wrapped, sealed, erased_at FROM personal WHERE reference=$1"
_DECIDED: Final = """
SELECT d.decision FROM erasure e JOIN erasure_decision d ON d.erasure = e.id WHERE e.reference = $1
"""
_NOTED: Final = "SELECT count(*) FROM audit WHERE act = $1 AND at >= $2"
_ASKED: Final = "POST /v1/erasures"
_APPROVED: Final = "POST /v1/erasures/{id}/approval"
_WEIGHTS: Final = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_LETTERS: Final = dict(
    zip("ABCDEFGHJKLMNPRSTUVWXYZ", (*range(1, 9), *range(1, 6), 7, 9, *range(2, 10)), strict=True)
)
_serials: Final = count(1)


@dataclass(slots=True)
class Case:
    """A value that is to be erased, and how far that has come.

    Attributes:
        hands: keys of whoever asks and of whoever approves.
        done: whether an approval was answered.
    """

    vin: str
    reference: str
    hands: tuple[str, str]
    began: Any
    done: bool = field(default=False)


async def erase(ground: Ground, step: int | str, moment: Moment) -> Mortal:
    """Erases over HTTP until the server is gone; then again, until it is done."""
    case = await case_of(ground)
    server = ground.mortals.start("serve", step, moment, port=free_port())
    await asyncio.to_thread(ask_and_approve, server, case)
    if server.status is None:
        server.end()
    await must_be_whole_or_gone(ground, case)
    if not case.done:
        again = ground.mortals.start("serve", port=free_port())
        await asyncio.to_thread(ask_and_approve, again, case)
        assert again.end() == 0
    assert case.done
    assert await must_be_whole_or_gone(ground, case) == "gone"
    return server


async def case_of(ground: Ground) -> Case:
    """A value that a report has just brought, and two hands that may erase it."""
    vin = vin_of(next(_serials))
    raw = installed(pack(next(_serials) % 9), vin=vin)
    async with (
        opened(ground.settings, ground.dsn) as services,
        services.make_session() as session,
    ):
        office = await enrol(session, Enrolment("示范局", prefecture="530100"), ENROLLED)
        hands = [
            await add_key(session, services.ring, office.id, KeyTerms("regulator"), ENROLLED)
            for _ in range(2)
        ]
        await services.recorder.record(raw, CAR_MAKER)
        ground.acknowledged.add(raw["event_id"])
        [now] = await ground.record.rows("SELECT now() AS now")
        return Case(vin, services.seals.refer(vin), (hands[0], hands[1]), now["now"])


def vin_of(number: int) -> str:
    """A VIN with its check digit."""
    plain = f"LSVAA418_E2{number:06}"
    total = sum(
        (_LETTERS[mark] if mark.isalpha() else int(mark)) * weight
        for mark, weight in zip(plain, _WEIGHTS, strict=True)
        if mark != "_"
    )
    return plain.replace("_", "0123456789X"[total % 11])


def ask_and_approve(server: Mortal, case: Case) -> None:
    """Asks by one key and approves by the other, as long as the server lives."""
    told = {
        "vin_ref": case.reference,
        "basis": "request_of_person",
        "document": "云工信函〔2026〕15号",
    }
    url = f"http://127.0.0.1:{server.job.port}/v1/erasures"
    with httpx.Client(timeout=30) as client:
        while not case.done:
            try:
                asked = _post(client, url, case.hands[0], told)
                if asked is None:
                    continue
                approved = _post(client, f"{url}/{asked['id']}/approval", case.hands[1], None)
            except httpx.TransportError:
                if server.status is not None:
                    return
                time.sleep(PAUSE_S)
                continue
            case.done = approved is not None and approved["state"] == "approved"


def _post(client: httpx.Client, url: str, key: str, body: Any) -> dict[str, Any] | None:
    answer = client.post(url, json=body, headers={"authorization": f"Bearer {key}"})
    if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
        return None
    assert answer.status_code in (200, 201), answer.text
    return dict(answer.json())


async def must_be_whole_or_gone(ground: Ground, case: Case) -> str:
    """The value is as it was, or nothing of it is left; which of the two.

    It is gone where the approval was recorded and only there; whatever was done was noted before,
    and the audit log is as it was sealed.
    """
    [kept] = await ground.record.rows(_KEPT, case.reference)
    *locked, erased_at = kept
    decisions = [row["decision"] for row in await ground.record.rows(_DECIDED, case.reference)]
    gone = erased_at is not None
    assert decisions == (["approved"] if gone else [])
    if gone:
        assert locked[1:] == [None, None, None]
    else:
        assert Vault(personal_keys(ground.settings)).open(Locked(*locked)) == case.vin
        assert not case.done, "an answer told of what was not done"
    await _must_be_noted(ground, case, approved=gone)
    return "gone" if gone else "whole"


async def _must_be_noted(ground: Ground, case: Case, *, approved: bool) -> None:
    for act, must in ((_ASKED, approved), (_APPROVED, approved)):
        [row] = await ground.record.rows(_NOTED, act, case.began)
        assert row["count"] or not must, f"done and not noted: {act}"
    connection = await asyncpg.connect(ground.dsn)
    try:
        assert (await check(connection, await acts_of(connection, PLATFORM, SEALED))).changed == []
    finally:
        await connection.close()
