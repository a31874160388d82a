"""Who is asking."""

import pytest

from server.demo.accounts import PEOPLE
from server.vocabulary import Role
from tests.schema.conftest import Door

VIEWER = "{ viewer { name locale grants { role place code organization { name } } } }"


@pytest.mark.parametrize("role", list(Role))
async def test_the_viewer_is_told_what_is_granted(reader: Door, role: Role) -> None:
    _, name, place = PEOPLE[role]
    viewer = (await reader.data(VIEWER, role))["viewer"]
    [grant] = viewer["grants"]
    assert (viewer["name"], viewer["locale"]) == (name, "en")
    assert (grant["role"], grant["code"]) == (role.value, place)
    assert grant["place"] == grant["organization"]["name"]


async def test_nobody_is_asked_to_sign_in(reader: Door) -> None:
    """Each root field says so; the schema itself is no secret."""
    queries = [
        VIEWER,
        '{ node(id: "QnJhbmNoOjE=") { id } }',
        '{ street(code: "HG") { id } }',
        '{ organization(code: "HG") { id } }',
        "{ organizations(first: 1) { totalCount } }",
        '{ members(first: 1, within: "HG") { totalCount } }',
        "{ cycles(first: 1) { totalCount } }",
        '{ cycle(code: "2026-Q4") { id } }',
        "{ checklistItems(first: 1) { totalCount } }",
        '{ completion(within: "HG") { total { due } } }',
        'mutation { saveChecklistItem(input: {id: "Q2hlY2tsaXN0SXRlbTox", expectedVersion: 1}) { id } }',
        'mutation { renameOrganization(input: {code: "HG", name: "他街道", expectedVersion: 1}) { id } }',
    ]
    for query in queries:
        error = await reader.refusal(query, None)
        assert error["extensions"]["code"] == "UNAUTHENTICATED", query
    assert (await reader.data("{ __typename }", None)) == {"__typename": "Query"}
