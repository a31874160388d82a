"""Connections: every row once, in order, whatever the size of the page; bad cursors and sizes are refused."""

import base64
import json
from typing import Any

import pytest

from server.vocabulary import Role
from tests.conftest import Figure
from tests.schema.conftest import Door, rows, statements

ORGANIZATIONS = """
query($first: Int!, $after: String, $order: OrganizationOrder!) {
  found: organizations(first: $first, after: $after, orderBy: $order) { ...page edges { cursor node { id } } }
}
fragment page on OrganizationConnection { pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount }
"""
DESCENDANTS = """
query($first: Int!, $after: String) {
  street(code: "HG") { found: descendants(first: $first, after: $after) {
    edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount
  } }
}
"""
MEMBERS = """
query($first: Int!, $after: String) {
  found: members(within: "HG", first: $first, after: $after) {
    edges { cursor kind node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount
  }
}
"""
ROSTER = """
query($first: Int!, $after: String) {
  street(code: "HG") { found: members(first: $first, after: $after) {
    edges { cursor kind node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount
  } }
}
"""
ITEMS = """
query($first: Int!, $after: String) {
  found: checklistItems(first: $first, after: $after) {
    edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount
  }
}
"""
CYCLES = """
query($first: Int!, $after: String) {
  found: cycles(first: $first, after: $after) {
    edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount
  }
}
"""
ALL = "SELECT count(*) FROM organization"
BELOW = "SELECT count(*) - 1 AS count FROM organization"
HELD = "SELECT count(*) FROM membership"


def cursor(*values: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()


async def pages(door: Door, query: str, first: int, **variables: Any) -> list[dict[str, Any]]:
    """All of them, from the start to the end."""
    found: list[dict[str, Any]] = []
    while not found or found[-1]["pageInfo"]["hasNextPage"]:
        after = found[-1]["pageInfo"]["endCursor"] if found else None
        data = await door.data(query, first=first, after=after, **variables)
        found.append(data.get("street", data)["found"])
    return found


@pytest.mark.parametrize(
    ("query", "count", "sizes", "variables"),
    [
        *((ORGANIZATIONS, ALL, (9, 100), {"order": order}) for order in ("PATH", "CODE", "NAME")),
        (DESCENDANTS, BELOW, (10, 100), {}),
        (MEMBERS, HELD, (59, 100), {}),
        (ROSTER, HELD, (61, 100), {}),
        (ITEMS, "SELECT count(*) FROM checklist_item", (31, 100), {}),
        (CYCLES, "SELECT count(*) FROM cycle", (1, 100), {}),
    ],
)
async def test_small_pages_and_large_ones_hold_the_same_rows(
    reader: Door,
    query: str,
    count: str,
    sizes: tuple[int, int],
    variables: dict[str, str],
    figure: Figure,
) -> None:
    [all_rows] = await rows(count)
    walks = []
    for size in sizes:
        walk = await pages(reader, query, size, **variables)
        edges = [edge for page in walk for edge in page["edges"]]
        assert {len(page["edges"]) for page in walk[:-1]} <= {size}
        assert len({edge["cursor"] for edge in edges}) == len(edges) == all_rows["count"]
        assert {page["totalCount"] for page in walk} == {all_rows["count"]}
        assert [page["pageInfo"]["hasPreviousPage"] for page in walk] == [False] + [True] * (len(walk) - 1)
        assert [page["pageInfo"]["endCursor"] for page in walk] == [page["edges"][-1]["cursor"] for page in walk]
        walks.append(edges)
    assert walks[0] == walks[1]
    figure(f"{all_rows['count']} rows in pages of {sizes}")


async def test_the_roster_of_a_place_is_the_same_from_both_roots(reader: Door) -> None:
    assert await pages(reader, MEMBERS, 100) == await pages(reader, ROSTER, 100)


async def test_nothing_is_counted_unasked(reader: Door) -> None:
    with statements() as sent:
        _ = await reader.data(
            '{ organizations(first: 1) { edges { cursor } } members(within: "HG", first: 1) { edges { cursor } } }'
        )
    assert not [statement for statement in sent if "count(" in statement.lower()]


BAD = {
    "rubbish": "x",
    "not ASCII": "组织",
    "half a surrogate pair": "\ud800",
    "not JSON": base64.b64encode(b"{").decode(),
    "nested": base64.b64encode(b"[" * 50_000).decode(),
    "not a list": cursor()[:-4] + base64.b64encode(b'"x"').decode(),
    "too short": cursor("/1/"),
    "numbers": cursor(1, 2, 3),
    "no number": cursor("/1/", "x"),
    "a long number": cursor("/1/", "9" * 30),
    "NUL": cursor("/1/\x00", "1"),
    "half a pair inside": cursor("/1/\ud800", "1"),
}


@pytest.mark.parametrize("after", BAD.values(), ids=BAD)
@pytest.mark.parametrize("query", [ORGANIZATIONS, DESCENDANTS, MEMBERS, ROSTER, ITEMS, CYCLES])
async def test_a_cursor_of_somebody_elses_is_refused(reader: Door, query: str, after: str) -> None:
    order: dict[str, Any] = {"order": "PATH"} if query == ORGANIZATIONS else {}
    answer = (await reader.send(query, first=2, after=after, **order)).json()
    if "errors" in answer:
        [error] = answer["errors"]
        assert error["extensions"]["code"] == "INVALID"
        assert list(error["extensions"]["fields"]) == ["after"]
    else:
        assert (query, after) == (DESCENDANTS, BAD["a long number"])  # a path alone decides where it goes on


@pytest.mark.parametrize("first", [0, -1, 101, 2**31 - 1])
@pytest.mark.parametrize("query", [ORGANIZATIONS, DESCENDANTS, MEMBERS, ROSTER, ITEMS, CYCLES])
async def test_a_page_has_1_to_100_rows(reader: Door, query: str, first: int) -> None:
    order: dict[str, Any] = {"order": "PATH"} if query == ORGANIZATIONS else {}
    error = await reader.refusal(query, Role.AUDITOR, first=first, **order)
    assert error["message"] == "Ask for 1 to 100 rows at a time."
    assert list(error["extensions"]["fields"]) == ["first"]
