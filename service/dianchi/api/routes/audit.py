"""The audit log, for the province: who read what of others, and who changed what."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from dianchi.access.audit import entries_before
from dianchi.api.bodies.audit import AuditEntry, AuditPage
from dianchi.api.bodies.shared import problems
from dianchi.api.cursors import page_place
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.views.pages import cursor_of

router = APIRouter(prefix="/v1/audit", tags=["registry"])
_NOW = (datetime(9999, 1, 1, tzinfo=UTC), UUID(int=0), 0)


@router.get("", responses=problems(401, 403, 422), summary="The audit log")
async def get_audit(
    services: ServicesDep,
    _: ReporterDep,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    cursor: Annotated[str | None, Query(max_length=400)] = None,
) -> AuditPage:
    """What authorities and auditors read, and what anybody changed in the registry."""
    place = page_place(cursor, tuple[datetime, UUID, int]) or _NOW
    names = (await services.registry.current()).names
    found = await entries_before(services.readers, place, limit + 1)
    items = [
        AuditEntry(
            **entry._asdict() | {"at": entry.at.isoformat()}, actor_name=names.get(entry.actor)
        )
        for entry, _ in found[:limit]
    ]
    following = cursor_of(found[limit - 1][1]) if len(found) > limit else None
    return AuditPage(items=items, next=following)
