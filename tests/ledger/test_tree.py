"""The tree: RFC 6962's values, another implementation's opinion, and nothing changed unseen."""

import os
import random
from collections.abc import Callable

import pytest
import scitt_cose

from dianchi.ledger.tiles import Tree, edge_places
from dianchi_client.errors import Rejected
from dianchi_client.tree import EMPTY_ROOT, leaf_hash, verify_consistency, verify_inclusion
from support.trees import Grown, entries, grown

# The eight entries and roots that Certificate Transparency's implementations test with.
CT_ENTRIES = [
    bytes.fromhex(entry)
    for entry in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
CT_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
CT_INCLUSION_0_OF_8 = [
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
]
CT_CONSISTENCY_6_TO_8 = [
    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
]
SIZES = 2_000 if "DIANCHI_DRILL_SECONDS" in os.environ else 300


def test_the_empty_tree_has_the_root_of_rfc_6962() -> None:
    assert Tree().root() == EMPTY_ROOT
    assert EMPTY_ROOT.hex().startswith("e3b0c44298fc1c149afbf4c8996fb924")


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_certificate_transparency(size: int) -> None:
    assert grown(CT_ENTRIES[:size]).tree.root().hex() == CT_ROOTS[size - 1]


def test_proofs_are_those_of_certificate_transparency() -> None:
    whole = grown(CT_ENTRIES)
    assert [step.hex() for step in whole.inclusion(0, 8)] == CT_INCLUSION_0_OF_8
    assert [step.hex() for step in whole.consistency(6, 8)] == CT_CONSISTENCY_6_TO_8
    assert whole.consistency(4, 4) == whole.consistency(0, 4) == []


def test_a_tree_does_not_depend_on_how_it_was_appended() -> None:
    told = entries(70_000)
    at_once, in_parts = grown(told), Grown()
    dice = random.Random(1)
    at = 0
    while at < len(told):
        step = dice.choice((1, 2, 255, 256, 257, 3000))
        in_parts.add(told[at : at + step])
        at += step
    assert in_parts.tree.root() == at_once.tree.root() == at_once.root(70_000)
    assert in_parts.tiles == at_once.tiles
    # c2sp.org/tlog-tiles gives these numbers for 70,000 entries.
    widths = [len(at_once.tiles[place]) // 32 for place in ((0, 273), (1, 0), (1, 1), (2, 0))]
    assert widths == [112, 256, 17, 1]


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 65_535, 65_536, 70_000])
def test_a_tree_goes_on_from_its_last_tiles(size: int) -> None:
    told = entries(size)
    kept = grown(told)
    levels = max((level for level, _ in kept.tiles), default=-1) + 1
    edges = dict(edge_places(size))
    again = Tree(
        size,
        [kept.tiles[level, edges[level]] if level in edges else b"" for level in range(levels)],
    )
    assert again.root() == kept.tree.root()
    assert again.append(leaf_hash(b"next")) == kept.tree.append(leaf_hash(b"next"))
    assert again.root() == kept.tree.root()


def test_another_implementation_accepts_every_inclusion_proof() -> None:
    """PyPI scitt-cose, RFC9162_SHA256; hundreds of sizes here, thousands in the drills."""
    told, dice = entries(3000), random.Random(2)
    whole = grown(told)
    for _ in range(SIZES):
        size = dice.randrange(1, len(told) + 1)
        index = dice.randrange(size)
        proof = [step.hex() for step in whole.inclusion(index, size)]
        root = whole.root(size).hex()
        other = told[(index + 1) % len(told)].hex()
        judge = scitt_cose.verify_inclusion
        assert judge(told[index].hex(), index, size, proof, root)
        assert not judge(other, index, size, proof, root)


def test_another_implementation_accepts_every_consistency_proof() -> None:
    told, dice = entries(3000), random.Random(3)
    whole = grown(told)
    for _ in range(SIZES):
        second = dice.randrange(1, len(told) + 1)
        first = dice.randrange(1, second + 1)
        proof = [step.hex() for step in whole.consistency(first, second)]
        roots = whole.root(first).hex(), whole.root(second).hex()
        assert scitt_cose.verify_consistency(*roots, first, second, proof)
        if first != second:
            assert not scitt_cose.verify_consistency(*roots[::-1], first, second, proof)


def test_another_implementation_finds_the_same_roots() -> None:
    told = entries(600)
    whole = grown(told)
    for size in (1, 2, 3, 255, 256, 257, 511, 512, 513, 600):
        hexes = [entry.hex() for entry in told[:size]]
        assert scitt_cose.merkle_root(hexes) == whole.root(size).hex()


def refused(check: Callable[..., None], *told: object) -> bool:
    try:
        check(*told)
    except Rejected:
        return True
    return False


def flipped(raw: bytes, dice: random.Random) -> bytes:
    at = dice.randrange(len(raw) * 8)
    changed = bytearray(raw)
    changed[at // 8] ^= 1 << at % 8
    return bytes(changed)


def test_an_inclusion_proof_is_refused_when_anything_is_changed() -> None:
    told, dice = entries(2000), random.Random(4)
    whole = grown(told)
    for _ in range(SIZES):
        size = dice.randrange(2, len(told) + 1)
        index = dice.randrange(size)
        leaf, root = leaf_hash(told[index]), whole.root(size)
        proof = whole.inclusion(index, size)
        verify_inclusion(leaf, index, size, proof, root)
        at = dice.randrange(len(proof))
        broken = [*proof[:at], flipped(proof[at], dice), *proof[at + 1 :]]
        lies: list[tuple[object, ...]] = [
            (flipped(leaf, dice), index, size, proof, root),
            (leaf, index, size, proof, flipped(root, dice)),
            (leaf, index, size, broken, root),
            (leaf, index, size, proof[:-1], root),
            (leaf, index, size, [*proof, leaf], root),
            (leaf, index, size, [], root),
            (leaf, size, size, proof, root),
            (leaf, -1, size, proof, root),
            (leaf, (index + 1) % size, size, proof, root),
            (leaf, index, 2 * size + 1, proof, root),
        ]
        assert all(refused(verify_inclusion, *lie) for lie in lies)


def test_a_consistency_proof_is_refused_when_anything_is_changed() -> None:
    told, dice = entries(2000), random.Random(5)
    whole = grown(told)
    other = grown([b"forged", *told[1:]])
    for _ in range(SIZES):
        second = dice.randrange(3, len(told) + 1)
        first = dice.randrange(1, second)
        old, new = whole.root(first), whole.root(second)
        proof = whole.consistency(first, second)
        verify_consistency(first, second, old, new, proof)
        at = dice.randrange(len(proof))
        broken = [*proof[:at], flipped(proof[at], dice), *proof[at + 1 :]]
        lies: list[tuple[object, ...]] = [
            (first, second, flipped(old, dice), new, proof),
            (first, second, old, flipped(new, dice), proof),
            (first, second, old, new, broken),
            (first, second, old, new, proof[:-1]),
            (first, second, old, new, [*proof, new]),
            (first, second, old, other.root(second), other.consistency(first, second)),
            (second, first, new, old, proof),
            (first, 2 * second + 1, old, new, proof),
            (second, second, old, new, []),
            (0, second, old, new, []),
            (-1, second, old, new, proof),
        ]
        assert all(refused(verify_consistency, *lie) for lie in lies)


def test_the_empty_log_is_consistent_with_every_log() -> None:
    whole = grown(entries(5))
    verify_consistency(0, 5, EMPTY_ROOT, whole.root(5), [])
    verify_consistency(5, 5, whole.root(5), whole.root(5), [])
