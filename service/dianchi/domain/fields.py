"""The kinds of members a report may have: names, instants, places, digests and lists of them.

A kind reads one JSON value into its canonical JSON value (decimals as strings, names in canonical
form, instants in UTC microseconds) or raises `Malformed`. What is stored and hashed is exactly
this canonical form, so reading twice changes nothing.
"""

import re

from dianchi.domain.codes import parse_battery
from dianchi.domain.faults import FaultsFound, Json, at, bad, faults_at, shown, wrong_type
from dianchi.domain.identifiers import parse_prefecture, parse_province, parse_vin
from dianchi.domain.kinds import (
    Kind,
    Member,
    Reading,
    choice,
    decimal,
    integer,
    many,
    text,
    without_vin,
)
from dianchi.domain.moments import CHINA, chinese_day, instant, instant_text, microseconds
from dianchi.domain.personal import without_personal

__all__ = [
    "BATTERY",
    "CHINA",
    "FLAG",
    "INSTANT",
    "PREFECTURE",
    "PROVINCE",
    "SHA256",
    "UUID",
    "VIN",
    "FaultsFound",
    "Json",
    "Kind",
    "Member",
    "Reading",
    "at",
    "bad",
    "chinese_day",
    "choice",
    "decimal",
    "faults_at",
    "instant",
    "instant_text",
    "integer",
    "many",
    "microseconds",
    "sealed",
    "shown",
    "text",
    "uuid_text",
    "without_vin",
]

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.ASCII)
_PREFECTURE_CODE = re.compile(r"\d{6}", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


def _read_flag(value: Json, _: Reading) -> bool:
    if type(value) is not bool:
        raise wrong_type(value, "true 或 false", "true or false")
    return value


def _read_instant(value: Json, _: Reading) -> str:
    return instant(value)[0]


def _read_battery(value: Json, reading: Reading) -> str:
    if type(value) is not str:
        raise wrong_type(value, "电池编码", "a battery name")
    name = parse_battery(value)
    if name.scheme == "gbt34014":
        return name.value
    if name.scheme == "asset":
        reading.assets = True
    return without_personal(without_vin(str(name), number=True), number=True)


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
        raise wrong_type(value, "车辆识别代号", "a VIN")
    vin = parse_vin(value)
    if not vin.check_digit_ok:
        reading.vin_suspect = True
    return sealed(vin.value, reading)


def sealed(vin: str, reading: Reading) -> str:
    """The `vin_ref` of a VIN, noted for the erasable table."""
    reference = reading.seal(vin)
    reading.vins[reference] = vin
    return reference


def _read_prefecture(value: Json, _: Reading) -> str:
    if type(value) is not str:
        raise wrong_type(value, "州市代码", "a prefecture")
    if _PREFECTURE_CODE.fullmatch(value) and not value.startswith("53"):
        parse_province(value[:2])
        return value
    return parse_prefecture(value).code


def _read_province(value: Json, _: Reading) -> str:
    if type(value) is not str:
        raise wrong_type(value, "省份", "a province")
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
