"""Uploads: what somebody else chose to send, judged by its content, and cleaned before anything else sees it.

    async with uploads.taken(name, source) as upload:  # Invalid, with a message at `file`
        await store.put(upload.path, upload.sha256)

`upload.path` lasts as long as the block. Pictures are drawn anew, documents of Office are packed anew, a PDF is kept
byte for byte or refused. The readers run in a process of their own, with limits on memory, time and files.
"""

import asyncio
import hashlib
import json
import logging
import subprocess
import sys
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from server.kit.messages import Message, say
from server.kit.refusals import Invalid, invalid
from server.kit.uploads.judging import TOO_HEAVY
from server.kit.uploads.kinds import REFUSED, Kind, Look
from server.kit.uploads.names import shown_name

LIMIT = 20 << 20
"""Bytes of one file."""
PIECE = 1 << 20
PATIENCE = 60
"""Seconds until the one who waits gives up; computing alone is limited more strictly."""
TOP = Path(__file__).resolve().parents[3]
JUDGING = ThreadPoolExecutor(max_workers=2, thread_name_prefix="uploads")
"""Two at once: each waits for a process that may take a core."""

log = logging.getLogger("qiangji")


class Source(Protocol):
    """Gives at most so many bytes, and none at its end."""

    async def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True)
class Upload:
    """What is left of a file: how it is shown, what it is, and where its bytes are for now."""

    name: str
    media_type: str
    sha256: str
    size: int
    path: Path


@asynccontextmanager
async def taken(name: str | None, source: Source) -> AsyncIterator[Upload]:
    """What may be kept of `source`, for the time of the block. Raises Invalid (`file`) with a remedy."""
    with TemporaryDirectory(prefix="upload-", ignore_cleanup_errors=True) as directory:
        sent, clean = Path(directory) / "sent", Path(directory) / "clean"
        await spool(source, sent)
        kind = await asyncio.get_running_loop().run_in_executor(JUDGING, judge_apart, sent, clean)
        sha256, size = await asyncio.to_thread(measured, clean)
        yield Upload(shown_name(name, kind), kind.media_type, sha256, size, clean)


async def spool(source: Source, path: Path) -> None:
    """Write `source` to `path`. Raises Invalid as soon as it is too large."""
    size = 0
    with await asyncio.to_thread(path.open, "wb") as file:
        while piece := await source.read(PIECE):
            size += len(piece)
            if size > LIMIT:
                raise invalid(file=say("A file may have at most {limit} MiB; make it smaller.", limit=LIMIT >> 20))
            await asyncio.to_thread(file.write, piece)
    if not size:
        raise invalid(file=REFUSED[Look.EMPTY])


def judge_apart(source: Path, target: Path) -> Kind:
    """As `judging.judge`, in a process that may fail without harm. Raises Invalid."""
    command = [sys.executable, "-m", __name__, str(source), str(target)]
    try:
        done = subprocess.run(
            command, cwd=TOP, env={}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=PATIENCE, check=True
        )
        said = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError) as error:
        log.warning("an upload could not be judged: %s", getattr(error, "returncode", "no answer"))
        raise invalid(file=TOO_HEAVY) from None
    if "refused" in said:
        raise refused(said["refused"])
    return Kind[said["kind"]]


def refused(said: dict[str, Any]) -> Invalid:
    return invalid(file=unpacked(said))


def unpacked(said: dict[str, Any]) -> Message:
    params = {name: unpacked(value) if isinstance(value, dict) else value for name, value in said["params"].items()}
    return Message(said["text"], params)


def measured(path: Path) -> tuple[str, int]:
    """SHA-256 and size."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), file.tell()
