"""The page of threats names a test for every row, and each of them exists."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "explanation" / "threats.md"
ROW = re.compile(r"^\| (L?\d+) \|.*\|$", re.MULTILINE)
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
LOCKS = sorted(ROOT.glob("requirements*.lock"))


def rows() -> list[str]:
    return [found.group() for found in ROW.finditer(PAGE.read_text(encoding="utf-8"))]


def defined_in(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_every_row_names_a_test_or_says_what_is_missing() -> None:
    assert len(rows()) >= 32
    bare = [row for row in rows() if not TEST.search(row) and "*Not yet:*" not in row]
    assert bare == []


def test_every_test_that_is_named_exists() -> None:
    named = {found for row in rows() for found in TEST.findall(row)}
    missing = [f"{path}::{name}" for path, name in sorted(named) if name not in defined_in(path)]
    assert missing == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_lock_names_hashes(lock: Path) -> None:
    """A requirement stands on lines that end with a backslash until its last hash."""
    text = lock.read_text(encoding="utf-8").replace("\\\n", " ")
    wanted = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    assert wanted
    assert [line for line in wanted if "--hash=sha256:" not in line] == []
