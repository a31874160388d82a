"""Whether the trail in the database is the one that was signed. Asked by the installation, so nothing is scoped."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from tortoise import connections
from tortoise.transactions import in_transaction

from server import keys
from server.access.actor import Actor, Grant
from server.kit.clock import now
from server.kit.merkle import Frontier
from server.kit.paths import ROOT
from server.kit.verify import Fault, Report, checked, public_key, verify_path
from server.models.trail import TrailCheckpoint, TrailEntry, TrailLeaf, TrailNode, TrailPending
from server.queries.trail.export import AT_ONCE, places, write_export
from server.queries.trail.tree import newest
from server.vocabulary import Role

PATIENCE = timedelta(minutes=1)
"""How long an entry may wait for its place."""

AUDITOR = Actor(None, "installation", (Grant(Role.AUDITOR, 0, ROOT),))
"""The installation, looking at its own trail."""


@dataclass(frozen=True)
class Findings:
    """What was checked: in the database, and by the stand-alone verifier over an export of it."""

    entries: int
    nodes: int
    waiting: int
    report: Report


async def examine(public_keys: Sequence[str] = (), seen: Sequence[Path] = ()) -> Findings:
    """Check everything; without `public_keys`, against those of the installation. Raises Fault.

    In one snapshot, so that what is added meanwhile disturbs nothing.
    """
    known = list(public_keys) or [signer.public for signer in keys.ring().signing]
    async with in_transaction() as connection:
        await connection.execute_query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        checkpoint = await newest()
        size = checkpoint.size if checkpoint else 0
        made = await check_tree(size, known)
        await check_beyond(size)
        await check_waiting()
        report = await check_export(size, known, seen)
        return Findings(size, made, await TrailPending.all().count(), report)


async def check_tree(size: int, known: Sequence[str]) -> int:
    """Every leaf from its row, every node from the leaves, every root; answers the number of nodes."""
    roots = await signed_roots(known)
    tree, made = Frontier(), 0
    async for leaves, entries in places(size):
        nodes: dict[str, str] = {}
        for leaf in leaves:
            check_leaf(leaf, entries.get(leaf.entry_id), tree.size)
            completed = tree.add(bytes.fromhex(leaf.hash))[1:]
            nodes |= {f"{level}/{number}": hashed.hex() for (level, number), hashed in completed}
            check_root(tree, roots)
        await check_nodes(nodes, tree.size)
        made += len(nodes)
    if tree.size != size:
        raise Fault(f"{tree.size} places are there, {size} were signed", f"有 {tree.size} 个位置，而已签名 {size} 个")
    if (found := await TrailNode.all().count()) != made:
        raise Fault(f"the tree has {found} nodes instead of {made}", f"树中有 {found} 个节点，应为 {made} 个")
    return made


async def signed_roots(known: Sequence[str]) -> dict[int, str]:
    """The root at the size of each checkpoint, its signature checked. Raises Fault."""
    origin, ring = keys.ring().origin, dict(map(public_key, known))
    roots: dict[int, str] = {}
    last = 0
    while rows := await TrailCheckpoint.filter(size__gt=last).order_by("size").limit(AT_ONCE):
        for row in rows:
            try:
                line = row.note(origin).line
            except ValueError:
                raise Fault(
                    f"the checkpoint of size {row.size} is damaged", f"前 {row.size} 条的检查点已损坏", row.size
                ) from None
            _ = list(checked([line], ring, "checkpoint"))
            roots[row.size] = row.root
        last = rows[-1].size
    return roots


def check_leaf(leaf: TrailLeaf, entry: TrailEntry | None, position: int) -> None:
    """Raises Fault."""
    if leaf.position != position:
        raise Fault(
            f"there is no place {position}: the leaf there was deleted", f"第 {position} 条的位置缺失", position
        )
    if entry is None:
        raise Fault(
            f"the entry of place {position} (id {leaf.entry_id}) is gone",
            f"第 {position} 条（编号 {leaf.entry_id}）已被删除",
            position,
        )
    try:
        same = entry.leaf_hash().hex() == leaf.hash
    except ValueError:
        same = False
    if not same:
        raise Fault(
            f"entry {entry.id} at place {position} does not say what it said when it got its place",
            f"第 {position} 条（编号 {entry.id}）的内容与入列时不一致",
            position,
        )


def check_root(tree: Frontier, roots: dict[int, str]) -> None:
    if roots.get(tree.size, tree.root.hex()) != tree.root.hex():
        raise Fault(
            f"the first {tree.size} entries are not those that were signed: hashes were changed, swapped or inserted",
            f"前 {tree.size} 条与签名时不一致：摘要被修改、调换或插入",
            tree.size,
        )


async def check_nodes(nodes: dict[str, str], size: int) -> None:
    stored = {row.id: row.hash for row in await TrailNode.filter(id__in=list(nodes))}
    if stored != nodes:
        wrong = next(node for node in nodes if stored.get(node) != nodes[node])
        raise Fault(
            f"node {wrong} of the tree, before place {size}, was changed or deleted",
            f"树的节点 {wrong}（第 {size} 条之前）被修改或删除",
        )


async def check_beyond(size: int) -> None:
    """No place that is not signed."""
    if leaf := await TrailLeaf.filter(position__gte=size).first():
        raise Fault(
            f"place {leaf.position} was never signed: it was added, or the checkpoints behind it were deleted",
            f"第 {leaf.position} 条从未签名：是后来添加的，或其后的检查点被删除",
            leaf.position,
        )
    if leaf := await TrailLeaf.filter(position__lt=0).first():
        raise Fault(f"there is a place {leaf.position}", f"存在位置 {leaf.position}")


async def check_waiting() -> None:
    """Every entry has a place, or has been waiting for it for a moment only. Raises Fault."""
    connection = connections.get("default")
    rows = await connection.execute_query_dict(
        "SELECT t.id FROM trail t LEFT JOIN trail_leaf l ON l.entry_id = t.id "
        "LEFT JOIN trail_pending p ON p.entry_id = t.id "
        "WHERE l.entry_id IS NULL AND (p.entry_id IS NULL OR t.at < $1) ORDER BY t.id LIMIT 1",
        [now() - PATIENCE],
    )
    if rows:
        found = rows[0]["id"]
        raise Fault(
            f"entry {found} has no place: it was inserted by hand, its place was deleted, or no sequencer runs",
            f"编号 {found} 没有位置：被手工插入，或位置被删除，或入列程序没有运行",
        )
    rows = await connection.execute_query_dict(
        "SELECT p.entry_id AS id FROM trail_pending p LEFT JOIN trail_leaf l USING (entry_id) "
        "LEFT JOIN trail t ON t.id = p.entry_id WHERE t.id IS NULL OR l.entry_id IS NOT NULL LIMIT 1"
    )
    if rows:
        found = rows[0]["id"]
        raise Fault(
            f"{found} waits for a place, but is gone or has one", f"编号 {found} 在等待入列，但已被删除或已入列"
        )


async def check_export(size: int, known: Sequence[str], seen: Sequence[Path]) -> Report:
    """What the stand-alone verifier says of the whole trail. Raises Fault."""
    with tempfile.TemporaryDirectory(prefix="qiangji-trail-") as name:
        path = Path(name) / "trail.zip"
        with path.open("wb") as file:
            await write_export(AUDITOR, file, size)
        return verify_path(path, known, seen)
