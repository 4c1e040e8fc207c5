"""Whether a pattern can take for ever: two ways through one loop for one text.

A pattern is read into the automaton of its positions (Glushkov). A backtracking matcher takes
exponential time where a position comes back to itself in two ways with the same text, and more
than linear time where one loop can hand over to the next in more than one place (Weideman et al.,
"Analyzing Matching Time Behavior of Backtracking Regular Expression Matchers"). Look-arounds and
anchors are left out: they only take ways away.
"""

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from re import _compiler, _parser  # type: ignore[attr-defined]  # the reader that `re` itself uses
from typing import Any, Final

_SAMPLES: Final = "aAzZ09_-. \t\n\x00\x7fé中一龥０ｚ"
_ONE: Final = {"LITERAL", "NOT_LITERAL", "ANY", "IN"}
_LOOPS: Final = {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}
_NOTHING: Final = {"AT", "ASSERT", "ASSERT_NOT"}
_MOST_COPIES: Final = 100


@dataclass(slots=True)
class _Part:
    """A part of a pattern: what it begins and ends with, each as often as there are ways to it.

    `empty` counts the ways to match nothing at all.
    """

    first: list[int] = field(default_factory=list)
    last: list[int] = field(default_factory=list)
    empty: int = 1


class Automaton:
    """The positions of a pattern, which texts each takes, and what may follow each."""

    def __init__(self, pattern: str, flags: int = 0, *, searched: bool = False) -> None:
        tree = _parser.parse(pattern, flags)
        self._flags = tree.state.flags
        self._alphabet = sorted(set(_SAMPLES) | set(_edges_of(tree)))
        self.takes: list[frozenset[str]] = []
        self.follows: list[Counter[int]] = []
        start = self._loop(self._one_of(self._alphabet)) if searched else _Part()
        start.empty = 1
        whole = self._then(start, self._sequence(tree))
        conditions = any(str(operation) in _NOTHING for operation, _ in _walk(tree))
        # Whoever looks for a pattern that may end here, and asks nothing more, never turns back.
        self._ends = frozenset(whole.last if searched and not conditions else ())

    def is_exponential(self) -> bool:
        """Whether some position comes back to itself in two ways with one text."""
        reach = self._reach()
        for at, following in enumerate(self.follows):
            if any(times > 1 and at in reach[to] for to, times in following.items()):
                return True
        looping = [at for at in range(len(self.takes)) if at in reach[at]]
        return any(self._comes_back_in_two_ways(at) for at in looping)

    def is_polynomial(self) -> bool:
        """Whether one loop hands over to a later one in more than one place of one text."""
        reach = self._reach()
        looping = [at for at in range(len(self.takes)) if at in reach[at]]
        return any(
            (one, two, two) in _closure(self._triples, [(one, one, two)])
            for one, two in product(looping, looping)
            if one != two and two in reach[one] and two not in self._ends
        )

    def _comes_back_in_two_ways(self, at: int) -> bool:
        apart = {(one, two) for one, two in _closure(self._pairs, [(at, at)]) if one != two}
        return any((at, at) in _closure(self._pairs, [pair]) for pair in apart)

    def _reach(self) -> list[set[int]]:
        return [_closure(lambda at: self.follows[at], following) for following in self.follows]

    def _pairs(self, pair: tuple[int, int]) -> Iterator[tuple[int, int]]:
        for one, two in product(self.follows[pair[0]], self.follows[pair[1]]):
            if self.takes[one] & self.takes[two]:
                yield one, two

    def _triples(self, triple: tuple[int, int, int]) -> Iterator[tuple[int, int, int]]:
        for one, two, three in product(*(self.follows[at] for at in triple)):
            if self.takes[one] & self.takes[two] & self.takes[three]:
                yield one, two, three

    def _sequence(self, items: Iterable[tuple[Any, Any]]) -> _Part:
        whole = _Part()
        for operation, told in items:
            whole = self._then(whole, self._read(str(operation), operation, told))
        return whole

    def _read(self, name: str, operation: object, told: Any) -> _Part:
        if name in _ONE:
            return self._one_of(self._taken_by(operation, told))
        if name in _LOOPS:
            return self._repeat(*told)
        if name == "SUBPATTERN" and not (told[1] or told[2]):
            return self._sequence(told[3])
        if name == "ATOMIC_GROUP":
            return self._sequence(told)
        if name == "BRANCH":
            return _either([self._sequence(each) for each in told[1]])
        if name in _NOTHING:
            return _Part()
        raise ValueError(f"{name} {told} is not understood")

    def _repeat(self, least: int, most: int, items: Sequence[tuple[Any, Any]]) -> _Part:
        """Small counts are written out; all else may go on for ever, as counts within counts."""
        one_way = least == most or not any(_is_count(*each) for each in _walk(items))
        if most == 1 or (one_way and most <= _MOST_COPIES):
            return self._copies(least, most, items)
        part = self._loop(self._sequence(items))
        # Of an empty turn the matcher makes no second one.
        part.empty = 1 if part.empty or least == 0 else 0
        return part

    def _copies(self, least: int, most: int, items: Sequence[tuple[Any, Any]]) -> _Part:
        """Each optional copy stands within the one before it, so that there is one way to each."""
        part = _Part()
        for number in range(most, 0, -1):
            part = self._then(self._sequence(items), part)
            part.empty += number > least
        return part

    def _one_of(self, taken: Iterable[str]) -> _Part:
        self.takes.append(frozenset(taken))
        self.follows.append(Counter())
        at = len(self.takes) - 1
        return _Part([at], [at], empty=0)

    def _taken_by(self, operation: object, told: object) -> Iterator[str]:
        only = _parser.SubPattern(_parser.State(), [(operation, told)])
        only.state.flags = self._flags
        one = _compiler.compile(only, self._flags & ~re.DEBUG)
        return (each for each in self._alphabet if one.fullmatch(each))

    def _loop(self, part: _Part) -> _Part:
        self._join(part.last, part.first)
        return part

    def _then(self, one: _Part, two: _Part) -> _Part:
        self._join(one.last, two.first)
        first = one.first + two.first * min(one.empty, 2)
        last = two.last + one.last * min(two.empty, 2)
        return _Part(first, last, min(one.empty * two.empty, 2))

    def _join(self, ends: Iterable[int], beginnings: Sequence[int]) -> None:
        for end in ends:
            self.follows[end].update(beginnings)


def _either(parts: Sequence[_Part]) -> _Part:
    return _Part(
        [at for part in parts for at in part.first],
        [at for part in parts for at in part.last],
        sum(part.empty for part in parts),
    )


def _closure(following: Any, begin: Iterable[Any]) -> set[Any]:
    """What is reached from these in one step or more."""
    found: set[Any] = set()
    waiting = deque(begin)
    while waiting:
        at = waiting.popleft()
        for to in following(at):
            if to not in found:
                found.add(to)
                waiting.append(to)
    return found


def _walk(items: Any) -> Iterator[tuple[Any, Any]]:
    """Every operation of a parsed pattern, at any depth."""
    for operation, told in items:
        yield operation, told
        name = str(operation)
        if name == "BRANCH":
            for each in told[1]:
                yield from _walk(each)
        elif name == "SUBPATTERN":
            yield from _walk(told[3])
        elif name == "ATOMIC_GROUP":
            yield from _walk(told)
        elif name in _LOOPS:
            yield from _walk(told[2])


def _is_count(operation: object, told: Any) -> bool:
    return str(operation) in _LOOPS and told[0] != told[1] > 1


def _edges_of(tree: Any) -> Iterator[str]:
    """The characters at which a class of the pattern begins or ends, and their neighbours."""
    for operation, told in _walk(tree):
        for kind, value in told if str(operation) == "IN" else [(operation, told)]:
            if str(kind) in {"LITERAL", "NOT_LITERAL"}:
                yield from _around(value, value)
            elif str(kind) == "RANGE":
                yield from _around(*value)


def _around(low: int, high: int) -> Iterator[str]:
    for number in (low - 1, low, high, high + 1):
        if 0 <= number <= 0x10FFFF:
            yield chr(number)
            yield chr(number).swapcase()[:1]
