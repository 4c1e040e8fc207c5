"""Keys: made, listed, revoked."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from dianchi.access.issue import (
    KeyTerms,
    Misplaced,
    Revocation,
    add_key,
    check_bounds,
    find_key,
    key_id,
    keys_of,
    revoke,
)
from dianchi.access.keys import now_of
from dianchi.api.bodies.keys import KeyMade, KeyNew, KeyRead, KeyRevoked, Keys, RevocationNew
from dianchi.api.bodies.shared import problems
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.naming import registered
from dianchi.api.problems import checked, refuse
from dianchi.domain.admit import Reporter
from dianchi.domain.areas import parse_area, parse_department, within
from dianchi.domain.events import ROLES
from dianchi.domain.identifiers import parse_prefecture
from dianchi.domain.policy import Caller, acts_for, caller_of, not_yours
from dianchi.domain.refusals import Fault, Malformed, Refused
from dianchi.domain.registry import Registry
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
    terms = _terms(told, registry)
    known = registered(registry, told.organisation, "/organisation")
    if not acts_for(reporter, known, known.id):
        raise not_yours(told.organisation)
    _must_not_exceed(reporter, terms)
    try:
        async with services.make_session() as session:
            key = await add_key(session, services.ring, known.id, terms, now_of(services.clock))
    except Malformed as error:
        day = str(told.expires_on)
        raise Refused(Fault(error.code, "/expires_on", day, error.what, error.way_out)) from None
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


def _terms(told: KeyNew, registry: Registry) -> KeyTerms:
    """What a key is asked for.

    Raises:
        Refused: role, area, department, a name or a scope is none, or not of this role.
    """
    if told.role not in ROLES:
        listed = ", ".join(ROLES)
        raise refuse(
            "invalid_value",
            ("没有这个角色", "there is no such role"),
            (f"可用角色：{listed}", f"roles: {listed}"),
            pointer="/role",
            value=told.role,
        )
    prefecture = checked(told.prefecture, "prefecture", lambda text: parse_prefecture(text).code)
    for place, scope in enumerate(told.scopes or ()):
        checked(scope, f"scopes/{place}", lambda text: parse_scope(text, told.role))
    terms = KeyTerms(
        told.role,
        prefecture,
        None if told.scopes is None else tuple(told.scopes),
        told.expires_on,
        checked(told.area, "area", parse_area),
        checked(told.department, "department", parse_department),
        _names(told.names, registry),
    )
    try:
        check_bounds(terms)
    except Misplaced as error:
        value = getattr(told, error.member)
        member = f"/{error.member}"
        raise Refused(Fault(error.code, member, value, error.what, error.way_out)) from None
    return terms


def _names(told: list[str] | None, registry: Registry) -> tuple[str, ...] | None:
    if told is None:
        return None
    return tuple(registered(registry, name, f"/names/{n}").id for n, name in enumerate(told))


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


def _absent(named: str) -> Refused:
    """Another's key is answered like none at all."""
    return refuse(
        "not_found",
        ("没有这把密钥", "there is no such key"),
        ("密钥的 id 见 GET /v1/keys", "the ids are in GET /v1/keys"),
        pointer="/id",
        value=named,
    )
