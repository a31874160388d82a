"""docs/personal-data.md names every column of the real database, as personal or as not, and no other."""

import re
from collections import Counter
from pathlib import Path

from tortoise import connections

from tests.conftest import Figure

PAGE = Path(__file__).parents[1] / "docs" / "personal-data.md"
SECTION = re.compile(r"^## `(\w+)`\n(.*?)(?=^## |\Z)", re.S | re.M)
FACTS = ["column", "what it says", "ground", "kept", "sensitivity", "sees it", "protection"]
GROUNDS = ("duty", "consent", "safety", "as the phone", "as the ID number")

Columns = Counter[tuple[str, str]]


def sections() -> dict[str, str]:
    return dict(SECTION.findall(PAGE.read_text(encoding="utf-8")))


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def rows(section: str) -> list[list[str]]:
    """The lines of a section's table, without its head."""
    table = [cells(line) for line in section.splitlines() if line.startswith("|")]
    assert table[0] == FACTS
    return table[2:]


def personal() -> Columns:
    return Counter((table, row[0].strip("`")) for table, text in sections().items() for row in rows(text))


def impersonal() -> Columns:
    """After "Not personal", and in the table of tables that say nothing of anybody."""
    found: Columns = Counter()
    for table, text in sections().items():
        if listed := re.search(r"^Not personal: (.*?)\.$", text, re.S | re.M):
            found.update((table, column) for column in re.findall(r"`(\w+)`", listed[1]))
    rest = PAGE.read_text(encoding="utf-8").split("## Tables that say nothing of anybody")[1].split("\n## ")[0]
    for table, columns in re.findall(r"^\| `(\w+)` \| (.*) \|$", rest, re.M):
        found.update((table, column) for column in re.findall(r"`(\w+)`", columns))
    return found


async def test_the_inventory_and_the_database_agree(database: str, figure: Figure) -> None:
    held = await connections.get("default").execute_query_dict(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
    )
    columns = {(row["table_name"], row["column_name"]) for row in held}
    listed = personal() + impersonal()
    assert columns - set(listed) == set(), "write these down in docs/personal-data.md"
    assert set(listed) - columns == set(), "docs/personal-data.md lists what is not there"
    assert {column: count for column, count in listed.items() if count > 1} == {}
    tables = {table for table, _ in columns}
    figure(f"{len(personal())} personal columns of {len(columns)}, in {len(tables)} tables, written down")


def test_everything_personal_is_explained() -> None:
    """Every fact about every personal column is filled in, and its ground is one that the page explains."""
    for table, text in sections().items():
        for row in rows(text):
            assert len(row) == len(FACTS), (table, row)
            assert all(row), (table, row)
            assert row[2].startswith(GROUNDS), (table, row)


async def test_every_sealed_column_is_said_to_be_sealed(database: str) -> None:
    sealed = {
        (table, row[0].strip("`")) for table, text in sections().items() for row in rows(text) if row[-1] == "sealed"
    }
    assert sealed == {("member", "phone"), ("member", "id_number"), ("account", "totp")}
