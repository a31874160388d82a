"""Members through door 1: whose names are shown to whom."""

import json

import pytest

from server.kit.clock import today
from server.models.members import ERASED
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


async def test_a_token_without_the_scope_reads_nobody(reader: Door) -> None:
    """The demonstration's system takes the tree and the status; it is told which scope it lacks."""
    error = await reader.refusal(ROSTER, Role.SYSTEM, code="HG")
    assert error["extensions"]["code"] == "FORBIDDEN"
    assert "members:read" in error["message"]


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


PHONE = "000-10000001"
PERSON = {"branch": "HG-JG", "name": "曾测试", "stage": "FULL", "joinedOn": "2020-07-01", "phone": PHONE}
ENROL = "mutation($i: EnrolMemberInput!) { enrolMember(input: $i) { id phoneMasked idNumberMasked version } }"
REVEAL = "mutation($i: RevealMemberInput!) { revealMember(input: $i) { phone idNumber } }"
CORRECT = "mutation($i: CorrectMemberInput!) { correctMember(input: $i) { phoneMasked version } }"
EXPORT = "mutation($i: ExportMemberInput!) { exportMember(input: $i) { document } }"
ERASE = "mutation($i: EraseMemberInput!) { eraseMember(input: $i) { name phoneMasked erasedOn } }"


async def test_a_person_is_masked_revealed_corrected_taken_out_and_erased(door: Door) -> None:
    made = (await door.data(ENROL, i=PERSON))["enrolMember"]
    assert made == {"id": made["id"], "phoneMasked": "000-****0001", "idNumberMasked": None, "version": 1}
    why = {"id": made["id"], "reason": "核对身份"}
    assert (await door.data(REVEAL, i=why))["revealMember"] == {"phone": PHONE, "idNumber": None}
    document = json.loads((await door.data(EXPORT, i=why))["exportMember"]["document"])
    assert document["person"]["phone"] == PHONE
    change = why | {"name": "曾测试", "expectedVersion": 1, "dropPhone": True}
    assert (await door.data(CORRECT, i=change))["correctMember"] == {"phoneMasked": None, "version": 2}
    gone = why | {"confirmation": "曾测试", "expectedVersion": 2}
    erased = (await door.data(ERASE, i=gone))["eraseMember"]
    assert erased == {"name": ERASED, "phoneMasked": None, "erasedOn": today().isoformat()}


async def test_a_whole_number_finds_the_person(door: Door) -> None:
    made = (await door.data(ENROL, i=PERSON))["enrolMember"]
    query = 'query($s: String!) { members(first: 9, within: "HG", search: $s) { edges { node { id } } } }'
    for search, found in ((PHONE, [made["id"]]), (PHONE[:-1], [])):
        edges = (await door.data(query, s=search))["members"]["edges"]
        assert [edge["node"]["id"] for edge in edges] == found


@pytest.mark.parametrize("value", ['"144000"', "14400000001", '["14400000001"]', '"14400000001x"', "{a: 14400000001}"])
async def test_a_number_that_is_refused_is_not_said_back(door: Door, value: str) -> None:
    fields = f'branch: "HG-JG", name: "曾测试", stage: FULL, joinedOn: "2020-07-01", idNumber: {value}'
    answer = await door.send(f"mutation {{ enrolMember(input: {{{fields}}}) {{ id }} }}")
    assert answer.json()["errors"]
    assert "144000" not in answer.text
    error = await door.refusal(ENROL, i=PERSON | {"phone": "144000"})
    assert list(error["extensions"]["fields"]) == ["phone"]
    assert "144000" not in json.dumps(error)
