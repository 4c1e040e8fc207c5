"""Loads the named statements of the `.sql` files beside this module."""

import re
from importlib.resources import files
from typing import Final

_NAME: Final = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)


def load(file: str) -> dict[str, str]:
    """The statements of one file by name; each begins with a line `-- name: …`."""
    text = files("dianchi.store").joinpath("sql", file).read_text(encoding="utf-8")
    parts = _NAME.split(text)
    return {name: body.strip() for name, body in zip(parts[1::2], parts[2::2], strict=True)}
