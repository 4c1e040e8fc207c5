"""Lines of logs: nobody's data, no keys, also in what libraries and errors say."""

import json
import logging

import pytest
import structlog

from dianchi.api.door import kind_of_path
from dianchi.domain.personal import STRUCK, redacted
from dianchi.exchange.logs import log_as_json
from support.canaries import IDENTITY, PHONE, PLATE, VIN

KEY = "dk_" + "0a" * 24


@pytest.mark.parametrize("value", [VIN, VIN.lower(), PHONE, IDENTITY, PLATE, KEY])
def test_what_looks_personal_or_secret_is_struck_out(value: str) -> None:
    assert redacted(f'"path": "/v1/x/{value}", "n": 1') == f'"path": "/v1/x/{STRUCK}", "n": 1'


@pytest.mark.parametrize(
    "line",
    [
        "2026-06-01T04:00:00.000000Z",
        "018f3c1e-0000-7000-8000-000000000001",
        "001PB1A00DZ5K2E610000001",
        "O9P51SBOFS5R",
        "4294967296",
    ],
)
def test_what_a_log_needs_stays(line: str) -> None:
    assert redacted(line) == line


def test_our_lines_and_those_of_libraries_are_json_without_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = structlog.get_config()
    root = logging.getLogger()
    handlers = root.handlers[:]
    try:
        log_as_json()
        try:
            raise ValueError(f"invalid input: {VIN}")  # noqa: TRY301 - an error as drivers raise it
        except ValueError as error:
            structlog.get_logger().error("request failed", exc_info=error)
            logging.getLogger("uvicorn.error").exception("failed for %s", PHONE)
    finally:
        structlog.configure(**before)
        root.handlers = handlers
    ours, theirs = capsys.readouterr().err.strip().splitlines()

    assert json.loads(ours)["event"] == "request failed"
    assert json.loads(theirs)["event"] == f"failed for {STRUCK}"
    assert "ValueError" in ours
    assert "ValueError" in theirs
    assert VIN not in ours + theirs
    assert PHONE not in ours + theirs


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/v1/batteries/欧阳翠湖/history", "/v1/batteries/…"),
        ("/v1/batteries", "/v1/batteries"),
        ("/B/欧阳翠湖", "/B/…"),
        ("/log/tile/0/000", "/log/tile/…"),
        ("/metrics", "/metrics"),
        ("/", "/"),
    ],
)
def test_an_address_is_logged_without_the_names_in_it(path: str, shown: str) -> None:
    assert kind_of_path(path) == shown
