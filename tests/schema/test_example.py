"""The example that the README pastes."""

from pathlib import Path

from server.vocabulary import Role
from tests.conftest import Figure
from tests.schema.conftest import Door, rows

EXAMPLE = Path(__file__).parents[2] / "docs" / "example.graphql"


async def test_the_readmes_example_works_as_pasted(reader: Door, figure: Figure) -> None:
    data = await reader.data(EXAMPLE.read_text(encoding="utf-8"), Role.AUDITOR)
    groups = [group for community in data["street"]["communities"] for group in community["residentGroups"]]
    [items] = await rows("SELECT count(*) FROM checklist_item")
    assert len(data["street"]["communities"]) == 9
    assert len(groups) == 16
    assert data["completion"]["total"]["due"] == items["count"] == 304
    figure(f"{len(groups)} residents' groups, {data['street']['memberCount']} members, 304 items")
