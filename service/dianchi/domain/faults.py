"""What is said of a value that cannot be read, so that any answer can carry it."""

import re
from typing import Any

from dianchi.domain.refusals import Fault, Malformed, Refused, Text

Json = Any

CONTROL = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
_MOST_SHOWN = 120
_DIGITS_PER_BIT = 0.30103
LARGEST = 10**13
_LARGEST_SENT = 10**12
_MOST_FAULTS = 100


def bad(zh: str, en: str, out_zh: str, out_en: str, code: str = "invalid_value") -> Malformed:
    """A `Malformed` from its four sentences."""
    return Malformed(code, Text(zh, en), Text(out_zh, out_en))


def shown(value: Json) -> str:
    """A value as a sentence may quote it: short, visible, and always possible to encode."""
    if type(value) is str:
        told = value
    elif type(value) is int and abs(value) >= LARGEST:
        told = _first_digits(value)
    elif isinstance(value, dict | list):
        told = "{…}" if isinstance(value, dict) else "[…]"
    else:
        told = str(value)
    cut = told if len(told) <= _MOST_SHOWN else f"{told[:_MOST_SHOWN]}…"
    return CONTROL.sub("\ufffd", cut)


def _first_digits(number: int) -> str:
    """So many digits of a long number as may be shown, and one; no more have a text for sure."""
    left_out = max(0, int(number.bit_length() * _DIGITS_PER_BIT) - _MOST_SHOWN - 1)
    return f"{'-' if number < 0 else ''}{abs(number) // 10**left_out}"


def at(name: str) -> str:
    """A member's name as one step of an RFC 6901 pointer."""
    return "/" + shown(name).replace("~", "~0").replace("/", "~1")


class FaultsFound(Exception):  # noqa: N818 - carries faults upwards through nested members
    """Faults inside a nested value, with pointers relative to it."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults


def faults_at(error: Malformed | FaultsFound, pointer: str, value: Json) -> list[Fault]:
    """The faults that reading a value below a pointer raised, told from one step above."""
    if isinstance(error, Malformed):
        told = None if error.conceals else value
        return [Fault(error.code, pointer, told, error.what, error.way_out)]
    return [Fault(f.code, pointer + f.pointer, f.value, f.what, f.way_out) for f in error.faults]


_TYPES = {
    str: ("文字", "text"),
    bool: ("true 或 false", "true or false"),
    list: ("列表", "a list"),
    dict: ("对象", "an object"),
    type(None): ("空值", "null"),
}


def wrong_type(value: Json, zh: str, en: str) -> Malformed:
    """A value of another JSON type than the one that is expected."""
    zh_seen, en_seen = _TYPES.get(type(value), ("数字", "a number"))
    return bad(
        f"这里需要{zh}，收到的是{zh_seen}",
        f"expected {en}, got {en_seen}",
        f"请改为{zh}",
        f"send {en}",
    )


def refused(faults: list[Fault]) -> Refused:
    """The refusal, with values that any answer can carry."""
    return Refused(*(_presentable(fault) for fault in faults[:_MOST_FAULTS]))


def refuse(code: str, pointer: str, value: Json, what: Text, way_out: Text) -> Refused:
    """The refusal for a single fault."""
    return refused([Fault(code, pointer, value, what, way_out)])


def _presentable(fault: Fault) -> Fault:
    value = fault.value
    plain = value is None or type(value) is bool or type(value) is int
    if not plain or (type(value) is int and abs(value) > _LARGEST_SENT):
        value = shown(value)
    what, way_out = fault.what, fault.way_out
    return Fault(
        fault.code,
        fault.pointer,
        value,
        Text(_encodable(what.zh), _encodable(what.en)),
        Text(_encodable(way_out.zh), _encodable(way_out.en)),
    )


def _encodable(sentence: str) -> str:
    """The sentence without halves of characters, which no answer could carry."""
    return sentence.encode("utf-8", "replace").decode()
