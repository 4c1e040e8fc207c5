"""A step of a case is taken once: known when it is sent again, refused where the case went on."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from dianchi.access.cases import ChangedError, Hand, HeldError, TakenError, said_of, was_taken
from dianchi.api.bodies.cases import AttachmentNamed
from dianchi.api.problems import refuse
from dianchi.api.services import Services
from dianchi.domain.admit import Reporter
from dianchi.domain.cases import Step
from dianchi.domain.refusals import Fault, Refused, Text


@dataclass(frozen=True, slots=True)
class Wanted:
    """A step as it was asked for."""

    id: UUID
    step: Step
    version: int
    told: dict[str, Any]
    attachments: tuple[AttachmentNamed, ...]

    @property
    def said(self) -> bytes:
        """By which a repeat is known."""
        attached = [one.model_dump() for one in self.attachments]
        return said_of({"step": self.step.value, "told": self.told, "attachments": attached})


def hand_of(reporter: Reporter) -> Hand:
    """Whose hand acts: the organisation, and who is signed in."""
    return Hand(reporter.organisation, UUID(reporter.person) if reporter.person else None)


async def taken_once(
    services: Services,
    named: UUID,
    wanted: Wanted,
    take: Callable[[], Awaitable[None]],
    places: Mapping[UUID, int],
) -> bool:
    """Whether a step is new; then it was taken.

    Args:
        services: that keep the case.
        named: the case.
        wanted: the step.
        take: takes it, where it was not taken before.
        places: of what it takes up, by its places in what was asked.

    Raises:
        Refused: `request_conflict`, `case_changed` or `already_worked`; else what `take` raises.
    """
    try:
        if await _is_known(services, named, wanted):
            return False
        await take()
    except TakenError:
        raise _taken_before(wanted.id) from None
    except ChangedError:
        if await _is_known(services, named, wanted):
            return False
        raise _changed(wanted.version) from None
    except HeldError as error:
        raise held(places, error) from None
    return True


async def _is_known(services: Services, named: UUID, wanted: Wanted) -> bool:
    """Whether this step was taken before.

    Raises:
        TakenError: the id is that of another step.
    """
    async with services.registrar.acquire() as connection:
        return await was_taken(connection, named, wanted.id, wanted.said)


def held(places: Mapping[UUID, int], error: HeldError) -> Refused:
    """Some of what was asked for, by its places there, is worked in other cases."""
    return Refused(*(_held(places.get(ref, 0), number) for ref, number in error.held.items()))


def _held(place: int, number: str) -> Fault:
    return Fault(
        "already_worked",
        f"/items/{place}",
        number,
        Text(f"这一项已在案件 {number} 中办理", f"this is worked in case {number}"),
        Text("请到该案件办理，或去掉这一项", "work on that case, or leave this out"),
    )


def _changed(version: int) -> Refused:
    return refuse(
        "case_changed",
        ("案件在您查看之后又有进展", "the case went on since you looked"),
        ("请重新查看后再办", "look again, then decide"),
        pointer="/version",
        value=version,
    )


def _taken_before(step: UUID) -> Refused:
    return refuse(
        "request_conflict",
        ("这个 id 已用于另一步", "this id is that of another step"),
        ("新的一步请用新的 UUID", "give a new step a new UUID"),
        pointer="/id",
        value=str(step),
    )
