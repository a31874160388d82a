"""The way to PostgreSQL: one configuration for the program, its migrations and its tests."""

import base64
import gc
import hashlib
import hmac
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import asyncpg
from tortoise import Tortoise, connections
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.context import TortoiseContext
from tortoise.exceptions import DBConnectionError, OperationalError
from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget
from tortoise.migrations.schema_editor import AsyncpgSchemaEditor
from tortoise.migrations.writer import MigrationWriter, format_migration_name
from tortoise.transactions import in_transaction

from server import settings
from server.models import TABLES

MAJOR = 18
APP = "models"
APPS = {APP: {"models": TABLES, "default_connection": "default", "migrations": "server.migrations"}}
ROLE = "qiangji_app"
"""What the program acts as: it may add to the trail, and neither change nor empty it. A migration makes the role."""
MIGRATION_LOCK = 0x51494A49  # any number that nobody else on this server locks
REMEDY = (
    f"Remedy: let DATABASE_URL name a running PostgreSQL {MAJOR}, with its user, password and database; "
    "or leave it out, then the program starts its own."
)
UNREACHABLE = (OSError, DBConnectionError, asyncpg.PostgresError, asyncpg.InterfaceError)


class BadDatabase(Exception):
    """The database cannot be used; the text says why and what to do."""


def tortoise_config(
    url: str, *, pool: tuple[int, int] = (1, 10), statement_timeout: str = "5s", role: str = ""
) -> dict[str, Any]:
    server_settings = {
        **({"role": role} if role else {}),
        "application_name": "qiangji",
        "jit": "off",  # our statements are short; compiling them costs more than it saves
        "timezone": "UTC",
        "statement_timeout": statement_timeout,
    }
    connection = {
        **credentials(url),
        "minsize": pool[0],
        "maxsize": pool[1],
        "max_cacheable_statement_size": 0,  # a compiled read is long, and planned once
        "server_settings": server_settings,
    }
    return {
        "connections": {"default": {"engine": "tortoise.backends.asyncpg", "credentials": connection}},
        "apps": APPS,
        "use_tz": True,
        "timezone": "UTC",
    }


def credentials(url: str) -> dict[str, Any]:
    """What a postgresql:// address says; `?host=/directory` is a socket, `?sslmode=` is passed on."""
    parts = urlsplit(url)
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    found = {
        "host": query.get("host") or parts.hostname,
        "port": int(query.get("port") or parts.port or 5432),
        "user": unquote(parts.username or "") or None,
        "password": unquote(parts.password or "") or None,
        "database": unquote(parts.path.removeprefix("/")) or None,
    }
    return {**found, "ssl": query["sslmode"]} if "sslmode" in query else found


async def connect(url: str) -> None:
    """Open the pool that every request uses. Raises BadDatabase."""
    bounds = settings.load()
    config = tortoise_config(url, pool=(bounds.pool_min, bounds.pool_max), role=ROLE)
    context = await Tortoise.init(config=config, _enable_global_fallback=True)
    try:
        await check_server(context.db())
    except BaseException:
        await disconnect()
        raise


async def disconnect() -> None:
    await Tortoise.close_connections()


async def check_server(connection: BaseDBAsyncClient) -> None:
    """Refuse what does not answer, a login that cannot act as the program, and what is not PostgreSQL 18."""
    try:
        rows = await connection.execute_query_dict("SELECT current_setting('server_version') AS version")
    except UNREACHABLE as error:
        raise BadDatabase(f"The database does not answer: {str(error) or type(error).__name__}. {REMEDY}") from error
    except OperationalError as error:
        raise BadDatabase(
            f"The login of DATABASE_URL cannot act as {ROLE}: {error}. Remedy: `qiangji migrate` with "
            f"DATABASE_OWNER_URL admits it; or, as a superuser, GRANT {ROLE} TO that login WITH SET TRUE."
        ) from error
    version = str(rows[0]["version"])
    if version.split(".")[0] != str(MAJOR):
        raise BadDatabase(f"The database is PostgreSQL {version}; this program needs {MAJOR}. {REMEDY}")


# --- migrations


async def migrate(url: str, target: str = "__latest__") -> list[str]:
    """Bring the tables up to date (or to `target`), and answer the names of the migrations that were applied.

    All in one transaction that holds a lock: of two starts at once one waits, and a start cut short changes nothing.
    """
    applied: list[str] = []
    async with context_of(url) as context:
        await check_server(context.db())
        async with in_transaction() as transaction:
            await transaction.execute_query_dict("SELECT pg_advisory_xact_lock($1)", [MIGRATION_LOCK])
            executor = MigrationExecutor(transaction, APPS)
            await executor.recorder.ensure_schema(AsyncpgSchemaEditor(transaction, atomic=False))
            await executor.migrate(
                [MigrationTarget(APP, target)],
                progress=lambda event, _, name: applied.append(name) if event == "apply_done" else None,
            )
    return applied


async def unapplied() -> list[str]:
    """Names of the migrations that the connected database still waits for."""
    query = "SELECT name FROM tortoise_migrations WHERE app = $1"
    rows = await connections.get("default").execute_query_dict(query, [APP])
    return unapplied_in({row["name"] for row in rows})


def unapplied_in(applied: set[str]) -> list[str]:
    files = (Path(__file__).parent / "migrations").glob("[0-9]*.py")
    return sorted({file.stem for file in files} - applied)


@asynccontextmanager
async def context_of(url: str) -> AsyncIterator[TortoiseContext]:
    async with TortoiseContext() as context:
        await context.init(config=tortoise_config(url, pool=(1, 2), statement_timeout="0"))
        with seldom_collecting():
            yield context


@contextmanager
def seldom_collecting() -> Iterator[None]:
    """Every step of a migration makes all the models anew; to look for rubbish meanwhile took half of the time."""
    before = gc.get_threshold()
    gc.set_threshold(max(10_000, before[0]), *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


async def admit(owner_url: str, url: str) -> None:
    """Let the login of `url` act as the application's role; make that login if there is none and the owner may.

    Raises BadDatabase.
    """
    user, password = credentials(url)["user"], credentials(url)["password"]
    if user is None or user == credentials(owner_url)["user"]:
        return
    try:
        async with context_of(owner_url) as context:
            if not await known(context.db(), user):
                await say_to(context.db(), "CREATE ROLE %I LOGIN PASSWORD %L", user, verifier(password or ""))
            await say_to(context.db(), f"GRANT {ROLE} TO %I WITH SET TRUE", user)
    except (asyncpg.PostgresError, OperationalError) as error:
        raise BadDatabase(
            f"The login {user} cannot be made a member of {ROLE}: {error}. Remedy: as a superuser, "
            f"CREATE ROLE {user} LOGIN PASSWORD '…'; GRANT {ROLE} TO {user} WITH SET TRUE."
        ) from error


async def known(connection: BaseDBAsyncClient, user: str) -> bool:
    return bool(await connection.execute_query_dict("SELECT 1 FROM pg_roles WHERE rolname = $1", [user]))


async def say_to(connection: BaseDBAsyncClient, statement: str, *names: str) -> None:
    """Do what takes no parameters; PostgreSQL itself quotes the names."""
    parts = ", ".join(f"${number + 2}::text" for number in range(len(names)))
    [row] = await connection.execute_query_dict(f"SELECT format($1, {parts}) AS text", [statement, *names])
    await connection.execute_script(row["text"])


def verifier(password: str) -> str:
    """What PostgreSQL keeps of a password (SCRAM-SHA-256): the password itself never reaches its logs."""
    salt, rounds = secrets.token_bytes(16), 4096
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, rounds)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    parts = [base64.b64encode(part).decode() for part in (salt, stored, hmac.digest(salted, b"Server Key", "sha256"))]
    return f"SCRAM-SHA-256${rounds}:{parts[0]}${parts[1]}:{parts[2]}"


async def make_migrations(name: str | None = None) -> list[Path]:
    """Write a migration for what changed in the models since the last one; answers the new files."""
    written = []
    for writer in await unwritten():
        if name:
            writer.name = format_migration_name(int(writer.name.split("_")[0]), name)
        written.append(Path(writer.write()))
    return written


async def unwritten() -> list[MigrationWriter]:
    """Differences between the models and the migrations; empty when they agree. Needs no database."""
    async with TortoiseContext() as context:
        await context.init(config=tortoise_config("postgresql://"), init_connections=False)
        if context.apps is None:
            raise BadDatabase("The models could not be read.")
        return await MigrationAutodetector(context.apps, APPS).changes()
