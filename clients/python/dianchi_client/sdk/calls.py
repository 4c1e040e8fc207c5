"""What each method asks: one function per route, without a network."""

import secrets
import time
from collections.abc import Mapping
from typing import Any, Final, Generic, Literal, NamedTuple, TypeVar
from urllib.parse import quote
from uuid import UUID

from dianchi_client.sdk.encoding import encoded
from dianchi_client.sdk.failures import UnexpectedAnswer
from dianchi_client.sdk.session import Session
from dianchi_client.sdk.shapes import (
    Battery,
    BatteryRow,
    Event,
    Finding,
    Me,
    Page,
    Recorded,
    Site,
)
from dianchi_client.sdk.wire import Call, Request

T = TypeVar("T")
_RANDOM_BITS: Final = 74
_VERSION_7: Final = 0x7 << 76
_VARIANT: Final = 0b10 << 62


def new_event_id() -> str:
    """A UUID of version 7 (RFC 9562, 5.7): ids made later sort later."""
    chance = secrets.randbits(_RANDOM_BITS)
    low, high = chance & ((1 << 62) - 1), chance >> 62
    return str(
        UUID(int=time.time_ns() // 1_000_000 << 80 | _VERSION_7 | high << 64 | _VARIANT | low)
    )


def report(session: Session, report: Mapping[str, object], /) -> Call[Recorded]:
    """Records one report: the same one again, under its `event_id`, doubles nothing.

    It has the members of docs/reference/reports.md. Without an `event_id` one is made before the
    first try and kept over all tries.

    Raises:
        DianchiError: it was not recorded, or nobody knows (`Unreachable.maybe_recorded`).
    """
    told = report if "event_id" in report else {"event_id": new_event_id(), **report}
    request = Request("POST", "/v1/events", body=encoded(told))
    recorded: Recorded = yield from session.json(request)
    return recorded


def battery(
    session: Session,
    name: str,
    /,
    *,
    as_of: str | None = None,
    known_at: str | None = None,
    purpose: str | None = None,
) -> Call[Battery]:
    """A battery as it stands, or stood (`as_of`), or was known to stand (`known_at`).

    Raises:
        NotFound: there is none that you may see.
    """
    query = _query(as_of=as_of, known_at=known_at, purpose=purpose)
    found: Battery = yield from session.json(Request("GET", f"/v1/batteries/{_part(name)}", query))
    return found


def genealogy(
    session: Session,
    name: str,
    /,
    *,
    direction: Literal["ancestors", "descendants", "both"] = "both",
    depth: int = 10,
) -> Call[dict[str, Any]]:
    """Where a battery, lot or batch came from, and what became of it: `nodes` and `edges`."""
    path = f"/v1/batteries/{_part(name)}/genealogy"
    query = _query(direction=direction, depth=depth)
    graph: dict[str, Any] = yield from session.json(Request("GET", path, query))
    return graph


def event(session: Session, event_id: str, /, *, battery: str | None = None) -> Call[Event]:
    """One event; `battery` says which line of a report of several."""
    path = f"/v1/events/{_part(event_id)}"
    found: Event = yield from session.json(Request("GET", path, _query(battery=battery)))
    return found


def leaf(session: Session, event_id: str, /, *, battery: str | None = None) -> Call[bytes]:
    """The very bytes of an event that the log hashes, for `dianchi-client verify`."""
    query = _query(battery=battery, representation="leaf")
    return session.content(Request("GET", f"/v1/events/{_part(event_id)}", query))


def receipt(session: Session, event_id: str, /, *, battery: str | None = None) -> Call[bytes]:
    """The receipt of an event (`.tlog-proof`); waited for, where it is not ready yet."""
    path = f"/v1/events/{_part(event_id)}/receipt"
    return session.content(Request("GET", path, _query(battery=battery)))


def upload_receipt(
    session: Session, upload: str, /, *, kind: Literal["json", "pdf"] = "json"
) -> Call[bytes]:
    """The receipt of a file that was sent to the page of uploads and recorded.

    As JSON, for `dianchi-client verify-upload`, or as a paper to keep.
    """
    return session.content(Request("GET", f"/v1/uploads/{_part(upload)}/receipt.{kind}"))


def bundle(session: Session, name: str, /) -> Call[bytes]:
    """The whole history of a battery with its proofs (ZIP), for `dianchi-client verify-bundle`."""
    return session.content(Request("GET", f"/v1/batteries/{_part(name)}/bundle"))


def label(
    session: Session,
    name: str,
    /,
    *,
    kind: Literal["png", "svg", "pdf", "zpl"] = "png",
    size: Literal["60x40", "80x50"] = "60x40",
    dpi: Literal[203, 300] = 203,
    revision: int | None = None,
) -> Call[bytes]:
    """The label of a battery: on paper of `size` in mm, for a printer of `dpi` (`png`, `zpl`).

    Its `revision` is the valid one by default.
    """
    path = f"/v1/batteries/{_part(name)}/label.{kind}"
    return session.content(Request("GET", path, _query(size=size, dpi=dpi, revision=revision)))


def me(session: Session, /) -> Call[Me]:
    """Who you are by your key, and what you may report."""
    found: Me = yield from session.json(Request("GET", "/v1/me"))
    return found


class Listing(NamedTuple, Generic[T]):
    """A list that is asked for page by page."""

    request: Request

    def page(self, session: Session, cursor: str | None) -> Call[Page[T]]:
        """One page; the first without a cursor.

        Raises:
            DianchiError: refused for good, no time left, or no page of a list.
        """
        asked = self.request._replace(query=self.request.query + _query(cursor=cursor))
        page: Page[T] = yield from session.json(asked)
        if "items" not in page or (cursor is not None and page.get("next") == cursor):
            raise UnexpectedAnswer(200, f"{asked.path}: no page of a list")
        return page


def history(
    name: str,
    /,
    *,
    as_of: str | None = None,
    known_at: str | None = None,
    purpose: str | None = None,
    limit: int = 200,
) -> Listing[Event]:
    """The events of a battery in the order in which they happened; `limit` to a page."""
    query = _query(as_of=as_of, known_at=known_at, purpose=purpose, limit=limit)
    return Listing(Request("GET", f"/v1/batteries/{_part(name)}/history", query))


def batteries(
    *,
    stage: str | None = None,
    prefecture: str | None = None,
    chemistry: str | None = None,
    holder: str | None = None,
    limit: int = 200,
) -> Listing[BatteryRow]:
    """Batteries that you see, by what they are and where; `limit` to a page."""
    query = _query(
        stage=stage, prefecture=prefecture, chemistry=chemistry, holder=holder, limit=limit
    )
    return Listing(Request("GET", "/v1/batteries", query))


def findings(
    *,
    battery: str | None = None,
    code: str | None = None,
    kind: Literal["life", "link", "clock"] | None = None,
    state: Literal["open", "closed", "all"] = "open",
    limit: int = 200,
) -> Listing[Finding]:
    """What does not fit; `limit` to a page."""
    query = _query(battery=battery, code=code, kind=kind, state=state, limit=limit)
    return Listing(Request("GET", "/v1/findings", query))


def sites(*, organisation: str | None = None, limit: int = 1000) -> Listing[Site]:
    """The sites of your organisation, or of another; `limit` to a page."""
    return Listing(Request("GET", "/v1/sites", _query(organisation=organisation, limit=limit)))


def _part(text: str) -> str:
    """A part of a path: a slash in a name is none of the address."""
    return quote(text, safe="")


def _query(**told: str | int | None) -> tuple[tuple[str, str], ...]:
    return tuple((name, str(value)) for name, value in told.items() if value is not None)
