"""Systems of one's organisation: their public keys registered, listed, revoked."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path

from dianchi.access.clients import (
    Registration,
    clients_of,
    parse_public_key,
    register,
    revoke_client,
)
from dianchi.access.keys import now_of
from dianchi.api.bodies.clients import ClientList, ClientNew, ClientRead
from dianchi.api.bodies.shared import problems
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.problems import checked, refuse
from dianchi.domain.refusals import Fault, Malformed, Refused
from dianchi.domain.scopes import parse_scope

router = APIRouter(prefix="/v1/clients", tags=["systems"])


@router.get("", responses=problems(400, 401, 403), summary="List systems")
async def get_clients(services: ServicesDep, reporter: ReporterDep) -> ClientList:
    """The systems of one's own organisation."""
    async with services.make_session() as session:
        found = await clients_of(session, reporter.organisation)
    return ClientList(items=[ClientRead(**one.model_dump()) for one in found])


@router.post(
    "", status_code=201, responses=problems(400, 401, 403, 413, 422), summary="Register a system"
)
async def post_client(services: ServicesDep, reporter: ReporterDep, told: ClientNew) -> ClientRead:
    """Registers the public key of a system; it may do what the caller may, or less."""
    for place, scope in enumerate(told.scopes or ()):
        checked(scope, f"scopes/{place}", lambda text: parse_scope(text, reporter.role))
    scopes = None if told.scopes is None else frozenset(told.scopes)
    mine = replace(reporter, scopes=scopes)
    by = UUID(reporter.person) if reporter.person else None
    try:
        public = parse_public_key(told.public_key)
        async with services.make_session() as session:
            registration = Registration(told.name.strip(), mine, by)
            row = await register(session, registration, public, now_of(services.clock))
    except Malformed as error:
        x = told.public_key.get("x")
        raise Refused(Fault(error.code, "/public_key", x, error.what, error.way_out)) from None
    return ClientRead(**row.model_dump())


@router.post("/{id}/revoke", responses=problems(400, 401, 403, 404, 422), summary="Revoke a system")
async def post_revoked(
    services: ServicesDep,
    reporter: ReporterDep,
    named: Annotated[str, Path(alias="id", max_length=64)],
) -> ClientRead:
    """Revokes a system of one's own: it gets no more tokens, and those it has end within 5 s."""
    async with services.make_session() as session:
        now = now_of(services.clock)
        row = await revoke_client(session, named, reporter.organisation, now)
    if row is None:
        raise refuse(
            "not_found",
            ("没有这个系统", "there is no such system"),
            ("系统的 id 见 GET /v1/clients", "the ids are in GET /v1/clients"),
            pointer="/id",
            value=named,
        )
    return ClientRead(**row.model_dump())
