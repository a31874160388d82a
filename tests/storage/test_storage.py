"""Blobs: kept once, whole or not at all, and never given out when they are not what they were; in both stores."""

import asyncio
import hashlib
import os
import resource
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import obstore
import pytest
import time_machine
from moto.server import ThreadedMotoServer
from obstore.store import S3Store

from server import settings, storage
from server.kit.secrets import new_handle
from server.settings import BadSettings, Settings
from server.storage import Damaged, Missing, Store
from server.storage.blobs import place
from server.storage.directory import DirectoryStore
from server.storage.s3 import BucketStore, names_the_bucket
from tests.conftest import Figure

KEY = "a-key"
LARGE = 20 << 20


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """A server on this machine that speaks the protocol."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["directory", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "directory":
        return DirectoryStore(tmp_path / "data" / "evidence")
    address, bucket = request.getfixturevalue("endpoint"), f"b{new_handle()}"
    assert httpx.put(f"{address}/{bucket}").status_code == 200
    return BucketStore(bucket, endpoint=address, region="us-east-1", access_key=KEY, secret_key=KEY)


@pytest.fixture
def directory(tmp_path: Path) -> DirectoryStore:
    return DirectoryStore(tmp_path / "data" / "evidence")


def file(folder: Path, content: bytes) -> tuple[Path, str]:
    path = folder / new_handle()
    _ = path.write_bytes(content)
    return path, hashlib.sha256(content).hexdigest()


async def contents(store: Store) -> dict[str, int]:
    """Every file or object that there is, with its size."""
    if isinstance(store, DirectoryStore):
        found = [path for path in store.root.rglob("*") if path.is_file()]
        return {path.relative_to(store.root).as_posix(): path.stat().st_size for path in found}
    return {each["path"]: each["size"] for batch in obstore.list(bucket_of(store)) for each in batch}


def bucket_of(store: Store) -> S3Store:
    assert isinstance(store, BucketStore)
    return store.bucket


async def all_of(blob: AsyncIterator[bytes] | Any) -> bytes:
    return b"".join([piece async for piece in blob])


async def test_what_is_kept_is_found_again(store: Store, tmp_path: Path) -> None:
    path, sha256 = file(tmp_path, b"the minutes of a meeting")
    with pytest.raises(Missing, match=sha256):
        _ = await store.open(sha256)
    assert await store.put(path, sha256) is True
    blob = await store.open(sha256)
    assert blob.size == 24
    assert await all_of(blob) == b"the minutes of a meeting"
    assert blob.file.closed
    assert await contents(store) == {place(sha256): 24}


async def test_twenty_megabytes_sixteen_times_are_one_blob(store: Store, tmp_path: Path, figure: Figure) -> None:
    path, sha256 = file(tmp_path, os.urandom(LARGE))
    kept = [await store.put(path, sha256) for _ in range(16)]
    assert kept == [True] + [False] * 15
    assert await contents(store) == {place(sha256): LARGE}
    figure(f"storage: 20 MiB stored 16 times are 1 file of {LARGE} bytes ({type(store).__name__})")


async def test_sixteen_at_once_are_one_blob(store: Store, tmp_path: Path) -> None:
    path, sha256 = file(tmp_path, os.urandom(LARGE))
    kept = await asyncio.gather(*(store.put(path, sha256) for _ in range(16)))
    assert sum(kept) == 1
    assert await contents(store) == {place(sha256): LARGE}
    assert (await store.open(sha256)).size == LARGE


async def test_bytes_that_are_not_those_of_their_digest_are_not_kept(store: Store, tmp_path: Path) -> None:
    """As when a file was cut on its way."""
    path, _ = file(tmp_path, b"half of i")
    whole = hashlib.sha256(b"half of it").hexdigest()
    with pytest.raises(Damaged, match=whole):
        _ = await store.put(path, whole)
    assert await contents(store) == {}


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "a" * 63, "a" * 64 + "\n"])
async def test_only_a_digest_becomes_a_path(store: Store, tmp_path: Path, name: str) -> None:
    path, _ = file(tmp_path, b"the minutes of a meeting")
    before = set(tmp_path.rglob("*"))
    with pytest.raises(ValueError, match="no SHA-256"):
        _ = await store.put(path, name)
    with pytest.raises(ValueError, match="no SHA-256"):
        _ = await store.open(name)
    assert (await contents(store), set(tmp_path.rglob("*"))) == ({}, before)


async def test_a_flipped_bit_is_found_before_anything_is_given_out(store: Store, tmp_path: Path) -> None:
    content = bytearray(os.urandom(3 << 20))
    path, sha256 = file(tmp_path, bytes(content))
    _ = await store.put(path, sha256)
    content[-1] ^= 1
    if isinstance(store, DirectoryStore):
        _ = (store.root / place(sha256)).write_bytes(content)
    else:
        _ = obstore.put(bucket_of(store), place(sha256), bytes(content))
    with pytest.raises(Damaged, match=sha256):
        _ = await store.open(sha256)


async def test_a_blob_that_was_cut_is_found_and_mended_by_the_same_file(store: Store, tmp_path: Path) -> None:
    path, sha256 = file(tmp_path, b"all of it")
    _ = await store.put(path, sha256)
    if isinstance(store, DirectoryStore):
        os.truncate(store.root / place(sha256), 3)
    else:
        _ = obstore.put(bucket_of(store), place(sha256), b"all")
    with pytest.raises(Damaged):
        _ = await store.open(sha256)
    assert await store.put(path, sha256) is True
    assert await all_of(await store.open(sha256)) == b"all of it"


async def test_others_cannot_read_it(directory: DirectoryStore, tmp_path: Path) -> None:
    path, sha256 = file(tmp_path, b"x")
    _ = await directory.put(path, sha256)
    found = [directory.root, *directory.root.rglob("*")]
    modes = {each.relative_to(directory.root).as_posix(): each.stat().st_mode & 0o777 for each in found}
    assert modes.pop(place(sha256)) == 0o600
    assert set(modes.values()) == {0o700}


async def test_a_full_disk_leaves_nothing(directory: DirectoryStore, tmp_path: Path) -> None:
    """The system refuses to write on, in the middle of the file."""
    path, sha256 = file(tmp_path, os.urandom(3 << 20))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2 << 20, before[1]))
    try:
        with pytest.raises(OSError, match="too large"):
            _ = await directory.put(path, sha256)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert await contents(directory) == {}
    assert await directory.put(path, sha256)


KILLED = """
import sys
from pathlib import Path
from server.storage.directory import DirectoryStore
DirectoryStore(Path(sys.argv[1])).keep(Path(sys.argv[2]), "0" * 64)
"""


def stopped_in_the_middle(root: Path, source: Path) -> None:
    """Let a process keep what comes out of a pipe, and kill it once it has read a part of it."""
    os.mkfifo(source)
    process = subprocess.Popen([sys.executable, "-c", KILLED, str(root), str(source)])
    with source.open("wb", buffering=0) as pipe:
        _ = pipe.write(os.urandom(1 << 20))
        process.send_signal(signal.SIGKILL)
        _ = process.wait()


async def test_what_a_killed_process_left_is_cleared_away_a_day_later(
    directory: DirectoryStore, tmp_path: Path
) -> None:
    await asyncio.to_thread(stopped_in_the_middle, directory.root, tmp_path / "endless")
    left = set(await contents(directory))
    assert len(left) == 1
    path, sha256 = file(tmp_path, b"x")
    _ = await directory.put(path, sha256)
    assert set(await contents(directory)) == left | {place(sha256)}
    path, other = file(tmp_path, b"y")
    with time_machine.travel(datetime.now(UTC) + timedelta(days=1, minutes=1)):
        _ = await directory.put(path, other)
    assert set(await contents(directory)) == {place(sha256), place(other)}


def test_the_settings_choose_the_store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(settings, "SECRETS", tmp_path)
    monkeypatch.setenv("QIANGJI_DATA", str(tmp_path))
    found = storage.store()
    assert isinstance(found, DirectoryStore)
    assert found.root == tmp_path / "evidence"
    assert storage.store() is found
    monkeypatch.setenv("QIANGJI_EVIDENCE_STORE", "s3")
    with pytest.raises(BadSettings, match="set all three"):
        _ = storage.store()
    for name in ("BUCKET", "ACCESS_KEY", "SECRET_KEY"):
        _ = (tmp_path / f"qiangji_evidence_{name.lower()}").write_text(f"from-a-file-{name}")
    settings.read.cache_clear()
    assert isinstance(storage.store(), BucketStore)
    assert "SECRET_KEY" not in repr(settings.load())


def test_a_store_without_its_library_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "obstore", None)
    monkeypatch.delitem(sys.modules, "server.storage.s3")
    complete = Settings(evidence_store="s3", evidence_bucket="b", evidence_access_key="k", evidence_secret_key="s")
    with pytest.raises(BadSettings, match=r"qiangji\[s3\]"):
        _ = storage.chosen(complete)


def test_an_address_may_name_the_bucket() -> None:
    assert names_the_bucket("https://zhengju.oss.example.cn", "zhengju")
    assert not names_the_bucket("https://s3.example.cn:9000", "zhengju")
    assert not names_the_bucket(None, "zhengju")
