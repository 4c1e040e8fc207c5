"""What the public complains of, for the authorities of the area."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from dianchi.access.complaints import Filed, close, complaints_in, concerns, find
from dianchi.access.keys import now_of
from dianchi.api.bodies.complaints import Closing, ComplaintRead, Complaints
from dianchi.api.bodies.shared import problems
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.problems import refuse

router = APIRouter(prefix="/v1/complaints", tags=["complaints"])


@router.get("", responses=problems(401, 403, 422), summary="Complaints of one's area")
async def get_complaints(
    response: Response,
    services: ServicesDep,
    officer: ReporterDep,
    state: Annotated[Literal["open", "closed"], Query()] = "open",
) -> Complaints:
    """Wrong labels and refused batteries (拒收投诉) that people reported; at most 1,000."""
    response.headers["cache-control"] = "no-store"
    closed = state == "closed"
    async with services.make_keeper_session() as session:
        filed = await complaints_in(session, services.vault, officer.area, closed=closed)
    return Complaints(items=[_shown(each) for each in filed])


@router.post(
    "/{number}/close",
    responses=problems(400, 401, 403, 404, 409, 413, 422),
    summary="Close a complaint",
)
async def post_close(
    services: ServicesDep, officer: ReporterDep, number: str, told: Closing
) -> ComplaintRead:
    """Closes it with a reason, and erases how to reach who wrote it."""
    now, ending = now_of(services.clock), (officer.organisation, told.reason)
    async with services.make_keeper_session() as session:
        filed = await find(session, services.vault, number)
        if filed is None or not concerns(officer.area, filed.row):
            raise _absent(number)
        if not await close(session, number, ending, now, whole=told.erase == "all"):
            raise _closed_before(number)
        filed = await find(session, services.vault, number)
    assert filed is not None  # noqa: S101 - rows are never deleted
    return _shown(filed)


def _shown(filed: Filed) -> ComplaintRead:
    row = filed.row.model_dump()
    about = row.pop("kind")
    return ComplaintRead(**row, about=about, told=filed.told, contact=filed.contact)


def _absent(number: str) -> Exception:
    return refuse(
        "not_found",
        ("没有这份投诉", "there is no such complaint"),
        ("请核对编号；他处的投诉由当地办理", "check the number; others' areas see to theirs"),
        pointer="/number",
        value=number,
    )


def _closed_before(number: str) -> Exception:
    return refuse(
        "already_decided",
        ("这份投诉已办结", "it was closed before"),
        ("请用 GET /v1/complaints?state=closed 查看", "see GET /v1/complaints?state=closed"),
        pointer="/number",
        value=number,
    )
