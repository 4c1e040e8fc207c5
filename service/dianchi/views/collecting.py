"""How often the collector looks while lives are assessed, and while modules are loaded."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_OBJECTS: Final = 200_000


@contextmanager
def rarely_collecting() -> Iterator[None]:
    """Collects garbage seldom: lives hold no cycles, and the search takes a third of the time.

    Of loading modules, which are never garbage, it takes a fifth.
    """
    before = gc.get_threshold()
    gc.set_threshold(_OBJECTS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
