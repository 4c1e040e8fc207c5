"""Where the folders lie that are published beside the code: `migrations` and `schemas`."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]


def published(name: str) -> Path:
    """A published folder: inside an installed wheel, else at the root of the checkout."""
    for place in (PACKAGE / "_published", PACKAGE.parents[1]):
        if (place / name).is_dir():
            return place / name
    raise FileNotFoundError(f"{name} is neither in the package nor at the root of the checkout")
