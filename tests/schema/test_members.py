"""Members through door 1: whose names are shown to whom."""

import pytest

from server.schema.ids import global_id
from server.vocabulary import Role
from tests.schema.conftest import Door, rows

ROSTER = """
query($code: String!) {
  organization(code: $code) { memberCount members(first: 100) { totalCount edges { node { name } } } }
}
"""


@pytest.mark.parametrize(
    ("role", "code", "shown"),
    [
        (Role.STREET_ADMIN, "HG", True),
        (Role.STREET_REVIEWER, "HG", True),
        (Role.COMMUNITY_REVIEWER, "HG-LY", True),
        (Role.BRANCH_SECRETARY, "HG-LY-01-ZB", True),
        (Role.BRANCH_EDITOR, "HG-LY-01-ZB", True),
        (Role.AUDITOR, "HG", False),
        (Role.SECURITY_ADMIN, "HG", False),
    ],
)
async def test_names_are_for_those_who_may_read_them(reader: Door, role: Role, code: str, shown: bool) -> None:
    """The number of members tells nothing of a person, so everyone who sees the place sees it."""
    place = (await reader.data(ROSTER, role, code=code))["organization"]
    [held] = await rows(
        "SELECT count(*) FROM membership m JOIN organization b ON b.id = m.branch_id JOIN organization top"
        " ON b.path LIKE top.path || '%' WHERE top.code = $1",
        code,
    )
    assert place["members"]["totalCount"] == (held["count"] if shown else 0)
    assert len(place["members"]["edges"]) == (min(100, held["count"]) if shown else 0)
    assert place["memberCount"] > 0


async def test_a_system_reads_names_with_the_scope_only(reader: Door) -> None:
    """Its role may; its token lacks the scope, and is told which."""
    for query in (ROSTER, "query($code: String!) { members(first: 1, within: $code) { totalCount } }"):
        error = await reader.refusal(query, Role.SYSTEM, code="HG")
        assert error["extensions"]["code"] == "FORBIDDEN"
        assert "members:read" in error["message"]


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SECURITY_ADMIN, Role.COMMUNITY_REVIEWER])
async def test_a_hidden_member_is_like_an_absent_one(reader: Door, role: Role) -> None:
    [member] = await rows(
        "SELECT m.member_id FROM membership m JOIN organization b ON b.id = m.branch_id"
        " WHERE b.code = 'HG-C7-01-ZB' LIMIT 1"
    )
    answers = []
    for key in (member["member_id"], 2_000_000_000):
        error = await reader.refusal("query($id: ID!) { node(id: $id) { id } }", role, id=global_id("Member", key))
        error["extensions"].pop("requestId")
        answers.append(error)
    assert answers[0] == answers[1]
    assert answers[0]["extensions"]["code"] == "NOT_FOUND"


async def test_members_are_found_by_name_and_pinyin(reader: Door) -> None:
    [person] = await rows("SELECT name, pinyin FROM member ORDER BY id LIMIT 1")
    query = 'query($search: String!) { members(first: 100, within: "HG", search: $search) { edges { node { name } } } }'
    for search in (person["name"], person["pinyin"]):
        found = (await reader.data(query, search=search))["members"]["edges"]
        assert person["name"] in {edge["node"]["name"] for edge in found}


async def test_someone_lent_to_a_temporary_branch_has_one_name_and_two_edges(door: Door) -> None:
    enrol = "mutation($i: EnrolMemberInput!) { enrolMember(input: $i) { id name stage joinedOn origin } }"
    person = {"branch": "HG-JG", "name": "曾测试", "stage": "FULL", "joinedOn": "2020-07-01"}
    made = (await door.data(enrol, i=person))["enrolMember"]
    assert made == {"id": made["id"], "name": "曾测试", "stage": "FULL", "joinedOn": "2020-07-01", "origin": "RECORDED"}
    attach = "mutation($i: AttachMemberInput!) { attachMember(input: $i) { id } }"
    assert (await door.data(attach, i={"branch": "HG-TD", "member": made["id"]}))["attachMember"]["id"] == made["id"]
    query = """
    { members(first: 9, within: "HG", search: "zengceshi") { totalCount edges { kind branch { code } node { id } } } }
    """
    found = (await door.data(query))["members"]
    assert [(e["kind"], e["branch"]["code"], e["node"]["id"]) for e in found["edges"]] == [
        ("HOME", "HG-JG", made["id"]),
        ("TEMPORARY", "HG-TD", made["id"]),
    ]
    assert (await door.data("query($id: ID!) { node(id: $id) { id } }", id=made["id"]))["node"] == {"id": made["id"]}


async def test_an_id_of_another_type_is_no_member(door: Door) -> None:
    attach = "mutation($i: AttachMemberInput!) { attachMember(input: $i) { id } }"
    error = await door.refusal(attach, i={"branch": "HG-TD", "member": global_id("Branch", 5)})
    assert error["extensions"]["code"] == "INVALID"
    assert list(error["extensions"]["fields"]) == ["member"]
