"""Personal data in open text: mobile numbers, identity numbers and plates are told and refused.

What is stored is hashed and can never be erased, so they must not get in. Numbers that reporters
make themselves (lots, waybills, serial numbers) look like them by chance: such a number is refused
only where the text also says what it is.
"""

import re
import unicodedata
from datetime import date
from typing import Final, NamedTuple

from dianchi.domain.identifiers import is_uscc
from dianchi.domain.refusals import Malformed, Text

_SHORTEST: Final = 7
"""Characters of the shortest of them, a plate."""
_SHORTEST_ASCII: Final = 11
"""Plates begin with a Chinese character; then a mobile number is the shortest."""
_PROVINCES: Final = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
# Looked for first, as hardly any text has it; the range is of full-width digits.
_SUSPECT: Final = re.compile(
    rf"[1-8\uff11-\uff18](?:[\s-]?[0-9\uff10-\uff19]){{10}}|[{_PROVINCES}]\s?[A-Za-z\uff21-\uff5a]"
)
_PHONE: Final = re.compile(
    r"(?<![0-9A-Z])(?:\+?86[\s-]?)?1[3-9][0-9](?:[\s-]?[0-9]{4}){2}(?![0-9A-Z])"
)
_IDENTITY: Final = re.compile(r"(?<![0-9A-Z])[1-8][0-9]{16}[0-9X](?![0-9A-Z])")
# Five characters after the letter of the city, six on the green plates of electric vehicles.
_PLATE: Final = re.compile(
    rf"[{_PROVINCES}]\s?[A-HJ-NP-Z]\s?[·•.-]?\s?"
    r"(?:[DF][0-9A-HJ-NP-Z][0-9]{4}|[0-9]{5}[DF]|[0-9A-HJ-NP-Z]{4}[0-9A-HJ-NP-Z挂学警领])"
    r"(?![0-9A-Z])"
)
_VIN: Final = re.compile(
    r"(?<![0-9A-Za-z])(?=[0-9]*[A-Za-z])[A-HJ-NPR-Za-hj-npr-z0-9]{17}(?![0-9A-Za-z])"
)
_BEARER: Final = re.compile(r"dk_[0-9a-f]{6,}")
STRUCK: Final = "▇▇▇"
"""What stands in a log for what may not stand there."""
_ID_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_MOST_SHOWN: Final = 2


class _Kind(NamedTuple):
    """A kind of personal data: its name, and the words by which a text says that it holds one."""

    zh: str
    en: str
    words: re.Pattern[str]


_MOBILE: Final = _Kind("手机号码", "a mobile number", re.compile("电话|手机|联系|TEL|PHONE|MOBILE"))
_CARD: Final = _Kind(
    "居民身份证号码", "an identity number", re.compile("身份证|证件|IDENTITY|ID CARD")
)
_NUMBER_PLATE: Final = _Kind("车牌号", "a number plate", re.compile("车牌|车号|PLATE"))


def identity_check(first17: str) -> str:
    """The eighteenth character that GB 11643-1999 demands after these seventeen digits."""
    total = sum(int(digit) * weight for digit, weight in zip(first17, _ID_WEIGHTS, strict=True))
    return "10X98765432"[total % 11]


def without_personal(told: str, *, number: bool = False) -> str:
    """The text, when it names nobody by a mobile number, an identity number or a plate.

    Args:
        told: any text.
        number: somebody's own number, refused only where it says what it is.

    Raises:
        Malformed: code `invalid_value`; the text shows only its beginning and end.
    """
    if len(told) < (_SHORTEST_ASCII if told.isascii() else _SHORTEST):
        return told
    if not _SUSPECT.search(told):
        return told
    plain = unicodedata.normalize("NFKC", told).upper()
    for kind, found in _found(plain):
        if not number or kind.words.search(plain):
            raise _named(kind, found)
    return told


def _found(plain: str) -> list[tuple[_Kind, str]]:
    # Identity numbers are often written in groups.
    cards = {*_IDENTITY.findall(plain), *_IDENTITY.findall("".join(plain.split()))}
    return [
        *((_CARD, card) for card in sorted(cards) if _is_identity(card)),
        *((_MOBILE, phone) for phone in _PHONE.findall(plain)),
        *((_NUMBER_PLATE, plate) for plate in _PLATE.findall(plain)),
    ]


def _is_identity(card: str) -> bool:
    try:
        born = date(int(card[6:10]), int(card[10:12]), int(card[12:14]))
    except ValueError:
        return False
    right = born.year >= 1900 and identity_check(card[:17]) == card[17]  # noqa: PLR2004 - a century
    return right and not is_uscc(card)


def masked(value: str) -> str:
    """A value of which only its two first and last characters are shown."""
    return f"{value[:_MOST_SHOWN]}…{value[-_MOST_SHOWN:]}"


def _named(kind: _Kind, found: str) -> Malformed:
    shown = masked(found)
    return Malformed(
        "invalid_value",
        Text(f"含有{kind.zh}（{shown}），这里不能保存", f"holds {kind.en} ({shown})"),
        Text(
            "请从这里删除；个人信息不写入上报，用单位名称或文号代替",
            "remove it here; name the organisation or the document instead of a person",
        ),
        conceals=True,
    )


def redacted(line: str) -> str:
    """A line of a log without what looks like a VIN, a person's number, a plate or a bearer key.

    It strikes out too much rather than too little: other numbers that look alike go, too.
    """
    for form in (_BEARER, _VIN, _IDENTITY, _PHONE, _PLATE):
        line = form.sub(STRUCK, line)
    return line
