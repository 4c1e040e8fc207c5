"""The cursors of pages, as callers send them back."""

from typing import Any

from dianchi.domain.refusals import Fault, Malformed, Refused
from dianchi.views.pages import read_cursor


def page_place(cursor: str | None, shape: type[Any]) -> Any:  # noqa: ANN401 - of the given shape
    """Where a page begins; None for the first.

    Raises:
        Refused: the cursor was not given for this list.
    """
    if cursor is None:
        return None
    try:
        return read_cursor(cursor, shape)
    except Malformed as error:
        raise Refused(Fault(error.code, "/cursor", cursor, error.what, error.way_out)) from None
