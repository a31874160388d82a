"""The tables are made by the migrations alone: from nothing, over data, and by several starts at once."""

import asyncio

from tortoise.connection import get_connection

from server import database as db


async def test_empty_database_is_brought_up_to_date(database: str) -> None:
    assert await db.unapplied() == []
    rows = await get_connection("default").execute_query_dict("SELECT to_regclass('organization') AS organization")
    assert rows[0]["organization"] == "organization"


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
    rows = await get_connection("default").execute_query_dict(f'SELECT count(*) AS rows FROM "{table}"')  # noqa: S608
    return int(rows[0]["rows"])
