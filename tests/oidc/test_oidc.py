"""Signing in through an identity provider, which the test runs itself."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from httpx import AsyncClient, Client, Response

from server.models.accounts import Account
from server.models.sessions import Session
from server.vocabulary import Role
from tests.cast import deeds
from tests.clients import anyone, credentials, signed_in
from tests.conftest import Figure
from tests.oidc import provider as providers
from tests.oidc.provider import CLIENT, SECRET, Provider


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    with providers.running() as running:
        monkeypatch.setenv("QIANGJI_OIDC_ISSUER", running.issuer)
        monkeypatch.setenv("QIANGJI_OIDC_CLIENT_ID", CLIENT)
        monkeypatch.setenv("QIANGJI_OIDC_CLIENT_SECRET", SECRET)
        monkeypatch.setenv("QIANGJI_OIDC_NAME", "政务通行证")
        yield running


async def round_trip(browser: AsyncClient, back: str = "/") -> Response:
    """To the provider, where the person agrees, and back."""
    away = await browser.get("/oidc/begin", params={"next": back})
    assert away.status_code == 303, away.text
    return await browser.get(agreed(away.headers["location"]))


def agreed(address: str) -> str:
    with Client(trust_env=False) as outside:
        return str(outside.get(address).headers["location"])


async def link(browser: AsyncClient, role: Role) -> Response:
    """From one's own account, with the password, to the provider and back."""
    asked = await browser.post("/account/oidc/link", data={"current": credentials(role)["password"]})
    assert asked.status_code == 200, asked.text
    [address] = re.findall(r'href="(http[^"]+authorize[^"]*)"', asked.text)
    return await browser.get(agreed(unescape(address)))


async def connected(role: Role, person: str, provider: Provider) -> Account:
    """The account of `role`, tied to `person`."""
    provider.person = person
    async with signed_in(role) as browser:
        answer = await link(browser, role)
        assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    account = await Account.filter(oidc_subject=f"{provider.issuer}#{person}").first()
    assert account is not None
    return account


async def test_who_has_connected_an_account_signs_in_by_it(street: str, provider: Provider) -> None:
    account = await connected(Role.AUDITOR, "person-7", provider)
    await Session.all().delete()
    async with anyone() as browser:
        assert "政务通行证" in (await browser.get("/login")).text
        answer = await round_trip(browser, "/matrix")
        assert (answer.status_code, answer.headers["location"]) == (303, "/matrix")
        assert (await browser.get("/matrix")).status_code == 200
    assert [session.account_id for session in await Session.all()] == [account.id]


async def test_an_identity_that_nobody_has_connected_opens_nothing(street: str, provider: Provider) -> None:
    before = await deeds()
    async with anyone("en") as browser:
        answer = await round_trip(browser)
        assert answer.status_code == 401
        assert "belongs to no account here" in answer.text
    assert (await Session.all().count(), await deeds()) == (0, before)


LIES: dict[str, dict[str, Any]] = {
    "another nonce": {"nonce": "x"},
    "another audience": {"aud": "somebody-else"},
    "another issuer": {"iss": "https://evil.test"},
    "expired": {"exp": 1},
    "another party": {"azp": "somebody-else"},
    "no subject": {"sub": 7},
    "another key": {},
}


@pytest.mark.parametrize("lie", LIES)
async def test_a_token_that_proves_nothing_opens_nothing(
    street: str, provider: Provider, lie: str, figure: Figure
) -> None:
    _ = await connected(Role.AUDITOR, "person-7", provider)
    await Session.all().delete()
    before = await deeds()
    provider.lies, provider.impostor = LIES[lie], lie == "another key"
    async with anyone("en") as browser:
        answer = await round_trip(browser)
        assert answer.status_code == 422
        assert "did not answer as it should" in answer.text
    assert (await Session.all().count(), await deeds()) == (0, before)
    figure(f"oidc: {len(LIES)} tokens that prove nothing, 0 let in")


async def test_only_the_browser_that_left_comes_back(street: str, provider: Provider) -> None:
    _ = await connected(Role.AUDITOR, "person-7", provider)
    await Session.all().delete()
    async with anyone() as attacker, anyone() as victim:
        away = await attacker.get("/oidc/begin")
        answer = await victim.get(agreed(away.headers["location"]))
        assert answer.status_code == 401
        _ = await victim.get("/oidc/begin")
        assert (await victim.get(agreed(away.headers["location"]))).status_code == 401
    assert await Session.all().count() == 0


async def test_an_answer_serves_once(street: str, provider: Provider) -> None:
    _ = await connected(Role.AUDITOR, "person-7", provider)
    async with anyone() as browser:
        away = await browser.get("/oidc/begin")
        back = agreed(away.headers["location"])
        assert (await browser.get(back)).status_code == 303
        assert (await browser.get(back)).status_code == 401


async def test_an_identity_belongs_to_one_account(street: str, provider: Provider) -> None:
    _ = await connected(Role.AUDITOR, "person-7", provider)
    before = await deeds()
    async with signed_in(Role.STREET_ADMIN, "en") as browser:
        before = await deeds()
        answer = await link(browser, Role.STREET_ADMIN)
        assert answer.status_code == 422
        assert "connected to another account" in answer.text
    assert await Account.filter(oidc_subject__isnull=False).count() == 1
    assert await deeds() == before


async def test_nobody_connects_an_account_without_its_password(street: str, provider: Provider) -> None:
    """Neither who has stolen a session, nor a page that sends its owner to the provider and back."""
    before = await deeds()
    async with signed_in(Role.AUDITOR, "en") as browser:
        before = await deeds()
        wrong = await browser.post("/account/oidc/link", data={"current": "not the password"})
        assert (wrong.status_code, "not your present password" in wrong.text) == (422, True)
        away = await browser.get("/oidc/begin")
        assert away.headers["location"] == "/account"
        async with anyone() as other:
            begun = await other.get("/oidc/begin")
        browser.cookies.update(other.cookies)
        assert (await browser.get(agreed(begun.headers["location"]))).status_code == 401
    assert await Account.filter(oidc_subject__isnull=False).count() == 0
    assert await deeds() == before


async def test_text_that_is_not_ours_on_the_way_back_begins_again(street: str, provider: Provider) -> None:
    async with anyone() as browser:
        _ = await browser.get("/oidc/begin")
        assert (await browser.get("/oidc/callback", params={"state": "é", "code": "x"})).status_code == 401
        browser.cookies.set("detour", "k1:~")
        assert (await browser.get("/oidc/callback", params={"state": "x", "code": "x"})).status_code == 401


async def test_an_account_is_disconnected_again(street: str, provider: Provider) -> None:
    account = await connected(Role.AUDITOR, "person-7", provider)
    async with signed_in(Role.AUDITOR) as browser:
        assert (await browser.post("/account/oidc/unlink")).headers["location"] == "/account?done=unlinked"
    await account.refresh_from_db()
    assert account.oidc_subject is None


async def test_a_disabled_account_does_not_sign_in_by_it(street: str, provider: Provider) -> None:
    account = await connected(Role.AUDITOR, "person-7", provider)
    await Session.all().delete()
    _ = await Account.filter(id=account.id).update(active=False)
    async with anyone() as browser:
        assert (await round_trip(browser)).status_code == 401
    assert await Session.all().count() == 0


async def test_a_provider_that_does_not_answer_is_said(street: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QIANGJI_OIDC_ISSUER", "http://127.0.0.1:9")
    monkeypatch.setenv("QIANGJI_OIDC_CLIENT_ID", CLIENT)
    monkeypatch.setenv("QIANGJI_OIDC_CLIENT_SECRET", SECRET)
    async with anyone("en") as browser:
        answer = await browser.get("/oidc/begin")
        assert answer.status_code == 422
        assert "did not answer as it should" in answer.text
        assert "session" not in browser.cookies


async def test_without_a_provider_there_is_no_such_way(street: str) -> None:
    async with anyone() as browser:
        assert (await browser.get("/oidc/begin")).status_code == 404
        assert "/oidc/begin" not in (await browser.get("/login")).text
