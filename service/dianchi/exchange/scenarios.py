"""The published scenarios of conformity runs, read once."""

import functools
import json
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from dianchi.domain.conformity.scenario import Scenario, newest, read_scenario
from dianchi.store.published import published

FOLDER: Final = "conformity"
SHARED: Final = "common.json"
SCHEMA: Final = "scenario.schema.json"


@functools.cache
def scenarios() -> tuple[Scenario, ...]:
    """Every scenario, those of former versions too."""
    folder = published("schemas") / FOLDER
    shared = _document(SHARED)
    names = sorted(path.name for path in folder.glob("*.json"))
    own = [name for name in names if name not in {SHARED, SCHEMA}]
    return tuple(read_scenario(_document(name), shared) for name in own)


def in_force(on: date) -> Mapping[str, Scenario]:
    """The scenario of each role on a day."""
    return newest(scenarios(), on)


def scenario_of(role: str, version: str) -> Scenario:
    """A scenario as it was when a run began.

    Raises:
        LookupError: it was never published, or its file is gone.
    """
    for scenario in scenarios():
        if (scenario.role, scenario.version) == (role, version):
            return scenario
    raise LookupError(f"no scenario {role} {version} in schemas/{FOLDER}")


def _document(name: str) -> dict[str, Any]:
    path = published("schemas") / FOLDER / name
    return dict(json.loads(path.read_text(encoding="utf-8")))
