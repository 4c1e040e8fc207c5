"""JSON to outside."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

import msgspec

from dianchi.domain.refusals import Whole

_LONGEST_SHOWN: Final = 200
encode = msgspec.json.Encoder().encode


def moment(at: datetime) -> str:
    """A moment as answers write it: UTC, microseconds, `Z`."""
    return f"{at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def shown(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """A value as an error repeats it: short, and always encodable."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Whole):
        return str(value)
    text = str(value) if isinstance(value, str | Decimal) else _as_json(value)
    text = text.encode("utf-8", "replace").decode()
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def _as_json(value: Any) -> str:  # noqa: ANN401 - any JSON value
    try:
        return encode(value).decode()
    except (TypeError, ValueError, RecursionError):
        return type(value).__name__
