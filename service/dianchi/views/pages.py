"""Pages of lists: a few items, and a cursor that says where to go on."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Generic, TypeVar

import msgspec

from dianchi.domain.refusals import Malformed, Text

Item = TypeVar("Item")
MOST: Final = 500
_LONGEST: Final = 2_000


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """A page of a list; `next` is None on the last, `log_index` how far the view is."""

    items: Sequence[Item]
    next: str | None
    log_index: int


def cursor_of(place: Sequence[Any]) -> str:
    """The opaque cursor that goes on behind a place."""
    return urlsafe_b64encode(msgspec.json.encode(list(place))).rstrip(b"=").decode()


def read_cursor(cursor: str, shape: type[Any]) -> Any:  # noqa: ANN401 - of the given shape
    """The place in a cursor.

    Raises:
        Malformed: we never gave this cursor for this list.
    """
    try:
        content = urlsafe_b64decode(cursor[:_LONGEST] + "=" * (-len(cursor[:_LONGEST]) % 4))
        return _comparable(msgspec.json.decode(content, type=shape))
    except (ValueError, OverflowError, msgspec.MsgspecError):
        raise Malformed(
            "invalid_value",
            Text("翻页游标无效", "this cursor was not given for this list"),
            Text(
                "请从第一页重新开始，或原样使用 next 的值，并保持筛选条件不变",
                "begin at the first page, or send `next` as it was given, with the same filters",
            ),
        ) from None


def _comparable(place: Any) -> Any:  # noqa: ANN401 - as `read_cursor`
    """The same, with instants in UTC, as the database compares them.

    Raises:
        OverflowError: an instant has no place in UTC: the first or last hours of the calendar.
    """
    if not isinstance(place, tuple):
        return place
    told = (each.astimezone(UTC) if isinstance(each, datetime) else each for each in place)
    # A named tuple takes its members one by one.
    return place._make(told) if hasattr(place, "_make") else tuple(told)


def within(limit: int) -> int:
    """A limit that a page can have.

    Raises:
        Malformed: it is no number of items that one page may hold.
    """
    if not 0 < limit <= MOST:
        raise Malformed(
            "invalid_value",
            Text(f"limit 应为 1–{MOST}", f"limit must be 1 to {MOST}"),
            Text("请用 next 翻页", "go through the pages with next"),
        )
    return limit
