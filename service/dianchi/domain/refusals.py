"""What is wrong with an input, in words a clerk understands, in zh and en.

A refusal never depends on the life of a battery: only on the report itself, its reporter and the
clock (design: "a report is a fact, a contradiction is a finding").
"""

from dataclasses import dataclass
from typing import NamedTuple


class Text(NamedTuple):
    """One sentence in the two languages of the service."""

    zh: str
    en: str


class Malformed(ValueError):  # noqa: N818 - reads as the fact it states: "this value is malformed"
    """A single value that cannot be what its field asks for; raised by every parser of the domain.

    Attributes:
        code: the stable problem code, for example `invalid_code`, `invalid_value`, `invalid_date`.
        what: what is wrong, in zh and en.
        way_out: what to do next, in zh and en.
        conceals: the value is somebody's personal data, and no answer repeats it.
    """

    def __init__(self, code: str, what: Text, way_out: Text, *, conceals: bool = False) -> None:
        super().__init__(what.en)
        self.code = code
        self.what = what
        self.way_out = way_out
        self.conceals = conceals


class Whole(str):
    """A value that an answer repeats whole, however long it is."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a report: which member (RFC 6901 pointer), which value, what to do."""

    code: str
    pointer: str
    value: object
    what: Text
    way_out: Text


class Refused(Exception):  # noqa: N818 - a refusal is an answer, not a failure of the service
    """A report that is not recorded, with every fault that was found in it."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("; ".join(f"{f.pointer or '/'} {f.code}" for f in faults))
        self.faults = faults

    @property
    def code(self) -> str:
        """The code of the first fault: the code of the whole problem."""
        return self.faults[0].code
