"""The kinds of members a report may have: how each is read, and what its JSON Schema says.

A kind reads one JSON value into its canonical JSON value (decimals as strings, names in canonical
form, instants in UTC microseconds) or raises `Malformed`. What is stored and hashed is exactly
this canonical form, so reading twice changes nothing.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from dianchi.domain.codes import parse_battery
from dianchi.domain.identifiers import parse_prefecture, parse_province, parse_vin
from dianchi.domain.refusals import Fault, Malformed, Text

Json = Any
CHINA = timezone(timedelta(hours=8))
_FIRST = "1990-01-01"  # no traction battery is older; guards a typed 0202
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_START = datetime(1970, 1, 1)  # noqa: DTZ001 - UTC without saying so, to be printed with a Z
_RFC3339 = re.compile(
    r"\d{4}-\d\d-\d\d[Tt](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,12})?"
    r"(?:[Zz]|[+-]\d\d:\d\d)",
    re.ASCII,
)
_WHOLE_SECONDS = len("2026-06-01T09:30:00")
_SHAPE = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_DECIMAL = re.compile(r"(-?)(0|[1-9]\d{0,11})(?:\.(\d{0,6}))?", re.ASCII)
_CANONICAL = re.compile(r"(?:0|[1-9]\d{0,11})(?:\.\d{0,5}[1-9])?", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.ASCII)
_PREFECTURE_CODE = re.compile(r"\d{6}", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_CONTROL = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
_MOST_SHOWN = 120
_LARGEST = 10**13
_DIGITS = 20


def bad(zh: str, en: str, out_zh: str, out_en: str, code: str = "invalid_value") -> Malformed:
    """A `Malformed` from its four sentences."""
    return Malformed(code, Text(zh, en), Text(out_zh, out_en))


def shown(value: Json) -> str:
    """A value as a sentence may quote it: short, visible, and always possible to encode."""
    if type(value) is str:
        told = value
    elif type(value) is int and abs(value) >= _LARGEST:
        told = f"{value.bit_length()} bits"
    elif isinstance(value, dict | list):
        told = "{…}" if isinstance(value, dict) else "[…]"
    else:
        told = str(value)
    cut = told if len(told) <= _MOST_SHOWN else f"{told[:_MOST_SHOWN]}…"
    return _CONTROL.sub("\ufffd", cut)


def at(name: str) -> str:
    """A member's name as one step of an RFC 6901 pointer."""
    return "/" + shown(name).replace("~", "~0").replace("/", "~1")


class FaultsFound(Exception):  # noqa: N818 - carries faults upwards through nested members
    """Faults inside a nested value, with pointers relative to it."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults


@dataclass(slots=True)
class Reading:
    """What reading one report needs and yields beside the canonical values.

    `seal` turns a VIN into its `vin_ref` (HMAC under a key that the domain never sees); `vins`
    collects the pairs, for the erasable table. No VIN survives in what is stored or hashed.
    `vin_suspect` says that a check digit was wrong; `assets`, that a name needs the registry.
    """

    seal: Callable[[str], str]
    vins: dict[str, str] = field(default_factory=dict)
    vin_suspect: bool = False
    assets: bool = False


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


_TYPES = {
    str: ("文字", "text"),
    bool: ("true 或 false", "true or false"),
    list: ("列表", "a list"),
    dict: ("对象", "an object"),
    type(None): ("空值", "null"),
}


def _wrong_type(value: Json, zh: str, en: str) -> Malformed:
    zh_seen, en_seen = _TYPES.get(type(value), ("数字", "a number"))
    return bad(
        f"这里需要{zh}，收到的是{zh_seen}",
        f"expected {en}, got {en_seen}",
        f"请改为{zh}",
        f"send {en}",
    )


def text(longest: int = 100, suggested: tuple[str, ...] = ()) -> Kind:
    """Open text without control characters, 1 to `longest` characters after trimming."""

    def read(value: Json, _: Reading) -> str:
        if type(value) is not str:
            raise _wrong_type(value, "文字", "text")
        trimmed = value.strip()
        if _CONTROL.search(trimmed):
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
        return trimmed

    schema: dict[str, Json] = {"type": "string", "minLength": 1, "maxLength": longest}
    if suggested:
        schema["examples"] = list(suggested)
    return Kind(read, schema)


def choice(options: tuple[str, ...]) -> Kind:
    """One word of a closed list."""
    allowed = frozenset(options)

    def read(value: Json, _: Reading) -> str:
        if type(value) is str and value in allowed:
            return value
        listed = ", ".join(options)
        raise bad(
            f"“{shown(value)}”不在允许的取值中",
            f"'{shown(value)}' is not one of the allowed values",
            f"请从下列取值中选择：{listed}",
            f"choose one of: {listed}",
        )

    return Kind(read, {"type": "string", "enum": list(options)})


def _digits(value: Json) -> str:
    if type(value) is int and abs(value) < _LARGEST:
        return str(value)
    if isinstance(value, Decimal):
        written = str(value)
        if "E" in written and abs(value.adjusted()) < _DIGITS:
            return format(value, "f")
        return written
    if type(value) is int:
        return ""
    raise _wrong_type(value, "数字", "a number or a decimal string")


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
            raise _wrong_type(value, "整数", "a whole number")
        if not least <= value <= most:
            raise bad(
                f"{shown(value)} 超出范围 {least}–{most}",
                f"{shown(value)} is outside {least} to {most}",
                "请核对数值",
                "check the value",
            )
        return value

    return Kind(read, {"type": "integer", "minimum": least, "maximum": most})


def _read_flag(value: Json, _: Reading) -> bool:
    if type(value) is not bool:
        raise _wrong_type(value, "true 或 false", "true or false")
    return value


def _impossible(value: str) -> Malformed:
    return bad(
        f"“{shown(value)}”不是存在的日期时间",
        f"'{shown(value)}' is not a date and time that exists",
        "请核对年月日和时分秒",
        "check day, month and time",
        "invalid_date",
    )


def instant(value: Json) -> tuple[str, int, bool]:
    """Reads `occurred_at`: canonical text, UTC microseconds, and whether it names only a day.

    A day (`2026-06-01`) counts from 00:00 in China, so its microseconds are those of that moment.

    Raises:
        Malformed: code `invalid_date`.
    """
    if type(value) is not str or not _RFC3339.fullmatch(value):
        if type(value) is str and _DATE.fullmatch(value):
            return value, _day_start(value), True
        raise _not_a_time(value)
    try:
        passed = datetime.fromisoformat(value.upper()) - _EPOCH
        told = (_START + passed).isoformat()
    except (ValueError, OverflowError):
        raise _impossible(value) from None
    if told < _FIRST:
        raise _impossible(value)
    return _with_fraction(told), _in_microseconds(passed), False


def _with_fraction(told: str) -> str:
    """Six digits of a second, always: `isoformat(timespec=…)` takes four times as long."""
    return f"{told}Z" if len(told) > _WHOLE_SECONDS else f"{told}.000000Z"


def _in_microseconds(passed: timedelta) -> int:
    return (passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds


def _not_a_time(value: Json) -> Malformed:
    if type(value) is str and _SHAPE.match(value) and not _SHAPE.fullmatch(value):
        return _impossible(value)
    return bad(
        f"“{shown(value)}”不是 RFC 3339 时间",
        f"'{shown(value)}' is not an RFC 3339 time",
        "请写成 2026-06-01T09:30:00+08:00 或 2026-06-01",
        "write 2026-06-01T09:30:00+08:00 or 2026-06-01",
        "invalid_date",
    )


def _day_start(value: str) -> int:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise _impossible(value) from None
    if value < _FIRST:
        raise _impossible(value)
    return _in_microseconds(datetime(day.year, day.month, day.day, tzinfo=CHINA) - _EPOCH)


def microseconds(stored: str) -> int:
    """UTC microseconds of a canonical instant or day, as `instant` wrote it."""
    if len(stored) == 10:  # noqa: PLR2004 - YYYY-MM-DD
        return _day_start(stored)
    return _in_microseconds(datetime.fromisoformat(stored) - _EPOCH)


def instant_text(moment_us: int) -> str:
    """The canonical text of UTC microseconds."""
    return _with_fraction((_START + timedelta(microseconds=moment_us)).isoformat())


def chinese_day(moment_us: int) -> int:
    """The number of the Chinese calendar day (days since 1970-01-01 at +08:00)."""
    return (moment_us + 28_800_000_000) // 86_400_000_000


def _read_instant(value: Json, _: Reading) -> str:
    return instant(value)[0]


def _read_battery(value: Json, reading: Reading) -> str:
    if type(value) is not str:
        raise _wrong_type(value, "电池编码", "a battery name")
    name = parse_battery(value)
    if name.scheme == "gbt34014":
        return name.value
    if name.scheme == "asset":
        reading.assets = True
    return str(name)


def uuid_text(value: Json) -> str:
    """A UUID in lower case.

    Raises:
        Malformed: code `invalid_value`.
    """
    if type(value) is str:
        lowered = value.strip().lower()
        if _UUID.fullmatch(lowered):
            return lowered
    raise bad(
        f"“{shown(value)}”不是 UUID",
        f"'{shown(value)}' is not a UUID",
        "请用 36 位的 UUID，建议版本 7",
        "send a UUID of 36 characters, version 7 recommended",
    )


def _read_sha256(value: Json, _: Reading) -> str:
    if type(value) is str and _SHA256.fullmatch(value.lower()):
        return value.lower()
    raise bad(
        "不是 SHA-256 摘要",
        "is not a SHA-256 digest",
        "请给出 64 位十六进制字符",
        "send 64 hexadecimal digits",
    )


def _read_vin(value: Json, reading: Reading) -> str:
    if type(value) is not str:
        raise _wrong_type(value, "车辆识别代号", "a VIN")
    vin = parse_vin(value)
    if not vin.check_digit_ok:
        reading.vin_suspect = True
    reference = reading.seal(vin.value)
    reading.vins[reference] = vin.value
    return reference


def _read_prefecture(value: Json, _: Reading) -> str:
    if type(value) is not str:
        raise _wrong_type(value, "州市代码", "a prefecture")
    if _PREFECTURE_CODE.fullmatch(value) and not value.startswith("53"):
        parse_province(value[:2])
        return value
    return parse_prefecture(value).code


def _read_province(value: Json, _: Reading) -> str:
    if type(value) is not str:
        raise _wrong_type(value, "省份", "a province")
    return parse_province(value).code


FLAG = Kind(_read_flag, {"type": "boolean"})
INSTANT = Kind(
    _read_instant, {"type": "string", "anyOf": [{"format": "date-time"}, {"format": "date"}]}
)
BATTERY = Kind(
    _read_battery,
    {
        "type": "string",
        "minLength": 1,
        "maxLength": 200,
        "description": "a battery name: GB/T 34014 code or scheme:value",
    },
)
UUID = Kind(lambda value, _: uuid_text(value), {"type": "string", "format": "uuid"})
SHA256 = Kind(_read_sha256, {"type": "string", "pattern": "^[0-9A-Fa-f]{64}$"})
VIN = Kind(_read_vin, {"type": "string", "minLength": 17, "maxLength": 17})
PREFECTURE = Kind(
    _read_prefecture,
    {
        "type": "string",
        "minLength": 2,
        "maxLength": 40,
        "description": "a GB/T 2260 code of six digits, or the name of a prefecture of Yunnan",
    },
)
PROVINCE = Kind(_read_province, {"type": "string", "minLength": 2, "maxLength": 40})


def many(kind: Kind, most: int, least: int = 1) -> Kind:
    """A list of `least` to `most` values of one kind."""

    def read(value: Json, reading: Reading) -> list[Json]:
        if type(value) is not list:
            raise _wrong_type(value, "列表", "a list")
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


def faults_at(error: Malformed | FaultsFound, pointer: str, value: Json) -> list[Fault]:
    """The faults that reading a value below a pointer raised, told from one step above."""
    if isinstance(error, Malformed):
        return [Fault(error.code, pointer, value, error.what, error.way_out)]
    return [Fault(f.code, pointer + f.pointer, f.value, f.what, f.way_out) for f in error.faults]
