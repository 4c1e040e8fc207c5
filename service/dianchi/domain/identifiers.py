"""Identifiers of firms (USCC, GB 32100-2015) and vehicles (VIN, GB 16735-2019): parse or refuse."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from dianchi.domain.places import (
    PROVINCES,
    YUNNAN,
    Prefecture,
    Province,
    distance_km,
    parse_prefecture,
    parse_province,
)
from dianchi.domain.refusals import Malformed, Text

__all__ = [
    "PROVINCES",
    "VIN_LENGTH",
    "YUNNAN",
    "Prefecture",
    "Province",
    "Vin",
    "distance_km",
    "holds_vin",
    "is_uscc",
    "parse_prefecture",
    "parse_province",
    "parse_uscc",
    "parse_vin",
    "uscc_check",
    "vin_check",
    "vin_form",
]

_USCC_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_VALUES: Final = {symbol: i for i, symbol in enumerate(_USCC_ALPHABET)}
_USCC_WEIGHTS: Final = tuple(pow(3, i, 31) for i in range(17))
_USCC: Final = re.compile(rf"[{_USCC_ALPHABET}]{{2}}[0-9]{{6}}[{_USCC_ALPHABET}]{{10}}")
_USCC_LENGTH: Final = 18

VIN_LENGTH: Final = 17
_VIN_VALUES: Final = {str(i): i for i in range(10)} | dict(
    zip("ABCDEFGHJKLMNPRSTUVWXYZ", (*range(1, 9), *range(1, 6), 7, 9, *range(2, 10)), strict=True)
)
_VIN_WEIGHTS: Final = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
# A VIN names its maker by letters: seventeen digits alone are some other number.
_VIN_FORM: Final = r"(?=[0-9]*[A-Z])[A-HJ-NPR-Z0-9]{17}"
_ONE_VIN: Final = re.compile(_VIN_FORM)
_VINS: Final = re.compile(rf"(?:(?<![0-9A-Z])|(?<=VIN)){_VIN_FORM}(?![0-9A-Z])")
# Looked for first, as hardly any text has it; the second range is of full-width letters and digits.
_LIKE_VIN: Final = re.compile(r"(?:[A-HJ-NPR-Z0-9\uff10-\uff5a]\s*){17}", re.IGNORECASE)
_VIN_WORDS: Final = re.compile("VIN|车架|車架|车辆识别|底盘号")


@dataclass(frozen=True, slots=True)
class Vin:
    """A vehicle identification number, upper-cased; made by `parse_vin` only.

    A wrong check digit is a finding, not a refusal, for vehicles not built in China (design 2).
    """

    value: str
    check_digit_ok: bool

    def __str__(self) -> str:
        return self.value


def _compact(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def _invalid(what: Text, way_out: Text) -> Malformed:
    return Malformed("invalid_value", what, way_out)


def uscc_check(first17: str) -> str:
    """The eighteenth character that GB 32100-2015 demands after these seventeen."""
    total = sum(_USCC_VALUES[c] * w for c, w in zip(first17, _USCC_WEIGHTS, strict=True))
    return _USCC_ALPHABET[-total % 31]


def is_uscc(text: str) -> bool:
    """Whether the text is a unified social credit code with a right check character."""
    code = _compact(text)
    return bool(_USCC.fullmatch(code)) and uscc_check(code[:17]) == code[17]


def parse_uscc(text: str) -> str:
    """The canonical unified social credit code (统一社会信用代码), or `Malformed`."""
    code = _compact(text)
    if is_uscc(code):
        return code
    raise _invalid(
        _uscc_fault(code),
        Text("请按营业执照核对 18 位代码。", "Compare all 18 characters with the licence."),
    )


def _uscc_fault(code: str) -> Text:
    if len(code) != _USCC_LENGTH:
        return Text(
            f"统一社会信用代码应为 18 位，现有 {len(code)} 位。",
            f"A unified social credit code has 18 characters, not {len(code)}.",
        )
    if not _USCC.fullmatch(code):
        return Text(
            "统一社会信用代码含有不允许的字符(不用 I、O、S、V、Z；第 3 至 8 位为数字)。",
            "The credit code has a character it cannot have (no I, O, S, V, Z; 3 to 8 are digits).",
        )
    return Text("统一社会信用代码校验位不符。", "The credit code's check character is wrong.")


def vin_check(vin: str) -> str:
    """The ninth character that GB 16735-2019 demands, by the other sixteen."""
    total = sum(_VIN_VALUES[c] * w for c, w in zip(vin, _VIN_WEIGHTS, strict=True))
    return "0123456789X"[total % 11]


def parse_vin(text: str) -> Vin:
    """A vehicle identification number; a wrong check digit is refused only after a leading `L`."""
    vin = _compact(text)
    fault = _vin_fault(vin)
    if fault is None:
        right = vin_check(vin) == vin[8]
        if right or vin[0] != "L":
            return Vin(vin, right)
        fault = Text(
            f"车辆识别代号第 9 位校验位“{vin[8]}”不符。",
            f"The check digit of the VIN (character 9, '{vin[8]}') is wrong.",
        )
    raise _invalid(
        fault,
        Text("请按行驶证核对 17 位代号。", "Compare all 17 characters with the licence."),
    )


def _vin_fault(vin: str) -> Text | None:
    if len(vin) != VIN_LENGTH:
        return Text(
            f"车辆识别代号应为 17 位，现有 {len(vin)} 位。",
            f"A VIN has 17 characters, not {len(vin)}.",
        )
    for position, character in enumerate(vin, 1):
        if character not in _VIN_VALUES:
            return Text(
                f"车辆识别代号第 {position} 位“{character}”不允许(不用 I、O、Q)。",
                f"Character {position} of the VIN ('{character}') is not allowed (no I, O, Q).",
            )
    return None


def vin_form(text: str) -> str | None:
    """The whole text as a VIN is written, where it looks like one, whatever its check digit."""
    vin = _compact(text)
    return vin if _ONE_VIN.fullmatch(vin) else None


def holds_vin(text: str, *, labelled: bool = False) -> bool:
    """Whether a VIN with a right check digit stands in the text, by itself or among other words.

    Args:
        text: any text.
        labelled: only where the text also says that it is one (VIN, 车架号).
    """
    if not _LIKE_VIN.search(text):
        return False
    plain = unicodedata.normalize("NFKC", text).upper()
    if labelled and not _VIN_WORDS.search(plain):
        return False
    # Without its spaces, too: a VIN is often written in groups.
    found = [*_VINS.findall(plain), *_VINS.findall("".join(plain.split()))]
    return any(vin_check(vin) == vin[8] for vin in found)
