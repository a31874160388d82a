"""The trail as files that are checked elsewhere."""

import inspect
import json
import zipfile
from collections.abc import AsyncIterator
from typing import IO, BinaryIO

from server import keys
from server.access.actor import Actor
from server.kit import verify
from server.kit.canonical import canonical
from server.models.trail import TrailCheckpoint, TrailEntry, TrailLeaf
from server.queries.trail.entries import within_reach
from server.queries.trail.tree import newest

AT_ONCE = 1000

README = """\
The trail of {origin}, {size} entries
=====================================

trail.jsonl        one line an entry, in order. The bytes of a line, without its end, are the leaf of the tree:
                   canonical JSON (RFC 8785). An entry outside the reach of whoever took this out is only its hash.
checkpoints.jsonl  the signed roots (RFC 6962, Ed25519), the oldest first
key.json           the public keys, for information. Do not trust them: have the key read to you, or use the one that
                   you wrote down before
verify.py          checks all of it; needs Python 3.11 and the package cryptography

    python verify.py THIS-FILE.zip --key PUBLIC-KEY [--seen CHECKPOINT-YOU-SAVED-BEFORE.jsonl]

docs/trail.md of the program says what this proves and what it does not.


{origin} 操作留痕，共 {size} 条
=====================================

trail.jsonl        每行一条，按顺序排列；一行（不含换行）的字节就是默克尔树的叶子，为规范 JSON（RFC 8785）。
                   不在导出人范围内的条目只有摘要
checkpoints.jsonl  签名的根摘要（RFC 6962，Ed25519），从旧到新
key.json           公钥，仅供参考。请不要以此为准：请管理员当面告知公钥，或使用您以前记下的公钥
verify.py          核验程序，需要 Python 3.11 和 cryptography 包

    python verify.py 本文件.zip --key 公钥 [--seen 以前保存的检查点.jsonl]

能证明什么、不能证明什么，见程序的 docs/trail.md。
"""


async def write_export(actor: Actor, target: BinaryIO | IO[bytes], size: int) -> None:
    """A zip of the first `size` entries; what lies outside the actor's reach is only a hash."""
    ring = keys.ring()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open(verify.TRAIL, "w", force_zip64=True) as file:
            async for line in lines(actor, size):
                _ = file.write(line)
        with archive.open(verify.CHECKPOINTS, "w", force_zip64=True) as file:
            async for line in checkpoint_lines(size):
                _ = file.write(line)
        public = [{"id": key.fingerprint, "ed25519": key.public} for key in ring.signing]
        archive.writestr("key.json", json.dumps({"origin": ring.origin, "keys": public}, indent=2) + "\n")
        archive.writestr("verify.py", inspect.getsource(verify))
        archive.writestr("README.txt", README.format(origin=ring.origin, size=size))


async def lines(actor: Actor, size: int) -> AsyncIterator[bytes]:
    """Each the bytes of a leaf, or the hash of one that is withheld."""
    async for leaves, entries in places(size):
        open_to = within_reach(actor, entries.values())
        for leaf in leaves:
            entry = entries.get(leaf.entry_id)
            said = entry.leaf() if entry and entry.id in open_to else canonical({"hash": leaf.hash})
            yield said + b"\n"


async def places(size: int) -> AsyncIterator[tuple[list[TrailLeaf], dict[int, TrailEntry]]]:
    """The leaves in order, a thousand at a time, with their entries by id."""
    position = -1
    while (
        leaves := await TrailLeaf.filter(position__gt=position, position__lt=size).order_by("position").limit(AT_ONCE)
    ):
        yield leaves, await TrailEntry.in_bulk([leaf.entry_id for leaf in leaves], "id")
        position = leaves[-1].position


async def checkpoint_lines(size: int) -> AsyncIterator[bytes]:
    origin, last = keys.ring().origin, 0
    while rows := await TrailCheckpoint.filter(size__gt=last, size__lte=size).order_by("size").limit(AT_ONCE):
        for row in rows:
            yield row.note(origin).line
        last = rows[-1].size


async def newest_line() -> str:
    """The newest checkpoint as it stands in a file, or "" while there is none."""
    checkpoint = await newest()
    return checkpoint.note(keys.ring().origin).line.decode().strip() if checkpoint else ""
