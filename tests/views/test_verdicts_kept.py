"""A changed rule changes verdicts from its day on and no others, and each old verdict is kept."""

from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import date
from typing import Any, Final

import msgspec

from dianchi.domain.deadlines import Rule
from dianchi.domain.registry import Organisation, Registry
from dianchi.domain.rules import RULES, Rules
from dianchi.exchange.working_calendar import working_calendar
from dianchi.views.runner import Projector
from support.reports import OUTLET, UTILIZER, collected, dispatched, pack, received
from support.views import Views

CHANGE: Final = date(2026, 5, 12)
ACK: Final = "HANDOVER_ACK"
STORAGE: Final = "OUTLET_STORAGE"
FIRMS: Final = Registry(
    {
        each.organisation: Organisation(
            each.organisation, name, prefecture=place, roles=frozenset((each.role,))
        )
        for each, name, place in ((OUTLET, "滇网点", "530100"), (UTILIZER, "滇利用", "530400"))
    }
)


async def handed_over(views: Views) -> None:
    """One pack on the eve of the change, one on its day, each answered two days later."""
    views.enrol(FIRMS)
    for number, day in ((1, 11), (2, 12)):
        at, then = f"2026-05-{day:02}T09:00", f"2026-05-{day + 2:02}T09:00"
        await views.record.send(collected(pack(number), "2026-05-08T09:00", site="S1"), OUTLET)
        sent = dispatched(pack(number), at=at, handover=f"H{number}")
        await views.record.send(sent, OUTLET)
        came = received(pack(number), at=then, handover=f"H{number}")
        await views.record.send(came, UTILIZER)
    await views.follow()


def changed(named: str, **change: Any) -> tuple[Rule, ...]:
    """All duties; that of this name is another one from the day of the change on."""
    before = [
        replace(one, valid_to=date(2026, 5, 11)) if one.id == named else one for one in RULES.duties
    ]
    after = [replace(one, valid_from=CHANGE, **change) for one in RULES.duties if one.id == named]
    return (*before, *after)


async def judged(views: Views, dsn: str, duties: tuple[Rule, ...]) -> None:
    """Lets the views be made by these rules."""

    async def registry(_reporters: AbstractSet[str]) -> Registry:
        return FIRMS

    await views.projector.close()
    rules = Rules(duties=duties)
    projector = Projector(dsn, registry, rules, working_calendar(), views.record.clock)
    while await projector.step():
        pass
    await projector.close()


async def row(views: Views, duty: str, number: int) -> dict[str, Any]:
    """What is owed of a pack, with its earlier verdicts read."""
    [found] = await views.record.rows(
        "SELECT * FROM obligation WHERE duty = $1 AND battery = $2", duty, pack(number)
    )
    earlier = msgspec.json.decode(found["earlier"]) if found["earlier"] else []
    return {**dict(found), "earlier": earlier}


async def test_a_shorter_term_judges_what_began_on_its_day_and_nothing_before(
    views: Views, database: str
) -> None:
    """Given two hand-overs answered in two days, when one day is asked for, then one is late."""
    await handed_over(views)
    before = await row(views, ACK, 1)

    await judged(views, database, changed(ACK, amount=1))

    eve, day = await row(views, ACK, 1), await row(views, ACK, 2)
    assert (eve["due_day"], eve["phase"], eve["earlier"]) == (before["due_day"], "met", [])
    assert (day["due_day"], day["phase"]) == (date(2026, 5, 13), "late")
    [old] = day["earlier"]
    assert (old["due"], old["phase"], old["met"]) == ("2026-05-19", "met", "2026-05-14")
    assert old["rule_set"] != day["rule_set"]


async def test_of_two_changes_both_old_verdicts_are_kept_in_their_order(
    views: Views, database: str
) -> None:
    await handed_over(views)

    await judged(views, database, changed(ACK, amount=1))
    await judged(views, database, changed(ACK, amount=3))

    now = await row(views, ACK, 2)
    assert (now["due_day"], now["phase"]) == (date(2026, 5, 15), "met")
    assert [(old["due"], old["phase"]) for old in now["earlier"]] == [
        ("2026-05-19", "met"), ("2026-05-13", "late"),
    ]  # fmt: skip
    ends = [(old["from"], old["until"]) for old in now["earlier"]]
    assert ends == sorted(ends)
    assert all(begun < ended for begun, ended in ends)
    assert len({old["rule_set"] for old in now["earlier"]} | {now["rule_set"]}) == 3


async def test_what_becomes_law_is_another_verdict_though_its_day_is_the_same(
    views: Views, database: str
) -> None:
    """Given a house rule, when the law takes it over, then the row says it was none before."""
    await handed_over(views)

    await judged(views, database, changed(ACK, mark="V", article="第9条", owed_to="province"))

    eve, day = await row(views, ACK, 1), await row(views, ACK, 2)
    [old] = day["earlier"]
    assert (eve["statutory"], eve["earlier"]) == (False, [])
    assert (day["statutory"], day["owed_to"]) == (True, "province")
    assert (old["statutory"], old["owed_to"]) == (False, "house")


async def test_rules_that_change_nothing_of_a_row_leave_it_without_a_history(
    views: Views, database: str
) -> None:
    await handed_over(views)
    before = await row(views, STORAGE, 1)

    await judged(views, database, changed(ACK, amount=1))

    after = await row(views, STORAGE, 1)
    assert after["earlier"] == []
    assert {name: after[name] for name in ("due_day", "phase", "judged_at")} == {
        name: before[name] for name in ("due_day", "phase", "judged_at")
    }
