"""Accounts and tokens: who gets one, and what proves it."""

from datetime import timedelta
from typing import Any

import pytest

from server.access.actor import Actor, Grant
from server.cli import serving
from server.database import connect
from server.kit.clock import now
from server.kit.refusals import Forbidden, Invalid, NotFound, Refusal, Unauthenticated
from server.kit.secrets import digest
from server.models.accounts import Account, AccountLink, RecoveryCode
from server.models.sessions import Session
from server.models.tokens import ApiToken
from server.models.trail import TrailEntry
from server.operations import accounts as operations
from server.operations import grants, passwords, sessions
from server.operations import organizations as tree
from server.operations.accounts import Disable, Enable, Invite, Provide, Reset, SetUp
from server.operations.grants import Give
from server.operations.organizations import Dissolve
from server.operations.sessions import SignIn
from server.queries import tokens
from server.settings import Settings
from server.vocabulary import AccountState, LinkKind, Role
from tests.cast import actor, by_login, deeds
from tests.clients import credentials
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
        (Role.SECURITY_ADMIN, {"role": "BRANCH_SECRETARY"}, Invalid, "organization"),
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


async def test_a_token_is_known_by_every_character(street: str, logins: dict[str, Login]) -> None:
    token = logins["AUDITOR"].token
    assert await tokens.actor_behind(token) is not None
    for wrong in (token[:-1], token.replace("qj_", "qk_"), logins["SYSTEM"].token[:15] + token[15:], ""):
        assert await tokens.actor_behind(wrong) is None
    _ = await Account.filter(login="auditor").update(active=False)
    assert await tokens.actor_behind(token) is None


# --- looking after accounts

PERSON = {"login": "invited.one", "name": "受邀人", "role": "BRANCH_EDITOR", "organization": "HG-LY-01-ZB"}


async def test_an_invitation_holds_a_key_for_a_week(street: str) -> None:
    invited = await operations.invite(await security(), Invite.parse(PERSON | {"home": "HG"}))
    assert invited.link is not None
    [link] = await AccountLink.filter(account_id=invited.account.id)
    assert (link.key_hash, link.kind, link.used_at) == (digest(invited.link.key), LinkKind.INVITATION, None)
    assert link.expires_at - link.created_at == timedelta(days=7)
    assert invited.link.address == f"/join/{invited.link.key}"
    row = await Account.get(id=invited.account.id).select_related("home")
    assert row.home is not None
    assert (row.password_hash, row.state, row.home.code) == (None, AccountState.PENDING, "HG")
    assert [grant.role for grant in (await by_login("invited.one")).grants] == [Role.BRANCH_EDITOR]
    told = await TrailEntry.filter(deed="account.invited").first()
    assert told is not None
    assert invited.link.key not in repr(vars(told))


async def test_a_system_is_invited_without_a_link(street: str) -> None:
    draft = PERSON | {"role": "SYSTEM", "organization": "HG"}
    invited = await operations.invite(await security(), Invite.parse(draft))
    assert invited.link is None
    assert await AccountLink.filter(account_id=invited.account.id).count() == 0


async def test_a_reset_ends_sessions_and_takes_the_place_of_other_links(street: str) -> None:
    account = await Account.get(login="branch.editor")
    await Account.filter(id=account.id).update(totp="sealed", totp_since=now(), totp_step=7)
    _ = await RecoveryCode.create(account=account, code_hash="x")
    await open_session(account)
    first = await operations.reset(await security(), account.id, Reset(expected_version=1))
    row = await Account.get(id=account.id)
    assert (row.totp, row.password_hash, row.state) == ("sealed", None, AccountState.PENDING)
    assert row.former_passwords == [account.password_hash]
    again = Reset(expected_version=2, second_factor_off=True)
    second = await operations.reset(await security(), account.id, again)
    assert first.link is not None
    assert second.link is not None
    [link] = await AccountLink.filter(account_id=account.id)
    assert link.key_hash == digest(second.link.key)
    assert (link.kind, link.expires_at - link.created_at) == (LinkKind.RESET, timedelta(hours=24))
    row = await Account.get(id=account.id)
    assert (row.totp, row.totp_since, row.totp_step) == (None, None, 0)
    assert await RecoveryCode.filter(account_id=account.id).count() == 0
    assert await Session.filter(account_id=account.id).count() == 0


async def test_a_password_that_is_replaced_while_it_is_checked_opens_nothing(
    street: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Checking one takes a while; meanwhile its account is reset."""
    fits = passwords.fits

    async def slowly(account: Account | None, password: str) -> bool:
        found = await fits(account, password)
        assert account is not None
        _ = await operations.reset(await security(), account.id, Reset(expected_version=1))
        return found

    monkeypatch.setattr(passwords, "fits", slowly)
    draft = SignIn.parse(credentials(Role.BRANCH_EDITOR))
    with pytest.raises(Unauthenticated, match="changed meanwhile"):
        _ = await sessions.sign_in(Actor.anonymous(), draft)
    assert await Session.filter(account__login="branch.editor").count() == 0


async def test_disabling_ends_sessions_and_links_at_once_and_enabling_brings_none_back(street: str) -> None:
    account = await Account.get(login="branch.editor")
    _ = await operations.reset(await security(), account.id, Reset(expected_version=1))
    await open_session(account)
    left = Disable(reason="调离横岗", expected_version=2)
    _ = await operations.disable(await security(), account.id, left)
    assert await Session.filter(account_id=account.id).count() == 0
    assert await AccountLink.filter(account_id=account.id).count() == 0
    with pytest.raises(Invalid, match="disabled already"):
        _ = await operations.disable(await security(), account.id, Disable(reason="调离横岗", expected_version=3))
    back = await operations.enable(await security(), account.id, Enable(reason="调回横岗", expected_version=3))
    assert (back.state, back.version) == (AccountState.PENDING, 4)
    assert len((await by_login("branch.editor")).grants) == 1


async def open_session(account: Account) -> None:
    _ = await Session.create(
        key_hash=f"key {account.id}",
        handle=f"handle {account.id}",
        account=account,
        created_at=now(),
        seen_at=now(),
        expires_at=now() + timedelta(hours=1),
    )


async def test_nobody_does_it_to_themselves(street: str) -> None:
    who = await security()
    assert who.account_id is not None
    before = await deeds()
    for act in (
        operations.disable(who, who.account_id, Disable(reason="试一试", expected_version=1)),
        operations.enable(who, who.account_id, Enable(reason="试一试", expected_version=1)),
        operations.reset(who, who.account_id, Reset(expected_version=1)),
    ):
        with pytest.raises(Invalid, match="their own account"):
            _ = await act
    assert await deeds() == before


async def test_whoever_resets_has_to_look_after_every_place_of_the_account(street: str) -> None:
    """Otherwise a community's administrator could take over whoever also works for the street."""
    community = (await actor(Role.COMMUNITY_REVIEWER)).grants[0]
    narrow = Actor(1, "narrow", (Grant(Role.SECURITY_ADMIN, community.organization_id, community.path),))
    account = await Account.get(login="community.reviewer")
    draft = Give.parse({"account": account.login, "role": "STREET_REVIEWER", "organization": "HG"})
    _ = await grants.give(await security(), draft)
    with pytest.raises(Forbidden):
        _ = await operations.reset(narrow, account.id, Reset(expected_version=1))
    assert await AccountLink.all().count() == 0


# --- an empty installation


async def test_a_fresh_database_has_no_account(database: str) -> None:
    """Nor has one that the program has made ready without the demonstration."""
    assert await Account.all().count() == 0
    await serving.prepare(database, Settings(DATABASE_URL=database, QIANGJI_DEMO=False))
    await connect(database)
    assert (await Account.all().count(), await ApiToken.all().count()) == (0, 0)


STREET = {"code": "HG", "name": "横岗街道", "login": "first.admin", "person": "首位管理员"}


async def test_an_empty_installation_is_set_up_once(database: str) -> None:
    invited = await operations.set_up(Actor.installation(), SetUp.parse(STREET))
    assert invited.link is not None
    who = await by_login("first.admin")
    assert [(grant.role, grant.place) for grant in who.grants] == [(Role.SECURITY_ADMIN, "横岗街道")]
    before = await Account.all().count(), await deeds()
    other = SetUp.parse(STREET | {"code": "HG2", "login": "second.admin"})
    with pytest.raises(Invalid, match="accounts here already"):
        _ = await operations.set_up(Actor.installation(), other)
    assert (await Account.all().count(), await deeds()) == before


async def test_only_the_installation_sets_a_street_up(database: str) -> None:
    with pytest.raises(Forbidden):
        _ = await operations.set_up(Actor.anonymous(), SetUp.parse(STREET))
    assert await Account.all().count() == 0
