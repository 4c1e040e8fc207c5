"""Logs: one JSON object a line on standard error, tracebacks as plain text, nobody named."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from dianchi.domain.personal import redacted

Event = MutableMapping[str, Any]


def log_as_json() -> None:
    """Sets up the logs of a process: ours, and those of libraries from their warnings on.

    Tracebacks carry no local variables: those hold reports and keys, and drawing them takes
    seconds in which the event loop stands still. Messages of errors may still quote what was sent;
    so whatever looks personal or secret is struck out of the finished line.
    """
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
            _struck_out,
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Lines())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)


def _struck_out(_: Any, __: str, line: Any) -> str:  # noqa: ANN401 - as structlog calls it
    return redacted(str(line))


class _Lines(logging.Formatter):
    """Lines of libraries in the same form."""

    def format(self, record: logging.LogRecord) -> str:
        told = {"event": record.getMessage(), "logger": record.name}
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        told |= {"level": record.levelname.lower(), "timestamp": self.formatTime(record)}
        rendered = structlog.processors.JSONRenderer(ensure_ascii=False)(None, "", told)
        return redacted(str(rendered))
