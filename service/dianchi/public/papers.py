"""What stands behind the number of a paper: a slip, the receipt of a file, a letter."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal

from dianchi.exchange.language import Language
from dianchi.look.pages import say
from dianchi.public.pages import LOOK
from dianchi.public.phrases import PHRASES


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicReceipt:
    """What anybody may know of a slip: `day` is Chinese, `mass_kg` None where unweighed.

    Of a transfer only that it is there: who moved how many sets on which day, not whither.
    """

    number: str
    outlet: str
    site: str | None
    day: str
    count: int
    mass_kg: str | None
    logged: bool
    withdrawn: bool
    kind: Literal["taking_in", "transfer"] = "taking_in"

    def as_json(self) -> dict[str, Any]:
        """The same for a machine."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicFileReceipt:
    """What anybody may know of the receipt of a file: whose it is and its hash, never its name.

    `day` is Chinese; the log indexes are None where the file made no events.
    """

    number: str
    firm: str
    day: str
    sha256: str
    rows: int
    recorded: int
    first_index: int | None
    last_index: int | None

    def as_json(self) -> dict[str, Any]:
        """The same for a machine."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicLetter:
    """What anybody may know of a letter of an authority: never to whom it was sent."""

    number: str
    kind: Literal["inquiry", "order"]
    authority: str
    day: str
    sha256: str

    def as_json(self) -> dict[str, Any]:
        """The same for a machine."""
        return asdict(self)


Checked = PublicReceipt | PublicFileReceipt | PublicLetter
"""What stands under a number that a paper bears."""


def receipt_page(receipt: Checked | None, language: Language) -> str:
    """What a slip's code leads to; one form for every number that no slip has."""
    named = "receipt"
    match receipt:
        case None:
            told, facts = "receipt_absent", []
        case PublicFileReceipt():
            told, facts = "file_receipt_true", _file_facts(receipt, language)
        case PublicLetter():
            named, told, facts = "letter", "letter_true", _letter_facts(receipt, language)
        case _:
            named = "transfer" if receipt.kind == "transfer" else "receipt"
            told = "receipt_withdrawn" if receipt.withdrawn else f"{named}_true"
            facts = _receipt_facts(receipt, language)
    waiting = isinstance(receipt, PublicReceipt) and not receipt.logged
    return LOOK.page(
        "receipt.html",
        language,
        receipt=receipt,
        named=named,
        told=told,
        facts=facts,
        waiting=waiting,
    )


def _file_facts(receipt: PublicFileReceipt, language: Language) -> list[tuple[str, str]]:
    span = f"{receipt.first_index} – {receipt.last_index}"
    rows = (
        ("file_receipt_day", receipt.day),
        ("file_receipt_firm", receipt.firm),
        ("file_receipt_rows", f"{receipt.rows:,}"),
        ("file_receipt_recorded", f"{receipt.recorded:,}"),
        ("file_receipt_log", span if receipt.last_index is not None else None),
        ("file_receipt_hash", receipt.sha256),
    )
    return [(say(PHRASES[name], language), value) for name, value in rows if value is not None]


def _letter_facts(letter: PublicLetter, language: Language) -> list[tuple[str, str]]:
    rows = (
        ("letter_kind", say(PHRASES[f"letter_{letter.kind}"], language)),
        ("letter_day", letter.day),
        ("letter_authority", letter.authority),
        ("letter_hash", letter.sha256),
    )
    return _said(rows, language)


def _receipt_facts(receipt: PublicReceipt, language: Language) -> list[tuple[str, str]]:
    packs = f"{receipt.count} 只" if language == "zh" else str(receipt.count)
    mass = f"{receipt.mass_kg} kg" if receipt.mass_kg else say(PHRASES["not_weighed"], language)
    rows: tuple[tuple[str, str | None], ...] = (
        ("transfer_day", receipt.day),
        ("transfer_firm", receipt.outlet),
        ("receipt_packs", packs),
    )
    if receipt.kind == "transfer":
        return _said(rows, language)
    rows = (
        ("receipt_day", receipt.day),
        ("receipt_outlet", receipt.outlet),
        ("receipt_site", receipt.site),
        ("receipt_packs", packs),
        ("receipt_mass", mass),
    )
    return _said(rows, language)


def _said(rows: Iterable[tuple[str, str | None]], language: Language) -> list[tuple[str, str]]:
    return [(say(PHRASES[title], language), value) for title, value in rows if value]
