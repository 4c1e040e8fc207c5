"""The nested form of the national interface: of one battery, and of what was reported in a time."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from starlette.responses import Response, StreamingResponse

from dianchi.api.bodies.national import FormBody
from dianchi.api.bodies.shared import problems
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.naming import canonical_name
from dianchi.api.national_forms import Writer
from dianchi.api.problems import refuse
from dianchi.api.routes.batteries import Name
from dianchi.api.services import Services
from dianchi.api.sight import must_see
from dianchi.api.vins import Purpose, VinReader, vin_reader
from dianchi.domain.admit import Reporter
from dianchi.domain.measures import business_day
from dianchi.exchange.json_out import encode
from dianchi.store.envelope import open_event
from dianchi.store.feed import BEGINNING, Page, end_of_log, read_page

router = APIRouter(tags=["national platform"])
TYPES: Final = ("produced", "imported", "installed", "sold")
MOST_FORMS: Final = 100_000
"""In one answer; its last line says where to go on."""
PAGE: Final = 500
NDJSON: Final = "application/x-ndjson"
_LINES: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {NDJSON: {}}, "description": "A form on each line, and `next` on the last"}
}


@router.get(
    "/v1/batteries/{name:path}/national",
    responses=problems(400, 401, 403, 404, 422, 429),
    summary="The national form of a battery",
)
async def get_form(
    services: ServicesDep, reporter: ReporterDep, name: Name, purpose: Purpose = None
) -> FormBody:
    """Vehicle, packs, modules as the national interface nests them; what is unknown as `gaps`."""
    canonical = canonical_name(name, await services.registry.current())
    await must_see(services, reporter, canonical, name)
    reader = vin_reader(reporter, purpose, services)
    own = Writer(services, reader, own=True)
    vin_ref, document = await own.battery(canonical)
    if vin_ref is None:
        # By others' reports it may be in one all the same; then its VIN is theirs.
        _, document = await Writer(services, reader, own=False).battery(canonical)
    return FormBody(**document)


@router.get(
    "/v1/national/export",
    response_class=StreamingResponse,
    responses={**_LINES, **problems(400, 401, 403, 422)},
    summary="Forms of what was reported",
)
async def get_export(
    services: ServicesDep,
    reporter: ReporterDep,
    since: Annotated[date | None, Query(alias="from", description="by when it happened")] = None,
    until: Annotated[date | None, Query(alias="to", description="this day included")] = None,
    types: Annotated[list[str] | None, Query(max_length=len(TYPES))] = None,
    after: Annotated[int, Query(ge=BEGINNING, le=2**53 - 1)] = BEGINNING,
) -> Response:
    """The forms of what one's organisation reported as made, imported, fitted or sold.

    One on each line, each thing once, as it stands now; the last line is `{"next": …}`: null where
    that was all, else where to go on with `after`. An answer without it was cut off.
    """
    wanted = frozenset(types or TYPES)
    if not wanted <= frozenset(TYPES):
        raise _no_such_type(min(wanted - frozenset(TYPES)))
    days = since or date.min, until or date.max
    exporting = _Export(services, reporter, wanted, days)
    return StreamingResponse(exporting.lines(after), media_type=NDJSON)


class _Export:
    """Goes through the log as its organisation sees it, and writes forms."""

    def __init__(
        self,
        services: Services,
        reporter: Reporter,
        wanted: frozenset[str],
        days: tuple[date, date],
    ) -> None:
        self._services = services
        self._reporter = reporter
        self._wanted = wanted
        self._days = days
        self._writer = Writer(services, VinReader(reporter, None), own=True)
        self._told: set[str] = set()

    async def lines(self, after: int) -> AsyncIterator[bytes]:
        end = await end_of_log(self._services.readers)
        while after < end:
            lender = self._services.seeing(self._reporter)
            page = await read_page(lender, after, PAGE, whole=lender is self._services.readers)
            for log_index, name in self._names(page):
                if len(self._told) >= MOST_FORMS:
                    yield encode({"next": log_index - 1}) + b"\n"
                    return
                document = await self._document(log_index, name)
                if document is not None:
                    yield encode(document) + b"\n"
            after = page.next
        yield b'{"next":null}\n'

    def _names(self, page: Page) -> list[tuple[int, str]]:
        found = []
        for entry in page.entries:
            event = open_event(entry.body)
            if (
                event.organisation == self._reporter.organisation
                and event.type in self._wanted
                and self._days[0] <= business_day(event) <= self._days[1]
            ):
                found.append((entry.log_index, event.subject))
        return found

    async def _document(self, log_index: int, name: str) -> dict[str, Any] | None:
        """The form of a battery; None where it, or its vehicle, was told before."""
        if name in self._told:
            return None
        vin_ref, document = await self._writer.battery(name)
        self._told.add(name)
        if vin_ref is not None and vin_ref in self._told:
            return None
        self._told.update(() if vin_ref is None else (vin_ref,))
        return {**document, "log_index": log_index}


def _no_such_type(name: str) -> Exception:
    listed = ", ".join(TYPES)
    return refuse(
        "invalid_value",
        (f"不能按 {name} 导出", f"{name} is not exported"),
        (f"可用：{listed}", f"use one of: {listed}"),
        pointer="/types",
        value=name,
    )
