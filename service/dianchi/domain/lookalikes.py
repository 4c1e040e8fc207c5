"""Codes that were perhaps meant: letters taken for digits, and one mistake of whoever copied.

Only whole GB/T 34014 codes are proposed, so that a proposal can be looked up as it is.
"""

import re
from collections.abc import Iterable, Iterator
from string import ascii_uppercase, digits
from typing import Final

from dianchi.domain.code_positions import FORMS

_LOOKS: Final = ("0OQD", "1ILJ", "8B", "5S", "2Z", "6G")
"""Characters that people and worn labels take for each other."""
_LIKE: Final = {c: look.replace(c, "") for look in _LOOKS for c in look}
_ANY: Final = digits + ascii_uppercase
# No vendor uses them where digits are more usual (domain study 2.3).
_AS_DIGITS: Final = str.maketrans("OQI", "001")
_CODE: Final = re.compile(
    "|".join("".join(f"[{places}]" for places in form) for form in FORMS.values())
)
_LENGTHS: Final = {len(form): form for form in FORMS.values()}
_LEAST: Final = min(_LENGTHS) - 1
_MOST: Final = max(_LENGTHS) + 1


def like_a_code(text: str) -> bool:
    """Whether a text of letters and digits is about as long as a code."""
    return _LEAST <= len(text) <= _MOST and all(c in _ANY for c in text)


def mendings(text: str) -> frozenset[str]:
    """Codes that this text is, where none of its letters was anything but misread."""
    return _codes(_bases(text)) - {text}


def readings(text: str) -> frozenset[str]:
    """Codes that look like this text: other letters where it can be none, or one such mistake.

    Args:
        text: upper-cased, without spaces.
    """
    swapped = (
        told[:at] + other + told[at + 1 :]
        for told in _bases(text)
        for at, character in enumerate(told)
        for other in _LIKE.get(character, "")
    )
    return (_codes(_bases(text)) | _codes(swapped)) - {text}


def neighbours(text: str) -> frozenset[str]:
    """Codes at an edit distance of 1 from this text, once its misread letters are mended.

    One character more, less or other, or two neighbours exchanged: about 900 texts are tried.
    """
    edited = (each for told in {*_bases(text), text} for each in _edits(told))
    return (readings(text) | _codes(edited)) - {text}


def mended(text: str) -> str:
    """The text with other letters of the same look where no code has such a character."""
    places = _LENGTHS.get(len(text))
    if places is None:
        return text
    return "".join(_fitting(c, allowed) for c, allowed in zip(text, places, strict=True))


def _bases(text: str) -> tuple[str, str]:
    return mended(text), mended(text.translate(_AS_DIGITS))


def _fitting(character: str, allowed: str) -> str:
    if character in allowed:
        return character
    return next((c for c in _LIKE.get(character, "") if c in allowed), character)


def _edits(text: str) -> Iterator[str]:
    for at in range(len(text) + 1):
        head, tail = text[:at], text[at:]
        yield from (head + c + tail for c in _ANY)
        yield from (head + c + tail[1:] for c in _ANY if tail)
        yield head + tail[1:]
        yield head + tail[1:2] + tail[:1] + tail[2:]


def _codes(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(text for text in texts if _CODE.fullmatch(text))
