"""Each constraint and index that a migration adds by SQL is in the catalogue."""

from importlib import import_module

import asyncpg
import pytest

migration = import_module("server.migrations.0002_constraints")

CONSTRAINTS = [(table, name) for table, rules in migration.CONSTRAINTS.items() for name in rules]
KINDS = {"CHECK": b"c", "UNIQUE": b"u", "EXCLUDE": b"x"}
PATHS = ["organization", "placement", "trail"]


@pytest.mark.parametrize(("table", "name"), CONSTRAINTS)
async def test_the_constraint_is_in_the_catalogue(shared_street_url: str, table: str, name: str) -> None:
    found = await fetch(
        shared_street_url,
        "SELECT contype, convalidated FROM pg_constraint WHERE conname = $1 AND conrelid = $2::regclass",
        name,
        table,
    )
    rule = migration.CONSTRAINTS[table][name]
    assert [(row["contype"], row["convalidated"]) for row in found] == [(KINDS[rule.split(" ")[0]], True)]


@pytest.mark.parametrize("name", [*migration.INDEXES, *(f"{table}_path" for table in PATHS)])
async def test_the_index_is_in_the_catalogue(shared_street_url: str, name: str) -> None:
    found = await fetch(shared_street_url, "SELECT indisvalid FROM pg_index WHERE indexrelid = $1::regclass", name)
    assert [row["indisvalid"] for row in found] == [True]


@pytest.mark.parametrize("table", PATHS)
async def test_paths_compare_by_bytes(shared_street_url: str, table: str) -> None:
    found = await fetch(
        shared_street_url,
        "SELECT collation_name FROM information_schema.columns WHERE table_name = $1 AND column_name = 'path'",
        table,
    )
    assert [row["collation_name"] for row in found] == ["C"]


async def test_no_constraint_of_ours_is_missing_from_this_list(shared_street_url: str) -> None:
    """Beyond primary keys, foreign keys, NOT NULL and single-column UNIQUE, which the ORM makes itself."""
    found = await fetch(
        shared_street_url,
        "SELECT conrelid::regclass::text AS table, conname FROM pg_constraint "
        "WHERE contype IN ('c', 'x') AND connamespace = 'public'::regnamespace",
    )
    ours = {(table, name) for table, name in CONSTRAINTS if not migration.CONSTRAINTS[table][name].startswith("UNIQUE")}
    assert {(row["table"], row["conname"]) for row in found} == ours


async def fetch(url: str, query: str, *values: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetch(query, *values)
    finally:
        await connection.close()
