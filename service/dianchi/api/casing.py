"""What a case is made of: findings and obligations that an officer sees, all of one firm."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from asyncpg import Record

from dianchi.access.cases import ItemNew
from dianchi.access.keys import now_of
from dianchi.api.answers import finding_json
from dianchi.api.bodies import cases as bodies
from dianchi.api.bodies.shared import Told
from dianchi.api.naming import registered
from dianchi.api.owing import duty_text, obligation_json
from dianchi.api.problems import refuse
from dianchi.api.services import Services
from dianchi.domain.admit import Reporter
from dianchi.domain.areas import PROVINCE
from dianchi.domain.deadlines import Standing
from dianchi.domain.findings import CATALOGUE
from dianchi.domain.refusals import Fault, Refused, Text
from dianchi.domain.registry import Organisation
from dianchi.domain.rule_set import STATES
from dianchi.domain.sight import OWN_REPORT, own_finding
from dianchi.domain.working_days import business_date
from dianchi.exchange.json_out import moment
from dianchi.store.sight import reported_among
from dianchi.views.findings.query import FindingItem, findings_by_id
from dianchi.views.obligations.query import obligations_by_id

_OPEN: Final = Text("未关闭", "open")
_CLOSED: Final = Text("已自行关闭", "closed by itself")
_GONE: Final = Text("不再单列", "listed no more")
_OWED: Final = frozenset((Standing.DUE, Standing.DUE_SOON, Standing.OVERDUE, Standing.UNCHECKED))


@dataclass(frozen=True, slots=True)
class Subject:
    """What a case is about: the firm, the areas whose officers see it, and the items."""

    firm: Organisation
    areas: frozenset[str]
    items: Sequence[ItemNew]


async def subject_of(
    services: Services,
    officer: Reporter,
    told: Mapping[int, bodies.ItemNew],
    named: str | None,
) -> Subject:
    """What is to be worked.

    Args:
        services: that know findings and duties.
        officer: whoever works it.
        told: the items by their places in what was asked.
        named: the firm; None: that of the items.

    Raises:
        Refused: something is not there, or not of this firm, with each place that is wrong.
    """
    registry = await services.registry.current()
    findings, owed = await _named(services, officer, told)
    firms = [_firm_of(one, findings, owed) for one in told.values()]
    wanted = registry.resolve(named) if named else _alone(firms)
    firm = registered(registry, wanted, "/firm")
    faults = [
        _other_firm(place, one)
        for place, one in told.items()
        if not _concerns(firm.id, one, findings, owed)
    ]
    if faults:
        raise Refused(*faults)
    items = []
    # What is told twice is one.
    for one in {ref_of(one): one for one in told.values()}.values():
        if one.finding is not None:
            items.append(await _finding(services, firm.id, findings[one.finding]))
        else:
            items.append(_obligation(services, owed[one.obligation or UUID(int=0)]))
    return Subject(firm, _areas(officer, firm, [*findings.values()], [*owed.values()]), items)


def ref_of(one: bodies.ItemNew) -> UUID | None:
    """The id of what is to be worked."""
    return one.finding or one.obligation


async def _named(
    services: Services, officer: Reporter, told: Mapping[int, bodies.ItemNew]
) -> tuple[dict[UUID, FindingItem], dict[UUID, Record]]:
    lender = services.seeing(officer)
    findings = await findings_by_id(lender, {one.finding for one in told.values() if one.finding})
    owed = await obligations_by_id(
        lender, {one.obligation for one in told.values() if one.obligation}, _today(services)
    )
    faults = [
        _absent(place)
        for place, one in told.items()
        if (one.finding is None) is (one.obligation is None)
        or (one.finding is not None and one.finding not in findings)
        or (one.obligation is not None and one.obligation not in owed)
    ]
    if faults:
        raise Refused(*faults)
    return findings, owed


def _firm_of(
    one: bodies.ItemNew, findings: Mapping[UUID, FindingItem], owed: Mapping[UUID, Record]
) -> str | None:
    if one.finding is not None:
        return findings[one.finding].organisation
    return owed[one.obligation or UUID(int=0)]["bearer"] or None


def _alone(firms: Sequence[str | None]) -> str:
    named = {firm for firm in firms if firm}
    if len(named) == 1:
        return named.pop()
    raise refuse(
        "one_firm",
        ("所选事项不属同一家单位，或没有写明单位", "these are not of one firm, or of none"),
        ("每家单位分别立案，或填写 firm", "open a case for each firm, or give `firm`"),
        pointer="/items",
    )


def _concerns(
    firm: str,
    one: bodies.ItemNew,
    findings: Mapping[UUID, FindingItem],
    owed: Mapping[UUID, Record],
) -> bool:
    """Whether a firm answers for it: nobody is told what others reported by a case."""
    if one.finding is not None:
        found = findings[one.finding]
        own = {firm, f"{OWN_REPORT}{firm}"}
        return found.organisation == firm or not own.isdisjoint(found.seen_by)
    return bool(owed[one.obligation or UUID(int=0)]["bearer"] == firm)


def _areas(
    officer: Reporter,
    firm: Organisation,
    findings: Sequence[FindingItem],
    owed: Sequence[Record],
) -> frozenset[str]:
    """The areas of the firm, of the places, and of who opens the case."""
    told = {officer.bound_to, firm.prefecture, *(each.prefecture for each in findings)}
    told |= {area for row in owed for area in row["seen_by"] if _is_area(area)}
    return frozenset(area for area in told if area) | {PROVINCE}


def _is_area(seer: str) -> bool:
    return seer.isdigit() or seer.islower()


async def _finding(services: Services, firm: str, found: FindingItem) -> ItemNew:
    """The finding as it is now; what the firm is told of it leaves out what others reported."""
    names = services.registry.now.names
    shown = _finding_json(found, names)
    told = shown
    if firm not in found.seen_by:
        own = await reported_among(services.readers, firm, found.finding.evidence)
        withheld = own_finding(found.finding, own)
        told = finding_json(
            withheld or found.finding, None, names, opened_at=moment(found.opened_at)
        )
        told = told if withheld else {"code": found.finding.code}
    code, statutory = found.finding.code, False
    shapes = {"all": shown, "firm": told}
    return ItemNew("finding", found.id, code, found.battery, statutory, shapes)


def _finding_json(found: FindingItem, names: Mapping[str, str]) -> dict[str, Any]:
    return finding_json(
        found.finding,
        found.battery,
        names,
        subject=found.subject,
        opened_at=moment(found.opened_at),
        closed_at=moment(found.closed_at) if found.closed_at else None,
    )


def _obligation(services: Services, row: Record) -> ItemNew:
    shown = obligation_json(row, services.registry.now, services, _today(services))
    del shown["earlier"]
    return ItemNew(
        "obligation", row["obligation_id"], row["duty"], row["battery"], row["statutory"],
        {"all": shown, "firm": shown},
    )  # fmt: skip


def title_of(services: Services, kind: str, code: str) -> Told:
    """What a code of findings or a duty is called."""
    known = CATALOGUE.get(code)
    if kind == "finding":
        return Told(**known.title._asdict()) if known else Told(zh=code, en=code)
    named = duty_text(code, services.rules)
    return Told(**named) if named else Told(zh=code, en=code)


async def standing_now(services: Services, refs: Mapping[UUID, str]) -> dict[UUID, bodies.ItemNow]:
    """How findings and obligations stand now, by their kinds: whoever sees the case sees that."""
    of = {kind: {ref for ref, its in refs.items() if its == kind} for kind in refs.values()}
    found = await findings_by_id(services.readers, of.get("finding", set()))
    owed = await obligations_by_id(services.readers, of.get("obligation", set()), _today(services))
    return {
        ref: _finding_now(found.get(ref)) if kind == "finding" else _owed_now(owed.get(ref))
        for ref, kind in refs.items()
    }


def _finding_now(found: FindingItem | None) -> bodies.ItemNow:
    if found is None:
        return _now("gone", _GONE, settled=True)
    if found.closed_at is None:
        return _now("open", _OPEN, settled=False)
    return _now("closed", _CLOSED, settled=True, on=moment(found.closed_at))


def _owed_now(row: Record | None) -> bodies.ItemNow:
    if row is None:
        return _now("gone", _GONE, settled=True)
    state = Standing(row["state"])
    on = row["met_day"] or row["ended_day"]
    # What was done late and is 待核 needs nothing any more.
    settled = state not in _OWED or row["met_day"] is not None
    return _now(state.value, STATES[state], settled=settled, on=str(on) if on else None)


def _now(state: str, text: Text, *, settled: bool, on: str | None = None) -> bodies.ItemNow:
    return bodies.ItemNow(state=state, text=Told(**text._asdict()), settled=settled, on=on)


def _today(services: Services) -> date:
    return business_date(now_of(services.clock))


def _absent(place: int) -> Fault:
    return Fault(
        "invalid_value",
        f"/items/{place}",
        None,
        Text("没有这条发现或责任，或不在辖区内", "it is not there, or not in your area"),
        Text(
            "每项填 finding 或 obligation 之一，取自列表的 id",
            "give `finding` or `obligation` of each, an id of the list",
        ),
    )


def _other_firm(place: int, one: bodies.ItemNew) -> Fault:
    return Fault(
        "one_firm",
        f"/items/{place}",
        str(one.finding or one.obligation),
        Text("这一项不是这家单位的事", "this is no matter of that firm"),
        Text("每家单位分别立案", "open a case for each firm"),
    )
