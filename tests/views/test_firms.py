"""Organisations that fall silent, relabel or back-date in bulk: found, and closed again."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from dianchi.domain.admit import Reporter
from dianchi.domain.registry import Organisation, Registry
from dianchi.views import runner
from support.record import NOW_US
from support.reports import OUTLET, UTILIZER, corrected, counted, inspected, pack, report
from support.views import Views

DAY_US = 86_400_000_000
TODAY = datetime.fromtimestamp(NOW_US / 1e6, UTC).date()
LONG_AGO = str(TODAY - timedelta(days=40))


def firm(who: Reporter, joined: date, name: str = "昆明网点") -> Organisation:
    roles = frozenset((who.role,))
    return Organisation(who.organisation, name, roles=roles, onboarded_on=joined)


def register(views: Views, *firms: Organisation) -> None:
    views.enrol(Registry({each.id: each for each in firms}))


def labels(number: int) -> list[dict[str, Any]]:
    return [
        report("relabelled", str(TODAY), pack(n), revision=1, reason="unreadable")
        for n in range(1, number + 1)
    ]


def late(number: int) -> list[dict[str, Any]]:
    return [inspected(pack(n), LONG_AGO) for n in range(1, number + 1)]


async def firm_codes(views: Views) -> list[tuple[str, str]]:
    found = await views.findings()
    return [(f.finding.code, f.subject) for f in found if f.subject.startswith("organisation:")]


async def test_a_firm_falls_silent_and_is_heard_again(views: Views) -> None:
    register(views, firm(OUTLET, TODAY))
    await views.record.send(inspected(pack(1), str(TODAY)), OUTLET)
    await views.follow()
    views.record.clock.at_us += 90 * DAY_US
    await views.projector.sweep()
    await views.follow()
    assert await firm_codes(views) == []

    views.record.clock.at_us += DAY_US
    await views.projector.sweep()
    await views.follow()
    [silent] = await views.findings(code="silent_firm")
    assert (silent.battery, silent.organisation) == (None, OUTLET.organisation)
    assert silent.finding.values == {"firm": "昆明网点", "since": str(TODAY), "days": 90}

    await views.record.send(inspected(pack(1), str(TODAY)), OUTLET)
    await views.follow()
    assert await firm_codes(views) == []
    assert len(await views.findings("closed", code="silent_firm")) == 1


async def test_a_firm_that_never_reported_is_silent_since_it_joined(views: Views) -> None:
    joined = TODAY - timedelta(days=91)
    authority = firm(Reporter("O1REGULATOR1", "regulator"), joined)
    party = Organisation("O1PARTY11111", "无密钥单位", onboarded_on=joined)
    newcomer = firm(UTILIZER, joined + timedelta(days=1))
    register(views, firm(OUTLET, joined), authority, party, newcomer)
    await views.projector.sweep()
    await views.follow()
    assert await firm_codes(views) == [("silent_firm", f"organisation:{OUTLET.organisation}")]


async def test_a_firm_is_silent_no_more_when_it_no_longer_reports_here(views: Views) -> None:
    joined = TODAY - timedelta(days=91)
    register(views, firm(OUTLET, joined))
    await views.projector.sweep()
    await views.follow()
    register(views, Organisation(OUTLET.organisation, "昆明网点", onboarded_on=joined))
    await views.projector.sweep()
    await views.follow()
    assert await firm_codes(views) == []


@pytest.mark.parametrize(
    ("told", "code"), [(labels(21), "relabel_burst"), (late(51), "backdate_burst")]
)
async def test_a_burst_is_found_when_it_grows_and_closes_with_a_correction(
    views: Views, told: Sequence[dict[str, Any]], code: str
) -> None:
    register(views, firm(OUTLET, TODAY))
    await views.record.batch(told[:-1], OUTLET)
    await views.follow()
    assert await firm_codes(views) == []

    await views.record.send(told[-1], OUTLET)
    await views.follow()
    [found] = await views.findings(code=code)
    assert found.finding.values["count"] == len(told)
    assert (found.finding.values["firm"], len(found.finding.evidence)) == ("昆明网点", 20)
    assert set(found.finding.evidence) <= {each["event_id"] for each in told}

    await views.record.send(corrected(told[3]), OUTLET)
    await views.follow()
    assert await firm_codes(views) == []
    assert len(await views.findings("closed", code=code)) == 1


async def test_each_day_is_a_burst_of_its_own(views: Views) -> None:
    for _ in range(2):
        await views.record.batch(late(51), OUTLET)
        views.record.clock.at_us += DAY_US
    await views.record.batch(late(51), UTILIZER)
    await views.follow()
    assert [subject for _, subject in await firm_codes(views)] == [
        f"organisation:{OUTLET.organisation}",
        f"organisation:{OUTLET.organisation}",
        f"organisation:{UTILIZER.organisation}",
    ]


async def test_a_report_over_many_batteries_is_one_report(
    views: Views, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = [pack(n) for n in range(1, 61)]
    # By a clock that ran ahead one head is of later days: its line is recorded after the others.
    views.record.clock.at_us += 2 * DAY_US
    await views.record.send(inspected(pack(60), str(TODAY)), OUTLET)
    views.record.clock.at_us -= 2 * DAY_US
    many = counted(*everything, at=LONG_AGO)
    await views.record.send(many, OUTLET)
    monkeypatch.setattr(runner, "MOST_ENTRIES", 1)
    await views.follow()
    assert [dict(row) for row in await views.record.rows("SELECT reports FROM crowd")] == [
        {"reports": 1}
    ]
    await views.record.send(corrected(many, battery=pack(3)), OUTLET)
    await views.follow()
    assert await views.record.rows("SELECT FROM doubtful")
    await views.record.send(corrected(many), OUTLET)
    await views.follow()
    assert not await views.record.rows("SELECT FROM doubtful")


async def test_a_rebuild_counts_what_following_counted(views: Views) -> None:
    register(views, firm(OUTLET, TODAY), firm(UTILIZER, TODAY - timedelta(days=200)))
    told = [*late(53), *labels(22)]
    for place in range(0, len(told), 20):
        await views.record.batch(told[place : place + 20], OUTLET)
        await views.follow()
    await views.record.send(corrected(told[0]), OUTLET)
    await views.follow()
    await views.projector.sweep()
    await views.follow()
    shown = await views.shown()
    assert [code for code, _ in await firm_codes(views)] == [
        "backdate_burst",
        "relabel_burst",
        "silent_firm",
    ]

    await views.record.execute(
        "UPDATE crowd SET reports = reports + 100; UPDATE finding SET closed_at = opened_at"
    )
    await views.projector.rebuild()
    assert await views.shown() == shown
    await views.record.execute("TRUNCATE battery, finding, unsettled, projection, crowd")
    await views.follow()
    assert await views.shown() == shown


async def test_a_step_that_breaks_counts_nothing_twice(views: Views) -> None:
    await views.record.batch(late(51), OUTLET)
    await views.sequencer.drain()
    await views.record.execute("ALTER TABLE unsettled RENAME TO hidden")
    with pytest.raises(Exception, match="unsettled"):
        await views.projector.step()
    assert not await views.record.rows("SELECT FROM doubtful")
    await views.record.execute("ALTER TABLE hidden RENAME TO unsettled")
    await views.follow()
    [found] = await views.findings(code="backdate_burst")
    assert found.finding.values["count"] == 51
