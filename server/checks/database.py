"""What the database tells of itself: its settings, the login that serves, the guards of the trail, the accounts."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import asyncpg
from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error

from server.checks.findings import Finding, warning
from server.database import MAJOR, REMEDY, ROLE, UNREACHABLE, BadDatabase, credentials, unapplied_in
from server.settings import Settings
from server.vocabulary import Role

Check = Callable[[asyncpg.Connection, Settings], Awaitable[list[Finding]]]

KEPT = ("trail", "trail_leaf", "trail_node", "trail_checkpoint", "seal")
"""Tables to which rows are only ever added."""
DURABLE = ("fsync", "full_page_writes", "synchronous_commit")
SEPARATE = (
    "let DATABASE_OWNER_URL name the login that owns the tables and DATABASE_URL another, "
    f"which `qiangji migrate` makes a member of {ROLE}"
)


@asynccontextmanager
async def inspected(url: str) -> AsyncIterator[asyncpg.Connection]:
    """As the login itself, not as the role that it acts as. Raises BadDatabase."""
    try:
        connection = await asyncpg.connect(**credentials(url))
    except UNREACHABLE as error:
        raise BadDatabase(f"The database does not answer: {str(error) or type(error).__name__}. {REMEDY}") from error
    try:
        yield connection
    finally:
        await connection.close()


async def answered(check: Check, connection: asyncpg.Connection, settings: Settings) -> list[Finding]:
    """What the check finds; that it may not look is a finding too."""
    try:
        return await check(connection, settings)
    except asyncpg.InsufficientPrivilegeError:
        remedy = "run `qiangji migrate` with DATABASE_OWNER_URL"
        return [Finding("login", f"the login that serves may not read what is asked for ({check.__name__})", remedy)]


async def version(connection: asyncpg.Connection, _: Settings) -> list[Finding]:
    if (found := connection.get_server_version()).major == MAJOR:
        return []
    return [Finding("database", f"it is PostgreSQL {found.major}", f"use PostgreSQL {MAJOR}")]


async def durability(connection: asyncpg.Connection, _: Settings) -> list[Finding]:
    """What was acknowledged survives a crash."""
    rows = await connection.fetch("SELECT name FROM pg_settings WHERE name = ANY($1) AND setting = 'off'", DURABLE)
    wrong = "{} is off: a crash loses what people were told is kept"
    return [Finding("database", wrong.format(row["name"]), f"set {row['name']} = on") for row in rows]


async def encryption(connection: asyncpg.Connection, settings: Settings) -> list[Finding]:
    sql = "SELECT ssl OR inet_server_addr() IS NULL OR inet_server_addr() = inet_client_addr() AS private"
    if await connection.fetchval(f"{sql} FROM pg_stat_ssl WHERE pid = pg_backend_pid()"):
        return []
    wrong = "the way to it is not encrypted"
    return [
        warning("database", wrong, "add ?sslmode=verify-full to DATABASE_URL, or keep both on a network of their own")
    ]


async def migrations(connection: asyncpg.Connection, _: Settings) -> list[Finding]:
    if await connection.fetchval("SELECT to_regclass('tortoise_migrations') IS NULL"):
        return [Finding("database", "it holds no tables", "qiangji migrate")]
    names = await connection.fetch("SELECT name FROM tortoise_migrations")
    waiting = unapplied_in({row["name"] for row in names})
    return [Finding("database", f"{len(waiting)} migrations wait", "qiangji migrate")] if waiting else []


# --- the login


async def login(connection: asyncpg.Connection, _: Settings) -> list[Finding]:
    """Serving needs no more than the application's role."""
    row = await connection.fetchrow("SELECT * FROM pg_roles WHERE rolname = session_user")
    powers = {"rolsuper": "a superuser", "rolcreaterole": "one that makes logins", "rolbypassrls": "above row rules"}
    if held := [text for power, text in powers.items() if row and row[power]]:
        return [Finding("login", f"the login that serves is {held[0]}", SEPARATE)]
    return []


async def ownership(connection: asyncpg.Connection, _: Settings) -> list[Finding]:
    """Who owns a table may drop its triggers."""
    sql = (
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname = ANY($1) "
        "AND pg_has_role(session_user, relowner, 'MEMBER')"
    )
    if rows := await connection.fetch(sql, KEPT):
        names = ", ".join(sorted(row["relname"] for row in rows))
        return [Finding("login", f"the login that serves owns {names} and could take their guards off", SEPARATE)]
    return []


async def membership(connection: asyncpg.Connection, _: Settings) -> list[Finding]:
    known = await connection.fetchval("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)", ROLE)
    if known and await connection.fetchval("SELECT pg_has_role(session_user, $1, 'SET')", ROLE):
        return []
    remedy = "run `qiangji migrate` with DATABASE_OWNER_URL"
    return [Finding("login", f"the login that serves may not act as {ROLE}", remedy)]


async def privileges(connection: asyncpg.Connection, _: Settings) -> list[Finding]:
    """The application's role may add to what is kept, and no more."""
    sql = (
        "SELECT c.relname || ' ' || p AS held "
        "FROM pg_class c, unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER']) p "
        "WHERE c.relkind = 'r' AND c.relname = ANY($1) AND EXISTS (SELECT FROM pg_roles WHERE rolname = $2) "
        "AND has_table_privilege($2, c.oid, p)"
    )
    if rows := await connection.fetch(sql, KEPT, ROLE):
        held = ", ".join(sorted(row["held"] for row in rows))
        remedy = f"as the owner, REVOKE UPDATE, DELETE, TRUNCATE, TRIGGER ON {', '.join(KEPT)} FROM {ROLE}"
        return [Finding("trail", f"{ROLE} may do more than add: {held}", remedy)]
    return []


async def triggers(connection: asyncpg.Connection, _: Settings) -> list[Finding]:
    """They hold the owner too, until it takes them off."""
    wanted = {f"{table}_is_only_added_to" for table in KEPT} | {"trail_awaits_a_place"}
    sql = "SELECT tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A') AND NOT tgisinternal"
    missing = sorted(wanted - {row["tgname"] for row in await connection.fetch(sql)})
    asleep = await connection.fetchval("SELECT current_setting('session_replication_role') = 'replica'")
    if missing or asleep:
        wrong = f"guards are missing or switched off: {', '.join(missing) or 'all, by session_replication_role'}"
        return [
            Finding("trail", wrong, "verify the trail, then restore the guards with ALTER TABLE … ENABLE TRIGGER ALL")
        ]
    return []


# --- the accounts


async def demonstration_accounts(connection: asyncpg.Connection, _: Settings) -> list[Finding]:
    if count := await counted(connection, "SELECT count(*) FROM account WHERE is_demonstration AND active"):
        remedy = "begin with an empty database: what the demonstration made cannot be told from what people did"
        return [Finding("demonstration", f"{count} accounts of the demonstration can come in", remedy)]
    return []


async def demonstration_passwords(connection: asyncpg.Connection, settings: Settings) -> list[Finding]:
    """An account that was taken over from the demonstration with its printed password."""
    found = []
    for login, password in printed(settings):
        hashed = await connection.fetchval("SELECT password_hash FROM account WHERE login = $1 AND active", login)
        if hashed and opens(hashed, password):
            found.append(login)
    if not found:
        return []
    wrong = f"these accounts still have the printed password of the demonstration: {', '.join(found)}"
    return [Finding("demonstration", wrong, "disable them, or give them one-time links for new passwords")]


def printed(settings: Settings) -> list[tuple[str, str]]:
    """Logins and passwords of a demonstration that was loaded from here."""
    try:
        lines = settings.logins_file.read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    rows = [line.split("\t") for line in lines]
    return [(row[1], row[2]) for row in rows if len(row) > 2 and row[2] != "-"]


def opens(hashed: str, password: str) -> bool:
    try:
        return PasswordHasher().verify(hashed, password)
    except Argon2Error:
        return False


async def keeper(connection: asyncpg.Connection, _: Settings) -> list[Finding]:
    """Somebody who can help the others in, and whose own way in takes more than a password."""
    sql = (
        "SELECT count(*) FROM account a JOIN account_grant g ON g.account_id = a.id "
        "WHERE a.active AND a.totp_since IS NOT NULL AND g.role = $1 "
        "AND g.valid_from <= current_date AND (g.valid_to IS NULL OR g.valid_to > current_date)"
    )
    if await counted(connection, sql, Role.SECURITY_ADMIN.value):
        return []
    wrong = "no security administrator has a second factor"
    return [warning("accounts", wrong, "let one sign in and set it up")]


async def counted(connection: asyncpg.Connection, sql: str, *values: str) -> int:
    """0 where the table is not there yet, which `migrations` says."""
    try:
        return int(await connection.fetchval(sql, *values))
    except asyncpg.UndefinedTableError:
        return 0


CHECKS: list[Check] = [
    version,
    durability,
    encryption,
    migrations,
    login,
    ownership,
    membership,
    privileges,
    triggers,
    demonstration_accounts,
    demonstration_passwords,
    keeper,
]
