"""Trees for tests: leaves, their tiles, and proofs from them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from dianchi.ledger.tiles import (
    Place,
    Tree,
    consistency_spans,
    inclusion_spans,
    places_of,
    roots_of,
)
from dianchi_client.tree import leaf_hash


@dataclass(slots=True)
class Grown:
    """A tree with all its tiles, as a log keeps them."""

    tree: Tree = field(default_factory=Tree)
    tiles: dict[Place, bytes] = field(default_factory=dict)

    def add(self, leaves: Sequence[bytes]) -> None:
        """Appends entries."""
        self.tiles |= self.tree.append(b"".join(map(leaf_hash, leaves)))

    def root(self, size: int) -> bytes:
        """The root when it had so many leaves."""
        return roots_of([(0, size)], self.tiles)[0]

    def inclusion(self, index: int, size: int) -> list[bytes]:
        return self._proof(inclusion_spans(index, size))

    def consistency(self, first: int, second: int) -> list[bytes]:
        return self._proof(consistency_spans(first, second))

    def _proof(self, spans: list[tuple[int, int]]) -> list[bytes]:
        needed = {place: self.tiles[place] for place in places_of(spans)}
        return roots_of(spans, needed)


def entries(count: int) -> list[bytes]:
    """So many different entries."""
    return [b"entry %d" % number for number in range(count)]


def grown(leaves: Sequence[bytes]) -> Grown:
    """A tree over entries, appended at once."""
    made = Grown()
    made.add(leaves)
    return made
