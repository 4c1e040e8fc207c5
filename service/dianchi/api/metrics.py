"""What monitoring counts: reports by outcome, and how far the log and the views are."""

from collections.abc import Mapping
from typing import Any, Final

from prometheus_client import Counter, Gauge

from dianchi.api.services import Services
from dianchi.views.behind import behind

_REPORTS: Final = Counter("dianchi_reports", "Reports by what became of them", ["outcome"])
ACCEPTED: Final = _REPORTS.labels("accepted")
REPLAYED: Final = _REPORTS.labels("replayed")
REFUSED: Final = _REPORTS.labels("refused")
_LOG: Final = Gauge("dianchi_log_index", "Last index of the log")
_LAG: Final = Gauge("dianchi_views_lag", "Log entries that the views have not seen")
_VERSION: Final = Gauge("dianchi_views_version", "Version of the code that wrote the views shown")
_OUTBOX: Final = Gauge("dianchi_outbox", "Transactions that wait for the log")


def count_batch(tally: Mapping[str, int]) -> None:
    """Counts the rows of a batch."""
    ACCEPTED.inc(tally["accepted"])
    REPLAYED.inc(tally["duplicate"])
    REFUSED.inc(tally["refused"])


async def look(services: Services) -> dict[str, Any]:
    """How far the log and the views are, also into the gauges."""
    state = await behind(services.readers)
    end = state["log_index"] if state["log_index"] is not None else -1
    seen = state["views_at"] if state["views_at"] is not None else -1
    _LOG.set(end)
    _LAG.set(end - seen)
    _VERSION.set(state["views_version"] or 0)
    _OUTBOX.set(state["outbox"])
    return state
