"""The tree through door 1: who sees how much of it, on which day, and at what price."""

from datetime import date, timedelta
from typing import Any

import pytest

from server.kit.clock import today
from server.vocabulary import Role
from tests.conftest import Figure
from tests.schema.conftest import Door, id_of, rows

DEEP = """
query($asOf: Date) {
  street(code: "HG", asOf: $asOf) {
    code memberCount
    branches { code memberCount }
    communities {
      code memberCount address { code } parent { code }
      branches { code memberCount }
      residentGroups {
        code memberCount ancestors { code }
        branches {
          code memberCount
          members(first: 100) { totalCount edges { kind branch { code } node { id name stage } } }
          checklists { cycle { code template { title } } items { state measure { number themeCode } } }
        }
      }
    }
  }
}
"""

SINCE = {"establishedOn": "2019-01-01"}

EVERYTHING = "{ organizations(first: 100) { totalCount edges { node { code } } } }"

WHOLE_STREET = [Role.STREET_ADMIN, Role.STREET_REVIEWER, Role.AUDITOR, Role.SECURITY_ADMIN, Role.SYSTEM]


@pytest.mark.parametrize(
    ("role", "count"),
    [
        *((role, 56) for role in WHOLE_STREET),
        (Role.COMMUNITY_REVIEWER, 14),
        (Role.BRANCH_SECRETARY, 1),
        (Role.BRANCH_EDITOR, 1),
    ],
)
async def test_each_role_sees_its_part_of_the_tree(reader: Door, role: Role, count: int) -> None:
    found = (await reader.data(EVERYTHING, role))["organizations"]
    assert found["totalCount"] == len(found["edges"]) == count


@pytest.mark.parametrize("role", [role for role in WHOLE_STREET if role is not Role.SYSTEM])
async def test_the_tree_has_what_the_facts_say(reader: Door, role: Role) -> None:
    street = (await reader.data(DEEP, role))["street"]
    groups = [group for community in street["communities"] for group in community["residentGroups"]]
    branches = [branch for group in groups for branch in group["branches"]]
    items = [item for branch in branches for checklist in branch["checklists"] for item in checklist["items"]]
    assert [len(street["communities"]), len(groups), len(branches), len(items)] == [9, 16, 16, 304]
    assert {b["code"] for b in street["branches"]} == {"HG-JG", "HG-TD", "HG-DT", "HG-ZK", "HG-LX"}
    assert sum(len(community["branches"]) for community in street["communities"]) == 9
    assert {tuple(p["code"] for p in community["address"]) for community in street["communities"]} == {("HG",)}
    assert groups[0]["ancestors"][-1]["code"] == street["communities"][0]["code"] == "HG-C7"


async def test_members_are_counted_at_home(reader: Door, figure: Figure) -> None:
    street = (await reader.data(DEEP))["street"]
    at_home = {
        row["code"]: row["count"]
        for row in await rows(
            "SELECT o.code, count(*) FROM membership s JOIN member m ON m.id = s.member_id JOIN organization o"
            " ON o.id = s.branch_id WHERE s.kind = 'HOME' AND m.stage IN ('FULL', 'PROBATIONARY') GROUP BY o.code"
        )
    }
    counted = [*street["branches"], *(b for c in street["communities"] for b in c["branches"])]
    counted += [b for c in street["communities"] for g in c["residentGroups"] for b in g["branches"]]
    assert {b["code"]: b["memberCount"] for b in counted if b["memberCount"]} == at_home
    assert street["memberCount"] == sum(at_home.values())
    for community in street["communities"]:
        below = [*community["branches"], *community["residentGroups"]]
        assert community["memberCount"] == sum(place["memberCount"] for place in below)
    figure(f"{street['memberCount']} members at home in {len(at_home)} branches")


async def establish(door: Door, fields: dict[str, str]) -> dict[str, Any]:
    change = """
    mutation($i: EstablishOrganizationInput!) {
      establishOrganization(input: $i) { code version parent { code } cause establishedOn }
    }
    """
    made: dict[str, Any] = (await door.data(change, i=fields))["establishOrganization"]
    return made


async def moved(door: Door) -> None:
    change = """
    mutation { moveOrganization(input: {code: "HG-LY-01", parent: "HG-C7", expectedVersion: 1}) { parent { code } } }
    """
    assert (await door.data(change))["moveOrganization"]["parent"]["code"] == "HG-C7"


async def test_a_move_today_leaves_yesterday_as_it_was(door: Door) -> None:
    yesterday = (today() - timedelta(days=1)).isoformat()
    before = await door.data(DEEP, asOf=yesterday)
    now = await door.data(DEEP)
    await moved(door)
    assert await door.data(DEEP, asOf=yesterday) == before
    after = await door.data(DEEP)
    figures = [{c["code"]: c["memberCount"] for c in tree["street"]["communities"]} for tree in (now, after)]
    group = next(g for c in now["street"]["communities"] for g in c["residentGroups"] if g["code"] == "HG-LY-01")
    assert figures[1]["HG-LY"] == figures[0]["HG-LY"] - group["memberCount"]
    assert figures[1]["HG-C7"] == figures[0]["HG-C7"] + group["memberCount"]
    assert after["street"]["memberCount"] == now["street"]["memberCount"]


async def test_names_are_those_of_the_day(door: Door) -> None:
    renamed = """
    mutation { renameOrganization(input: {code: "HG-LY", name: "新六约社区", expectedVersion: 1}) { name version } }
    """
    assert (await door.data(renamed))["renameOrganization"] == {"name": "新六约社区", "version": 2}
    query = """
    query($on: Date) {
      organization(code: "HG-LY-01", asOf: $on) { parent { name validFrom validTo } address { name } }
    }
    """
    yesterday = (await door.data(query, on=(today() - timedelta(days=1)).isoformat()))["organization"]
    assert yesterday["parent"] == {"name": "六约社区", "validFrom": "2019-01-01", "validTo": today().isoformat()}
    assert [name["name"] for name in yesterday["address"]] == ["横岗街道", "六约社区"]
    assert (await door.data(query))["organization"]["parent"]["name"] == "新六约社区"


async def test_before_its_first_day_there_was_no_street(reader: Door) -> None:
    error = await reader.refusal('{ street(code: "HG", asOf: "2018-12-31") { name } }')
    assert error["extensions"]["code"] == "NOT_FOUND"


async def test_a_secretary_reaches_the_branch_and_learns_its_address(reader: Door) -> None:
    query = '{ organization(code: "HG-LY-01-ZB") { parent { code } ancestors { code } address { name } memberCount } }'
    found = (await reader.data(query, Role.BRANCH_SECRETARY))["organization"]
    assert found["parent"] is None
    assert found["ancestors"] == []
    assert [name["name"] for name in found["address"]] == ["横岗街道", "六约社区", "深坑居民小组"]


@pytest.mark.parametrize(
    "query",
    [
        "query($code: String!) { street(code: $code) { name } }",
        "query($code: String!) { organization(code: $code) { name } }",
        "query($code: String!) { organizations(first: 5, filter: {within: $code}) { totalCount } }",
        "query($code: String!) { members(first: 5, within: $code) { totalCount } }",
        "query($code: String!) { checklistItems(first: 5, within: $code) { totalCount } }",
        "query($code: String!) { completion(within: $code) { total { due } } }",
    ],
)
async def test_hidden_and_absent_answer_alike(reader: Door, query: str) -> None:
    answers = []
    for code in ("HG-LY-02-ZB", "HG-LY-99-ZB"):
        error = await reader.refusal(query, Role.BRANCH_SECRETARY, code=code)
        error["extensions"].pop("requestId")
        answers.append(repr(error).replace(code, "CODE"))
    assert answers[0] == answers[1]
    assert "NOT_FOUND" in answers[0]


@pytest.mark.parametrize(
    ("wanted", "codes"),
    [
        ({"search": "深坑"}, {"HG-LY-01", "HG-LY-01-ZB"}),
        ({"search": "shenkeng"}, {"HG-LY-01", "HG-LY-01-ZB"}),
        ({"search": "skjm"}, {"HG-LY-01", "HG-LY-01-ZB"}),
        ({"search": "hg-td"}, {"HG-TD"}),
        ({"kind": "BRANCH", "branchType": "TEMP_BRANCH"}, {"HG-TD", "HG-ZK"}),
        ({"sector": "TWO_NEW"}, {"HG-LX"}),
        ({"within": "HG-LY-02"}, {"HG-LY-02", "HG-LY-02-ZB"}),
        ({"within": "HG-LY-02", "kind": "BRANCH"}, {"HG-LY-02-ZB"}),
    ],
)
async def test_organizations_are_found(reader: Door, wanted: dict[str, str], codes: set[str]) -> None:
    query = (
        "query($wanted: OrganizationFilter) { organizations(first: 100, filter: $wanted) { edges { node { code } } } }"
    )
    found = (await reader.data(query, wanted=wanted))["organizations"]["edges"]
    assert {edge["node"]["code"] for edge in found} == codes


async def test_every_kind_says_what_it_is(reader: Door) -> None:
    query = """
    { organizations(first: 100) { edges { node {
      __typename code kind typeCode partyName partyBody origin source establishedOn dissolvedOn cause version
      ... on Community { communityType }
      ... on Branch { branchType sector isTemporary }
    } } } }
    """
    nodes = {e["node"]["code"]: e["node"] for e in (await reader.data(query))["organizations"]["edges"]}
    assert nodes["HG"] == nodes["HG"] | {
        "__typename": "Street",
        "partyName": "横岗街道党工委",
        "typeCode": None,
        "source": "¶1 ¶2 ¶6",
    }
    assert nodes["HG-LY"] == nodes["HG-LY"] | {
        "__typename": "Community",
        "typeCode": "611",
        "communityType": "RURAL_TURNED_URBAN",
    }
    assert nodes["HG-DT"] == nodes["HG-DT"] | {
        "typeCode": "932",
        "isTemporary": True,
        "sector": "PROJECT",
        "origin": "SEED",
    }
    assert nodes["HG-LY-01"] == nodes["HG-LY-01"] | {
        "__typename": "ResidentGroup",
        "kind": "RESIDENT_GROUP",
        "origin": "PUBLIC",
    }
    assert {node["establishedOn"] for node in nodes.values()} == {date(2019, 1, 1).isoformat()}


async def test_an_organization_lives(door: Door) -> None:
    """Established, renamed, dissolved; gone today, but not from the day before."""
    group = {"code": "HG-LY-09", "kind": "RESIDENT_GROUP", "name": "新居民小组", "parent": "HG-LY"}
    made = await establish(door, group | {"establishedOn": "2026-01-01"})
    assert made == {
        "code": "HG-LY-09",
        "version": 1,
        "parent": {"code": "HG-LY"},
        "cause": "ESTABLISH",
        "establishedOn": "2026-01-01",
    }
    end = """
    mutation {
      dissolveOrganization(input: {code: "HG-LY-09", reason: "合并", expectedVersion: 1}) { code dissolvedOn version }
    }
    """
    ended = (await door.data(end))["dissolveOrganization"]
    assert ended == {"code": "HG-LY-09", "dissolvedOn": today().isoformat(), "version": 2}
    find = 'query($on: Date) { organization(code: "HG-LY-09", asOf: $on) { id dissolvedOn } }'
    assert (await door.data(find, on="2026-02-01"))["organization"]["id"] == await id_of("HG-LY-09", "ResidentGroup")
    assert (await door.refusal(find))["extensions"]["code"] == "NOT_FOUND"
