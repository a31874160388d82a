"""Giving committed entries their places: one process at a time, and no writer ever waits for it.

Writers only insert. The sequencer reads what was committed (READ COMMITTED: it takes no predicate locks, so it makes
nobody's SERIALIZABLE transaction fail), and does a batch whole or not at all.
"""

import asyncio
import logging
from base64 import b64encode
from collections.abc import Iterable

from tortoise.transactions import in_transaction

from server import keys
from server.kit.clock import now
from server.kit.merkle import Frontier, Node
from server.kit.verify import Checkpoint
from server.models.trail import TrailCheckpoint, TrailEntry, TrailLeaf, TrailNode, TrailPending, written
from server.queries.trail import frontier, newest

BATCH = 1000
PAUSE, AFTER_A_FAULT = 0.2, 5.0
"""Seconds between two looks for work."""
LOCK = 0x51494A54
"""Any number that nobody else in this database locks."""

log = logging.getLogger("qiangji")


class Forked(Exception):
    """The tree in the database is not the one that was signed: nothing is signed on top of it."""


async def keep_sequencing() -> None:
    """Until it is cancelled. A fault is logged, and tried again."""
    while True:
        try:
            placed = await sequence() if await TrailPending.exists() else 0
            pause = 0 if placed == BATCH else PAUSE
        except Exception:
            log.exception("The trail could not be given places")
            pause = AFTER_A_FAULT
        await asyncio.sleep(pause)


async def sequence() -> int:
    """Give at most BATCH waiting entries their places; answers how many. None, while another process does so.

    Raises Forked.
    """
    async with in_transaction() as connection:
        await connection.execute_query("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        [lock] = await connection.execute_query_dict("SELECT pg_try_advisory_xact_lock($1) AS ours", [LOCK])
        entries = await waiting() if lock["ours"] else []
        if entries:
            tree = await signed_tree()
            await place(tree, entries)
            await sign(tree)
    return len(entries)


async def waiting() -> list[TrailEntry]:
    """In the order of their ids; one that commits late comes later, with its lower id."""
    ids = await TrailPending.all().order_by("entry_id").limit(BATCH).values_list("entry_id", flat=True)
    return await TrailEntry.filter(id__in=ids).order_by("id") if ids else []


async def signed_tree() -> Frontier:
    """Raises Forked."""
    checkpoint = await newest()
    tree = await frontier(checkpoint.size if checkpoint else 0)
    if checkpoint and tree.root.hex() != checkpoint.root:
        raise Forked(f"The tree of {tree.size} entries has the root {tree.root.hex()}, signed was {checkpoint.root}")
    return tree


async def place(tree: Frontier, entries: Iterable[TrailEntry]) -> None:
    leaves: list[TrailLeaf] = []
    made: list[tuple[Node, bytes]] = []
    for entry in entries:
        [(_, hashed), *above] = tree.add(entry.leaf_hash())
        leaves.append(TrailLeaf(position=tree.size - 1, entry_id=entry.id, hash=hashed.hex()))
        made += above
    await TrailLeaf.bulk_create(leaves)
    await TrailNode.bulk_create([TrailNode(id=f"{level}/{number}", hash=h.hex()) for (level, number), h in made])
    _ = await TrailPending.filter(entry_id__in=[leaf.entry_id for leaf in leaves]).delete()


async def sign(tree: Frontier) -> None:
    ring, at = keys.ring(), now()
    unsigned = Checkpoint(written(at), ring.signer.fingerprint, ring.origin, tree.root, b"", tree.size)
    _ = await TrailCheckpoint.create(
        size=tree.size,
        root=tree.root.hex(),
        at=at,
        key_id=unsigned.key,
        signature=b64encode(ring.signer.private.sign(unsigned.text)).decode(),
    )
