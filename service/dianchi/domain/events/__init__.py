"""The catalogue: every kind of report of version 1, who may make it, and what it must say.

Each dataclass declares the members of a report's `data`; its decorator gives the wire name, the
Chinese term, the roles that may report it and the streams it touches. The order of the parts here,
and of the classes in each, is the precedence of the fold: of two events at the same microsecond,
the one declared first counts first. JSON Schemas, the OpenAPI document and the reference pages are
generated from here.
"""

from typing import Final

from dianchi.domain.events import beginnings, custody, happenings, marks, second_life, use
from dianchi.domain.events.catalogue import REPORTING, ROLES, EventType, in_order
from dianchi.domain.events.values import MOST_BATTERIES

__all__ = ["CATALOGUE", "MOST_BATTERIES", "REPORTING", "ROLES", "EventType"]

CATALOGUE: Final = in_order(
    (beginnings.PART, use.PART, custody.PART, second_life.PART, happenings.PART, marks.PART)
)
