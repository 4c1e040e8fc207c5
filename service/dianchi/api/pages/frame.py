"""What every page here does: reads a form that is ours, answers a page that nobody keeps."""

import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from importlib.resources import files
from typing import Final, NamedTuple
from urllib.parse import parse_qsl

from fastapi import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from dianchi.access.flood import TooMany
from dianchi.access.keys import last_day
from dianchi.access.sessions import Signed
from dianchi.api.cookies import cookie_line, cookie_of, from_here, named, signed_of
from dianchi.api.pages.phrases import PHRASES
from dianchi.api.services import Services
from dianchi.domain.areas import DEPARTMENTS, FUNCTIONAL_AREAS, PROVINCE
from dianchi.domain.counties import county_of
from dianchi.domain.people import PLATFORM, Place
from dianchi.domain.places import YUNNAN
from dianchi.domain.refusals import Malformed, Refused, Text
from dianchi.domain.role_titles import ROLE_TITLES
from dianchi.domain.working_days import CHINA
from dianchi.exchange.language import Language, language_of
from dianchi.look.pages import Look, say

_FORMS: Final = files("dianchi.api.pages").joinpath("templates/forms.css")
LOOK: Final = Look(
    "dianchi.api.pages", PHRASES, style=_FORMS.read_text(encoding="utf-8"), forms=True
)
HEADERS: Final = {
    "content-security-policy": LOOK.csp,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "vary": "accept-language",
}
_FORM: Final = "-form"


class Said(NamedTuple):
    """What a page says went wrong, and what to do."""

    what: Text
    way_out: Text


STALE: Final = Said(
    Text("页面已过期。", "This page is out of date."), Text("请再试一次。", "Please try again.")
)
WRONG_CODE: Final = Said(
    Text("验证码不对，或已用过。", "The code is wrong, or was used already."),
    Text(
        "请等手机显示下一个数字再输入；手机时间须准确。",
        "Wait for the next one; the phone's clock must be right.",
    ),
)


@dataclass(slots=True)
class Asked:
    """One request for a page."""

    request: Request
    services: Services
    language: Language
    signed: Signed | None
    form: dict[str, str] = field(default_factory=dict)
    cookies: list[str] = field(default_factory=list)
    bound: str = ""

    def name_of(self, organisation: str) -> str:
        """The name of an organisation, or its id."""
        known = self.services.registry.now.organisations.get(organisation)
        return known.name if known else organisation

    def page(self, template: str, status: int = 200, **values: object) -> Response:
        """Answers a page."""
        self._bind()
        mark = self.services.entry.forms.mark(self.bound.encode()).hex()
        shown = {"said": None, "mark": mark, **values}
        return self._dressed(
            HTMLResponse(LOOK.page(template, self.language, **shown), status, HEADERS)
        )

    def go(self, path: str) -> Response:
        """Leads on to another page."""
        address = f"{path}?lang={self.language}"
        return self._dressed(RedirectResponse(address, 303, HEADERS))

    def entered(self, token: str) -> None:
        """Gives the browser the cookie of a session."""
        self.cookies.append(cookie_line(self.request.scope, token))
        self.bound = token

    def left(self) -> None:
        """Takes it away."""
        self.cookies.append(cookie_line(self.request.scope, ""))
        self.bound = ""

    def ours(self) -> bool:
        """Whether the form was made here, for this browser."""
        if not from_here(self.request.scope, none=True) or not self.bound:
            return False
        mark = self.services.entry.forms.mark(self.bound.encode()).hex()
        return hmac.compare_digest(mark.encode(), self.form.get("mark", "").encode())

    def _bind(self) -> None:
        if not self.bound:
            self.bound = secrets.token_urlsafe(16)
            self.cookies.append(cookie_line(self.request.scope, self.bound, _FORM))

    def _dressed(self, response: Response) -> Response:
        for line in self.cookies:
            response.headers.append("set-cookie", line)
        return response


async def asked_of(request: Request, services: Services) -> Asked:
    """A request for a page, with its form where it brings one."""
    scope = request.scope
    language = language_of(request.headers.get("accept-language"), request.query_params.get("lang"))
    signed = await signed_of(scope, services)
    form: dict[str, str] = {}
    if request.method == "POST":
        body = (await request.body()).decode("utf-8", "replace")
        form = dict(parse_qsl(body, keep_blank_values=True, max_num_fields=20))
    session = cookie_of(scope, named(scope)) if signed else None
    return Asked(
        request,
        services,
        language,
        signed,
        form,
        [],
        session or cookie_of(scope, named(scope, _FORM)) or "",
    )


def said_of(error: Malformed | TooMany | Refused) -> Said:
    """What a page says of an error."""
    if isinstance(error, Refused):
        return Said(error.faults[0].what, error.faults[0].way_out)
    if isinstance(error, Malformed):
        return Said(error.what, error.way_out)
    return Said(
        Text("尝试过于频繁。", "There were too many tries."),
        Text(f"请在 {error.wait_s} 秒后重试。", f"Try again in {error.wait_s} seconds."),
    )


def facts_of(asked: Asked, place: Place) -> list[tuple[str, str]]:
    """Organisation, role and area of a person, in words."""
    language = asked.language
    name = asked.name_of(place.organisation)
    if place.organisation == PLATFORM:
        name = say(PHRASES["platform"], language)
    role = ROLE_TITLES.get(place.role)
    rows = [("organisation", name), ("role", say(role, language) if role else place.role)]
    if place.role == "regulator":
        rows.append(("area", area_of(place.area, language)))
    if place.department:
        rows.append(("department", say(DEPARTMENTS.of(place.department)[0].label, language)))
    if place.names is not None:
        rows.append(("bound_to", "、".join(sorted(asked.name_of(one) for one in place.names))))
    if place.manages:
        rows.append(("manages", say(PHRASES["yes"], language)))
    if place.until is not None:
        rows.append(("ends", last_day(place.until).isoformat()))
    return [(say(PHRASES[title], language), value) for title, value in rows]


def area_of(area: str | None, language: Language) -> str:
    """The area of a regulator in words; a county that is not listed by its code."""
    if area in (None, PROVINCE):
        return say(PHRASES["whole_province"], language)
    functional = next((one for one in FUNCTIONAL_AREAS if one.word == area), None)
    if functional is not None:
        return say(functional.label, language)
    found = next((one for one in YUNNAN if one.code == area), None) or county_of(str(area))
    return getattr(found, language) if found else str(area)


def local(moment: datetime) -> str:
    """A moment as people here read it."""
    return f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M}"
