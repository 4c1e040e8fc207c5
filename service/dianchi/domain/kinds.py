"""Kinds of values: how each is read into its canonical form, and what its JSON Schema says."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from dianchi.domain.dated import ALWAYS, in_force
from dianchi.domain.faults import (
    CONTROL,
    LARGEST,
    FaultsFound,
    Json,
    bad,
    faults_at,
    shown,
    wrong_type,
)
from dianchi.domain.identifiers import VIN_LENGTH, holds_vin
from dianchi.domain.moments import chinese_day
from dianchi.domain.personal import without_personal
from dianchi.domain.refusals import Fault, Malformed
from dianchi.domain.words import Words

_DECIMAL = re.compile(r"(-?)(0|[1-9]\d{0,11})(?:\.(\d{0,6}))?", re.ASCII)
_CANONICAL = re.compile(r"(?:0|[1-9]\d{0,11})(?:\.\d{0,5}[1-9])?", re.ASCII)
_DIGITS = 20
_EPOCH_DAY = datetime(1970, 1, 1, tzinfo=UTC).date()


@dataclass(slots=True)
class Reading:
    """What reading one report needs and yields beside the canonical values.

    `seal` turns a VIN into its `vin_ref` (HMAC under a key that the domain never sees); `vins`
    collects the pairs, for the erasable table. No VIN survives in what is stored or hashed.
    `vin_suspect` says that a check digit was wrong; `assets`, that a name needs the registry.
    `occurred_us` is None where the report does not say, or not well, when it happened.
    """

    seal: Callable[[str], str]
    vins: dict[str, str] = field(default_factory=dict)
    vin_suspect: bool = False
    assets: bool = False
    occurred_us: int | None = None

    @property
    def on(self) -> date | None:
        """The business date of the report: its calendar day in China."""
        if self.occurred_us is None:
            return None
        return _EPOCH_DAY + timedelta(days=chinese_day(self.occurred_us))


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of value: `read(value, reading)` gives its canonical form; `schema` describes it."""

    read: Callable[[Json, Reading], Json]
    schema: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a report's data: its name on the wire, its kind, and the name it is kept by."""

    name: str
    kind: Kind
    required: bool
    kept_as: str


def without_vin(told: str, *, number: bool = False) -> str:
    """The text, when no VIN stands in it: a VIN may enter an event as `vin_ref` only.

    With `number` it is somebody's own number, which may look like a VIN and be none; then it is
    refused only where it also says that it is one.

    Raises:
        Malformed: code `invalid_value`.
    """
    if len(told) < VIN_LENGTH or not holds_vin(told, labelled=number):
        return told
    raise bad(
        "含有车辆识别代号(VIN)，这里不能保存",
        "holds a VIN, which may not be kept here",
        "请从这里删除；VIN 只写在 vin，或 host 的 id 中",
        "remove it here; a VIN belongs into vin, or into the id of a host",
    )


def text(
    longest: int = 100,
    suggested: tuple[str, ...] = (),
    *,
    number: bool = False,
    document: bool = False,
) -> Kind:
    """Open text without control characters and personal data, 1 to `longest` trimmed characters.

    With `number` it is a number of the reporter's own making, as `without_vin` says; with
    `document` that of a document, which may look like a telephone number, but never like a VIN.
    """

    def read(value: Json, _: Reading) -> str:
        if type(value) is not str:
            raise wrong_type(value, "文字", "text")
        trimmed = value.strip()
        if CONTROL.search(trimmed):
            raise bad(
                "含有不可见的控制字符",
                "contains control characters",
                "请删除不可见字符后重新提交",
                "remove the invisible characters",
            )
        if not 0 < len(trimmed) <= longest:
            raise bad(
                f"长度为 {len(trimmed)}，应为 1–{longest} 个字符",
                f"has {len(trimmed)} characters, 1 to {longest} are allowed",
                "请缩短或补全这一项",
                "shorten or fill in this member",
            )
        return without_personal(without_vin(trimmed, number=number), number=number or document)

    schema: dict[str, Json] = {"type": "string", "minLength": 1, "maxLength": longest}
    if suggested:
        schema["examples"] = list(suggested)
    return Kind(read, schema)


def choice(options: Words) -> Kind:
    """One word of a closed list, valid on the business date of the report."""
    always = options.always

    def read(value: Json, reading: Reading) -> str:
        if type(value) is str and (value in always or _is_dated(value, options, reading.on)):
            return value
        listed = ", ".join(options if reading.on is None else options.on(reading.on))
        raise bad(
            f"“{shown(value)}”不在允许的取值中",
            f"'{shown(value)}' is not one of the allowed values",
            f"请从下列取值中选择：{listed}",
            f"choose one of: {listed}",
        )

    return Kind(read, {"type": "string", "enum": list(options)})


def _is_dated(word: str, options: Words, on: date | None) -> bool:
    """Whether a word has a row for this date; without a date the report is refused anyway.

    Raises:
        Malformed: it has rows, but for other dates.
    """
    rows = options.of(word)
    if not rows or on is None or any(in_force(row, on) for row in rows):
        return bool(rows)
    listed = ", ".join(options.on(on))
    terms = [(str(r.valid_from) if r.valid_from != ALWAYS else "", r.valid_to or "") for r in rows]
    spans = "; ".join(f"{first}…{last}" for first, last in terms)
    raise bad(
        f"“{word}”在业务日期 {on} 不可用（有效期 {spans}）",
        f"'{word}' is not valid on the business date {on} (valid {spans})",
        f"请核对 occurred_at，或从当日可用的取值中选择：{listed}",
        f"check occurred_at, or choose one that is valid on that date: {listed}",
    )


def _digits(value: Json) -> str:
    if type(value) is int and abs(value) < LARGEST:
        return str(value)
    if isinstance(value, Decimal):
        written = str(value)
        if "E" in written and abs(value.adjusted()) < _DIGITS:
            return format(value, "f")
        return written
    if type(value) is int:
        return ""
    raise wrong_type(value, "数字", "a number or a decimal string")


def decimal(least: str = "0", most: str = "999999999999", *, above: bool = False) -> Kind:
    """A decimal: JSON number or string, at most 12 digits before and 6 after the point.

    With `above`, `least` itself is not allowed.
    """
    low, high = Decimal(least), Decimal(most)
    plain = least == "0" and most == "999999999999"
    smallest = "0" if above else ""

    def read(value: Json, _: Reading) -> str:
        digits = value if type(value) is str else _digits(value)
        if plain and digits > smallest and _CANONICAL.fullmatch(digits):
            return digits
        match = _DECIMAL.fullmatch(digits.strip())
        if match is None:
            raise bad(
                f"“{shown(value)}”不是可用的数字",
                f"'{shown(value)}' is not a usable number",
                "整数最多 12 位、小数最多 6 位，不带单位和千分号",
                "up to 12 digits before and 6 after the point, no unit, no separators",
            )
        sign, whole, fraction = match.groups()
        fraction = fraction.rstrip("0") if fraction else ""
        number = f"{whole}.{fraction}" if fraction else whole
        if sign and number != "0":
            number = f"-{number}"
        if plain and not sign and not (above and number == "0"):
            return number
        size = Decimal(number)
        if size < low or size > high or (above and size == low):
            raise bad(
                f"{number} 超出范围 {least}–{most}",
                f"{number} is outside {least} to {most}",
                "请核对数值和单位",
                "check the value and its unit",
            )
        return number

    pattern = r"^-?(0|[1-9]\d{0,11})(\.\d{0,6})?$"
    bounds = {"exclusiveMinimum" if above else "minimum": float(low), "maximum": float(high)}
    number = {"type": "number", **bounds}
    return Kind(read, {"anyOf": [{"type": "string", "pattern": pattern}, number]})


def integer(least: int = 0, most: int = 10_000_000) -> Kind:
    """A whole JSON number within bounds."""

    def read(value: Json, _: Reading) -> int:
        if type(value) is not int:
            raise wrong_type(value, "整数", "a whole number")
        if not least <= value <= most:
            raise bad(
                f"{shown(value)} 超出范围 {least}–{most}",
                f"{shown(value)} is outside {least} to {most}",
                "请核对数值",
                "check the value",
            )
        return value

    return Kind(read, {"type": "integer", "minimum": least, "maximum": most})


def many(kind: Kind, most: int, least: int = 1) -> Kind:
    """A list of `least` to `most` values of one kind."""

    def read(value: Json, reading: Reading) -> list[Json]:
        if type(value) is not list:
            raise wrong_type(value, "列表", "a list")
        if not least <= len(value) <= most:
            raise bad(
                f"有 {len(value)} 项，允许 {least}–{most} 项",
                f"has {len(value)} items, {least} to {most} are allowed",
                "请分成多次上报" if len(value) > most else "请补上内容",
                "split it into several reports" if len(value) > most else "say which",
                "too_many_rows" if len(value) > most else "invalid_value",
            )
        return _read_each(kind, value, reading)

    return Kind(read, {"type": "array", "items": kind.schema, "minItems": least, "maxItems": most})


def _read_each(kind: Kind, values: list[Json], reading: Reading) -> list[Json]:
    canonical: list[Json] = []
    faults: list[Fault] = []
    for place, value in enumerate(values):
        try:
            canonical.append(kind.read(value, reading))
        except (Malformed, FaultsFound) as error:
            faults.extend(faults_at(error, f"/{place}", value))
    if faults:
        raise FaultsFound(faults)
    return canonical
