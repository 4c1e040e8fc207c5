"""The log's tree in tiles of 256 hashes (c2sp.org/tlog-tiles): growing it, and proofs from it.

Pure. A tile is at `(level, number)`; at level 0 stand leaf hashes, at each next level the roots of
the full tiles below. A tree remembers only the last, partial tile of each level.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from dianchi_client.tree import EMPTY_ROOT, HASH_BYTES, node_hash, perfect_root

WIDTH: Final = 256
HASH: Final = HASH_BYTES
TILE_BYTES: Final = WIDTH * HASH_BYTES
_HEIGHT: Final = 8
Place = tuple[int, int]
Tiles = Mapping[Place, bytes]
Span = tuple[int, int]
"""Leaves from the first to before the second."""


class Tree:
    """The right edge of a tree: enough to append and to know the root."""

    def __init__(self, size: int = 0, edges: Iterable[bytes] = ()) -> None:
        """`edges` are the partial tiles by level, empty where the last tile is full."""
        self.size = size
        self._edges = list(edges)

    def append(self, leaves: bytes) -> dict[Place, bytes]:
        """Appends concatenated leaf hashes; the tiles that are new or longer now."""
        changed: dict[Place, bytes] = {}
        level, added, hashes = 0, len(leaves) // HASH_BYTES, leaves
        while hashes:
            if level == len(self._edges):
                self._edges.append(b"")
            number = self.size >> _HEIGHT * (level + 1)
            rows, rest = _cut(self._edges[level] + hashes)
            changed.update(((level, number + at), row) for at, row in enumerate(rows))
            if rest:
                changed[level, number + len(rows)] = rest
            self._edges[level] = rest
            hashes = b"".join([perfect_root(row) for row in rows])
            level += 1
        self.size += added
        return changed

    def root(self) -> bytes:
        """The root over all leaves."""
        found = b""
        for edge in self._edges:
            for part in reversed(list(_perfect(0, len(edge) // HASH_BYTES))):
                height, index = part
                start = (index << height) * HASH_BYTES
                left = perfect_root(edge[start : start + (HASH_BYTES << height)])
                found = node_hash(left, found) if found else left
        return found or EMPTY_ROOT

    def copy(self) -> "Tree":
        """A tree that can grow apart from this one."""
        return Tree(self.size, self._edges)


def _cut(hashes: bytes) -> tuple[list[bytes], bytes]:
    full = len(hashes) // TILE_BYTES * TILE_BYTES
    rows = [hashes[at : at + TILE_BYTES] for at in range(0, full, TILE_BYTES)]
    return rows, hashes[full:]


def edge_places(size: int) -> list[Place]:
    """Where the last, partial tiles of a tree are; none at a level whose last tile is full."""
    places = []
    level = 0
    while count := size >> _HEIGHT * level:
        if count % WIDTH:
            places.append((level, count // WIDTH))
        level += 1
    return places


def inclusion_spans(index: int, size: int) -> list[Span]:
    """The subtrees whose roots prove a leaf, as RFC 6962 orders them (2.1.1)."""
    spans = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            spans.append((middle, high))
            high = middle
        else:
            spans.append((low, middle))
            low = middle
    return spans[::-1]


def consistency_spans(first: int, second: int) -> list[Span]:
    """The subtrees whose roots prove that a tree only grew (RFC 6962, 2.1.2)."""
    spans: list[Span] = []
    if first == 0:
        return spans
    low, high, whole = 0, second, True
    while first != high:
        middle = low + _split(high - low)
        if first <= middle:
            spans.append((middle, high))
            high = middle
        else:
            spans.append((low, middle))
            low, whole = middle, False
    if not whole:
        spans.append((low, high))
    return spans[::-1]


def places_of(spans: Iterable[Span]) -> set[Place]:
    """The tiles that the roots of subtrees are computed from."""
    return {_place(height, index) for span in spans for height, index in _perfect(*span)}


def roots_of(spans: Iterable[Span], tiles: Tiles) -> list[bytes]:
    """The roots of subtrees, from the tiles of `places_of`.

    Raises:
        KeyError, ValueError: a tile is missing or too short.
    """
    return [_root_of(span, tiles) for span in spans]


def _root_of(span: Span, tiles: Tiles) -> bytes:
    found = b""
    for height, index in reversed(list(_perfect(*span))):
        left = _stored_root(height, index, tiles)
        found = node_hash(left, found) if found else left
    return found or EMPTY_ROOT


def _stored_root(height: int, index: int, tiles: Tiles) -> bytes:
    within = height % _HEIGHT
    start = (index << within) % WIDTH * HASH_BYTES
    hashes = tiles[_place(height, index)][start : start + (HASH_BYTES << within)]
    if len(hashes) != HASH_BYTES << within:
        msg = f"the tile of the subtree {index} of height {height} is too short"
        raise ValueError(msg)
    return perfect_root(hashes)


def _place(height: int, index: int) -> Place:
    level, within = divmod(height, _HEIGHT)
    return level, (index << within) // WIDTH


def _perfect(low: int, high: int) -> Iterator[tuple[int, int]]:
    """The perfect subtrees of a span, from the left: height, and place among those of it."""
    while low < high:
        height = (high - low).bit_length() - 1
        yield height, low >> height
        low += 1 << height


def _split(count: int) -> int:
    """The largest power of two below a count."""
    return 1 << (count - 1).bit_length() - 1


def width_at(level: int, number: int, size: int) -> int:
    """How many hashes a tile holds in a tree of this size; 0 where there is none."""
    return max(0, min(WIDTH, (size >> _HEIGHT * level) - number * WIDTH))
