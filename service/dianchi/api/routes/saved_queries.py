"""Saved queries: a list with its filters under a name, run again by a click."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response

from dianchi.access.keys import now_of
from dianchi.access.owners import owner_of
from dianchi.api.bodies.exports import QueryBody, QueryList, QueryNew
from dianchi.api.bodies.shared import problems
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.exporting import filters_of
from dianchi.api.problems import refuse
from dianchi.domain.exports import TITLES
from dianchi.domain.personal import redacted
from dianchi.exports.queries import (
    MOST_SAVED,
    New,
    SavedQuery,
    TooManySavedError,
    forget,
    lender_of,
    save,
    saved_queries,
)

router = APIRouter(prefix="/v1/saved-queries", tags=["exports"])


@router.get("", responses=problems(401, 403), summary="List saved queries")
async def get_saved_queries(services: ServicesDep, reporter: ReporterDep) -> QueryList:
    """The caller's own, and those that others of its organisation share, by name.

    A shared one is a question: whoever runs it is answered what they may see themselves.
    """
    found = await saved_queries(lender_of(services.own_readers, reporter))
    owner = owner_of(reporter)
    return QueryList(items=[_body(query, owner) for query in found])


@router.post(
    "", status_code=201, responses=problems(400, 401, 403, 422, 429), summary="Save a query"
)
async def post_saved_query(
    services: ServicesDep, reporter: ReporterDep, new: QueryNew
) -> QueryBody:
    """Keeps a list with its filters under a name."""
    filters = await filters_of(new.list, new.filters, services, reporter)
    told = New(redacted(new.name.strip()), new.list, filters, new.shared)
    try:
        query = await save(services.uploader, told, reporter, now_of(services.clock))
    except TooManySavedError:
        raise refuse(
            "too_many_requests",
            (f"已保存 {MOST_SAVED} 个查询", f"{MOST_SAVED} queries are saved already"),
            ("请先删除不用的", "delete those that are not used"),
        ) from None
    return _body(query, owner_of(reporter))


@router.delete(
    "/{id}",
    status_code=204,
    responses=problems(401, 403, 404, 422),
    summary="Delete a saved query",
)
async def delete_saved_query(
    services: ServicesDep, reporter: ReporterDep, identity: Annotated[UUID, Path(alias="id")]
) -> Response:
    """Deletes one of the caller's own."""
    if not await forget(services.uploader, identity, reporter):
        raise refuse(
            "not_found",
            ("您没有保存过这个查询", "you saved no such query"),
            ("别人共享的查询由其本人删除", "whoever shares a query deletes it"),
            pointer="/id",
            value=str(identity),
        )
    return Response(status_code=204)


def _body(query: SavedQuery, owner: str) -> QueryBody:
    return QueryBody.model_validate(
        {
            "id": str(query.id),
            "name": query.name,
            "list": query.list,
            "title": TITLES[query.list]._asdict(),
            "filters": dict(query.filters),
            "shared": query.shared,
            "mine": query.owner == owner,
            "made_at": query.made_at,
        }
    )
