"""What people are called, and whom to ask about an application: opened as they are shown."""

from collections.abc import Iterable
from uuid import UUID

from dianchi.access.applications import contact_of
from dianchi.access.named import ADMIN_NAME, opened
from dianchi.access.people import name_of
from dianchi.access.people_tables import PersonRow
from dianchi.access.tables import ApplicationRow
from dianchi.api.services import Services
from dianchi.domain.people import PLATFORM_ADMIN


async def names_of(people: Iterable[PersonRow], services: Services) -> dict[UUID, str | None]:
    """The names of people by their ids, in one trip; None of whom was erased."""
    asked = {one.id: ADMIN_NAME if one.role == PLATFORM_ADMIN else None for one in people}
    told = await opened(services.registrar, services.vault, map(name_of, asked))
    return {person: told.get(name_of(person), nameless) for person, nameless in asked.items()}


async def contacts_of(
    applications: Iterable[ApplicationRow], services: Services
) -> dict[str, str | None]:
    """The contacts of applications by their numbers, in one trip; None where erased."""
    numbers = [row.number for row in applications]
    told = await opened(services.registrar, services.vault, map(contact_of, numbers))
    return {number: told.get(contact_of(number)) for number in numbers}
