"""Logs: one JSON object a line on standard error, tracebacks as plain text."""

import sys

import structlog


def log_as_json() -> None:
    """Sets up structlog for a process.

    Tracebacks carry no local variables: those hold reports and keys, and drawing them takes
    seconds in which the event loop stands still.
    """
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
