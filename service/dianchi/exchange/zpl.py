"""Labels for Zebra printers: one bitmap each, so that no font of the printer is needed."""

import re
from itertools import groupby
from typing import Final

from dianchi.exchange.marks import Page
from dianchi.exchange.painting import as_image

_MOST_REPEATS: Final = 419


def as_zpl(page: Page, dpi: int) -> bytes:
    """A page as ZPL II: `^GFA` with the compression of its hexadecimal digits."""
    image = as_image(page, dpi)
    across, down = image.size
    # A set bit is a dot; those beyond the right edge stay white.
    ink = image.point(lambda value: 0 if value else 255).tobytes()
    stride = (across + 7) // 8
    rows = [ink[start : start + stride].hex().upper() for start in range(0, len(ink), stride)]
    total = stride * down
    return (
        f"^XA^PW{across}^LL{down}^FO0,0^GFA,{total},{total},{stride},{_packed(rows)}^FS^XZ\n"
    ).encode("ascii")


def _packed(rows: list[str]) -> str:
    """`:` repeats the row above; `,` and `!` fill a row with zeros and ones."""
    parts, above = [], ""
    for row in rows:
        parts.append(":" if row == above else _row(row))
        above = row
    return "".join(parts)


def _row(row: str) -> str:
    for digit, filler in (("0", ","), ("F", "!")):
        ending = re.search(f"{digit}+$", row)
        if ending and len(ending[0]) > 1:
            return _repeats(row[: ending.start()]) + filler
    return _repeats(row)


def _repeats(digits: str) -> str:
    return "".join(
        _count(min(_MOST_REPEATS, left)) + digit
        for digit, group in groupby(digits)
        for left in _parts(len(list(group)))
    )


def _parts(length: int) -> list[int]:
    return [min(_MOST_REPEATS, length - start) for start in range(0, length, _MOST_REPEATS)]


def _count(times: int) -> str:
    """`G` to `Y` are 1 to 19 times, `g` to `z` 20 to 400 times in twenties; together their sum."""
    if times == 1:
        return ""
    twenties, ones = divmod(times, 20)
    high = chr(ord("g") + twenties - 1) if twenties else ""
    return high + (chr(ord("G") + ones - 1) if ones else "")
