"""Blobs in a directory of this machine: ab/cd/abcd….

A blob is written beside, flushed to the disk, and only then gets its name. A program that is stopped in between leaves
a file in `incoming`, which whoever writes a day later clears away.
"""

import asyncio
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import IO

from server.kit.clock import now
from server.kit.secrets import new_handle
from server.storage.blobs import PIECE, Damaged, Missing, Store, place

ABANDONED = timedelta(days=1)
"""No upload takes as long."""


class DirectoryStore(Store):
    def __init__(self, root: Path) -> None:
        super().__init__()
        self.root, self.incoming = root, root / "incoming"

    async def size(self, sha256: str) -> int | None:
        try:
            return (await asyncio.to_thread((self.root / place(sha256)).stat)).st_size
        except FileNotFoundError:
            return None

    async def write(self, path: Path, sha256: str) -> None:
        await asyncio.to_thread(self.keep, path, sha256)

    async def read(self, sha256: str) -> IO[bytes]:
        try:
            return await asyncio.to_thread((self.root / place(sha256)).open, "rb")
        except FileNotFoundError:
            raise Missing(sha256) from None

    def keep(self, path: Path, sha256: str) -> None:
        make_folder(self.incoming)
        self.sweep()
        with self.beside() as draft:
            if copied(path, draft) != sha256:
                raise Damaged(sha256)
            target = self.root / place(sha256)
            make_folder(target.parent)
            os.replace(draft, target)
            flush_folder(target.parent)

    @contextmanager
    def beside(self) -> Iterator[Path]:
        """A new file in the same file system; nothing of it stays when its block fails."""
        draft = self.incoming / new_handle()
        try:
            yield draft
        except BaseException:
            draft.unlink(missing_ok=True)
            raise

    def sweep(self) -> None:
        """Clear away what a process has left that was stopped."""
        oldest = (now() - ABANDONED).timestamp()
        for draft in self.incoming.iterdir():
            with suppress(FileNotFoundError):  # another process sweeps as well
                if draft.stat().st_mtime < oldest:
                    draft.unlink()


def copied(source: Path, draft: Path) -> str:
    """Write `source` to `draft`, down to the disk; the SHA-256 of what was written."""
    digest = hashlib.sha256()
    with source.open("rb") as file, open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        while piece := file.read(PIECE):
            digest.update(piece)
            _ = out.write(piece)
        out.flush()
        os.fsync(out.fileno())
    return digest.hexdigest()


def make_folder(folder: Path) -> None:
    """For this program alone, and known to the disk."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        flush_folder(folder.parent)


def flush_folder(folder: Path) -> None:
    """A new name is kept once the folder it stands in is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
