"""Dataloaders: a level of the tree is asked for at once."""

from tests.conftest import Figure
from tests.schema.conftest import Door, statements
from tests.schema.test_organizations import DEEP, SINCE, establish


async def test_the_tree_costs_statements_by_its_depth_and_never_by_its_width(door: Door, figure: Figure) -> None:
    """Members, checklists and items of sixteen branches among them, then of twenty.

    Six of them write down who was read: a hundred people in each.
    """
    costs = {}
    _ = await door.data("{ __typename }")  # its use is noted, which the next minute need not do again
    for asked in (None, "2020-01-01"):
        with statements() as sent:
            _ = await door.data(DEEP, asOf=asked)
        costs[asked] = len(sent)
    for number in range(91, 95):
        group = {"code": f"HG-C8-{number}", "kind": "RESIDENT_GROUP", "name": "新组", "parent": "HG-C8"}
        branch = {"code": f"HG-C8-{number}-ZB", "kind": "BRANCH", "name": "新支部", "parent": group["code"]}
        _ = await establish(door, group | SINCE)
        _ = await establish(door, branch | {"branchType": "BRANCH", "sector": "RESIDENT_GROUP"} | SINCE)
    for asked, cost in costs.items():
        with statements() as sent:
            _ = await door.data(DEEP, asOf=asked)
        assert len(sent) == cost
    figure(f"statements: {costs[None]} for today, {costs['2020-01-01']} for a past day")
    assert costs[None] <= 30
    assert costs["2020-01-01"] <= 48


async def test_a_field_that_is_given_up_takes_no_other_answer_along(reader: Door) -> None:
    """A bad cursor of one child ends its siblings, which wait for the same parent that another one asks for."""
    text = """{ street(code: "HG") { children { parent { parent { code } ancestors { code } }
      ... on Branch { members(first: 3, after: "nonsense") { totalCount } } } } }"""
    answer = (await reader.send(text)).json()
    assert answer["data"] == {"street": None}
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"INVALID"}
