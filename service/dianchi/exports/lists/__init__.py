"""The lists that can be taken out, each with its columns and how its rows are read."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from dianchi.exports.lists.batteries import BATTERIES
from dianchi.exports.lists.events import EVENTS
from dianchi.exports.lists.findings import FINDINGS
from dianchi.exports.lists.handovers import HANDOVERS
from dianchi.exports.lists.indicators import INDICATOR_TABLE
from dianchi.exports.lists.obligations import OBLIGATIONS
from dianchi.exports.reading import Listing

LISTINGS: Final[Mapping[str, Listing]] = MappingProxyType(
    {
        "batteries": BATTERIES,
        "findings": FINDINGS,
        "obligations": OBLIGATIONS,
        "handovers": HANDOVERS,
        "events": EVENTS,
        "indicators": INDICATOR_TABLE,
    }
)
