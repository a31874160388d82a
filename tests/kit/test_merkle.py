"""Our Merkle trees against the definitions of RFC 6962, written down once more as they stand there."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from server.kit.merkle import (
    Frontier,
    Node,
    Range,
    fold,
    includes,
    inclusion,
    leaf_hash,
    nodes,
)

LEAVES = st.lists(st.binary(max_size=8), min_size=1, max_size=70)


def half(size: int) -> int:
    k = 1
    while k * 2 < size:
        k *= 2
    return k


def mth(data: list[bytes]) -> bytes:
    """2.1: Merkle Tree Hash."""
    if not data:
        return hashlib.sha256().digest()
    if len(data) == 1:
        return hashlib.sha256(b"\x00" + data[0]).digest()
    k = half(len(data))
    return hashlib.sha256(b"\x01" + mth(data[:k]) + mth(data[k:])).digest()


def path(m: int, data: list[bytes]) -> list[bytes]:
    """2.1.1: Merkle Audit Path."""
    if len(data) == 1:
        return []
    k = half(len(data))
    return [*path(m, data[:k]), mth(data[k:])] if m < k else [*path(m - k, data[k:]), mth(data[:k])]


def stored(data: list[bytes]) -> tuple[Frontier, dict[Node, bytes], list[bytes]]:
    """The tree, every complete subtree that it made, and its root after each leaf."""
    tree = Frontier()
    kept: dict[Node, bytes] = {}
    roots: list[bytes] = []
    for leaf in data:
        kept.update(tree.add(leaf_hash(leaf)))
        roots.append(tree.root)
    return tree, kept, roots


def hashes(ranges: list[Range], kept: dict[Node, bytes]) -> list[bytes]:
    return [fold([kept[node] for node in nodes(*span)]) for span in ranges]


@given(LEAVES)
def test_roots_are_those_of_the_definition(data: list[bytes]) -> None:
    tree, kept, roots = stored(data)
    assert roots == [mth(data[: size + 1]) for size in range(len(data))]
    assert tree.peaks == [kept[node] for node in nodes(0, len(data))]
    assert len(kept) == sum(len(data) >> level for level in range(8))


def test_the_empty_tree() -> None:
    assert Frontier().root == mth([]) == fold([])


@given(LEAVES, st.data())
def test_inclusion_is_proved_as_defined(data: list[bytes], draw: st.DataObject) -> None:
    position = draw.draw(st.integers(0, len(data) - 1))
    _, kept, roots = stored(data)
    proof = hashes(inclusion(position, len(data)), kept)
    assert proof == path(position, data)
    leaf = leaf_hash(data[position])
    assert includes(roots[-1], len(data), position, leaf, proof)
    assert not includes(roots[-1], len(data), position, leaf_hash(b"another" + data[position]), proof)
    assert not includes(roots[-1], len(data), len(data), leaf, proof)
    if proof:
        assert not includes(roots[-1], len(data), position, leaf, proof[:-1])
