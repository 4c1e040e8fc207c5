"""What the public pages show of the services: a battery, a numbered paper, the outlets.

Above `api` and `public`, which do not see each other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI

from dianchi.access.case_reading import letter_of
from dianchi.access.conformity import Runs
from dianchi.access.keys import now_of
from dianchi.access.slips import event_of, numbered, taking_in
from dianchi.access.transfers import PREFIX as TRANSFERS
from dianchi.access.transfers import find_transfer
from dianchi.api.case_letters import LETTER_PREFIXES
from dianchi.api.describe import standpoint
from dianchi.api.naming import canonical_name
from dianchi.api.services import Services
from dianchi.domain.working_days import CHINA
from dianchi.public.conformity import PublicConformity, public_conformity
from dianchi.public.find import (
    public_battery,
    public_file_receipt,
    public_letter,
    public_outlets,
    public_receipt,
    public_transfer,
)
from dianchi.public.pages import Links, Outlet, PublicBattery
from dianchi.public.papers import Checked, PublicFileReceipt, PublicLetter, PublicReceipt
from dianchi.store.envelope import open_json
from dianchi.store.lives import first_line, withdrawn_among
from dianchi.uploads.receipts import PREFIX as FILES
from dianchi.uploads.receipts import numbered_receipt
from dianchi.views.standpoint import read_battery


@dataclass(frozen=True, slots=True)
class Pages:
    """What the public pages show, once the application has its services."""

    app: FastAPI
    synthetic: bool

    @property
    def _services(self) -> Services | None:
        found: Services | None = self.app.state.services
        return found

    async def battery(self, asked: str) -> PublicBattery | None:
        if (services := self._services) is None:
            return None
        registry = await services.registry.current()
        name = canonical_name(asked, registry)
        read = await read_battery(services.readers, name, standpoint(services))
        return public_battery(name, read, registry, synthetic=self.synthetic) if read else None

    async def receipt(self, number: str) -> Checked | None:
        if (services := self._services) is None:
            return None
        if number.strip().upper().startswith(LETTER_PREFIXES):
            return await _letter(services, number)
        if number.strip().upper().startswith(FILES):
            return await _file_receipt(services, number)
        return await _receipt(services, number)

    async def outlets(self) -> dict[str, Sequence[Outlet]]:
        if (services := self._services) is None:
            return {}
        today = now_of(services.clock).astimezone(CHINA).date()
        return public_outlets(await services.registry.current(), today)

    async def conformity(self, number: str) -> PublicConformity | None:
        if (services := self._services) is None:
            return None
        run = await Runs(services.registrar).find(number)
        return None if run is None or run.report is None else public_conformity(run.report)

    def links(self) -> Links:
        return Links(samples=tuple(self.app.state.samples), synthetic=self.synthetic)


async def _letter(services: Services, number: str) -> PublicLetter | None:
    found = await letter_of(services.readers, number)
    return None if found is None else public_letter(found["number"], found["body"], found["sha256"])


async def _file_receipt(services: Services, number: str) -> PublicFileReceipt | None:
    found = await numbered_receipt(services.uploader, number)
    if found is None:
        return None
    organisation, kept = found
    registry = await services.registry.current()
    firm = registry.names.get(organisation, organisation)
    return public_file_receipt(kept.number, kept.body, firm, kept.issued_at)


async def _receipt(services: Services, told: str) -> PublicReceipt | None:
    if told.strip().upper().startswith(f"{TRANSFERS}-"):
        return await _transfer(services, told)
    event_id = await event_of(services.registrar, told)
    if event_id is None:
        return None
    async with services.readers.acquire() as connection:
        line = await first_line(connection, str(event_id))
        gone = await withdrawn_among(connection, [str(event_id)])
    taken = None if line is None else taking_in(event_id, open_json(line["body"]))
    if line is None or taken is None:
        return None
    number = await numbered(services.registrar, taken, now_of(services.clock))
    registry = await services.registry.current()
    return public_receipt(
        number,
        line["body"],
        registry,
        logged=line["log_index"] is not None,
        withdrawn=bool(gone),
    )


async def _transfer(services: Services, number: str) -> PublicReceipt | None:
    async with services.make_session() as session:
        row = await find_transfer(session, number)
    if row is None or row.recorded_at is None:
        return None
    reports: Any = open_json(row.reports)
    ids = [report["event_id"] for report in reports]
    async with services.readers.acquire() as connection:
        gone = await withdrawn_among(connection, ids)
    registry = await services.registry.current()
    firm = registry.names.get(row.organisation, row.organisation)
    return public_transfer(row.number, firm, row.day, row.count, withdrawn=bool(gone))
