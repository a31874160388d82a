"""Merkle trees as RFC 6962 defines them, over stored hashes of complete subtrees.

A node is (level, number): the `number`-th complete subtree of 2^level leaves. A range [start, stop) of leaves, as the
RFC splits them, is made up of few nodes; proofs are answered as such ranges, so that a caller fetches what they need.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

Node = tuple[int, int]
Range = tuple[int, int]


def leaf_hash(data: bytes) -> bytes:
    return hashlib.sha256(b"\0" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


@dataclass
class Frontier:
    """A tree that grows at its right edge: how many leaves it has, and the hashes of its `nodes(0, size)`."""

    size: int = 0
    peaks: list[bytes] = field(default_factory=list)

    def add(self, leaf: bytes) -> list[tuple[Node, bytes]]:
        """Append the hash of a leaf; answers the subtrees that this completes, the leaf itself first."""
        level, number, made = 0, self.size, [((0, self.size), leaf)]
        while number & 1:
            leaf = node_hash(self.peaks.pop(), leaf)
            level, number = level + 1, number >> 1
            made.append(((level, number), leaf))
        self.peaks.append(leaf)
        self.size += 1
        return made

    @property
    def root(self) -> bytes:
        return fold(self.peaks)


def nodes(start: int, stop: int) -> list[Node]:
    """The complete subtrees that make up [start, stop), from left to right."""
    found = []
    while start < stop:
        fitting = (stop - start).bit_length() - 1
        level = min(fitting, (start & -start).bit_length() - 1) if start else fitting
        found.append((level, start >> level))
        start += 1 << level
    return found


def fold(hashes: Sequence[bytes]) -> bytes:
    """The hash of a range, from those of its nodes."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    right = hashes[-1]
    for left in reversed(hashes[:-1]):
        right = node_hash(left, right)
    return right


def inclusion(position: int, size: int) -> list[Range]:
    """The ranges whose hashes lead from a leaf to the root of the first `size`: RFC 6962, 2.1.1."""
    return sibling_ranges(position, 0, size)


def sibling_ranges(position: int, start: int, stop: int) -> list[Range]:
    if stop - start <= 1:
        return []
    middle = start + split(stop - start)
    if position < middle:
        return [*sibling_ranges(position, start, middle), (middle, stop)]
    return [*sibling_ranges(position, middle, stop), (start, middle)]


def split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1


def includes(root: bytes, size: int, position: int, leaf: bytes, proof: Sequence[bytes]) -> bool:
    """Whether `proof` leads from the hash of a leaf to the root: RFC 9162, 2.1.3.2."""
    if not 0 <= position < size:
        return False
    number, last, found = position, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if number & 1 or number == last:
            found = node_hash(sibling, found)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        number, last = number >> 1, last >> 1
    return last == 0 and found == root
