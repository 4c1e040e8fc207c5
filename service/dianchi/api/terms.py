"""What people type into a search, read as what it most likely is."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from dianchi.api.bodies.search import Kind
from dianchi.api.naming import canonical_name
from dianchi.domain.codes import without_revision
from dianchi.domain.identifiers import vin_form
from dianchi.domain.lookalikes import like_a_code
from dianchi.domain.refusals import Refused, Text
from dianchi.domain.registry import Organisation, Registry

MOST_FIRMS: Final = 20
_PAPER: Final = re.compile(r"(?:.*/R/)?((?:HZ|SJ)-?\d{8}-?[2-9A-Z]{8})", re.IGNORECASE)
_ID: Final = re.compile(r"(?:.*/R/)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.IGNORECASE)
_REVISION: Final = re.compile(r"[Rr]([1-9]\d{0,2})")
_ADDRESS: Final = re.compile(r"https?:", re.IGNORECASE)
_FIRST_DASH: Final = 2
_DAY: Final = 10
# A VIN has neither I nor O nor Q: whoever read one misread a digit.
_AS_IN_VINS: Final = str.maketrans("IOQ", "100")


@dataclass(frozen=True, slots=True)
class Term:
    """One term as it was read.

    Attributes:
        given: as it was typed.
        kind: what it is taken for.
        name: canonical, of a battery; a VIN; the number of a paper; None where it is none of these.
        plain: letters and digits alone, to look for codes like it; empty where it is no code.
        label: the revision that it says the label has; 0 of a first label, None of a bare code.
        firms: that it names.
        fault: why it is no battery's name.
    """

    given: str
    kind: Kind
    name: str | None = None
    plain: str = ""
    label: int | None = None
    firms: Sequence[Organisation] = ()
    fault: Text | None = None


def read_term(given: str, registry: Registry) -> Term:
    """Reads a term; never fails."""
    text = unicodedata.normalize("NFKC", given).strip()
    if paper := _PAPER.fullmatch(text):
        return Term(given, "receipt", _dashed(paper[1].upper()))
    if event := _ID.fullmatch(text):
        return Term(given, "event", str(UUID(event[1])))
    if vin := vin_form("".join(text.split()).upper().translate(_AS_IN_VINS)):
        return Term(given, "vehicle", vin)
    if known := registry.organisation(text):
        return Term(given, "firm", firms=(known,))
    return _battery(given, text, registry)


def _dashed(number: str) -> str:
    bare = number.replace("-", "")
    return f"{bare[:_FIRST_DASH]}-{bare[_FIRST_DASH:_DAY]}-{bare[_DAY:]}"


def _battery(given: str, text: str, registry: Registry) -> Term:
    text, label = _label_of(text)
    plain = re.sub(r"[\W_]", "", text).upper()
    code = plain if like_a_code(plain) else ""
    try:
        return Term(given, "battery", canonical_name(text, registry), code, label)
    except Refused as refused:
        fault = refused.faults[0].what
    if code or ":" in text:
        return Term(given, "battery", None, code, label, fault=fault)
    return Term(given, "firm", firms=_firms_like(text, registry), fault=fault)


def _label_of(text: str) -> tuple[str, int | None]:
    """The term without the revision of its label, and that."""
    if _ADDRESS.match(text):
        return text, without_revision(text.partition("?")[0].partition("#")[0])[1]
    # At its end, behind a blank or a slash: `CODE R2`, `CODE/R2`.
    last = re.split(r"[\s/]", text)[-1]
    code = text.removesuffix(last).rstrip().rstrip("/").rstrip()
    revised = _REVISION.fullmatch(last) if code else None
    return (code, int(revised[1])) if revised else (text, None)


def _firms_like(text: str, registry: Registry) -> Sequence[Organisation]:
    """The firms whose name or USCC holds the text, by name."""
    wanted = "".join(text.split()).upper()
    fitting = (
        firm
        for firm in registry.organisations.values()
        if wanted in "".join(firm.name.split()).upper() or wanted in (firm.uscc or "")
    )
    return sorted(fitting, key=lambda firm: firm.name)[:MOST_FIRMS]
