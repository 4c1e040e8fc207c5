"""Keys: made, listed, revoked."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Path, Query

from dianchi.access.issue import (
    KeyTerms,
    Revocation,
    add_key,
    find_key,
    key_id,
    keys_of,
    revoke,
)
from dianchi.access.keys import now_of
from dianchi.api.bodies.keys import KeyMade, KeyNew, KeyRead, KeyRevoked, Keys, RevocationNew
from dianchi.api.bodies.shared import problems
from dianchi.api.bounding import bounds_of
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.naming import registered
from dianchi.api.problems import checked, refuse
from dianchi.domain.admit import Reporter
from dianchi.domain.areas import within
from dianchi.domain.callers import Caller, caller_of
from dianchi.domain.passing import acts_for, not_yours
from dianchi.domain.refusals import Refused
from dianchi.domain.scopes import parse_scope

router = APIRouter(prefix="/v1/keys", tags=["registry"])


@router.get("", responses=problems(401, 403), summary="List keys")
async def get_keys(
    services: ServicesDep,
    reporter: ReporterDep,
    organisation: Annotated[str | None, Query(max_length=120)] = None,
) -> Keys:
    """The keys of an organisation; by default one's own, for a regulator any."""
    registry = await services.registry.current()
    wanted = registry.resolve(organisation) if organisation else reporter.organisation
    if not acts_for(reporter, registry.organisations.get(wanted), wanted):
        raise not_yours(wanted)
    found = await keys_of(services.registrar, wanted)
    return Keys(items=[KeyRead(**dict(row)) for row in found])


@router.post(
    "",
    status_code=201,
    responses=problems(400, 401, 403, 413, 422),
    summary="Make a key",
)
async def post_key(services: ServicesDep, reporter: ReporterDep, told: KeyNew) -> KeyMade:
    """Makes a key for a registered organisation; shown this once."""
    registry = await services.registry.current()
    if registry.organisation(told.organisation) is None:
        # Perhaps enrolled by hand a moment ago.
        await services.registry.refresh()
        registry = services.registry.now
    bounds = bounds_of(told, told.role, services)
    terms = replace(bounds, scopes=_scopes(told.scopes, told.role))
    known = registered(registry, told.organisation, "/organisation")
    if not acts_for(reporter, known, known.id):
        raise not_yours(told.organisation)
    _must_not_exceed(reporter, terms)
    async with services.make_session() as session:
        key = await add_key(session, services.ring, known.id, terms, now_of(services.clock))
    await services.registry.refresh()
    made = key_id(services.ring.digest(key))
    return KeyMade(id=made, key=key, organisation=known.id, role=told.role)


def _must_not_exceed(reporter: Reporter, terms: KeyTerms) -> None:
    """Nobody makes a key that sees more than they do.

    Raises:
        Refused: an officer asks for one of the province or of another area.
    """
    if caller_of(reporter) is Caller.OFFICER and terms.role in ("regulator", "auditor"):
        bound = terms.area or terms.prefecture
        if terms.role == "auditor" or not (bound and within(bound, reporter.bound_to)):
            raise refuse(
                "role_not_allowed",
                ("只能发放本辖区的监管密钥", "only a key of your own area"),
                ("请由省级监管部门发放", "ask the province for it"),
                pointer="/area",
                value=bound,
            )


@router.post(
    "/{id}/revoke",
    responses=problems(400, 401, 403, 404, 413, 422),
    summary="Revoke a key",
)
async def post_revocation(
    services: ServicesDep,
    reporter: ReporterDep,
    named: Annotated[str, Path(alias="id", max_length=64)],
    told: RevocationNew,
) -> KeyRevoked:
    """Revokes a key of one's own organisation, as a regulator any; accepted nowhere after 5 s.

    Again, it answers when and why it was revoked first.
    """
    async with services.make_session() as session:
        row = await find_key(session, named)
        firms = services.registry.now.organisations
        if row is None or not acts_for(reporter, firms.get(row.organisation), row.organisation):
            raise _absent(named)
        revocation = Revocation(reporter.organisation, told.reason.strip())
        await revoke(session, row, revocation, now_of(services.clock))
    return KeyRevoked(id=key_id(row.digest), **row.model_dump())


def _scopes(told: list[str] | None, role: str) -> tuple[str, ...] | None:
    """The scopes of a key.

    Raises:
        Refused: one is none, or not of this role.
    """
    for place, scope in enumerate(told or ()):
        checked(scope, f"scopes/{place}", lambda text: parse_scope(text, role))
    return None if told is None else tuple(told)


def _absent(named: str) -> Refused:
    """Another's key is answered like none at all."""
    return refuse(
        "not_found",
        ("没有这把密钥", "there is no such key"),
        ("密钥的 id 见 GET /v1/keys", "the ids are in GET /v1/keys"),
        pointer="/id",
        value=named,
    )
