"""Accounts, grants and tokens through door 1."""

from datetime import timedelta
from typing import Any

import pytest

from server.kit.clock import today
from server.schema.ids import global_id
from server.vocabulary import Role
from tests.schema.conftest import Door, rows, statements

KEEPER = Role.SECURITY_ADMIN

ACCOUNTS = """
query($search: String!, $state: AccountState) {
  accounts(first: 50, search: $search, state: $state) {
    totalCount
    edges { node {
      id login name state version home { code } lastSignedInAt grants { role place { code } since until }
    } }
  }
}
"""


async def test_accounts_are_found_again_by_their_id(reader: Door) -> None:
    found = (await reader.data(ACCOUNTS, KEEPER, search="branch.", state="ACTIVE"))["accounts"]
    assert [edge["node"]["login"] for edge in found["edges"]] == ["branch.editor", "branch.secretary"]
    node = found["edges"][0]["node"]
    assert (node["state"], node["version"], node["home"]) == ("ACTIVE", 1, {"code": "HG-LY-01-ZB"})
    assert [(g["role"], g["place"]["code"], g["until"]) for g in node["grants"]] == [
        ("BRANCH_EDITOR", "HG-LY-01-ZB", None)
    ]
    query = "query($id: ID!) { node(id: $id) { ... on Account { login } } }"
    assert (await reader.data(query, KEEPER, id=node["id"]))["node"] == {"login": "branch.editor"}


async def test_accounts_cost_statements_by_the_page(reader: Door) -> None:
    costs = []
    for search in ("branch.", ""):
        _ = await reader.data("{ __typename }", KEEPER)
        with statements() as sent:
            _ = await reader.data(ACCOUNTS, KEEPER, search=search, state=None)
        costs.append(len(sent))
    assert costs[0] == costs[1] <= 10


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.BRANCH_SECRETARY, Role.COMMUNITY_REVIEWER])
async def test_who_looks_after_no_accounts_sees_none(reader: Door, role: Role) -> None:
    for query in (
        "{ accounts(first: 5) { totalCount } }",
        "{ grants(first: 5) { totalCount } }",
        "{ tokens(first: 5) { totalCount } }",
    ):
        [found] = (await reader.data(query, role)).values()
        assert found["totalCount"] == 0
    [account] = await rows("SELECT id FROM account WHERE login = 'security.admin'")
    answers = []
    for key in (account["id"], 2_000_000_000):
        error = await reader.refusal("query($id: ID!) { node(id: $id) { id } }", role, id=global_id("Account", key))
        answers.append((error["message"], error["extensions"]["code"]))
    assert answers[0] == answers[1]
    assert answers[0][1] == "NOT_FOUND"


async def test_an_invitation_answers_with_its_key_once(door: Door) -> None:
    invite = """
    mutation($i: InviteAccountInput!) { inviteAccount(input: $i) { key address expiresAt account { id login state } } }
    """
    person = {"login": "new.person", "name": "新来的人", "role": "BRANCH_EDITOR", "organization": "HG-LY-01-ZB"}
    made = (await door.data(invite, KEEPER, i=person))["inviteAccount"]
    assert (len(made["key"]), made["address"]) == (64, f"/join/{made['key']}")
    assert made["account"] == {"id": made["account"]["id"], "login": "new.person", "state": "PENDING"}
    system = (await door.data(invite, KEEPER, i=person | {"login": "feed", "role": "SYSTEM"}))["inviteAccount"]
    assert (system["key"], system["address"], system["expiresAt"]) == (None, None, None)


GRANTS = """
query($filter: GrantFilter) {
  grants(first: 100, filter: $filter) { totalCount edges { node { account { login } role } } }
}
"""


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        ({}, 31),
        ({"within": "HG-LY"}, 8),
        ({"within": "HG-LY", "role": "BRANCH_SECRETARY"}, 6),
        ({"account": "branch.editor"}, 1),
        ({"account": "nobody\x01"}, 0),
        ({"on": "2000-01-01"}, 0),
    ],
)
async def test_grants_are_found_by_place_role_account_and_day(reader: Door, wanted: dict[str, Any], count: int) -> None:
    found = (await reader.data(GRANTS, KEEPER, filter=wanted))["grants"]
    assert found["totalCount"] == len(found["edges"]) == count


async def test_one_s_own_grants_are_passed_on(door: Door) -> None:
    mine = "{ myGrants { id role delegable delegatedBy { login } } }"
    [grant] = (await door.data(mine, Role.BRANCH_SECRETARY))["myGrants"]
    assert (grant["role"], grant["delegable"], grant["delegatedBy"]) == ("BRANCH_SECRETARY", False, None)
    query = "query($id: ID!) { node(id: $id) { ... on Grant { role } } }"
    assert (await door.data(query, Role.BRANCH_SECRETARY, id=grant["id"]))["node"] == {"role": "BRANCH_SECRETARY"}
    delegate = "mutation($i: DelegateGrantInput!) { delegateGrant(input: $i) { id until delegatedBy { login } } }"
    leave = {"id": grant["id"], "account": "branch.editor", "until": str(today() + timedelta(days=5))}
    error = await door.refusal(delegate, Role.BRANCH_SECRETARY, i=leave)
    assert error["extensions"]["code"] == "INVALID"
    _ = await rows(
        "UPDATE account_grant SET delegable = true WHERE account_id = (SELECT id FROM account WHERE login = $1)",
        "branch.secretary",
    )
    made = (await door.data(delegate, Role.BRANCH_SECRETARY, i=leave))["delegateGrant"]
    assert made == {"id": made["id"], "until": leave["until"], "delegatedBy": {"login": "branch.secretary"}}
    held = (await door.data("{ myGrants { role } }", Role.BRANCH_EDITOR))["myGrants"]
    assert {grant["role"] for grant in held} == {"BRANCH_EDITOR", "BRANCH_SECRETARY"}


async def test_tokens_are_listed_without_their_secrets(reader: Door) -> None:
    query = """
    query($f: TokenFilter) {
      tokens(first: 20, filter: $f) { totalCount edges { node { identifier account { login } scopes state } } }
    }
    """
    found = (await reader.data(query, KEEPER, f={"account": "district.system"}))["tokens"]
    [edge] = found["edges"]
    assert edge["node"]["scopes"] == ["ORGANIZATIONS_READ", "CHECKLISTS_READ"]
    assert reader.logins["SYSTEM"].token.split("_")[1] == edge["node"]["identifier"]
    assert (await reader.data(query, KEEPER, f={"state": "REVOKED"}))["tokens"]["totalCount"] == 0
    assert (await reader.data(query, KEEPER, f={"within": "HG-LY-01-ZB"}))["tokens"]["totalCount"] == 2
