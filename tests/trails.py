"""A small trail, hands in the database that change it, and what both verifiers say."""

import io
import tempfile
import zipfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import asyncpg
import pytest

from server import keys
from server.access.actor import Actor
from server.kit import verify
from server.operations import trail
from server.operations.organizations import Establish, establish
from server.queries import trail as queries


class Exported(NamedTuple):
    """The two files that count."""

    trail: bytes
    checkpoints: bytes


async def grow(count: int, batch: int = 20) -> None:
    """Found a subdistrict and so many communities that the trail has `count` entries; a checkpoint every `batch`."""
    installation = Actor.installation()
    for number in range(count):
        draft = Establish.parse(
            {
                "code": f"ST-{number}",
                "name": f"社区{number}",
                "kind": "COMMUNITY",
                "parent": "ST",
                "community_type": "URBAN",
            }
            if number
            else {"code": "ST", "name": "街道", "kind": "STREET"}
        )
        _ = await establish(installation, draft)
        if (number + 1) % batch == 0:
            assert await trail.sequence() == batch
    _ = await trail.sequence()


def public() -> list[str]:
    """The keys that an auditor has written down."""
    return [signer.public for signer in keys.ring().signing]


async def exported() -> Exported:
    return unzipped(await zipped())


def unzipped(data: bytes) -> Exported:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return Exported(archive.read(verify.TRAIL), archive.read(verify.CHECKPOINTS))


async def zipped(actor: Actor = queries.AUDITOR) -> bytes:
    checkpoint = await queries.newest()
    target = io.BytesIO()
    await queries.write_export(actor, target, checkpoint.size if checkpoint else 0)
    return target.getvalue()


def offline(files: Exported, known: Sequence[str], seen: Sequence[bytes] = ()) -> verify.Report:
    """What the stand-alone verifier says. Raises Fault."""
    trail, checkpoints = (io.BytesIO(data).readlines() for data in files)
    return verify.verify(trail, checkpoints, known, [io.BytesIO(data).readlines() for data in seen])


async def found_by_both(known: Sequence[str], seen: Sequence[bytes] = ()) -> tuple[str, str]:
    """What the check of the database complains of, and what the stand-alone verifier says of an export."""
    with tempfile.TemporaryDirectory() as name:
        paths = []
        for number, data in enumerate(seen):
            paths.append(Path(name) / f"{number}.jsonl")
            _ = paths[-1].write_bytes(data)
        with pytest.raises(verify.Fault) as database:
            _ = await queries.examine(known, paths)
    with pytest.raises(verify.Fault) as export:
        _ = offline(await exported(), known, seen)
    return database.value.english, export.value.english


@asynccontextmanager
async def tampering(url: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """The database's superuser, whom no trigger stops."""
    connection = await asyncpg.connect(url)
    try:
        _ = await connection.execute("SET session_replication_role = replica")
        yield connection
    finally:
        await connection.close()
