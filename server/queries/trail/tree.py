"""The tree over the trail, as it is stored. It holds hashes, and no word of anybody: nothing here is scoped."""

from collections.abc import Iterable
from dataclasses import dataclass

from server import keys
from server.kit.merkle import Frontier, Node, Range, fold, includes, inclusion, nodes
from server.models.trail import TrailCheckpoint, TrailEntry, TrailLeaf, TrailNode


@dataclass(frozen=True)
class Standing:
    """Where an entry stands: its leaf, and the hashes that lead from there to the root of `checkpoint`."""

    leaf: TrailLeaf
    checkpoint: TrailCheckpoint
    proof: list[str]
    holds: bool
    """Whether what the entry says now leads to that root."""


async def newest() -> TrailCheckpoint | None:
    return await TrailCheckpoint.all().order_by("-size").first()


def public_key_of(checkpoint: TrailCheckpoint) -> str:
    """The public key that signed it, in base64; "" if this installation does not hold it any more."""
    return next((key.public for key in keys.ring().signing if key.fingerprint == checkpoint.key_id), "")


async def frontier(size: int) -> Frontier:
    """The tree of the first `size` entries, ready to grow."""
    wanted = nodes(0, size)
    stored = await hashes(wanted)
    return Frontier(size, [stored[node] for node in wanted])


async def standing(entry: TrailEntry) -> Standing | None:
    """None while it waits for its place."""
    leaf, checkpoint = await TrailLeaf.get_or_none(entry_id=entry.id), await newest()
    if leaf is None or checkpoint is None:
        return None
    proof = await proved(inclusion(leaf.position, checkpoint.size))
    said = entry.leaf_hash()
    holds = includes(bytes.fromhex(checkpoint.root), checkpoint.size, leaf.position, said, proof)
    return Standing(leaf, checkpoint, [part.hex() for part in proof], holds)


async def proved(ranges: list[Range]) -> list[bytes]:
    wanted = [nodes(*span) for span in ranges]
    stored = await hashes(node for span in wanted for node in span)
    return [fold([stored[node] for node in span]) for span in wanted]


async def hashes(wanted: Iterable[Node]) -> dict[Node, bytes]:
    """The stored hashes of complete subtrees; those of one leaf stand with the leaves. Raises KeyError."""
    asked = list(wanted)
    leaves = await TrailLeaf.filter(position__in=[number for level, number in asked if level == 0])
    inner = await TrailNode.filter(id__in=[f"{level}/{number}" for level, number in asked if level])
    found = {(0, leaf.position): bytes.fromhex(leaf.hash) for leaf in leaves}
    found |= {node_of(row.id): bytes.fromhex(row.hash) for row in inner}
    return {node: found[node] for node in asked}


def node_of(row_id: str) -> Node:
    level, _, number = row_id.partition("/")
    return int(level), int(number)
