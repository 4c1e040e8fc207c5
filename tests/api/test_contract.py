"""The OpenAPI document against the running service: no 5xx, every answer as declared."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from conftest import make_data_dir
from dianchi.wiring import application
from support.process import Service

# Read at import: a fixture keeps the developer's settings out of the tests.
EXAMPLES = 100 if "DIANCHI_DRILL_SECONDS" in os.environ else 12


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Service, str]]:
    """A service of its own, with a regulator's key."""
    folder: Path = make_data_dir()
    service = Service(folder).start()
    try:
        yield service, service.key("regulator")
    finally:
        service.stop()
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def document(served: tuple[Service, str]) -> schemathesis.BaseSchema:
    """The published document, as the service answers it."""
    return schemathesis.openapi.from_url(f"{served[0].url}/openapi.json")


OPERATIONS = [
    (path, method)
    for path, operations in application().openapi()["paths"].items()
    for method in operations
]


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
@pytest.mark.timeout(600)
def test_every_operation_answers_as_declared(
    document: schemathesis.BaseSchema, served: tuple[Service, str], path: str, method: str
) -> None:
    @given(case=document[path][method].as_strategy())
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def asked(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate(
            headers={"authorization": f"Bearer {served[1]}"},
            checks=[
                not_a_server_error,
                response_schema_conformance,
                status_code_conformance,
                content_type_conformance,
            ],
        )

    asked()
