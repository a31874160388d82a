"""Global ids: every object is found again by its own; anything else is refused, or not there."""

import base64

import pytest

from server.schema.ids import global_id
from server.vocabulary import Role
from tests.schema.conftest import Door, id_of

ALL_KINDS = """
{
  organizations(first: 100) { edges { node { id __typename } } }
  members(first: 1, within: "HG") { edges { node { id __typename } } }
  cycles(first: 1) { edges { node { id __typename } } }
  checklistItems(first: 1) { edges { node { id __typename checklist { id __typename } } } }
}
"""
NODE = "query($id: ID!) { node(id: $id) { id __typename } }"


async def test_every_kind_of_object_is_found_by_its_id(reader: Door) -> None:
    data = await reader.data(ALL_KINDS)
    nodes = {edge["node"]["__typename"]: edge["node"] for found in data.values() for edge in found["edges"]}
    checklist = nodes["ChecklistItem"].pop("checklist")
    nodes["Checklist"] = checklist
    kinds = {"Street", "Community", "ResidentGroup", "Branch", "Member", "Cycle", "Checklist", "ChecklistItem"}
    assert set(nodes) == kinds
    for kind, node in nodes.items():
        assert (await reader.data(NODE, id=node["id"]))["node"] == {"id": node["id"], "__typename": kind}


MALFORMED = {
    "empty": "",
    "rubbish": "???",
    "not ASCII": "支部",
    "half a surrogate pair": "\ud800",
    "NUL": "\x00",
    "plain": "Branch:1",
    "without a key": base64.b64encode(b"Branch:").decode(),
    "zero": base64.b64encode(b"Branch:0").decode(),
    "negative": base64.b64encode(b"Branch:-1").decode(),
    "33 bits": base64.b64encode(b"Branch:4294967296").decode(),
    "a hundred digits": base64.b64encode(b"Branch:" + b"9" * 100).decode(),
    "unknown type": base64.b64encode(b"Session:1").decode(),
    "spaces": base64.b64encode(b"Branch: 1").decode(),
    "another spelling": base64.b64encode(b"Branch:1").decode().rstrip("="),
}


@pytest.mark.parametrize("text", MALFORMED.values(), ids=MALFORMED)
async def test_a_malformed_id_is_named(reader: Door, text: str) -> None:
    error = await reader.refusal(NODE, id=text)
    assert (error["extensions"]["code"], list(error["extensions"]["fields"])) == ("INVALID", ["id"])
    save = "mutation($id: ID!) { saveChecklistItem(input: {id: $id, expectedVersion: 1}) { id } }"
    error = await reader.refusal(save, Role.BRANCH_SECRETARY, id=text)
    assert (error["extensions"]["code"], list(error["extensions"]["fields"])) == ("INVALID", ["id"])


async def test_an_id_of_the_wrong_type_is_refused(reader: Door) -> None:
    save = "mutation($id: ID!) { saveChecklistItem(input: {id: $id, expectedVersion: 1}) { id } }"
    error = await reader.refusal(save, Role.BRANCH_SECRETARY, id=await id_of("HG-LY-01-ZB"))
    assert error["message"] == "This is not the id of a ChecklistItem; use one that an earlier answer gave."
    assert error["extensions"]["code"] == "INVALID"


async def test_hidden_absent_and_mistyped_objects_answer_alike(reader: Door) -> None:
    hidden = [await id_of("HG-LY-02-ZB"), await id_of("HG", "Street")]
    mistyped = await id_of("HG-LY-01-ZB", "Street")
    absent = [
        global_id(kind, 2**31 - 1) for kind in ("Street", "Branch", "Member", "Cycle", "Checklist", "ChecklistItem")
    ]
    answers = []
    for text in [*hidden, mistyped, *absent]:
        error = await reader.refusal(NODE, Role.BRANCH_SECRETARY, id=text)
        error["extensions"].pop("requestId")
        answers.append(error)
    assert all(answer == answers[0] for answer in answers)
    assert answers[0]["extensions"]["code"] == "NOT_FOUND"
