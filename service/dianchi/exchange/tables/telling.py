"""What a file of a table says of itself, for machines and for people."""

from collections.abc import Sequence
from dataclasses import dataclass

from dianchi.domain.refusals import Text


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is said.

    Attributes:
        name: for machines, whatever the language.
        value: the same.
        title: what people call it.
        shown: the value as they read it, in the language of the file.
    """

    name: str
    value: str
    title: Text
    shown: str


About = Sequence[Fact]
"""What is said of a table beside its rows."""
