"""Cases of the synthetic province in several states, worked by its officer and the firms.

They stand apart from the log, so they are planted once the views know what there is to be worked;
what an officer decides in them is recorded like any other act.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Final, NamedTuple
from uuid import UUID, uuid5

from dianchi.access.attachments import Where, keep
from dianchi.access.case_reading import find_case
from dianchi.access.cases import Opening, said_of
from dianchi.access.keys import now_of
from dianchi.api.bodies.cases import AttachmentNamed, ItemNew, ReplyNew, StepNew
from dianchi.api.case_once import hand_of
from dianchi.api.case_opening import officers_of, opened_case
from dianchi.api.case_steps import step_taken
from dianchi.api.casing import subject_of
from dianchi.api.services import Services
from dianchi.demo.clock import MINUTE_US, SetClock, day_of, moment
from dianchi.demo.plan import Plan
from dianchi.domain.admit import Reporter
from dianchi.domain.deadlines import Standing
from dianchi.domain.working_days import business_date
from dianchi.exchange.paper import Paper
from dianchi.views.behind import behind
from dianchi.views.findings.query import list_findings
from dianchi.views.obligations.query import Wish, list_obligations

_SPACE: Final = UUID("5a3c9a52-6f0e-4d0e-9e0f-6b1d53000064")
_MOST: Final = 200
_LAW: Final = "《新能源汽车废旧动力电池回收和综合利用管理暂行办法》"
_WASTE: Final = "《中华人民共和国固体废物污染环境防治法》"
_EVERY_S: Final = 1.0
_OPENS: Final = 9
Said = Mapping[str, Any]


class Act(NamedTuple):
    """A step so many days ago; `due` and `recheck` are days after it, told as days."""

    days_ago: int
    step: str
    note: str
    due: int | None = None
    more: Said = MappingProxyType({})


class Scene(NamedTuple):
    """A case: what it is about (a finding's code, or duties of a firm), and what was done.

    `at_hand` is of a firm for whom somebody can sign in, where there is one.
    """

    name: str
    code: str
    acts: Sequence[Act]
    opened_ago: int = 1
    most: int = 1
    assigned: bool = True
    at_hand: bool = True


# A firm that replied with a paper; ordered; late to answer; asked; closed; a false alarm; new.
SCENES: Final = (
    Scene(
        "replied", "UTIL_IN",
        (
            Act(9, "ask", "入库上报晚于法定期限，请说明原因并附入库台账。", 15),
            Act(2, "reply", "当周系统升级，漏报后已补报。情况说明见附件。", more={"paper": True}),
        ), 10,
    ),
    Scene(
        "ordered", "SL_WASTE",
        (
            Act(24, "ask", "废旧电池出库上报超期，请说明。", 10),
            Act(16, "reply", "确有迟报，今后指定专人负责。"),
            Act(0, "order", "限期建立上报台账并报告改正情况", 20, {"basis": f"{_LAW}第二十四条"}),
        ), 25, 2,
    ),
    Scene(
        "late", "prohibited_use",
        (Act(20, "ask", "梯次产品用于禁止领域，请说明去向和依据。", 10),), 21,
        at_hand=False,
    ),
    Scene(
        "asked", "class_c_stuck",
        (Act(1, "ask", "C 类电池在库超过规定时间，请说明为何未移交。", 12),), 2,
    ),
    Scene(
        "closed", "handover_mismatch",
        (
            Act(30, "ask", "签收数量与发出不符，请说明。", 10),
            Act(26, "reply", "一只因外壳破损当场退回，退回单已补。"),
            Act(22, "accept", "退回单与运单一致，说明成立。"),
            Act(21, "close", "办结"),
        ), 31, at_hand=False,
    ),
    Scene(
        "false_alarm", "impossible_travel",
        (
            Act(6, "dismiss", "两地为同一园区，站点登记有误。", more={"false_alarm": True}),
            Act(5, "close", "误报，已请网点更正站点登记"),
        ), 7,
    ),
    Scene(
        "referred", "illegal_receiver",
        (
            Act(
                0, "refer", "交给无资质单位，涉嫌违法转移危险废物",
                more={"basis": _WASTE, "to": "昆明市生态环境局（示范）"},
            ),
        ), 3,
    ),
    Scene("new", "batch_imbalance", (), 0, 2, assigned=False),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Desk:
    """Who works the cases of a plan; best with firms `at_hand`, for whom somebody can sign in."""

    services: Services
    plan: Plan
    officer: Reporter
    at_hand: Collection[str]

    def then(self, days_ago: int) -> Services:
        """The service as it was so many days ago, at an hour of work, by its clock."""
        if days_ago == 0:
            return self.services
        clock = SetClock()
        day = day_of(self.services.clock.now_us()) - timedelta(days=days_ago)
        clock.at_us = moment(day) + (_OPENS + days_ago % 7) * 60 * MINUTE_US
        return replace(self.services, clock=clock)


async def known(services: Services) -> None:
    """Waits until the views know all that is on record."""
    while True:
        now = await behind(services.readers)
        all_in = now["log_index"] is not None and not now["outbox"]
        if all_in and (now["views_at"] or 0) >= now["log_index"]:
            return
        await asyncio.sleep(_EVERY_S)


async def plant_cases(
    services: Services, plan: Plan, authority: str, at_hand: Collection[str]
) -> int:
    """Plants the cases that are not there yet; how many of all are there then.

    Args:
        services: of the demo, whose views know its story.
        plan: of the story; the ids of cases follow from it.
        authority: the organisation whose officer works them.
        at_hand: organisations for whom somebody can sign in: their cases are looked at best.
    """
    await services.registry.current()
    office = Reporter(authority, "regulator")
    officers = await officers_of(services, office)
    if officers:
        office = replace(office, person=str(officers[0].id))
    desk = _Desk(services, plan, office, at_hand)
    return sum([await _play(desk, scene) for scene in SCENES])


async def _play(desk: _Desk, scene: Scene) -> bool:
    named = uuid5(_SPACE, f"{desk.plan.name}/{scene.name}")
    lender = desk.services.seeing(desk.officer)
    if await find_case(lender, named) is not None:
        return True
    items = await _items(desk, scene)
    if not items:
        return False
    firm = await _open(desk, scene, named, items)
    for act in scene.acts:
        await _act(desk, named, firm, act)
    return True


async def _items(desk: _Desk, scene: Scene) -> list[ItemNew]:
    """What of one firm the case is about: findings by their code, else duties."""
    if scene.code.islower():
        found = await list_findings(desk.services.readers, limit=_MOST, code=scene.code)
        firms = [(row.organisation, ItemNew(finding=row.id)) for row in found.items]
    else:
        today = business_date(now_of(desk.services.clock))
        wish = Wish(duty=scene.code, state=Standing.LATE)
        owed = await list_obligations(desk.services.readers, wish, today, limit=_MOST)
        firms = [(row["bearer"], ItemNew(obligation=row["obligation_id"])) for row in owed.items]
    named = sorted(
        {firm for firm, _ in firms if firm},
        key=lambda firm: ((firm in desk.at_hand) is not scene.at_hand, firm),
    )
    return [item for firm, item in firms if firm == named[0]][: scene.most] if named else []


async def _open(desk: _Desk, scene: Scene, named: UUID, items: Sequence[ItemNew]) -> Reporter:
    """Opens the case; its firm, as it replies."""
    then = desk.then(scene.opened_ago)
    subject = await subject_of(then, desk.officer, dict(enumerate(items)), None)
    person = UUID(desk.officer.person) if desk.officer.person and scene.assigned else None
    told = [item.model_dump(mode="json", exclude_none=True) for item in items]
    opening = Opening(
        named, subject.firm.id, subject.firm.prefecture or "", subject.areas, subject.items,
        hand_of(desk.officer), person, {}, said_of({"items": told}),
    )  # fmt: skip
    await opened_case(then, opening)
    return Reporter(subject.firm.id, "firm")


async def _act(desk: _Desk, named: UUID, firm: Reporter, act: Act) -> None:
    then = desk.then(act.days_ago)
    case = await find_case(then.seeing(desk.officer), named)
    assert case is not None  # noqa: S101 - it was just opened
    said = dict(act.more)
    if act.due is not None:
        said["due_on"] = business_date(now_of(then.clock)) + timedelta(days=act.due)
    step = uuid5(named, f"{act.step}/{act.days_ago}")
    common: dict[str, Any] = {"id": step, "version": case.case.version, "note": act.note}
    if act.step == "reply":
        papers = [await _paper(then, named, firm)] if said.pop("paper", False) else None
        await step_taken(then, firm, named, ReplyNew(**common, attachments=papers))
    else:
        await step_taken(then, desk.officer, named, StepNew(**common, step=act.step, **said))


async def _paper(then: Services, named: UUID, firm: Reporter) -> AttachmentNamed:
    """A paper that the firm attaches."""
    paper = Paper("情况说明（示范）", foot="情况说明（示范）")
    paper.heading("情况说明（示范）", 7.0)
    paper.text("本说明为演示用，不涉及真实单位和个人。")
    paper.text("当周因系统升级，入库信息未在法定期限内上报；发现后已全部补报，台账附后。")
    body = paper.pdf()
    digest = sha256(body)
    where = Where(named, firm.organisation, digest.digest())
    await keep(then.keeper, where, body, now_of(then.clock))
    return AttachmentNamed(sha256=digest.hexdigest(), name="情况说明（示范）.pdf")
