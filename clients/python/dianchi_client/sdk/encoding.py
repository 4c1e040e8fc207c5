"""Reports as bytes: the same report is always the same bytes."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from dianchi_client.sdk.failures import NotAReport


def encoded(report: Mapping[str, object], place: int | None = None) -> bytes:
    """A report as JSON: members sorted, so that the order in which they were set is nothing.

    `Decimal` becomes a decimal string; `UUID`, a date, and an instant with its offset become text.

    Args:
        report: to write.
        place: its number in a source, from 1, for the error.

    Raises:
        NotAReport: it is no mapping, or holds something that JSON does not have.
    """
    try:
        return json.dumps(
            _members(report),
            sort_keys=True,
            ensure_ascii=False,
            separators=(",", ":"),
            allow_nan=False,
            default=_plain,
        ).encode()
    except (TypeError, ValueError, RecursionError) as error:
        at = "" if place is None else f" {place}"
        raise NotAReport(
            f"第{at} 份上报写不成 JSON：{error}。请改正后重新提交",
            f"report{at} cannot be written as JSON: {error}. Mend it and send it again",
        ) from error


def _members(report: object) -> dict[object, object]:
    if not isinstance(report, Mapping):
        raise TypeError(f"{type(report).__name__} is no mapping")
    return dict(report)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"{value.isoformat()} has no offset from UTC")
        return value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is no JSON")
