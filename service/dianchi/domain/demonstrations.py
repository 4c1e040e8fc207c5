"""Demonstration projects (示范项目) of second life and recycling, as they are registered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from dianchi.domain.dated import in_force
from dianchi.domain.refusals import Text

PURPOSES: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "second_life": Text("梯次利用", "second life"),
        "recycling": Text("再生利用", "recycling"),
    }
)
IN_USE: Final = ("second_life", "in_use")
"""The stages in which a battery at a site of a project is in use there."""
MOST_SITES: Final = 50
NAME: Final = Text("示范项目", "Demonstration projects")
DEFINITION: Final = Text(
    "示范项目由监管部门凭文件登记。在用：今日由项目单位持有、在项目场所、处于使用或梯次使用阶段的电池；"
    "处理：所选月份与项目期限重合的月份内，在项目场所拆解、重组或投入再生批次的质量。",
    "Projects are registered from a document by authorities. In use: packs held by the project's"
    " organisation at its sites today, in use or in second life. Treated: the mass taken apart,"
    " assembled or put into batches at its sites, in those of the months asked for in which the"
    " project runs.",
)


@dataclass(frozen=True, slots=True)
class Demonstration:
    """A demonstration project.

    Attributes:
        sites: numbers of sites of the organisation.
        document: title and number of what makes it a demonstration project.
    """

    name: str
    purpose: str
    organisation: str
    sites: tuple[str, ...]
    document: str
    document_on: date
    valid_from: date
    valid_to: date | None = None


def runs(project: Demonstration, on: date) -> bool:
    """Whether it runs on a day."""
    return in_force(project, on)


def runs_in(project: Demonstration, first: date, last: date) -> bool:
    """Whether it runs on some day between two, both included."""
    return project.valid_from <= last and (project.valid_to is None or first <= project.valid_to)
