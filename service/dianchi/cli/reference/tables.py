"""How a generated page is put together."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from dianchi.domain.dated import ALWAYS

_NOTE: Final = (
    "> 本页由代码生成，请勿手改。Generated from the code; change the code, not this page.\n"
)


def page(title: str, parts: Iterable[str]) -> str:
    """A page with its title and the note that it is generated."""
    return "\n".join((f"# {title}\n", _NOTE, *parts)).rstrip() + "\n"


def table(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A table in Markdown."""
    listed = [" | ".join(str(cell) for cell in row) for row in rows]
    names = list(heads)
    lines = [" | ".join(names), " | ".join("---" for _ in names), *listed]
    return "".join(f"| {line} |\n" for line in lines)


def ticked(words: Iterable[str]) -> str:
    """Words as code, in a line."""
    return ", ".join(f"`{word}`" for word in words)


def day_text(day: date | None) -> str:
    """A day; nothing for no end and no beginning."""
    return "" if day in (None, ALWAYS) else str(day)
