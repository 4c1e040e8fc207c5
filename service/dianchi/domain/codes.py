"""Names of batteries: GB/T 34014 codes and the other schemes, parsed or refused with a way out."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, Literal
from urllib.parse import unquote

from dianchi.domain import code_tables as tables
from dianchi.domain.code_faults import (
    bad_characters,
    empty_name,
    explain,
    impossible_date,
    issuer_missing,
    not_our_address,
    not_temporary,
    too_long,
    unknown_scheme,
)

Scheme = Literal["gbt34014", "gbt45565", "gbt40098", "serial", "asset", "tmp"]

LONGEST_PART: Final = 64
_LONGEST_TEXT: Final = 2048

_DESIGN = r"[0-9A-Z]{3}[PMC][A-GZ][0-9A-Z]{2}"
_PRODUCTION = r"[1-9A-HJ-NPR-Y][1-9A-C][0-9A-HJ-PR-Z][0-9]{7}"
_FULL: Final = re.compile(rf"{_DESIGN}[0-9A-Z]{{7}}{_PRODUCTION}")
_OTHER: Final = re.compile(
    rf"{_DESIGN}{_PRODUCTION}R[PMC]|{_DESIGN}[0-9A-Z]{{7}}{_PRODUCTION}R[PMC]"
)
_SYMBOLS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SAMPLES: Final = {19: ("000PA001110000000RP", _OTHER), 24: ("000PA0000000001110000000", _FULL)}
_ADDRESS: Final = re.compile(r"https?://[^/\s?#]+/b/([^?#]+)", re.IGNORECASE)
_REVISION: Final = re.compile(r"[Rr][1-9][0-9]{0,2}")
_ANY_ADDRESS: Final = re.compile(r"https?:", re.IGNORECASE)
_SCHEMED: Final = re.compile(r"\s*([A-Za-z][A-Za-z0-9]*)\s*:(.*)", re.DOTALL)
_PART: Final = re.compile(
    "[0-9A-Z〇\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af"
    r"\-_./#()+&,' ]{1,64}"
)
_REST: Final = re.compile(_PART.pattern.replace("#()", "#:()"))
_TEMPORARY: Final = re.compile(r"[0-9A-Z][0-9A-Z_.\-]{0,39}-[0-9]{1,9}")
_INVISIBLE: Final = dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x00AD])

_DAYS: Final = tables.DAYS | tables.DAY_VARIANTS
_YEARS: Final = tables.YEARS | tables.YEAR_VARIANTS
_SHORTEST: Final = {2: 28, 4: 30, 6: 30, 9: 30, 11: 30}
_DOUBTFUL: Final = frozenset(
    month + day
    for month, m in tables.MONTHS.items()
    for day, d in _DAYS.items()
    if d > _SHORTEST.get(m, 31)
)


class CodeNote(StrEnum):
    """What a reader of a well-formed code should still know."""

    DATE_CODE_VARIANT = "date_code_variant"
    """U, Z or O in the date, which the table we hold does not know (domain study 2.3)."""
    AMBIGUOUS_LETTER = "ambiguous_letter"
    """I, O or Q after the vendor code, where 1 or 0 is more usual: perhaps misread."""
    LENGTH_26 = "length_26"
    """24 characters followed by a second-life mark: seen in practice, not in the standard."""
    SERIAL_ZERO = "serial_zero"
    """The serial of the day is 0000000; the standard counts from 1."""


@dataclass(frozen=True, slots=True, order=True)
class BatteryName:
    """One name of a battery, canonical; made by `parse_battery` only.

    Attributes:
        scheme: who defines the name.
        value: the name in its scheme, upper-cased and trimmed, without the scheme.
    """

    scheme: Scheme
    value: str

    def __str__(self) -> str:
        """The canonical text: a bare code for GB/T 34014, `scheme:VALUE` otherwise."""
        return self.value if self.scheme == "gbt34014" else f"{self.scheme}:{self.value}"

    @property
    def issuer(self) -> str | None:
        """Vendor of a `serial`, organisation of an `asset`, block of a `tmp` name; else None."""
        if self.scheme in ("serial", "asset"):
            return self.value.partition(":")[0]
        return self.value.rpartition("-")[0] if self.scheme == "tmp" else None

    @property
    def number(self) -> str:
        """The part after the issuer, or the whole value where the scheme has no issuer."""
        if self.scheme in ("serial", "asset"):
            return self.value.partition(":")[2]
        return self.value.rpartition("-")[2] if self.scheme == "tmp" else self.value

    @property
    def marks_reuse(self) -> bool:
        """The name itself says second life: `R?` at the end (GB/T 34014), `-R-` (GB/T 45565)."""
        if self.scheme == "gbt34014":
            return len(self.value) != 24  # noqa: PLR2004 - the plain length of GB/T 34014
        return self.scheme == "gbt45565" and "-R-" in self.value


@dataclass(frozen=True, slots=True)
class CodeFacts:
    """What a GB/T 34014 code says by itself.

    Attributes:
        vendor: X1-X3 厂商代码.
        product: `pack`, `module` or `cell` (X4).
        letter: X5 battery type.
        chemistries: the chemistries the letter covers.
        spec: X6-X7 规格代码.
        trace: X8-X14 追溯信息代码, empty in a second-life code.
        made: possible production dates, earliest first (year symbols repeat every 30 years).
        serial: seven digits, the serial of that day.
        reuse: the code was given for a second life (梯次利用).
        notes: what a reader should know.
        reading: the code with 0 and 1 in place of O, Q and I, where it has such letters.
    """

    vendor: str
    product: str
    letter: str
    chemistries: frozenset[str]
    spec: str
    trace: str
    made: tuple[date, ...]
    serial: str
    reuse: bool
    notes: tuple[CodeNote, ...]
    reading: str | None


def symbols_of(length: int) -> list[str]:
    """The symbols that may stand in each place of a code of this length, 19 or 24.

    They are found by trying, so that there is no second table of them.
    """
    sample, form = _SAMPLES[length]
    return [
        "".join(c for c in _SYMBOLS if form.fullmatch(f"{sample[:at]}{c}{sample[at + 1 :]}"))
        for at in range(length)
    ]


def parse_battery(text: str) -> BatteryName:
    """Read a name as typed, scanned or sent; raise `Malformed` with a way out when it is none.

    White space, line breaks, case, full-width letters and an own label's address are normalised.
    """
    if _FULL.fullmatch(text) and text[15:17] not in _DOUBTFUL:
        return BatteryName("gbt34014", text)
    return _parse_untidy(text)


def _parse_untidy(text: str) -> BatteryName:
    if len(text) > _LONGEST_TEXT:
        raise too_long(len(text))
    clean = unicodedata.normalize("NFKC", text.translate(_INVISIBLE)).strip()
    clean = _without_address(clean)
    schemed = _SCHEMED.fullmatch(clean)
    if schemed is None:
        return _gbt34014(clean)
    return _schemed(schemed[1].lower(), unicodedata.normalize("NFKC", schemed[2]))


def _without_address(text: str) -> str:
    if not _ANY_ADDRESS.match(text):
        return text
    address = _ADDRESS.fullmatch(text.partition("?")[0].partition("#")[0])
    if address is None:
        raise not_our_address(text)
    # A slash of the address itself ends the name, as does the revision of a replacement label; one
    # that belongs to the name is percent-encoded.
    return unicodedata.normalize("NFKC", unquote(without_revision(address[1])[0])).strip()


def without_revision(path: str) -> tuple[str, int]:
    """The name in a label's address, still encoded, and the revision that the label says it is."""
    name, _, ending = path.removesuffix("/").rpartition("/")
    if name and _REVISION.fullmatch(ending):
        return name, int(ending[1:])
    return path.removesuffix("/"), 0


def _schemed(scheme: str, rest: str) -> BatteryName:
    match scheme:
        case "gbt34014":
            return _gbt34014(rest)
        case "gbt45565" | "gbt40098":
            return BatteryName(scheme, _part(rest))
        case "serial" | "asset":
            issuer, colon, number = rest.partition(":")
            if not (colon and issuer.strip() and number.strip()):
                raise issuer_missing(scheme)
            return BatteryName(scheme, f"{_part(issuer)}:{_part(number, _REST)}")
        case "tmp":
            return BatteryName("tmp", _temporary(rest))
        case _:
            raise unknown_scheme(scheme)


def _part(text: str, allowed: re.Pattern[str] = _PART) -> str:
    value = re.sub(" +", " ", text.strip().upper())
    if len(value) > LONGEST_PART:
        raise too_long(len(value))
    if not value:
        raise empty_name()
    if not allowed.fullmatch(value):
        raise bad_characters(next((i, c) for i, c in enumerate(value, 1) if not allowed.match(c)))
    return value


def _temporary(text: str) -> str:
    value = "".join(text.split()).upper()
    if not _TEMPORARY.fullmatch(value):
        raise not_temporary(value)
    return value


def _gbt34014(text: str) -> BatteryName:
    code = "".join(text.split()).upper()
    if not (_FULL.fullmatch(code) or _OTHER.fullmatch(code)):
        raise explain(code, _is_code)
    if not _has_date(code):
        raise impossible_date(*_date_parts(code))
    return BatteryName("gbt34014", code)


def _is_code(code: str) -> bool:
    return bool(_FULL.fullmatch(code) or _OTHER.fullmatch(code)) and _has_date(code)


def _has_date(code: str) -> bool:
    year, month, day = _date_parts(code)
    return _date(year, month, day) is not None


def _date_parts(code: str) -> tuple[int, int, int]:
    at = _date_at(code)
    return _YEARS[code[at]], tables.MONTHS[code[at + 1]], _DAYS[code[at + 2]]


def _date_at(code: str) -> int:
    return 7 if len(code) == 19 else 14  # noqa: PLR2004 - lengths of GB/T 34014


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def decode(name: BatteryName) -> CodeFacts | None:
    """What the code itself says, or None where the scheme is not GB/T 34014."""
    if name.scheme != "gbt34014":
        return None
    code, at = name.value, _date_at(name.value)
    return CodeFacts(
        vendor=code[:3],
        product=tables.PRODUCTS[code[3]],
        letter=code[4],
        chemistries=tables.FAMILIES[code[4]],
        spec=code[5:7],
        trace=code[7:at],
        made=_made(code),
        serial=code[at + 3 : at + 10],
        reuse=name.marks_reuse,
        notes=_notes(code, at),
        reading=_plain_reading(code),
    )


def _made(code: str) -> tuple[date, ...]:
    year, month, day = _date_parts(code)
    cycles = (_date(year + turn * tables.CYCLE_YEARS, month, day) for turn in (0, 1))
    return tuple(day for day in cycles if day is not None)


def _notes(code: str, at: int) -> tuple[CodeNote, ...]:
    variant = code[at] in tables.YEAR_VARIANTS or code[at + 2] in tables.DAY_VARIANTS
    found = (
        (variant, CodeNote.DATE_CODE_VARIANT),
        (not set("IOQ").isdisjoint(code[5:]), CodeNote.AMBIGUOUS_LETTER),
        (len(code) == 26, CodeNote.LENGTH_26),  # noqa: PLR2004 - 24 and a second-life mark
        (code[at + 3 : at + 10] == "0000000", CodeNote.SERIAL_ZERO),
    )
    return tuple(note for holds, note in found if holds)


def _plain_reading(code: str) -> str | None:
    plain = code[:5] + code[5:].translate(str.maketrans("IOQ", "100"))
    return plain if plain != code and _is_code(plain) else None


def chemistry_agrees(letter: str, chemistry: str) -> bool:
    """Whether a declared chemistry can go with the battery type letter (X5) of the code."""
    if chemistry in tables.ELECTROLYTE_ONLY:
        return letter in tables.LITHIUM_LETTERS
    return chemistry in tables.FAMILIES.get(letter, frozenset())
