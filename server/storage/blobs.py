"""What every store of blobs is, and what it holds to."""

import asyncio
import hashlib
import re
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from weakref import WeakValueDictionary

PIECE = 1 << 20
DIGEST = re.compile(r"[0-9a-f]{64}")


class Missing(Exception):
    """There is no blob under this digest; the text is the digest."""


class Damaged(Exception):
    """The bytes are not those of this digest; the text is the digest."""


@dataclass
class Blob:
    """Bytes that have been found to be what they should; they can be gone through once."""

    size: int
    file: IO[bytes]

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with self.file:
            while piece := await asyncio.to_thread(self.file.read, PIECE):
                yield piece


class Store(ABC):
    """Blobs by their SHA-256, in hexadecimal."""

    def __init__(self) -> None:
        self.busy: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def put(self, path: Path, sha256: str) -> bool:
        """Keep the bytes of `path`, whole or not at all; False if they are here. Raises Damaged if they are others."""
        sha256 = checked(sha256)
        size = (await asyncio.to_thread(path.stat)).st_size
        async with self.busy.setdefault(sha256, asyncio.Lock()):
            if await self.size(sha256) == size:
                return False
            await self.write(path, sha256)
        return True

    async def open(self, sha256: str) -> Blob:
        """The blob, once all of it has been read and found whole. Raises Missing, Damaged."""
        file = await self.read(checked(sha256))
        return Blob(await asyncio.to_thread(verified, file, sha256), file)

    @abstractmethod
    async def size(self, sha256: str) -> int | None:
        """Bytes of the blob, without reading it; None if there is none."""

    @abstractmethod
    async def write(self, path: Path, sha256: str) -> None:
        """Keep the bytes of `path`. Raises Damaged."""

    @abstractmethod
    async def read(self, sha256: str) -> IO[bytes]:
        """The bytes, as they are now. Raises Missing."""


def checked(sha256: str) -> str:
    """Raises ValueError: a digest becomes a path, anything else does not."""
    if not DIGEST.fullmatch(sha256):
        raise ValueError("this is no SHA-256 in small hexadecimal letters")
    return sha256


def place(sha256: str) -> str:
    """Where a blob lies in its store; no folder gets crowded."""
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def verified(file: IO[bytes], sha256: str) -> int:
    """How many bytes `file` has; it stands at its beginning again. Raises Damaged, and closes it."""
    try:
        _ = file.seek(0)
        digest = hashlib.sha256()
        while piece := file.read(PIECE):
            digest.update(piece)
        if digest.hexdigest() != sha256:
            raise Damaged(sha256)
        size = file.tell()
        _ = file.seek(0)
    except BaseException:
        file.close()
        raise
    return size
