"""What the rows of an export are read with, and how a list says its columns."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from dianchi.domain.admit import Reporter
from dianchi.domain.places import PROVINCES, YUNNAN
from dianchi.domain.recalls import Recall
from dianchi.domain.refusals import Text
from dianchi.domain.registry import Registry
from dianchi.domain.rules import Rules
from dianchi.domain.working_days import WorkingCalendar
from dianchi.exchange.language import Language
from dianchi.exchange.tables.cells import Cell, Column
from dianchi.store.readers import Lender
from dianchi.views.pages import MOST, Page

_PLACES: Final = {
    **{place.code: Text(place.zh, place.en) for place in PROVINCES},
    **{place.code: Text(place.zh, place.en) for place in YUNNAN},
}
YES_NO: Final = {"zh": ("否", "是"), "en": ("no", "yes")}


@dataclass(frozen=True, slots=True)
class Reading:
    """One moment of the record as somebody sees it, and what of it was asked for.

    Attributes:
        seeing: reads for `reporter`, all of it at one moment.
        whole: whether `seeing` reads everything.
        today: the day in China.
        filters: of the list, as `domain.exports.FILTERS` names them, with ids for names.
        recall: that `filters` name; None as well where it was withdrawn meanwhile.
    """

    seeing: Lender
    whole: bool
    reporter: Reporter
    registry: Registry
    rules: Rules
    calendar: WorkingCalendar
    today: date
    language: Language
    filters: Mapping[str, str]
    recall: Recall | None = None

    def name(self, organisation: str | None) -> str | None:
        """What an organisation is called; its id where nobody registered it."""
        return self.registry.names.get(organisation, organisation) if organisation else None

    def place(self, code: str | None) -> str | None:
        """What a prefecture or province is called."""
        if not code:
            return None
        return str(getattr(_PLACES[code], self.language)) if code in _PLACES else code

    def say(self, text: Text | None) -> str | None:
        """A text in the language that was asked for."""
        return str(getattr(text, self.language)) if text is not None else None


Rows = AsyncIterator[Sequence[Sequence[Cell]]]
"""Rows in pieces of bounded length."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A list: its columns, and its rows in their order."""

    columns: tuple[Column, ...]
    rows: Callable[[Reading], Rows]


def columns(block: str) -> tuple[Column, ...]:
    """Reads lines of `name | 标题 | title | kind`; the kind is `text` where it is left out."""
    return tuple(_column(*line.split(" | ")) for line in block.strip().splitlines())


def _column(name: str, zh: str, en: str, kind: Any = "text") -> Column:  # noqa: ANN401 - checked by use
    return Column(name, Text(zh, en), kind)


async def pages(ask: Callable[[int, str | None], Awaitable[Page[Any]]]) -> AsyncIterator[Page[Any]]:
    """All pages of a list, one after another: `ask` gives that of a limit behind a cursor."""
    cursor: str | None = None
    while True:
        page = await ask(MOST, cursor)
        yield page
        cursor = page.next
        if cursor is None:
            return
