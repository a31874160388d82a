"""Tokens: what they open, and every way in which they end."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from httpx import AsyncClient

from server.access.actor import Actor, Grant
from server.kit.clock import HOME, now, today
from server.kit.refusals import Forbidden, Invalid, NotFound, Refusal
from server.models.accounts import Account
from server.models.grants import Grant as GrantRow
from server.models.tokens import ApiToken
from server.operations import accounts as people
from server.operations import grants
from server.operations import organizations as tree
from server.operations import tokens as operations
from server.operations.accounts import Disable
from server.operations.grants import End, Give
from server.operations.organizations import Dissolve
from server.operations.tokens import Issue, Revoke
from server.queries import organizations, tokens
from server.vocabulary import Role, TokenScope
from tests.cast import actor, by_login, deeds
from tests.clients import anyone
from tests.conftest import Figure

ORGANIZATIONS = "{ organizations(first: 1) { totalCount } }"
FEED = {"account": "district.system", "organization": "HG", "name": "区级数据", "scopes": "organizations:read"}


def feed(**changes: Any) -> Issue:
    return Issue.parse(FEED | {"expires_on": today() + timedelta(days=30)} | changes)


async def issued(**changes: Any) -> operations.Issued:
    return await operations.issue(await actor(Role.SECURITY_ADMIN), feed(**changes))


async def ask(client: AsyncClient, text: str, query: str = ORGANIZATIONS) -> tuple[str, Any]:
    """The code of the answer, and what it holds or says."""
    answer = await client.post("/graphql", json={"query": query}, headers={"authorization": f"Bearer {text}"})
    found = answer.json()
    if errors := found.get("errors"):
        return errors[0]["extensions"]["code"], errors[0]["message"]
    return "OK", found["data"]


async def test_a_token_is_shown_once_and_kept_as_a_hash(street: str) -> None:
    token, text = await issued()
    row = await ApiToken.get(id=token.id)
    assert text.startswith(f"qj_{token.id}_")
    assert text.split("_")[2][:64] not in repr(vars(row))
    assert row.expires_at.astimezone(HOME).date() == today() + timedelta(days=31)
    async with anyone() as client:
        assert await ask(client, text) == ("OK", {"organizations": {"totalCount": 56}})


async def test_a_token_reaches_no_further_than_its_place(street: str) -> None:
    _, text = await issued(organization="HG-LY")
    who = await tokens.actor_behind(text)
    assert who is not None
    assert [grant.place for grant in who.grants] == ["六约社区"]
    async with anyone() as client:
        assert await ask(client, text) == ("OK", {"organizations": {"totalCount": 14}})
        assert (await ask(client, text, '{ organization(code: "HG-C7") { name } }'))[0] == "NOT_FOUND"


NEEDS = {
    "members:read": '{ members(first: 1, within: "HG") { totalCount } }',
    "checklists:read": "{ checklistItems(first: 1) { totalCount } }",
    "accounts:read": "{ accounts(first: 1) { totalCount } }",
    "accounts:write": (
        'mutation { giveGrant(input: {account: "auditor", role: AUDITOR, organization: "HG-LY"}) { id } }'
    ),
    "organizations:write": (
        'mutation { renameOrganization(input: {code: "HG", name: "某街道", expectedVersion: 1}) { id } }'
    ),
}


@pytest.mark.parametrize("scope", NEEDS)
async def test_a_missing_scope_is_named(street: str, scope: str) -> None:
    _, text = await issued(account="security.admin")
    before = await deeds()
    async with anyone() as client:
        code, message = await ask(client, text, NEEDS[scope])
    assert (code, scope in message) == ("FORBIDDEN", True), message
    assert await deeds() == before


async def test_a_scope_gives_nothing_that_the_role_does_not(street: str) -> None:
    _, text = await issued(account="auditor", scopes=" ".join(TokenScope))
    async with anyone() as client:
        code, message = await ask(client, text, NEEDS["accounts:write"])
        assert (code, "role" in message) == ("FORBIDDEN", True)
        assert await ask(client, text, NEEDS["members:read"]) == ("OK", {"members": {"totalCount": 0}})


async def expire(_: ApiToken) -> None:
    pass


async def revoke(token: ApiToken) -> None:
    _ = await operations.revoke(await actor(Role.SECURITY_ADMIN), token.id, Revoke(reason="停止对接"))


async def disable(token: ApiToken) -> None:
    account = await Account.get(id=token.account_id)
    draft = Disable(reason="停止对接", expected_version=account.version)
    _ = await people.disable(await actor(Role.SECURITY_ADMIN), account.id, draft)


async def end_grant(token: ApiToken) -> None:
    for grant in await GrantRow.filter(account_id=token.account_id):
        _ = await grants.end(await actor(Role.SECURITY_ADMIN), grant.id, End())


async def dissolve(token: ApiToken) -> None:
    ended = await tree.dissolve(
        await actor(Role.STREET_ADMIN), "HG-TD", Dissolve(reason="任务完成", expected_version=1)
    )
    assert ended.id == token.organization_id


UNKNOWN = ("UNAUTHENTICATED", "This token is unknown or has expired; send a valid one as a bearer token.")
NOTHING = ("OK", {"organizations": {"totalCount": 0}})

ENDS: dict[str, tuple[Callable[[ApiToken], Awaitable[None]], tuple[str, object]]] = {
    "expired": (expire, UNKNOWN),
    "revoked": (revoke, UNKNOWN),
    "account disabled": (disable, UNKNOWN),
    "grant ended": (end_grant, NOTHING),
    "organization dissolved": (dissolve, NOTHING),
}


@pytest.mark.parametrize("way", ENDS)
async def test_the_next_request_of_an_ended_token_opens_nothing(street: str, way: str, figure: Figure) -> None:
    token, text = await issued(organization="HG-TD")
    end, answer = ENDS[way]
    async with anyone() as client:
        assert await ask(client, text) == ("OK", {"organizations": {"totalCount": 1}})
        await end(token)
        with time_machine.travel(token.expires_at + timedelta(seconds=1) if way == "expired" else now(), tick=False):
            assert await ask(client, text) == answer
    figure(f"tokens: {len(ENDS)} ways to end, each closes the very next request")


async def test_use_is_noted_at_most_once_a_minute(street: str) -> None:
    token, text = await issued()
    before, instants = await deeds(), []
    async with anyone() as client:
        for seconds in (0, 59, 61):
            with time_machine.travel(token.created_at + timedelta(seconds=seconds), tick=False):
                _ = await ask(client, text)
            noted = (await ApiToken.get(id=token.id)).last_used_at
            assert noted is not None
            instants.append((noted - token.created_at).seconds)
    assert instants == [0, 0, 61]
    assert await deeds() == before


async def test_a_token_for_registered_documents_is_refused_every_other(street: str) -> None:
    _, text = await issued(trusted_documents_only=True)
    async with anyone() as client:
        for query in (ORGANIZATIONS, "{ __typename }", "{ nonsense"):
            code, message = await ask(client, text, query)
            assert (code, "registered documents" in message) == ("FORBIDDEN", True)
        for path in ("/organizations", "/status.csv?within=HG"):
            answer = await client.get(path, headers={"authorization": f"Bearer {text}"})
            assert answer.status_code == 403
            assert "registered documents" in answer.text


@pytest.mark.parametrize(
    ("who", "changes", "refusal", "field"),
    [
        (Role.SECURITY_ADMIN, {"scopes": "members:read"}, Invalid, "scopes"),
        (Role.SECURITY_ADMIN, {"scopes": ""}, Invalid, "scopes"),
        (Role.SECURITY_ADMIN, {"scopes": "everything"}, Invalid, "scopes"),
        (Role.SECURITY_ADMIN, {"scopes": 7}, Invalid, "scopes"),
        (Role.SECURITY_ADMIN, {"expires_on": today()}, Invalid, "expires_on"),
        (Role.SECURITY_ADMIN, {"expires_on": today() + timedelta(days=366)}, Invalid, "expires_on"),
        (Role.SECURITY_ADMIN, {"account": "branch.editor"}, Invalid, "account"),
        (Role.SECURITY_ADMIN, {"account": "nobody"}, NotFound, "account"),
        (Role.SECURITY_ADMIN, {"organization": "NOWHERE"}, NotFound, "organization"),
        (Role.STREET_ADMIN, {}, Forbidden, ""),
    ],
)
async def test_tokens_that_may_not_be_are_not_issued(
    shared_street: str, who: Role, changes: dict[str, Any], refusal: type[Refusal], field: str
) -> None:
    before = await ApiToken.all().count(), await deeds()
    with pytest.raises(refusal) as raised:
        _ = await operations.issue(await actor(who), feed(**changes))
    assert not field or field in raised.value.fields
    assert (await ApiToken.all().count(), await deeds()) == before


async def test_a_token_is_issued_where_the_permit_is_held(street: str) -> None:
    community = await organizations.find_organization(Actor.installation(), "HG-C7")
    narrow = Actor(1, "narrow", (Grant(Role.SECURITY_ADMIN, community.id, community.path),))
    with pytest.raises(NotFound):
        _ = await operations.issue(narrow, feed(organization="HG"))
    given = Give.parse({"account": "district.system", "role": "SYSTEM", "organization": "HG-LY"})
    with pytest.raises(NotFound):
        _ = await grants.give(narrow, given)
    assert len((await by_login("district.system")).grants) == 1


async def test_a_token_makes_none_that_may_do_more(street: str) -> None:
    scopes = frozenset({TokenScope.ORGANIZATIONS_READ, TokenScope.ACCOUNTS_READ, TokenScope.ACCOUNTS_WRITE})
    keeper = replace(await actor(Role.SECURITY_ADMIN), scopes=scopes, token_id="0123456789ab")
    draft = FEED | {"expires_on": str(today() + timedelta(days=30))}
    before = await ApiToken.all().count()
    with pytest.raises(Invalid) as refusal:
        _ = await operations.issue(keeper, Issue.parse(draft | {"scopes": "organizations:read members:read"}))
    assert set(refusal.value.fields) == {"scopes"}
    assert await ApiToken.all().count() == before
    _ = await operations.issue(keeper, Issue.parse(draft))
    assert await ApiToken.all().count() == before + 1
