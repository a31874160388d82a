"""Several mutations in one request, cursors in another order, days and blanks: each is what it says."""

from datetime import timedelta

from server.kit.clock import today
from server.vocabulary import Role
from tests.schema.conftest import Door


async def test_each_mutation_answers_from_the_tree_that_it_made(door: Door) -> None:
    answer = await door.data(
        """mutation {
          a: establishOrganization(input: {code: "HG-C7-98", kind: RESIDENT_GROUP, name: "甲居民小组", parent: "HG-C7"})
            { parent { children { code } } }
          b: establishOrganization(input: {code: "HG-C7-99", kind: RESIDENT_GROUP, name: "乙居民小组", parent: "HG-C7"})
            { parent { children { code } } }
        }""",
        Role.STREET_ADMIN,
    )
    codes = {alias: [child["code"] for child in answer[alias]["parent"]["children"]] for alias in ("a", "b")}
    assert "HG-C7-99" not in codes["a"]
    assert codes["b"] == [*codes["a"], "HG-C7-99"] or set(codes["b"]) == {*codes["a"], "HG-C7-99"}


async def test_a_cursor_belongs_to_its_order(reader: Door) -> None:
    query = """query($o: OrganizationOrder!, $a: String) {
      organizations(first: 5, orderBy: $o, after: $a) { pageInfo { endCursor } }
    }"""
    found = await reader.data(query, Role.AUDITOR, o="PATH")
    cursor = found["organizations"]["pageInfo"]["endCursor"]
    assert await reader.data(query, Role.AUDITOR, o="PATH", a=cursor)
    error = await reader.refusal(query, Role.AUDITOR, "en", o="NAME", a=cursor)
    assert (error["extensions"]["code"], list(error["extensions"]["fields"])) == ("INVALID", ["after"])


async def test_the_tree_of_a_day_to_come_is_not_told(reader: Door) -> None:
    for day in ((today() + timedelta(days=1)).isoformat(), "9999-12-31"):
        error = await reader.refusal(f'{{ organization(code: "HG", asOf: "{day}") {{ name }} }}', Role.AUDITOR, "en")
        assert (error["extensions"]["code"], list(error["extensions"]["fields"])) == ("INVALID", ["asOf"])
    for day in ("20260101", "2026-W01-1", "0001-01-01"):
        error = await reader.refusal(f'{{ organization(code: "HG", asOf: "{day}") {{ name }} }}', Role.AUDITOR, "en")
        assert error["extensions"]["code"] == "INVALID"


async def test_a_blank_is_not_everything(reader: Door) -> None:
    for query in (
        '{ checklistItems(first: 1, within: "") { totalCount } }',
        '{ checklistItems(first: 1, cycle: "") { totalCount } }',
        '{ completion(within: "HG", cycle: "") { total { due } } }',
        '{ organizations(first: 1, filter: {within: ""}) { totalCount } }',
    ):
        error = await reader.refusal(query, Role.AUDITOR, "en")
        assert error["extensions"]["code"] == "NOT_FOUND", query
