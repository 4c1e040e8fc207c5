"""What is told of many cases: how many stand where, what became of them, who may work them."""

from typing import Final
from uuid import UUID

from asyncpg import Record

from dianchi.access.case_reading import count_cases, count_outcomes
from dianchi.api.bodies import cases as bodies
from dianchi.api.case_answers import is_officer, names_in, today_of
from dianchi.api.case_opening import officers_of
from dianchi.api.casing import title_of
from dianchi.api.problems import refuse
from dianchi.api.services import Services
from dianchi.domain.admit import Reporter
from dianchi.domain.cases import State

_GOING_ON: Final = [each.value for each in State if each is not State.CLOSED]
GROUPS: Final = {"open": _GOING_ON, "all": None} | {each.value: [each.value] for each in State}
"""The states that a list may be asked for."""


async def counts_of(services: Services, reporter: Reporter) -> bodies.CaseCounts:
    """How many cases are in each state, and whose they are."""
    today = today_of(services)
    person = UUID(reporter.person) if reporter.person else None
    rows = await count_cases(services.seeing(reporter), today, person)
    states = {each.value: 0 for each in State} | {row["state"]: row["cases"] for row in rows}
    firm = not is_officer(reporter)
    return bodies.CaseCounts(
        states=states,
        going_on=sum(states[each] for each in _GOING_ON),
        overdue=_sum(rows, "overdue"),
        to_recheck=_sum(rows, "to_recheck"),
        mine=0 if firm else _sum(rows, "mine"),
        unassigned=0 if firm else _sum(rows, "unassigned"),
        today=today,
    )


async def outcomes_of(services: Services, reporter: Reporter) -> bodies.Outcomes:
    """How findings and duties of each code ended in cases."""
    told: dict[tuple[str, str], dict[str, int]] = {}
    for row in await count_outcomes(services.seeing(reporter)):
        told.setdefault((row["kind"], row["code"]), {})[row["outcome"]] = row["items"]
    return bodies.Outcomes(
        items=[
            bodies.CodeOutcomes(
                kind="finding" if kind == "finding" else "obligation",
                code=code,
                title=title_of(services, kind, code),
                outcomes=outcomes,
                worked=sum(outcomes.values()),
                false_alarms=outcomes.get("false_alarm", 0),
            )
            for (kind, code), outcomes in told.items()
        ]
    )


async def officers_read(services: Services, reporter: Reporter) -> bodies.Officers:
    """The officers of the caller's own authority, with their names."""
    officers = await officers_of(services, reporter)
    names = await names_in(services, reporter, {one.id for one in officers})
    called = services.registry.now.names
    return bodies.Officers(
        items=[
            bodies.Officer(
                id=one.id,
                name=names.get(one.id),
                organisation=one.organisation,
                organisation_name=called.get(one.organisation),
            )
            for one in officers
        ]
    )


def person_asked(reporter: Reporter, told: str | None) -> UUID | None:
    """Whose cases are asked for; None: anybody's.

    Args:
        reporter: the caller.
        told: `me`, `none` or an id.

    Raises:
        Refused: it is none of these.
    """
    if told in (None, "", "none"):
        return None
    if told == "me":
        # A key is nobody: nothing is assigned to it.
        return UUID(reporter.person) if reporter.person else UUID(int=0)
    try:
        return UUID(told)
    except ValueError:
        raise refuse(
            "invalid_value",
            ("承办人应为 me、none 或 id", "give `me`, `none` or an id"),
            ("可指派者见 GET /v1/cases/officers", "see GET /v1/cases/officers"),
            pointer="/assignee",
            value=told,
        ) from None


def _sum(rows: list[Record], name: str) -> int:
    return sum(row[name] for row in rows)
