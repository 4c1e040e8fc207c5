"""Where the folders lie that are published beside the code: `migrations`, `schemas`, `web`."""

from pathlib import Path
from typing import Final

PACKAGE = Path(__file__).resolve().parents[1]
_IN_CHECKOUT: Final = {"web": "clients/web/dist"}
"""Where a folder has another place than in the package."""


def published(name: str) -> Path:
    """A published folder: inside an installed wheel, else at the root of the checkout."""
    for place in (
        PACKAGE / "_published" / name,
        PACKAGE.parents[1] / _IN_CHECKOUT.get(name, name),
    ):
        if place.is_dir():
            return place
    raise FileNotFoundError(f"{name} is neither in the package nor at the root of the checkout")
