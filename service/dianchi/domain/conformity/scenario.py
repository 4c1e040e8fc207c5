"""Scenarios: versioned lists of tasks for the systems of one role."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, TypeAlias

from dianchi.domain.refusals import Text

_PLACE: Final = re.compile(r"\$\{([a-z_0-9]{1,40})\}")
Told: TypeAlias = Mapping[str, Any]
"""Members of JSON."""


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do.

    Attributes:
        id: unique in its scenario.
        kind: how it is judged (`judging.KINDS`).
        asked: what the judge needs: names, types, counts.
        title, how: what to do, and how.
        example: a body that fulfils it, with places for names; None where there is none to send.
    """

    id: str
    kind: str
    asked: Told
    title: Text
    how: Text
    example: Any = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """The tasks of one role, as they are from a day on.

    Attributes:
        names: what is made for each run: names of batteries, by what tasks call them.
    """

    role: str
    version: str
    valid_from: date
    title: Text
    names: Told
    tasks: tuple[Task, ...]


def read_scenario(told: Told, shared: Told) -> Scenario:
    """A scenario of its own document and of what all roles share.

    Args:
        told: the document of the role.
        shared: `names` and `tasks` of `common.json`, which come after its own.
    """
    return Scenario(
        told["role"],
        told["version"],
        date.fromisoformat(told["valid_from"]),
        Text(**told["title"]),
        {**shared["names"], **told["names"]},
        tuple(map(_task, (*told["tasks"], *shared["tasks"]))),
    )


def _task(told: Told) -> Task:
    return Task(
        told["id"],
        told["kind"],
        told["asked"],
        Text(**told["title"]),
        Text(**told["how"]),
        told.get("example"),
    )


def written(scenario: Scenario, names: Mapping[str, str]) -> Scenario:
    """The scenario with the names of one run in its sentences and examples."""
    tasks = tuple(
        Task(
            task.id,
            task.kind,
            _filled(task.asked, names),
            Text(*(filled(each, names) for each in task.title)),
            Text(*(filled(each, names) for each in task.how)),
            _filled(task.example, names),
        )
        for task in scenario.tasks
    )
    return Scenario(
        scenario.role,
        scenario.version,
        scenario.valid_from,
        scenario.title,
        scenario.names,
        tasks,
    )


def filled(text: str, names: Mapping[str, str]) -> str:
    """A text with its places filled.

    Raises:
        KeyError: it has a place that the scenario does not name.
    """
    return _PLACE.sub(lambda found: names[found[1]], text)


def _filled(value: Any, names: Mapping[str, str]) -> Any:  # noqa: ANN401 - any JSON value
    return json.loads(filled(json.dumps(value, ensure_ascii=False), names))


def newest(scenarios: Iterable[Scenario], on: date) -> Mapping[str, Scenario]:
    """The scenario of each role that holds on a day."""
    holding = sorted((s for s in scenarios if s.valid_from <= on), key=lambda s: s.valid_from)
    return {scenario.role: scenario for scenario in holding}
