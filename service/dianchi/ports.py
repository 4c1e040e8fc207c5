"""What the edge fulfils: the clock."""

from datetime import UTC, datetime, timedelta
from typing import Protocol

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Clock(Protocol):
    """Tells the time; tests hold it still."""

    def now_us(self) -> int:
        """UTC microseconds since 1970."""
        ...


class SystemClock:
    """The machine's clock."""

    def now_us(self) -> int:
        """UTC microseconds since 1970."""
        return (datetime.now(UTC) - _EPOCH) // timedelta(microseconds=1)  # noqa: TID251 - the port
