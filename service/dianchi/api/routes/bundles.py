"""`GET /v1/batteries/{name}/bundle`: a whole history with its proofs, to be checked offline."""

from asyncio import to_thread
from collections.abc import Sequence
from typing import Any, Final

from fastapi import APIRouter, Response

from dianchi.api.bodies.shared import problems
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.naming import canonical_name
from dianchi.api.problems import refuse
from dianchi.api.routes.batteries import Name
from dianchi.api.services import Services
from dianchi.api.sight import absent, must_see, seen_reports
from dianchi.api.signed import Signed, read_signed
from dianchi.domain.admit import Reporter
from dianchi.domain.refusals import Refused
from dianchi.store.lives import StoredLife, read_life
from dianchi_client.archive import LARGEST
from dianchi_client.bundle import MEDIA_TYPE, MOST_EVENTS, Listed, Manifest, write_bundle
from dianchi_client.checkpoint import Checkpoint
from dianchi_client.note import Note

router = APIRouter(prefix="/v1/batteries", tags=["batteries"])
_ZIP: Final[dict[str, Any]] = {
    "content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}}
}


@router.get(
    "/{name:path}/bundle",
    response_class=Response,
    responses={200: _ZIP, **problems(401, 404, 409, 413, 422)},
    summary="The whole history with its proofs",
)
async def get_bundle(services: ServicesDep, reporter: ReporterDep, name: Name) -> Response:
    """A ZIP of every event under every name, verified by `dianchi-client verify-bundle`.

    It is whole or not given: an event that waits for the log answers 409 for a second.
    """
    canonical = canonical_name(name, await services.registry.current())
    await must_see(services, reporter, canonical, name)
    stored, listed, signed = await _read(services, reporter, canonical, name)
    entries = [*listed, *signed.keys]
    receipts = await services.log.receipts([each.log_index for each in entries])
    if not receipts:
        raise _waiting(name)
    manifest = _manifest(stored, listed, signed, receipts[0].note)
    leaves = [stored.bodies[each.event_id, each.stream] for each in listed]
    leaves += signed.leaves
    packed = await to_thread(
        write_bundle, manifest, leaves, receipts, services.log.policy, signed.reports
    )
    if len(packed) > LARGEST:
        raise _too_large(name)
    head = {"content-disposition": 'attachment; filename="bundle.zip"'}
    return Response(packed, media_type=MEDIA_TYPE, headers=head)


async def _read(
    services: Services, reporter: Reporter, name: str, given: str
) -> tuple[StoredLife, list[Listed], Signed]:
    """The life of a name, as one moment saw it, its events in the order of the log, and who signed.

    Raises:
        Refused: nothing was reported, it is too much for a bundle, or an event waits for the log.
    """
    async with (
        services.seeing(reporter).acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        stored = await read_life(connection, name)
    if stored is None:
        raise absent(given)
    # Public keys are nobody's secret; a report that names others' batteries is theirs, too.
    async with services.readers.acquire() as connection:
        signed = await read_signed(connection, stored.bodies.values())
    withheld = signed.reports.keys() - await seen_reports(services, reporter, signed.reports)
    signed = signed.without(withheld)
    if len(stored.events) + len(signed.keys) > MOST_EVENTS:
        raise _too_large(given)
    listed = []
    for event in stored.events:
        index = stored.logged[event.event_id, event.subject].log_index
        if index is None:
            raise _waiting(given)
        listed.append(Listed(index, event.subject, event.version, event.event_id))
    return stored, sorted(listed), signed


def _manifest(
    stored: StoredLife, listed: Sequence[Listed], signed: Signed, note: bytes
) -> Manifest:
    checkpoint = Checkpoint.parse(Note.parse(note).text)
    return Manifest(
        stored.union.canonical,
        tuple(sorted({each.stream for each in listed})),
        checkpoint.origin,
        checkpoint.size,
        tuple(listed),
        tuple(signed.keys),
        tuple(sorted(signed.reports)),
        signed.withheld,
    )


def _waiting(name: str) -> Refused:
    return refuse(
        "receipt_not_ready",
        (
            "档案包尚未就绪：有事件已保存，正等待写入日志",
            "an event is stored, but not in a signed log yet",
        ),
        ("请一秒后再取", "ask again in a second"),
        pointer="/battery",
        value=name,
    )


def _too_large(name: str) -> Refused:
    return refuse(
        "too_many_rows",
        (
            f"这只电池的记录超过一个档案包的上限（{MOST_EVENTS} 条，64 MiB）",
            f"this battery has more than a bundle holds ({MOST_EVENTS} events, 64 MiB)",
        ),
        (
            "请逐条取收据 /v1/events/{event_id}/receipt",
            "take receipts one by one: /v1/events/{event_id}/receipt",
        ),
        pointer="/battery",
        value=name,
    )
