"""Forms for anybody: a label that does not fit, a battery that an outlet does not take back."""

from typing import Final, Literal

from fastapi import APIRouter, Request
from starlette.responses import Response

from dianchi.access.complaints import Complaint, file
from dianchi.access.flood import TooMany
from dianchi.access.keys import now_of
from dianchi.api.addresses import counted_address
from dianchi.api.deps import ServicesDep
from dianchi.api.pages.entering import waiting
from dianchi.api.pages.frame import STALE, Asked, Said, asked_of, said_of
from dianchi.domain.codes import parse_battery
from dianchi.domain.places import YUNNAN
from dianchi.domain.refusals import Malformed, Text

About = Literal["wrong_label", "refused"]
router = APIRouter(prefix="/complaints", include_in_schema=False)
_PREFECTURES: Final = {place.code: place for place in YUNNAN}
_LONGEST: Final = 1000
_LONGEST_LINE: Final = 200
_FIELDS: Final = ("battery", "prefecture", "told", "contact")
_TRAP: Final = "website"
"""A field that people do not see; whoever fills it in is a program."""
_INCOMPLETE: Final = Said(
    Text("还缺少内容。", "Something is missing."),
    Text("请选择所在州市，并写明情况。", "Choose where it was, and write what happened."),
)


@router.get("/{about}")
async def get_form(request: Request, services: ServicesDep, about: About) -> Response:
    """Asks what happened; no name is needed."""
    asked = await asked_of(request, services)
    battery = request.query_params.get("battery", "")[:_LONGEST_LINE]
    return _form(asked, about, {"battery": battery})


@router.post("/{about}")
async def post_form(request: Request, services: ServicesDep, about: About) -> Response:
    """Keeps it, and says its number."""
    asked = await asked_of(request, services)
    form = {name: " ".join(value.split()) for name, value in asked.form.items()}
    if not asked.ours():
        return _form(asked, about, form, STALE, 403)
    if form.get("prefecture") not in _PREFECTURES or not form.get("told"):
        return _form(asked, about, form, _INCOMPLETE, 422)
    try:
        services.complainants.take(counted_address(request.scope, services.entry.trusted))
    except TooMany as many:
        return waiting(_form(asked, about, form, said_of(many), 429), many)
    return asked.page("thanks.html", number=await _filed(asked, about, form))


async def _filed(asked: Asked, about: About, form: dict[str, str]) -> str:
    """Its number; a program that walked into the trap gets none that is kept."""
    now = now_of(asked.services.clock)
    complaint = Complaint(
        about,
        _name(form.get("battery", "")),
        form["prefecture"],
        form["told"][:_LONGEST],
        form.get("contact", "")[:_LONGEST_LINE],
    )
    if form.get(_TRAP):
        return f"TS-{now:%Y%m%d}-"
    async with asked.services.make_keeper_session() as session:
        return await file(session, asked.services.vault, complaint, now)


def _name(told: str) -> str | None:
    """The battery; what is no name is not kept, since it may be anything."""
    try:
        return str(parse_battery(told)) if told else None
    except Malformed:
        return None


def _form(
    asked: Asked, about: About, form: dict[str, str], said: Said | None = None, status: int = 200
) -> Response:
    return asked.page(
        "complaint.html",
        status,
        about=about,
        form=dict.fromkeys(_FIELDS, "") | form,
        said=said,
        places=YUNNAN,
        trap=_TRAP,
    )
