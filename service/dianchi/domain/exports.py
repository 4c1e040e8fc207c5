"""What may be taken out as a file: the lists with their filters, the forms, how long files stay."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final, Literal, get_args

from dianchi.domain.dated import ALWAYS, latest
from dianchi.domain.refusals import Text

Form = Literal["xlsx", "csv", "parquet", "pdf"]
FORMS: Final[tuple[Form, ...]] = get_args(Form)
PAPER_ROWS: Final = 5_000
"""Rows that a paper takes at most: some hundred sheets, laid out whole, in half a minute."""
TITLES: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "batteries": Text("电池清单", "Batteries"),
        "findings": Text("异常清单", "Findings"),
        "obligations": Text("责任期限", "Obligations"),
        "handovers": Text("移交清单", "Hand-overs"),
        "events": Text("事件清单", "Events"),
        "indicators": Text("指标", "Indicators"),
    }
)
"""The lists, and what each is called."""
FILTERS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "batteries": ("stage", "prefecture", "chemistry", "holder", "site", "recall", "remedied"),
        "findings": ("code", "kind", "state", "battery", "organisation", "prefecture"),
        "obligations": (
            *("state", "duty", "bearer", "prefecture", "binding", "battery"),
            *("due_from", "due_to", "reckoned"),
        ),
        "handovers": ("state", "bearer", "prefecture", "battery"),
        "events": ("type", "from", "to", "prefecture"),
        "indicators": ("from", "to", "by", "prefecture", "chemistry", "organisation"),
    }
)
"""By what each list may be narrowed."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long a finished file may be fetched; then it is deleted, what was asked for stays."""

    days: int
    valid_from: date
    valid_to: date | None = None


KEEPING: Final = (Keeping(7, ALWAYS),)
"""House rule (mark D): a file holds what its reader may see, and is made again in minutes."""


def kept_for(on: date) -> timedelta:
    """How long a file that was finished on this day stays."""
    row = latest(KEEPING, on)
    return timedelta(days=row.days if row else 0)
