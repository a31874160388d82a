"""A real PostgreSQL for the tests: one cluster a session, two templates, a clone for whoever asks.

The first process (xdist's controller, or the only one) starts the cluster and leaves its address in the environment,
where the workers find it. TEST_DATABASE_URL, when it is set already, is used instead: databases are made there.
"""

import asyncio
import fcntl
import itertools
import os
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from server import database, embedded, keys

CLUSTER = "TEST_DATABASE_URL"
SHARED = "QIANGJI_TESTS"
KEYS = "QIANGJI_KEYS"
HOSTS = "QIANGJI_ALLOWED_HOSTS"
DATA = "QIANGJI_DATA"
CARELESS = {  # a crash may lose all of it
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "1h",
    "autovacuum": "off",
    "max_connections": "200",
    "file_copy_method": "clone",
}
ROOM = 4 * 1024**3
"""Bytes: a clone has 12 MiB, and some hundred live at once at the very most."""
COUNTER = itertools.count()


@contextmanager
def cluster() -> Iterator[None]:
    """Give the session its shared directory and its cluster."""
    with ExitStack() as stack:
        os.environ[SHARED] = stack.enter_context(tempfile.TemporaryDirectory(prefix="qiangji-tests-", dir=memory()))
        os.environ[KEYS] = str(shared() / "keys.json")
        os.environ[HOSTS] = "qiangji.test"
        os.environ[DATA] = str(shared() / "data")
        _ = keys.ensure(shared() / "keys.json")
        external = CLUSTER in os.environ
        if not external:
            os.environ[CLUSTER] = stack.enter_context(embedded.running(shared() / "postgres", **CARELESS))
        try:
            yield
        finally:
            if external:
                asyncio.run(drop_all())
            else:
                del os.environ[CLUSTER]


def memory() -> str | None:
    """A directory in memory, if there is one with room: databases are cloned there in 30 ms, whatever the disk does."""
    there = "/dev/shm"  # noqa: S108 - a directory with a name of its own is made below it
    return there if os.path.isdir(there) and shutil.disk_usage(there).free > ROOM else None


def shared() -> Path:
    """What all processes of this session have in common: the cluster, locks, demo-logins.txt."""
    return Path(os.environ[SHARED])


def address(name: str) -> str:
    return urlunsplit(urlsplit(os.environ[CLUSTER])._replace(path=f"/{name}"))


def prefix() -> str:
    return "qj_" + shared().name.removeprefix("qiangji-tests-").lower()


# --- templates


def empty() -> str:
    """The template with every migration applied."""
    return template("empty", lambda url: database.migrate(url))


def demo() -> str:
    """The template with the demonstration; its logins are in the shared directory."""
    source = empty()
    return template("demo", load_demo, source)


async def load_demo(url: str) -> None:
    import server.demo  # the schema of a broken demonstration must not stop the tests of everything else

    await database.connect(url)
    try:
        await server.demo.load(shared())
    finally:
        await database.disconnect()


def template(name: str, fill: Callable[[str], Awaitable[object]], source: str = "template1") -> str:
    """Made once a session, by whichever process needs it first."""
    full = f"{prefix()}_{name}"
    with (shared() / f"{name}.lock").open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared() / f"{name}.made").exists():
            asyncio.run(make(full, source, fill))
            (shared() / f"{name}.made").touch()
    return full


async def make(name: str, source: str, fill: Callable[[str], Awaitable[object]]) -> None:
    await execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', create(name, source))
    await fill(address(name))


# --- clones


@contextmanager
def clone(source: str) -> Iterator[str]:
    """A database of one's own; yields its URL."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    name = f"{prefix()}_{worker}_{os.getpid()}_{next(COUNTER)}"
    owner().do(create(name, source))
    try:
        yield address(name)
    finally:
        owner().do(drop(name))


def renew(url: str, source: str) -> None:
    """Put a new clone in the place of a database, under whoever serves it: its connections are cut."""
    name = urlsplit(url).path.removeprefix("/")
    owner().do(drop(name))
    owner().do(create(name, source))


def drop(name: str) -> str:
    return f'DROP DATABASE "{name}" WITH (FORCE)'


def create(name: str, source: str) -> str:
    return f'CREATE DATABASE "{name}" TEMPLATE "{source}" STRATEGY FILE_COPY'  # 15 ms; WAL_LOG: 60 ms


class Owner:
    """Who makes and drops the clones of this process, over one connection: to open one takes as long as a clone."""

    def __init__(self) -> None:
        self.runner = asyncio.Runner()
        self.connection = self.runner.run(asyncpg.connect(os.environ[CLUSTER]))

    def do(self, statement: str) -> None:
        _ = self.runner.run(self.connection.execute(statement))

    def leave(self) -> None:
        self.runner.run(self.connection.close())
        self.runner.close()


@cache
def owner() -> Owner:
    return Owner()


def leave() -> None:
    """At the end of this process."""
    if owner.cache_info().currsize:
        owner().leave()


async def execute(*statements: str) -> None:
    connection = await asyncpg.connect(os.environ[CLUSTER])
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def drop_all() -> None:
    connection = await asyncpg.connect(os.environ[CLUSTER])
    names = await connection.fetch("SELECT datname FROM pg_database WHERE starts_with(datname, $1)", prefix() + "_")
    await connection.close()
    await execute(*(drop(row["datname"]) for row in names))
