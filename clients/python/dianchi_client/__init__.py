"""The client of dianchi: reports, reads, and checks what its log proves.

What needs a network is imported when it is first used: checking proofs takes none of it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dianchi_client.sdk.async_client import AsyncClient, AsyncFeed, AsyncPages
    from dianchi_client.sdk.batches import Plan
    from dianchi_client.sdk.client import Client, Feed, Pages
    from dianchi_client.sdk.failures import (
        AnswerLost,
        Conflict,
        DianchiError,
        Fault,
        Invalid,
        JournalError,
        NotAllowed,
        NotAReport,
        NotConfigured,
        NotConnected,
        NotFound,
        NotSignedIn,
        Problem,
        Refused,
        Text,
        TimedOut,
        TooLarge,
        TooMany,
        Unavailable,
        UnexpectedAnswer,
        Unreachable,
    )
    from dianchi_client.sdk.feed import Heard
    from dianchi_client.sdk.journal import Journal
    from dianchi_client.sdk.opening import Options
    from dianchi_client.sdk.retries import Retries
    from dianchi_client.sdk.rows import Row, Tally
    from dianchi_client.sdk.shapes import (
        Battery,
        BatteryRow,
        CloudEvent,
        Entry,
        Event,
        Finding,
        Host,
        Me,
        Page,
        Recorded,
        Report,
        Site,
        Told,
    )

__all__ = [
    "AnswerLost",
    "AsyncClient",
    "AsyncFeed",
    "AsyncPages",
    "Battery",
    "BatteryRow",
    "Client",
    "CloudEvent",
    "Conflict",
    "DianchiError",
    "Entry",
    "Event",
    "Fault",
    "Feed",
    "Finding",
    "Heard",
    "Host",
    "Invalid",
    "Journal",
    "JournalError",
    "Me",
    "NotAReport",
    "NotAllowed",
    "NotConfigured",
    "NotConnected",
    "NotFound",
    "NotSignedIn",
    "Options",
    "Page",
    "Pages",
    "Plan",
    "Problem",
    "Recorded",
    "Refused",
    "Report",
    "Retries",
    "Row",
    "Site",
    "Tally",
    "Text",
    "TimedOut",
    "Told",
    "TooLarge",
    "TooMany",
    "Unavailable",
    "UnexpectedAnswer",
    "Unreachable",
]
_STANDS_IN = {
    "async_client": ("AsyncClient", "AsyncFeed", "AsyncPages"),
    "batches": ("Plan",),
    "client": ("Client", "Feed", "Pages"),
    "failures": (
        *("AnswerLost", "Conflict", "DianchiError", "Fault", "Invalid", "JournalError"),
        *("NotAllowed", "NotAReport", "NotConfigured", "NotConnected", "NotFound", "NotSignedIn"),
        *("Problem", "Refused", "Text", "TimedOut", "TooLarge", "TooMany", "Unavailable"),
        *("UnexpectedAnswer", "Unreachable"),
    ),
    "feed": ("Heard",),
    "journal": ("Journal",),
    "opening": ("Options",),
    "retries": ("Retries",),
    "rows": ("Row", "Tally"),
    "shapes": (
        *("Battery", "BatteryRow", "CloudEvent", "Entry", "Event", "Finding", "Host", "Me", "Page"),
        *("Recorded", "Report", "Site", "Told"),
    ),
}
_MODULES = {name: module for module, names in _STANDS_IN.items() for name in names}


if not TYPE_CHECKING:  # or every misspelt name would pass

    def __getattr__(name: str) -> Any:  # noqa: ANN401 - any of the names above
        if name not in _MODULES:
            msg = f"module {__name__!r} has no attribute {name!r}"
            raise AttributeError(msg)
        return getattr(import_module(f"{__name__}.sdk.{_MODULES[name]}"), name)
