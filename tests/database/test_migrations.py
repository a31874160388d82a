"""The tables are made by the migrations alone: from nothing, over data, and by several starts at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest
from tortoise.connection import get_connection
from tortoise.exceptions import IntegrityError

from server import database as db

LATER = ["0002_constraints", "0003_accounts_and_trail", "0004_guards", "0005_evidence_and_reviews", "0006_bindings"]


async def test_empty_database_is_brought_up_to_date(database: str) -> None:
    assert await db.unapplied() == []
    rows = await get_connection("default").execute_query_dict("SELECT to_regclass('organization') AS organization")
    assert rows[0]["organization"] == "organization"


async def test_constraints_are_put_over_data_that_is_there(bare_url: str) -> None:
    assert await db.migrate(bare_url, "0001_initial") == ["0001_initial"]
    async with rows_of_before(bare_url) as connection:
        assert await db.migrate(bare_url) == LATER
        assert await connection.fetchval("SELECT name FROM organization WHERE code = 'HG'") == "横岗街道"
        with pytest.raises(asyncpg.CheckViolationError):
            await connection.execute("UPDATE organization SET kind = 'VILLAGE'")


async def test_data_that_a_constraint_forbids_stop_the_migration_whole(bare_url: str) -> None:
    _ = await db.migrate(bare_url, "0001_initial")
    async with rows_of_before(bare_url) as connection:
        await connection.execute("UPDATE organization SET kind = 'VILLAGE'")
        with pytest.raises(IntegrityError, match="organization_kind_word"):
            _ = await db.migrate(bare_url)
        assert (
            await connection.fetchval("SELECT count(*) FROM pg_constraint WHERE conname LIKE 'organization_%word'") == 0
        )
        await connection.execute("UPDATE organization SET kind = 'STREET'")
        assert await db.migrate(bare_url) == LATER


@asynccontextmanager
async def rows_of_before(url: str) -> AsyncIterator[asyncpg.Connection]:
    """A database that has tables and a row, and no constraints of ours yet."""
    connection = await asyncpg.connect(url)
    await connection.execute(
        "INSERT INTO organization (version, code, kind, name, party_name, path, established_on, origin, source, note,"
        " external_refs) VALUES (1, 'HG', 'STREET', '横岗街道', '', '/1/', '2019-01-01', 'SEED', '', '', '{}')"
    )
    try:
        yield connection
    finally:
        await connection.close()


async def test_populated_database_is_left_as_it_is(street: str) -> None:
    before = await contents()
    assert await db.migrate(street) == []
    assert await contents() == before
    assert before["organization"] > 25


async def test_models_and_migrations_agree() -> None:
    found = [str(operation) for writer in await db.unwritten() for operation in writer.operations]
    assert found == []


async def test_starts_at_once_migrate_once(bare_url: str) -> None:
    applied = await asyncio.gather(*(db.migrate(bare_url) for _ in range(3)))
    assert sorted(map(bool, applied)) == [False, False, True]


async def contents() -> dict[str, int]:
    """How many rows each table holds."""
    connection = get_connection("default")
    tables = await connection.execute_query_dict("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return {table: await count(table) for table in (row["tablename"] for row in tables)}


async def count(table: str) -> int:
    rows = await get_connection("default").execute_query_dict(f'SELECT count(*) AS rows FROM "{table}"')
    return int(rows[0]["rows"])
