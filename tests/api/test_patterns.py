"""No text makes a pattern take for ever: neither ours, nor those of the schemas."""

import ast
import importlib
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from support.patterns import Automaton

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [ROOT / "service", ROOT / "clients" / "python"]
LONGEST_READ_BY_OTHERS = 500
"""Where a published pattern is not linear, its text is this short: a quarter of a million steps."""
LOOKING = "search|finditer|findall|subn?|split"
"""What looks for a pattern at every place of a text."""


class Ours(NamedTuple):
    """A pattern of the code, and whether it is looked for at every place of a text."""

    module: str
    pattern: str
    flags: int
    searched: bool


@cache
def ours() -> list[Ours]:
    """What is given to `re` anywhere; of what is put together, the whole."""
    return [
        found
        for folder in SOURCES
        for path in sorted(folder.glob("dianchi*/**/*.py"))
        if "re." in (source := path.read_text(encoding="utf-8"))
        for found in in_module(".".join(path.relative_to(folder).with_suffix("").parts), source)
    ]


def in_module(name: str, source: str) -> Iterator[Ours]:
    for call in ast.walk(ast.parse(source)):
        if not isinstance(call, ast.Call) or not ast.unparse(call.func).startswith("re."):
            continue
        does = ast.unparse(call.func).removeprefix("re.")
        if does == "compile":
            made = whole(name, call)
            pattern, flags = made.pattern, made.flags & ~int(re.UNICODE)
            yield Ours(name, text_of(pattern), flags, is_searched(name, source, made))
        elif does in {"match", "fullmatch", *LOOKING.split("|"), "sub"} and is_told(call):
            pattern = ast.literal_eval(call.args[0])
            yield Ours(name, pattern, 0, does not in {"match", "fullmatch"})


def whole(name: str, call: ast.Call) -> re.Pattern[Any]:
    """The pattern that a call makes from what its module holds."""
    told = compile(ast.Expression(call), name, "eval")
    made = eval(told, vars(importlib.import_module(name)))  # noqa: S307 - our own source
    assert isinstance(made, re.Pattern)
    return made


def is_told(call: ast.Call) -> bool:
    return isinstance(call.args[0], ast.Constant)


def text_of(pattern: str | bytes) -> str:
    return pattern.decode("latin-1") if isinstance(pattern, bytes) else pattern


def is_searched(module: str, source: str, made: re.Pattern[Any]) -> bool:
    """Whether more than a whole match is asked; taken for granted where it is not the module's."""
    kept = vars(importlib.import_module(module)).items()
    names = [name for name, one in kept if isinstance(one, re.Pattern) and one == made]
    asked = "|".join(rf"\b{name}\.(?:{LOOKING})\(" for name in names)
    own = all(name.startswith("_") for name in names)
    return not names or not own or re.search(asked, source) is not None


def published() -> Iterator[tuple[str, int | None]]:
    """Every pattern of the schemas, with the longest text that they allow."""
    for path in sorted((ROOT / "schemas").rglob("*.json")):
        yield from patterns_in(json.loads(path.read_text(encoding="utf-8")))


def patterns_in(node: Any) -> Iterator[tuple[str, int | None]]:
    if isinstance(node, dict):
        if isinstance(node.get("pattern"), str):
            yield node["pattern"], node.get("maxLength")
        told = node.get("patternProperties")
        yield from ((name, None) for name in (told if isinstance(told, dict) else ()))
        node = list(node.values())
    if isinstance(node, list):
        for each in node:
            yield from patterns_in(each)


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+$",
        "(a|a)*b",
        "(a*)*b",
        "(a?a?)*b",
        r"(\w+\s?)*$",
        "(?:x{1,10}){1,10}",
        "(?:b(a*)?)*c",
        r"^(([a-z])+.)+[A-Z]([a-z])+$",
        r"(.*)*=",
    ],
)
def test_a_pattern_that_takes_for_ever_is_known(pattern: str) -> None:
    assert Automaton(pattern).is_exponential()


@pytest.mark.parametrize(
    "pattern", ["(a|b)*c", r"(?:[A-Z0-9]\s*){17}", "(ab|a)(bc|c)*", r"([a-z]+\.)*x", "a{0,40}b"]
)
def test_a_pattern_that_does_not_is_known(pattern: str) -> None:
    assert not Automaton(pattern).is_exponential()
    assert not Automaton(pattern).is_polynomial()


@pytest.mark.parametrize("pattern", ["a*a*b", r"\s*\d*\s*$", "[a-z]*[a-m]*!"])
def test_a_pattern_that_is_not_linear_is_known(pattern: str) -> None:
    assert Automaton(pattern).is_polynomial()


def test_what_is_looked_for_everywhere_is_not_linear_where_it_may_begin_anywhere() -> None:
    assert Automaton("a+b", searched=True).is_polynomial()
    assert not Automaton("a+b").is_polynomial()
    assert not Automaton("a+", searched=True).is_polynomial()
    assert Automaton("a+$", searched=True).is_polynomial()


def test_patterns_of_the_code_are_linear() -> None:
    assert len(ours()) > 40
    slow = [
        each
        for each in ours()
        for automaton in [Automaton(each.pattern, each.flags, searched=each.searched)]
        if automaton.is_exponential() or automaton.is_polynomial()
    ]
    assert slow == []


def test_published_patterns_are_linear_or_their_texts_short() -> None:
    patterns = set(published())
    assert len(patterns) > 10
    assert [each for each, _ in patterns if Automaton(each).is_exponential()] == []
    slow = [
        (each, longest)
        for each, longest in patterns
        if Automaton(each).is_polynomial() and (longest or 10**9) > LONGEST_READ_BY_OTHERS
    ]
    assert slow == []
