"""利旧调拨: the reports that a form makes, what would become of them, and how they are recorded."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

from dianchi.access.transfers import numbered, transfer_id
from dianchi.api.answers import finding_json
from dianchi.api.bodies.shared import FindingBody
from dianchi.api.bodies.transfers import SetRead, Step, TransferNew
from dianchi.api.naming import canonical_name
from dianchi.api.problems import refuse
from dianchi.api.services import Services
from dianchi.domain.admit import Reporter
from dianchi.domain.refusals import Fault, Refused
from dianchi.domain.registry import Registry
from dianchi.domain.transfers import MOST, Here, Move, Set, faults_of, reports_of
from dianchi.domain.vocabulary import HOSTS
from dianchi.recording.outcomes import Busy, Clash, Recorded, refusal_of
from dianchi.recording.recorder import Batch
from dianchi.views.work.query import Standing, held_at, standings

_STANDING: Final = (
    "installed", "in_use", "second_life", "removed", "retired", "collected", "product", "made",
)  # fmt: skip


class Form(NamedTuple):
    """A form that was read.

    Attributes:
        id: the same for the same form.
        body: the form as it is kept.
        known: what the record shows of its sets, by name.
        reports: with their ids, in the order of the sets.
    """

    id: UUID
    move: Move
    sets: Sequence[Set]
    body: dict[str, Any]
    known: Mapping[str, Standing]
    reports: list[dict[str, Any]]
    faults: list[Fault]


def body_of(told: TransferNew, sets: Sequence[Set]) -> dict[str, Any]:
    """The form as it is kept, and what its id follows from."""
    listed = [
        [one.battery, one.soh_percent, str(one.tested_on) if one.tested_on else None]
        for one in sorted(sets)
    ]
    return told.model_dump(mode="json", exclude={"sets"}) | {"sets": listed}


async def sets_of(
    told: TransferNew, services: Services, reporter: Reporter, *, all_there: bool
) -> list[Set]:
    """The sets that a form names, or all that stand at its source.

    Raises:
        Refused: a name is none, one is told twice, or there is none.
    """
    registry = await services.registry.current()
    if all_there and not told.sets:
        own, lender = reporter.organisation, services.seeing(reporter)
        held = await held_at(lender, own, _STANDING, [told.source], None, MOST)
        return [Set(each.battery) for each in held]
    sets: dict[str, Set] = {}
    for n, one in enumerate(told.sets):
        name = _named(one.battery, f"/sets/{n}/battery", registry)
        if name in sets:
            raise _twice(n, name)
        soh = None if one.soh_percent is None else format(one.soh_percent.normalize(), "f")
        sets[name] = Set(name, soh, one.tested_on)
    if not sets:
        raise _none()
    return list(sets.values())


async def form_of(
    told: TransferNew, sets: Sequence[Set], services: Services, reporter: Reporter
) -> Form:
    """What a form makes of what the record shows now."""
    registry = await services.registry.current()
    move = _move(told, reporter, registry)
    known = await standings(services.seeing(reporter), [one.battery for one in sets])
    here = {name: _here(each) for name, each in known.items()}
    faults = _place_faults(move, told, registry) + faults_of(move, sets, here)
    body = body_of(told, sets)
    named = transfer_id(reporter.organisation, body)
    bare = [
        report
        for one in sets
        if one.battery in here
        for report in reports_of(move, one, here[one.battery])
    ]
    reports = numbered(named, bare, reporter.organisation)
    return Form(named, move, sets, body, known, reports, faults)


def _move(told: TransferNew, reporter: Reporter, registry: Registry) -> Move:
    site = registry.sites.get((reporter.organisation, told.target))
    kind = site.kind if site is not None and site.kind in HOSTS else "base_station"
    return Move(
        reporter.organisation,
        told.source,
        told.target,
        kind,
        told.date,
        told.reason,
        told.removed_on,
    )


def _here(standing: Standing) -> Here:
    return Here(standing.stage, standing.holder, standing.station, standing.host)


def _named(told: str, pointer: str, registry: Registry) -> str:
    try:
        return canonical_name(told, registry)
    except Refused as refused:
        fault = refused.faults[0]
        raise Refused(Fault(fault.code, pointer, fault.value, fault.what, fault.way_out)) from None


# --- what became of the reports, or would ---------------------------------------------------------


def sets_read(form: Form, batch: Batch | None, registry: Registry) -> list[SetRead]:
    """The sets with their reports, and the findings that these open."""
    rows = list(zip(form.reports, batch.outcomes if batch else [], strict=False))
    return [_set_read(one, form, rows, registry) for one in form.sets]


def _set_read(
    one: Set, form: Form, rows: Sequence[tuple[dict[str, Any], Any]], registry: Registry
) -> SetRead:
    known = form.known.get(one.battery)
    steps = [report for report in form.reports if report["battery"] == one.battery]
    entries = [
        outcome.entries[0]
        for report, outcome in rows
        if report["battery"] == one.battery and isinstance(outcome, Recorded)
    ]
    own = {report["event_id"] for report in steps}
    last = entries[-1] if entries else None
    found = [each for each in last.findings if not own.isdisjoint(each.evidence)] if last else []
    return SetRead(
        battery=one.battery,
        soh_percent=one.soh_percent,
        stage_before=known.stage if known else None,
        stage_after=last.stage if last else None,
        model=known.model if known else None,
        steps=[Step(**{name: each[name] for name in Step.model_fields}) for each in steps],
        findings=[
            FindingBody.model_validate(finding_json(each, one.battery, registry.names))
            for each in found
        ],
        quarantined=known.quarantined if known else False,
    )


def refused_of(form: Form, batch: Batch) -> list[Fault]:
    """Why reports were not taken, each said of its set."""
    places = {one.battery: n for n, one in enumerate(form.sets)}
    faults = []
    for report, outcome in zip(form.reports, batch.outcomes, strict=True):
        refused = refusal_of(outcome) if isinstance(outcome, Clash | Busy) else outcome
        if isinstance(refused, Refused):
            at = f"/sets/{places[report['battery']]}"
            faults += [
                Fault(f.code, f"{at}{f.pointer}", f.value, f.what, f.way_out)
                for f in refused.faults
            ]
    return faults


def _place_faults(move: Move, told: TransferNew, registry: Registry) -> list[Fault]:
    faults = []
    if move.source == move.target:
        same = refuse(
            "invalid_value",
            ("调出和调入是同一个站点", "the source and the target are one site"),
            ("请改正其中一个", "mend one of them"),
            pointer="/target",
            value=move.target,
        )
        faults.append(same.faults[0])
    for member, number in (("source", move.source), ("target", move.target)):
        if (move.organisation, number) not in registry.sites:
            faults.append(_unregistered(member, number).faults[0])
    if told.removed_on is not None and told.removed_on > told.date:
        order = refuse(
            "invalid_value",
            ("拆下的日期在调入之后", "they would come down after they were fitted"),
            (f"请填 {told.date} 或以前", f"send {told.date} or an earlier day"),
            pointer="/removed_on",
            value=str(told.removed_on),
        )
        faults.append(order.faults[0])
    return faults


def _unregistered(member: str, number: str) -> Refused:
    return refuse(
        "invalid_value",
        (f"本单位没有登记站点 {number}", f"no site of yours has the number {number}"),
        ("请先登记站点（POST /v1/sites 或上传站点表）", "register it first (POST /v1/sites)"),
        pointer=f"/{member}",
        value=number,
    )


def _twice(n: int, name: str) -> Refused:
    return refuse(
        "invalid_value",
        (f"{name} 列了两次", f"{name} is listed twice"),
        ("请去掉一个", "leave one out"),
        pointer=f"/sets/{n}/battery",
        value=name,
    )


def _none() -> Refused:
    return refuse(
        "missing_field",
        ("没有写明调拨哪些电池", "no set is named"),
        ("请先预览，列出该站的电池", "ask for a preview first: it lists what stands there"),
        pointer="/sets",
    )
