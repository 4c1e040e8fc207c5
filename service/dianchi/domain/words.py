"""Closed lists of words, each row with its days of validity: a list grows, what is stored stays."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from dianchi.domain.dated import ALWAYS, in_force
from dianchi.domain.deadlines import Mark
from dianchi.domain.refusals import Text


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a list, and the business dates on which a report may use it."""

    word: str
    label: Text
    valid_from: date = ALWAYS
    valid_to: date | None = None
    mark: Mark = "D"


@dataclass(frozen=True, slots=True)
class Words:
    """A closed list; goes through every word that was ever valid, each once.

    Attributes:
        rows: dated; a word may have several.
        always: the words that need no date to be judged.
    """

    rows: tuple[Word, ...]
    always: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        always = (row.word for row in self.rows if (row.valid_from, row.valid_to) == (ALWAYS, None))
        object.__setattr__(self, "always", frozenset(always))

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(row.word for row in self.rows))

    def on(self, day: date) -> list[str]:
        """The words that a report of this business date may use."""
        return list(dict.fromkeys(row.word for row in self.rows if in_force(row, day)))

    def of(self, word: str) -> list[Word]:
        """The rows of a word; none where it never was in the list."""
        return [row for row in self.rows if row.word == word]


def undated(words: Iterable[str]) -> Words:
    """A list of words that our own code gives their meaning, such as stages."""
    return Words(tuple(Word(word, Text(word, word)) for word in words))
