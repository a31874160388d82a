"""Accounts and tokens: who gets one, and what proves it."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from server.access.actor import Actor, Grant
from server.kit.clock import today
from server.kit.refusals import Forbidden, Invalid, NotFound, Refusal
from server.models.accounts import Account
from server.models.tokens import ApiToken
from server.operations import accounts as operations
from server.operations import organizations as tree
from server.operations import tokens as tokens_issued
from server.operations.accounts import Provide
from server.operations.organizations import Dissolve
from server.operations.tokens import Issue
from server.queries import tokens
from server.vocabulary import Role, TokenScope
from tests.cast import actor, by_login, deeds
from tests.conftest import Login

NEW = {
    "login": "new.person",
    "name": "新来的人",
    "role": "AUDITOR",
    "organization": "HG-LY",
    "password": "a-long-password",
}


async def security() -> Actor:
    return await actor(Role.SECURITY_ADMIN)


@pytest.mark.parametrize(
    ("role", "changes", "refusal", "field"),
    [
        (Role.SECURITY_ADMIN, {"login": "auditor"}, Invalid, "login"),
        (Role.SECURITY_ADMIN, {"login": "New Person"}, Invalid, "login"),
        (Role.SECURITY_ADMIN, {"password": "short"}, Invalid, "password"),
        (Role.SECURITY_ADMIN, {"role": "KING"}, Invalid, "role"),
        (Role.SECURITY_ADMIN, {"organization": "NOWHERE"}, NotFound, "organization"),
        (Role.SECURITY_ADMIN, {"organization": "HG-TD"}, Invalid, "organization"),
        (Role.STREET_ADMIN, {}, Forbidden, ""),
        (Role.BRANCH_SECRETARY, {"organization": "HG-LY-01-ZB"}, Forbidden, ""),
    ],
)
async def test_accounts_that_are_refused_are_not_made(
    street: str, role: Role, changes: dict[str, Any], refusal: type[Refusal], field: str
) -> None:
    dissolve = Dissolve(reason="任务完成", expected_version=1)
    _ = await tree.dissolve(await actor(Role.STREET_ADMIN), "HG-TD", dissolve)
    before = await Account.all().count(), await deeds()
    with pytest.raises(refusal) as raised:
        _ = await operations.provide(await actor(role), Provide.parse(NEW | changes))
    assert not field or field in raised.value.fields
    assert (await Account.all().count(), await deeds()) == before


async def test_a_token_is_issued_where_the_permit_is_held(street: str) -> None:
    draft = Issue(
        account="auditor",
        organization="HG",
        name="for the audit",
        scopes=frozenset({TokenScope.ORGANIZATIONS_READ}),
        expires_on=today() + timedelta(days=1),
    )
    issued = await tokens_issued.issue(await security(), draft)
    who = await tokens.actor_behind(issued.text)
    assert who is not None
    assert who.grants[0].place == "横岗街道"
    with time_machine.travel(issued.token.expires_at + timedelta(seconds=1)):
        assert await tokens.actor_behind(issued.text) is None
    narrow = Actor(1, "narrow", (Grant(Role.SECURITY_ADMIN, 0, (await by_login("reviewer.hg-c7")).grants[0].path),))
    before = await ApiToken.all().count(), await deeds()
    with pytest.raises(NotFound):
        _ = await tokens_issued.issue(narrow, draft)
    assert (await ApiToken.all().count(), await deeds()) == before


async def test_a_token_is_known_by_every_character(street: str, logins: dict[str, Login]) -> None:
    token = logins["AUDITOR"].token
    assert await tokens.actor_behind(token) is not None
    for wrong in (token[:-1], token.replace("qj_", "qk_"), logins["SYSTEM"].token[:15] + token[15:], ""):
        assert await tokens.actor_behind(wrong) is None
    _ = await Account.filter(login="auditor").update(active=False)
    assert await tokens.actor_behind(token) is None
