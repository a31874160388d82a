"""Signing in and out, second factors, passwords, one-time links, and the end of sessions."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
import time_machine
from tortoise import connections

from server.access.actor import Actor, Demand
from server.kit.clock import now
from server.kit.refusals import Forbidden, Invalid, NotFound, Unauthenticated
from server.models.accounts import Account, AccountLink, RecoveryCode
from server.models.grants import Grant
from server.models.sessions import Device, Session
from server.models.trail import TrailEntry
from server.operations import accounts, passwords
from server.operations import sessions as operations
from server.operations.accounts import Provide
from server.operations.sessions import (
    Accept,
    ChangePassword,
    EnrolSecondFactor,
    GiveCode,
    Opened,
    Revoke,
    ShowPassword,
    SignIn,
)
from server.queries import sessions as queries
from server.vocabulary import LinkKind, Role, SessionStage
from tests.cast import actor, by_login, deeds
from tests.clients import credentials
from tests.factors import STEP, at_browser, enrolled, link_for

NOBODY = Actor.anonymous("0" * 32)
SECRETARY = "branch.secretary"
FRESH = "ladders under a kumquat"


def right(role: Role = Role.BRANCH_SECRETARY) -> SignIn:
    return SignIn.parse(credentials(role))


async def signed_in(role: Role = Role.BRANCH_SECRETARY) -> tuple[Opened, Actor]:
    opened = await operations.sign_in(NOBODY, right(role))
    who = await queries.actor_behind(opened.key)
    assert who is not None
    return opened, who


async def last_deed() -> TrailEntry:
    entry = await TrailEntry.all().order_by("-id").first()
    assert entry is not None
    return entry


# ── in and out ────────────────────────────────────────────────────────────────────────────────────────


async def test_somebody_signs_in_and_out(street: str) -> None:
    opened, who = await signed_in()
    assert [(grant.role, grant.place) for grant in who.grants] == [(Role.BRANCH_SECRETARY, "深坑居民小组党支部")]
    assert opened.key not in [session.key_hash for session in await Session.all()]
    assert opened.device not in [device.key_hash for device in await Device.all()]
    entry = await last_deed()
    assert (entry.deed, entry.account_id, entry.request_id) == ("account.signed_in", who.account_id, "0" * 32)
    assert entry.path == who.grants[0].path
    await operations.sign_out(who, opened.key)
    assert (await last_deed()).deed == "account.signed_out"
    assert await queries.actor_behind(opened.key) is None


@pytest.mark.parametrize(
    ("login", "password"),
    [(SECRETARY, "another-password"), ("nobody.here", "a-long-password"), ("district.system", "a-long-password")],
)
async def test_a_wrong_sign_in_tells_nothing_and_leaves_nothing(street: str, login: str, password: str) -> None:
    before = await deeds()
    with pytest.raises(Unauthenticated, match="do not belong together"):
        _ = await operations.sign_in(NOBODY, SignIn(login=login, password=password))
    assert (await Session.all().count(), await Device.all().count(), await deeds()) == (0, 0, before)


async def test_a_password_counts_as_it_was_typed(street: str) -> None:
    typed = right()
    with pytest.raises(Unauthenticated):
        _ = await operations.sign_in(NOBODY, SignIn(login=typed.login, password=f" {typed.password}"))


async def test_sessions_that_are_over_are_cleared_away_and_devices_are_few(street: str) -> None:
    _ = await signed_in()
    with time_machine.travel(now() + timedelta(hours=13)):
        _ = await signed_in()
        assert await Session.all().count() == 1
        for _ in range(20):
            _ = await operations.open_session(NOBODY, await Account.get(login=SECRETARY))
        assert await Device.all().count() == 20


async def test_a_browser_that_colleagues_share_knows_each_of_them(street: str) -> None:
    first, _ = await signed_in()
    here = replace(NOBODY, client=replace(NOBODY.client, device=first.device))
    second = await operations.sign_in(here, right(Role.BRANCH_EDITOR))
    again = await operations.sign_in(here, right())
    assert first.device == second.device == again.device
    assert await Device.all().count() == 2


async def test_a_session_is_touched_at_most_once_a_minute_and_without_a_trail(street: str) -> None:
    opened, _ = await signed_in()
    before = await deeds()
    for seconds, moved in ((50, False), (70, True)):
        session = await queries.behind(opened.key)
        assert session is not None
        with time_machine.travel(session.seen_at + timedelta(seconds=seconds), tick=False):
            await operations.touch(session)
            assert ((await Session.get(key_hash=session.key_hash)).seen_at == now()) is moved
    assert await deeds() == before


# ── second factor ─────────────────────────────────────────────────────────────────────────────────────


async def test_with_a_second_factor_the_password_opens_nothing(street: str) -> None:
    factor = await enrolled(SECRETARY)
    before = await deeds()
    waiting = await operations.sign_in(NOBODY, right())
    assert (waiting.stage, waiting.device) == (SessionStage.CODE, "")
    assert await queries.actor_behind(waiting.key) is None
    assert await deeds() == before
    opened = await operations.give_code(
        NOBODY, waiting.key, GiveCode(code=f" {factor.code()[:3]} {factor.code()[3:]} ")
    )
    assert opened.key != waiting.key
    assert await queries.actor_behind(opened.key) is not None
    assert await Session.filter(stage=SessionStage.CODE).count() == 0


async def test_a_code_and_a_recovery_code_are_taken_once(street: str) -> None:
    factor = await enrolled(SECRETARY)
    for code in (factor.code(), factor.codes[3].upper()):
        waiting = [await operations.sign_in(NOBODY, right()) for _ in range(4)]
        tries = [operations.give_code(NOBODY, one.key, GiveCode(code=code)) for one in waiting]
        found = await asyncio.gather(*tries, return_exceptions=True)
        assert sum(isinstance(one, Opened) for one in found) == 1
        assert sum(isinstance(one, Invalid) for one in found) == 3
    assert await queries.recovery_codes_left(await Account.get(login=SECRETARY)) == 9


@pytest.mark.parametrize(("steps", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
async def test_a_clock_may_differ_by_one_step(street: str, steps: int, taken: bool) -> None:
    with time_machine.travel(now() - timedelta(hours=1), tick=False):
        factor = await enrolled(SECRETARY)
    with time_machine.travel(now(), tick=False):
        waiting = await operations.sign_in(NOBODY, right())
        code = GiveCode(code=factor.code(now() + steps * STEP))
        if taken:
            _ = await operations.give_code(NOBODY, waiting.key, code)
            return
        with pytest.raises(Invalid) as refusal:
            _ = await operations.give_code(NOBODY, waiting.key, code)
        assert list(refusal.value.fields) == ["code"]


async def test_the_code_may_take_ten_minutes(street: str) -> None:
    factor = await enrolled(SECRETARY)
    waiting = await operations.sign_in(NOBODY, right())
    with time_machine.travel(now() + timedelta(minutes=11)), pytest.raises(Unauthenticated, match="Too much time"):
        _ = await operations.give_code(NOBODY, waiting.key, GiveCode(code=factor.code()))


async def test_secrets_are_sealed_and_codes_are_hashes(street: str) -> None:
    factor = await enrolled(SECRETARY)
    parts = [f"(SELECT string_agg(t::text, '') FROM {table} t)" for table in ("account", "recovery_code", "trail")]
    [row] = await connections.get("default").execute_query_dict(f"SELECT {' || '.join(parts)} AS kept")
    for secret in (factor.secret, *factor.codes, *(code.replace("-", "") for code in factor.codes)):
        assert secret not in row["kept"]
    assert len(set(factor.codes)) == 10


async def test_a_second_factor_is_confirmed_by_a_code_and_taken_off_by_the_password(street: str) -> None:
    me = await at_browser(SECRETARY)
    await operations.prepare_second_factor(me)
    with pytest.raises(Invalid, match="does not fit"):
        _ = await operations.enrol_second_factor(me, EnrolSecondFactor(code="000000"))
    assert (await Account.get(login=SECRETARY)).totp_since is None
    factor = await enrolled(SECRETARY)
    assert (await last_deed()).deed == "second_factor.enrolled"
    with pytest.raises(Invalid, match="set up already"):
        await operations.prepare_second_factor(me)
    for act in (operations.remove_second_factor, operations.renew_recovery_codes):
        with pytest.raises(Invalid) as refusal:
            _ = await act(me, ShowPassword(current="not the password"))
        assert list(refusal.value.fields) == ["current"]
    assert await queries.recovery_codes_left(await Account.get(login=SECRETARY)) == 10
    shown = ShowPassword(current=right().password)
    fresh = await operations.renew_recovery_codes(me, shown)
    assert (await last_deed()).deed == "recovery_codes.renewed"
    assert not set(fresh) & set(factor.codes)
    await operations.remove_second_factor(me, shown)
    assert (await last_deed()).deed == "second_factor.removed"
    assert await RecoveryCode.all().count() == 0
    assert (await operations.sign_in(NOBODY, right())).stage is SessionStage.OPEN


async def test_a_token_does_nothing_to_its_account(street: str) -> None:
    token = replace(await by_login(SECRETARY), token_id="0" * 12)
    before = await deeds()
    with pytest.raises(Forbidden, match="A token cannot do this"):
        await operations.prepare_second_factor(token)
    with pytest.raises(Forbidden):
        _ = await operations.revoke_others(token)
    assert await deeds() == before


# ── what has to be done first ─────────────────────────────────────────────────────────────────────────


async def administrator(**changes: Any) -> SignIn:
    """Somebody real: not one of the demonstration."""
    given = {"login": "real.admin", "name": "真管理员", "role": "STREET_ADMIN", "organization": "HG", "password": FRESH}
    _ = await accounts.provide(await actor(Role.SECURITY_ADMIN), Provide.parse(given | changes))
    return SignIn(login="real.admin", password=FRESH)


async def demand(login: SignIn) -> Demand | None:
    who = await queries.actor_behind((await operations.sign_in(NOBODY, login)).key)
    assert who is not None
    return who.demand


@pytest.mark.parametrize(
    ("changes", "setting", "expected"),
    [
        ({}, "required", Demand.SECOND_FACTOR),
        ({"role": "SECURITY_ADMIN"}, "required", Demand.SECOND_FACTOR),
        ({}, "optional", None),
        ({"role": "AUDITOR"}, "required", None),
        ({"is_demonstration": True}, "required", None),
    ],
)
async def test_who_needs_a_second_factor(
    street: str, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], setting: str, expected: Demand | None
) -> None:
    monkeypatch.setenv("QIANGJI_SECOND_FACTOR", setting)
    assert await demand(await administrator(**changes)) is expected


async def test_an_old_password_is_changed_first_under_dengbao(street: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with time_machine.travel(now() + timedelta(days=91)):
        assert await demand(right()) is None
        monkeypatch.setenv("QIANGJI_PASSWORD_PROFILE", "dengbao")
        assert await demand(right()) is Demand.PASSWORD


# ── passwords ─────────────────────────────────────────────────────────────────────────────────────────


async def test_a_changed_password_ends_every_other_session(street: str) -> None:
    other, _ = await signed_in()
    here, me = await signed_in()
    await operations.change_password(me, ChangePassword(current=right().password, password=FRESH))
    assert (await last_deed()).deed == "password.changed"
    assert await queries.actor_behind(other.key) is None
    assert await queries.actor_behind(here.key) is not None
    _ = await operations.sign_in(NOBODY, SignIn(login=SECRETARY, password=FRESH))
    with pytest.raises(Unauthenticated):
        _ = await operations.sign_in(NOBODY, right())


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"current": "not the password"}, "current"),
        ({"password": "short"}, "password"),
        ({"password": "password1234"}, "password"),
        ({"password": "I am branch.secretary"}, "password"),
    ],
)
async def test_a_password_that_is_not_taken_changes_nothing(street: str, changes: dict[str, str], field: str) -> None:
    _, me = await signed_in()
    before = (await Account.get(login=SECRETARY)).password_hash, await deeds()
    draft = ChangePassword.parse({"current": right().password, "password": FRESH} | changes)
    with pytest.raises(Invalid) as refusal:
        await operations.change_password(me, draft)
    assert list(refusal.value.fields) == [field]
    assert ((await Account.get(login=SECRETARY)).password_hash, await deeds()) == before


async def test_none_of_the_last_five_comes_back_under_dengbao(street: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QIANGJI_PASSWORD_PROFILE", "dengbao")
    me = await at_browser(SECRETARY)
    used = [right().password, *(f"Kumquat-Ladder-{number}{number}" for number in range(5))]
    for old, new in pairwise(used):
        await operations.change_password(me, ChangePassword(current=old, password=new))
    for former in used[1:]:
        with pytest.raises(Invalid, match="had this password before"):
            await operations.change_password(me, ChangePassword(current=used[-1], password=former))
    account = await Account.get(login=SECRETARY)
    assert len(account.former_passwords) == 4
    await passwords.check_new(account, "Another-Ladder-77")
    monkeypatch.setenv("QIANGJI_PASSWORD_PROFILE", "asvs")
    await operations.change_password(me, ChangePassword(current=used[-1], password=FRESH))
    assert (await Account.get(login=SECRETARY)).former_passwords == []


# ── one-time links ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("kind", "deed"), [(LinkKind.INVITATION, "account.joined"), (LinkKind.RESET, "password.changed")]
)
async def test_a_link_sets_a_password_once(street: str, kind: LinkKind, deed: str) -> None:
    opened, _ = await signed_in()
    key, second = await link_for(SECRETARY, kind), await link_for(SECRETARY)
    _ = await operations.accept(NOBODY, Accept(key=key, password=FRESH))
    entry = await last_deed()
    assert (entry.deed, entry.account_id) == (deed, (await Account.get(login=SECRETARY)).id)
    assert key not in repr((entry.before, entry.after))
    assert await queries.actor_behind(opened.key) is None
    assert await Device.all().count() == 0
    _ = await operations.sign_in(NOBODY, SignIn(login=SECRETARY, password=FRESH))
    for spent in (key, second):
        with pytest.raises(NotFound):
            _ = await operations.accept(NOBODY, Accept(key=spent, password="another of my ladders"))


async def test_a_link_is_used_once_by_many_at_one_moment(street: str) -> None:
    key = await link_for(SECRETARY)
    tries = [operations.accept(NOBODY, Accept(key=key, password=f"{FRESH} {number}")) for number in range(5)]
    found = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(type(one).__name__ for one in found) == ["Account", *["NotFound"] * 4]


@pytest.mark.parametrize("fault", ["unknown", "expired", "used", "disabled"])
async def test_a_link_that_does_not_count_says_nothing_of_why(street: str, fault: str) -> None:
    key = await link_for(SECRETARY, days=-1 if fault == "expired" else 3)
    if fault == "used":
        _ = await AccountLink.all().update(used_at=now())
    if fault == "disabled":
        _ = await Account.filter(login=SECRETARY).update(active=False)
    before = (await Account.get(login=SECRETARY)).password_hash, await deeds()
    with pytest.raises(NotFound, match="unknown, was used already, or has expired"):
        _ = await operations.accept(NOBODY, Accept(key="0" * 64 if fault == "unknown" else key, password=FRESH))
    assert ((await Account.get(login=SECRETARY)).password_hash, await deeds()) == before


async def test_a_weak_password_leaves_the_link(street: str) -> None:
    key = await link_for(SECRETARY)
    with pytest.raises(Invalid) as refusal:
        _ = await operations.accept(NOBODY, Accept(key=key, password="password1234"))
    assert list(refusal.value.fields) == ["password"]
    _ = await operations.accept(NOBODY, Accept(key=key, password=FRESH))


# ── the end of sessions ───────────────────────────────────────────────────────────────────────────────


async def test_ones_own_sessions_are_revoked_and_nobody_elses(street: str) -> None:
    other, _ = await signed_in()
    stranger, editor = await signed_in(Role.BRANCH_EDITOR)
    here, me = await signed_in()
    assert [session.handle == me.session for session in await queries.mine(me)] == [True, False]
    for handle in (editor.session, "0" * 16):
        with pytest.raises(NotFound) as refusal:
            _ = await operations.revoke(me, Revoke(handle=handle))
        assert list(refusal.value.fields) == ["handle"]
    assert await Session.all().count() == 3
    _ = await operations.revoke(me, Revoke(handle=(await queries.mine(me))[1].handle))
    assert (await last_deed()).deed == "session.revoked"
    assert await queries.actor_behind(other.key) is None
    _ = await signed_in()
    _ = await signed_in()
    assert await operations.revoke_others(me) == 2
    assert await queries.actor_behind(here.key) is not None
    assert await queries.actor_behind(stranger.key) is not None


async def test_grants_that_end_end_the_demand(street: str) -> None:
    login = await administrator()
    _ = await Grant.filter(account__login="real.admin").delete()
    assert await demand(login) is None
