"""Which bytes of a file a request asks for (RFC 9110 14): one range, or all of it."""

import re
from typing import Final, NamedTuple

from dianchi.api.problems import refuse

_RANGE: Final = re.compile(r"bytes=([0-9]{0,15})-([0-9]{0,15})", re.ASCII)


class Span(NamedTuple):
    """Bytes from `first` to `last`, both included."""

    first: int
    last: int
    is_part: bool

    @property
    def length(self) -> int:
        """How many bytes."""
        return self.last - self.first + 1


def span_of(wanted: str | None, size: int) -> Span:
    """The bytes of a `Range` header; all of them where it asks for none, or for several ranges.

    Raises:
        Refused: the file has no such bytes.
    """
    told = _RANGE.fullmatch(wanted or "")
    if told is None or told[0] == "bytes=-":
        return Span(0, size - 1, is_part=False)
    if told[1]:
        first, last = int(told[1]), min(int(told[2] or size - 1), size - 1)
    else:
        first, last = max(size - int(told[2]), 0), size - 1
    if first > last:
        raise refuse(
            "invalid_value",
            (f"文件只有 {size} 字节", f"the file has {size} bytes only"),
            ("请从已收到的字节之后继续", "go on behind what you have"),
            pointer="/range",
            value=wanted,
        )
    return Span(first, last, is_part=True)
