"""Labels to print: of one battery, or of many at once."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Final
from urllib.parse import unquote

from fastapi import APIRouter, Path, Query, Response
from pydantic import AfterValidator
from starlette.concurrency import run_in_threadpool

from dianchi.api.bodies.labels import DotsAsked, LabelsWish, SizeName
from dianchi.api.bodies.shared import problems
from dianchi.api.deps import ReporterDep, ServicesDep
from dianchi.api.naming import canonical_name
from dianchi.api.problems import refuse
from dianchi.api.services import Services
from dianchi.api.sight import absent, must_see, seen_among
from dianchi.domain.life import Life, fold
from dianchi.domain.rules import Rules
from dianchi.domain.working_days import CHINA
from dianchi.exchange.labels import (
    Label,
    label_png,
    label_svg,
    label_url,
    labels_pdf,
    labels_zpl,
    sheets_pdf,
)
from dianchi.views.assessing import Told
from dianchi.views.reading import read_lives

router = APIRouter(tags=["labels"])
Name = Annotated[
    str,
    Path(description="a battery name, percent-encoded", min_length=1),
    # The door leaves slashes of a name encoded, so that they are none of the address.
    AfterValidator(unquote),
]
_PDF: Final = "application/pdf"
_ZPL: Final = "application/zpl"
_DRAW: Final[dict[str, tuple[Callable[[Label, str, int], bytes], str]]] = {
    "png": (label_png, "image/png"),
    "svg": (lambda label, size, _: label_svg(label, size), "image/svg+xml"),
    "pdf": (lambda label, size, _: labels_pdf([label], size), _PDF),
    "zpl": (lambda label, size, dpi: labels_zpl([label], size, dpi), _ZPL),
}


@router.get(
    "/v1/batteries/{name:path}/label.{kind}",
    responses={
        **problems(401, 403, 404, 422),
        200: {"content": {media_type: {} for _, media_type in _DRAW.values()}},
    },
    response_class=Response,
    summary="A label to print",
)
async def get_label(  # noqa: PLR0913, PLR0917 - one argument for each choice
    services: ServicesDep,
    reporter: ReporterDep,
    name: Name,
    kind: str,
    size: SizeName = "60x40",
    revision: Annotated[
        int | None, Query(ge=0, le=999, description="the valid one by default")
    ] = None,
    dpi: Annotated[DotsAsked, Query(description="of the printer, for `png` and `zpl`")] = "203",
) -> Response:
    """The QR code of the public address and a Data Matrix: `png`, `svg`, `pdf` or `zpl`."""
    if kind not in _DRAW:
        raise refuse(
            "invalid_value",
            ("标签格式应为 png、svg、pdf 或 zpl", "a label is png, svg, pdf or zpl"),
            ("请改正扩展名", "mend the ending"),
            pointer="/kind",
            value=kind,
        )
    canonical = canonical_name(name, await services.registry.current())
    await must_see(services, reporter, canonical, name)
    life = (await _lives(services, [canonical])).get(canonical)
    if life is None:
        raise absent(name)
    label = _label(canonical, life, services, revision)
    draw, media_type = _DRAW[kind]
    return Response(await run_in_threadpool(draw, label, size, int(dpi)), media_type=media_type)


@router.post(
    "/v1/labels",
    responses={
        **problems(400, 401, 403, 404, 413, 422),
        200: {"content": {_PDF: {}, _ZPL: {}}},
    },
    response_class=Response,
    summary="Labels of up to 1,000 batteries",
)
async def post_labels(services: ServicesDep, reporter: ReporterDep, wish: LabelsWish) -> Response:
    """Labels in the order asked for, in one file; nothing where one of them is not to be seen."""
    registry = await services.registry.current()
    names = [canonical_name(name, registry) for name in wish.batteries]
    seen = await seen_among(services, reporter, names)
    lives = await _lives(services, seen)
    for name, given in zip(names, wish.batteries, strict=True):
        if name not in lives:
            raise absent(given)
    labels = [_label(name, lives[name], services) for name in names]
    media_type = _ZPL if wish.format == "zpl" else _PDF
    return Response(await run_in_threadpool(_drawn, labels, wish), media_type=media_type)


def _drawn(labels: list[Label], wish: LabelsWish) -> bytes:
    if wish.format == "zpl":
        return labels_zpl(labels, wish.size, wish.dpi)
    return sheets_pdf(labels) if wish.sheet == "a4" else labels_pdf(labels, wish.size)


async def _lives(services: Services, names: Collection[str]) -> Mapping[str, Life]:
    """The lives under these names: as many questions for a thousand as for one."""
    async with services.readers.acquire() as connection:
        found = (await read_lives(connection, names)).told
    return await run_in_threadpool(_folded, found, frozenset(names), services.rules)


def _folded(found: Iterable[Told], names: frozenset[str], rules: Rules) -> Mapping[str, Life]:
    told = ((each.union.names & names, fold(each.events, rules).life) for each in found)
    return {name: life for asked, life in told for name in asked}


def _label(name: str, life: Life, services: Services, revision: int | None = None) -> Label:
    """What a label of this battery shows now."""
    facts = life.facts
    number = life.revision if revision is None else revision
    holder = services.registry.now.organisations.get(life.holder) if life.holder else None
    return Label(
        name=name,
        url=label_url(services.public_host, name, number),
        chemistry=facts.get("chemistry"),
        capacity_ah=facts.get("rated_capacity_ah"),
        voltage_v=facts.get("nominal_voltage_v"),
        energy_kwh=facts.get("rated_energy_kwh"),
        revision=number,
        second_life=life.product,
        stage=life.stage,
        outlet=holder.name if holder else None,
        day=_today(services),
        quarantined=life.quarantined,
    )


def _today(services: Services) -> str:
    now = datetime.fromtimestamp(services.clock.now_us() / 1e6, UTC)
    return now.astimezone(CHINA).date().isoformat()
