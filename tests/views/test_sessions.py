"""Coming in and going out, the code, one-time links, one's own account: forms, cookies, and where they may lead."""

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
import time_machine
from httpx import AsyncClient, Response

from server.kit.clock import now
from server.models.accounts import Account
from server.models.sessions import Device, Session
from server.operations import accounts
from server.operations.accounts import Provide
from server.vocabulary import LinkKind, Role
from tests.cast import actor, deeds
from tests.clients import HTMX, anyone, credentials, signed_in
from tests.conftest import Login
from tests.factors import enrolled, link_for

WRONG = {"login": "branch.secretary", "password": "not-the-password"}


def cookie(answer: Response, name: str) -> str:
    return next(value for value in answer.headers.get_list("set-cookie") if value.startswith(f"{name}="))


async def test_the_door_opens_to_who_has_the_key(street: str) -> None:
    async with anyone() as browser:
        answer = await browser.post("/login", data=credentials(Role.BRANCH_SECRETARY))
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert "深坑" in (await browser.get("/organizations")).text


async def test_the_session_is_for_the_server_alone(street: str) -> None:
    async with anyone() as browser:
        answer = await browser.post("/login", data=credentials(Role.AUDITOR))
        kept = cookie(answer, "session")
        assert "HttpOnly" in kept
        assert "SameSite=lax" in kept
        assert "Secure" not in kept
        assert "Path=/" in kept


async def test_over_tls_the_session_binds_to_this_host(street: str) -> None:
    async with anyone(origin="https://qiangji.test") as browser:
        answer = await browser.post("/login", data=credentials(Role.AUDITOR))
        kept = cookie(answer, "__Host-session")
        assert "Secure" in kept
        assert "HttpOnly" in kept
        assert "Path=/" in kept
        assert "Domain" not in kept
        assert answer.headers["strict-transport-security"]


async def test_the_wrong_password_is_told_at_the_form(street: str) -> None:
    async with anyone() as browser:
        answer = await browser.post("/login", data=WRONG)
        assert answer.status_code == 401
        assert "do not belong together" in answer.text
        assert 'value="branch.secretary"' in answer.text
        assert "not-the-password" not in answer.text
        assert "session" not in answer.cookies
        assert answer.headers["content-type"].startswith("text/html")
        assert await Session.all().count() == 0


async def test_an_unknown_name_is_answered_like_a_wrong_password(street: str) -> None:
    async with anyone() as browser:
        known = (await browser.post("/login", data=WRONG)).text
        unknown = (await browser.post("/login", data=WRONG | {"login": "nobody.at.all"})).text
        assert plain(unknown) == plain(known)


def plain(text: str) -> str:
    return text.replace("nobody.at.all", "").replace("branch.secretary", "")


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ({"login": "", "password": "x"}, "Fill this in."),
        ({"password": "x"}, "Fill this in."),
        ({"login": "a" * 61, "password": "x"}, "Write at most 60 characters"),
        ({"login": "a\0b", "password": "x"}, "U+0000"),
        ({"login": "街道😀", "password": "x" * 201}, "Write at most 200 characters"),
    ],
)
async def test_what_cannot_be_is_told_at_its_field(street: str, typed: dict[str, str], complaint: str) -> None:
    async with anyone() as browser:
        answer = await browser.post("/login", data=typed)
        assert answer.status_code == 422
        assert complaint in answer.text
        assert 'aria-invalid="true"' in answer.text
        assert f'value="{typed.get("login", "")}"' in answer.text


async def test_htmx_gets_the_form_alone(street: str) -> None:
    async with anyone() as browser:
        answer = await browser.post("/login", data=WRONG, headers=HTMX)
        assert answer.status_code == 401
        assert answer.text.strip().startswith("<form")
        answer = await browser.post("/login", data=credentials(Role.AUDITOR), headers=HTMX)
        assert (answer.status_code, answer.headers["hx-redirect"]) == (204, "/")


@pytest.mark.parametrize(
    ("wished", "led"),
    [
        ("/organizations/HG-LY?asOf=2020-01-01", "/organizations/HG-LY?asOf=2020-01-01"),
        ("//evil.test/", "/"),
        ("/\\evil.test", "/"),
        ("https://evil.test/", "/"),
        ("javascript:alert(1)", "/"),
        ("/\t/evil.test", "/"),
        ("/x\r\nset-cookie: a=b", "/"),
        ("", "/"),
    ],
)
async def test_signing_in_leads_to_own_pages_only(street: str, wished: str, led: str) -> None:
    async with anyone() as browser:
        answer = await browser.post("/login", data=credentials(Role.AUDITOR) | {"next": wished})
        assert answer.headers["location"] == led
        other = await browser.post("/language", data={"locale": "zh", "back": wished})
        assert other.headers["location"] == led


async def test_who_is_not_in_is_led_back_afterwards(street: str) -> None:
    async with anyone() as browser:
        answer = await browser.get("/organizations/HG-LY?asOf=2020-01-01")
        assert answer.status_code == 303
        assert answer.headers["location"] == "/login?next=/organizations/HG-LY%3FasOf%3D2020-01-01"
        form = await browser.get(answer.headers["location"])
        assert 'name="next" value="/organizations/HG-LY?asOf=2020-01-01"' in form.text
        assert "Your session has ended" in form.text
        assert "Your session has ended" not in (await browser.get("/login?next=/")).text


async def test_who_is_in_has_nothing_to_do_at_the_door(street: str) -> None:
    async with signed_in(Role.AUDITOR) as browser:
        answer = await browser.get("/login?next=/exhibit")
        assert (answer.status_code, answer.headers["location"]) == (303, "/")


async def test_signing_out_ends_the_session(street: str) -> None:
    async with signed_in(Role.AUDITOR) as browser:
        key = browser.cookies["session"]
        answer = await browser.post("/logout")
        assert (answer.status_code, answer.headers["location"]) == (303, "/login")
        assert 'session=""' in cookie(answer, "session")
        assert "Max-Age=0" in cookie(answer, "session")
        assert await Session.all().count() == 0
        browser.cookies.set("session", key)
        assert (await browser.get("/organizations")).headers["location"].startswith("/login")


async def test_the_language_is_kept(street: str) -> None:
    async with anyone() as browser:
        assert "Sign in" in (await browser.get("/login")).text
        answer = await browser.post("/language", data={"locale": "zh", "back": "/login"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/login")
        page = (await browser.get("/login")).text
        assert 'lang="zh-Hans"' in page
        assert "不得录入涉密信息" in page
        assert (await browser.post("/language", data={"locale": "xx"})).status_code == 422


@pytest.mark.parametrize("headers", [{"origin": "https://evil.test"}, {"sec-fetch-site": "cross-site"}, {"origin": ""}])
@pytest.mark.parametrize("path", ["/login", "/logout", "/language", "/organizations/HG-LY/rename"])
async def test_a_form_of_somebody_else_is_refused(street: str, path: str, headers: dict[str, str]) -> None:
    async with signed_in(Role.STREET_ADMIN) as browser:
        before = await deeds()
        answer = await browser.post(path, data=credentials(Role.AUDITOR) | {"locale": "zh"}, headers=headers)
        assert answer.status_code == 403
        assert "not sent from a page of this program" in answer.text
        assert await deeds() == before


# ── cookies ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("origin", "prefix"), [("http://qiangji.test", ""), ("https://qiangji.test", "__Host-")])
async def test_a_browser_is_known_again_by_a_cookie_of_its_own(street: str, origin: str, prefix: str) -> None:
    async with signed_in(Role.AUDITOR, origin=origin) as browser:
        known = browser.cookies[f"{prefix}device"]
        _ = await browser.post("/logout")
        answer = await browser.post("/login", data=credentials(Role.AUDITOR))
        kept = cookie(answer, f"{prefix}device")
        assert f"={known};" in kept
        assert "HttpOnly" in kept
        assert "SameSite=lax" in kept
        assert "Max-Age=31536000" in kept
        assert ("Secure" in kept) is bool(prefix)
        assert "Domain" not in kept
        assert await Device.all().count() == 1


async def test_the_key_changes_at_each_step(street: str) -> None:
    """Whoever planted a session, or saw the one before the code, holds nothing afterwards."""
    factor = await enrolled("auditor")
    async with anyone() as browser:
        browser.cookies.set("session", planted := "a" * 64, domain="qiangji.test")
        answer = await browser.post("/login", data=credentials(Role.AUDITOR) | {"next": "/exhibit"})
        assert answer.headers["location"] == "/login/code?next=/exhibit"
        waiting = browser_key(answer)
        assert (await browser.get("/organizations")).headers["location"].startswith("/login?")
        assert "审计员" in (await browser.get("/login/code")).text
        answer = await browser.post("/login/code", data={"code": factor.code(), "next": "/exhibit"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/exhibit")
        opened = browser_key(answer)
        assert len({planted, waiting, opened}) == 3
    for key in (planted, waiting):
        assert (await asked_with(key)).headers["location"].startswith("/login")
    assert (await asked_with(opened)).status_code == 200


def browser_key(answer: Response) -> str:
    return cookie(answer, "session").split(";")[0].removeprefix("session=")


async def asked_with(key: str, path: str = "/organizations") -> Response:
    async with anyone() as browser:
        browser.cookies.set("session", key)
        return await browser.get(path)


# ── the code ──────────────────────────────────────────────────────────────────────────────────────────


async def test_a_code_is_not_accepted_twice(street: str) -> None:
    factor = await enrolled("auditor")
    code = factor.code()
    async with anyone() as first, anyone() as second:
        for browser in (first, second):
            assert (await browser.post("/login", data=credentials(Role.AUDITOR))).status_code == 303
        assert (await first.post("/login/code", data={"code": code})).headers["location"] == "/"
        before = await deeds()
        answer = await second.post("/login/code", data={"code": code, "next": "/exhibit"})
        assert answer.status_code == 422
        assert "This code does not fit" in answer.text
        assert 'name="next" value="/exhibit"' in answer.text
        assert await deeds() == before
        assert (await second.get("/organizations")).headers["location"].startswith("/login")
        assert (await second.post("/login/code", data={"code": factor.codes[0]})).headers["location"] == "/"


async def test_without_a_password_there_is_no_code_to_give(street: str) -> None:
    async with anyone() as browser:
        for answer in (
            await browser.get("/login/code?next=/exhibit"),
            await browser.post("/login/code", data={"code": "1"}),
        ):
            assert answer.status_code == 303
            assert answer.headers["location"].startswith("/login?next=/")
    async with signed_in(Role.AUDITOR) as browser:
        assert (await browser.get("/login/code")).status_code == 303


async def test_too_many_codes_wait(street: str) -> None:
    _ = await enrolled("auditor")
    async with anyone() as browser:
        _ = await browser.post("/login", data=credentials(Role.AUDITOR))
        answers = [await browser.post("/login/code", data={"code": "000000"}) for _ in range(11)]
        assert [answer.status_code for answer in answers] == [422] * 10 + [429]
        assert 1 <= int(answers[-1].headers["retry-after"]) <= 301
        assert "There were too many tries" in answers[-1].text


# ── the end of a session ──────────────────────────────────────────────────────────────────────────────


async def revoke(browser: AsyncClient) -> None:
    async with signed_in(Role.AUDITOR) as other:
        page = (await other.get("/account")).text
        [address] = re.findall(r'action="(/account/sessions/[0-9a-f]{16}/revoke)"', page)
        assert (await other.post(address)).headers["location"] == "/account?done=revoked"


async def revoke_others(browser: AsyncClient) -> None:
    async with signed_in(Role.AUDITOR) as other:
        assert (await other.post("/account/sessions/revoke-others")).headers["location"] == "/account?done=others"


async def disable(browser: AsyncClient) -> None:
    _ = await Account.filter(login="auditor").update(active=False)


@pytest.mark.parametrize("end", [revoke, revoke_others, disable], ids=lambda end: end.__name__)
async def test_the_next_request_of_an_ended_session_is_refused(
    street: str, end: Callable[[AsyncClient], Awaitable[None]]
) -> None:
    async with signed_in(Role.AUDITOR) as browser:
        assert (await browser.get("/organizations")).status_code == 200
        await end(browser)
        await assert_out(browser)


async def assert_out(browser: AsyncClient) -> None:
    assert (await browser.get("/organizations")).headers["location"] == "/login?next=/organizations"
    answer = await browser.post("/graphql", json={"query": "{ viewer { name } }"})
    assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_a_session_that_is_not_used_ends(street: str) -> None:
    async with signed_in(Role.AUDITOR) as browser:
        for minutes in (50, 100):
            with time_machine.travel(now() + timedelta(minutes=minutes), tick=False):
                assert (await browser.get("/organizations")).status_code == 200
        with time_machine.travel(now() + timedelta(minutes=161), tick=False):
            await assert_out(browser)


async def test_a_session_ends_in_any_case(street: str) -> None:
    async with signed_in(Role.AUDITOR) as browser:
        for minutes in range(45, 12 * 60, 45):
            with time_machine.travel(now() + timedelta(minutes=minutes), tick=False):
                assert (await browser.get("/organizations")).status_code == 200
        with time_machine.travel(now() + timedelta(hours=12, seconds=1), tick=False):
            await assert_out(browser)


async def test_nobody_ends_the_session_of_somebody_else(street: str) -> None:
    async with signed_in(Role.AUDITOR) as browser, signed_in(Role.BRANCH_EDITOR) as other:
        mine = await Session.get(account__login="auditor")
        before = await deeds()
        assert (await other.post(f"/account/sessions/{mine.handle}/revoke")).status_code == 404
        assert await deeds() == before
        assert (await browser.get("/organizations")).status_code == 200


async def test_graphql_lists_and_revokes_ones_own_sessions(street: str) -> None:
    async with signed_in(Role.AUDITOR) as gone, signed_in(Role.AUDITOR) as browser:
        query = "{ viewer { sessions { handle agent isCurrent createdAt seenAt expiresAt } } }"
        found = (await browser.post("/graphql", json={"query": query})).json()["data"]["viewer"]["sessions"]
        assert [session["isCurrent"] for session in found] == [True, False]
        mutation = f'mutation {{ revokeSession(input: {{handle: "{found[1]["handle"]}"}}) {{ handle isCurrent }} }}'
        answer = await browser.post("/graphql", json={"query": mutation})
        assert answer.json()["data"]["revokeSession"] == {"handle": found[1]["handle"], "isCurrent": False}
        await assert_out(gone)


# ── what has to be done first ─────────────────────────────────────────────────────────────────────────


async def test_an_administrator_sets_a_second_factor_up_before_anything_else(street: str) -> None:
    login = {"login": "real.admin", "password": "ladders under a kumquat"}
    draft = Provide.parse(login | {"name": "真管理员", "role": "STREET_ADMIN", "organization": "HG"})
    _ = await accounts.provide(await actor(Role.SECURITY_ADMIN), draft)
    async with anyone() as browser:
        assert (await browser.post("/login", data=login)).headers["location"] == "/"
        for path in ("/", "/organizations", "/exhibit", "/accounts"):
            assert (await browser.get(path)).headers["location"] == "/account/second-factor", path
        rename = {"name": "他街道", "party_name": "", "expected_version": "1"}
        before = await deeds()
        answer = await browser.post("/organizations/HG/rename", data=rename)
        assert answer.headers["location"] == "/account/second-factor"
        answer = await browser.post("/graphql", json={"query": "{ viewer { name } }"})
        assert answer.json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"
        assert "needs a second factor" in answer.json()["errors"][0]["message"]
        assert await deeds() == before
        for path in ("/account", "/account/password", "/account/second-factor", "/static/app.css"):
            assert (await browser.get(path)).status_code == 200, path
        assert "needs a second factor" in (await browser.get("/account/second-factor")).text


async def test_an_old_password_is_changed_first(street: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QIANGJI_PASSWORD_PROFILE", "dengbao")
    with time_machine.travel(now() + timedelta(days=91)):
        async with signed_in(Role.BRANCH_EDITOR) as browser:
            assert (await browser.get("/")).headers["location"] == "/account/password"
            page = (await browser.get("/account/password")).text
            assert "Your password is too old" in page
            assert "three of these" in page
            typed = {"current": credentials(Role.BRANCH_EDITOR)["password"], "password": "Kumquat-Ladder-9"}
            answer = await browser.post("/account/password", data=typed)
            assert answer.headers["location"] == "/account?done=password"
            assert (await browser.get("/")).status_code == 200


# ── one's own account ─────────────────────────────────────────────────────────────────────────────────


async def test_the_account_shows_what_it_is_and_no_address(street: str) -> None:
    async with signed_in(Role.AUDITOR) as browser:
        browser.headers["user-agent"] = "Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36"
        _ = await browser.post("/logout")
        _ = await browser.post("/login", data=credentials(Role.AUDITOR))
        page = (await browser.get("/account")).text
    for text in ("Chrome · Windows", "This browser", "Auditor · 横岗街道", "auditor", "Off"):
        assert text in page
    assert "127.0.0.1" not in page
    assert 'href="/account"' in page


async def test_the_picture_obeys_the_policy_and_codes_are_shown_once(street: str) -> None:
    async with signed_in(Role.AUDITOR) as browser:
        assert (await browser.post("/account/second-factor/prepare")).headers["location"] == "/account/second-factor"
        page = await browser.get("/account/second-factor")
        assert 'src="data:image/svg+xml' in page.text
        assert "img-src 'self' data:" in page.headers["content-security-policy"]
        assert page.headers["cache-control"] == "no-store"
        answer = await browser.post("/account/second-factor/enrol", data={"code": "000000"})
        assert (answer.status_code, "does not fit" in answer.text) == (422, True)
        factor = await enrolled("auditor")
        again = (await browser.get("/account/second-factor")).text
        assert "unused" in again.lower()
        assert "data:image" not in again
        typed = {"current": credentials(Role.AUDITOR)["password"]}
        shown = (await browser.post("/account/second-factor/recovery-codes", data=typed)).text
        assert len(re.findall(r"<code>[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4}</code>", shown)) == 10
        assert not any(code in shown for code in factor.codes)
        wrong = await browser.post("/account/second-factor/remove", data={"current": "not the password"})
        assert wrong.status_code == 422
        assert 'id="remove-current-complaint"' in wrong.text
        assert 'id="renew-current-complaint"' not in wrong.text
        answer = await browser.post("/account/second-factor/remove", data=typed)
        assert answer.headers["location"] == "/account?done=removed"


async def test_a_token_opens_no_account(street: str, logins: dict[str, Login]) -> None:
    async with anyone() as browser:
        bearer = {"authorization": f"Bearer {logins['AUDITOR'].token}"}
        assert (await browser.get("/account", headers=bearer)).status_code == 403


# ── one-time links ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("kind", "title"), [(LinkKind.INVITATION, "Welcome"), (LinkKind.RESET, "A new password")])
async def test_a_link_shows_whose_it_is_and_sets_the_password(street: str, kind: LinkKind, title: str) -> None:
    address = f"/join/{await link_for('branch.editor', kind)}"
    async with anyone() as browser:
        page = (await browser.get(address)).text
        assert title in page
        assert "branch.editor" in page
        weak = await browser.post(address, data={"password": "password1234"})
        assert (weak.status_code, 'id="password-complaint"' in weak.text) == (422, True)
        assert "password1234" not in weak.text
        fresh = {"password": "ladders under a kumquat"}
        assert (await browser.post(address, data=fresh)).headers["location"] == "/login?done=joined"
        assert "Your password is set" in (await browser.get("/login?done=joined")).text
        assert (await browser.post("/login", data=fresh | {"login": "branch.editor"})).headers["location"] == "/"


async def test_links_that_do_not_count_answer_alike(street: str) -> None:
    used, expired = await link_for("branch.editor"), await link_for("branch.editor", days=-1)
    async with anyone() as browser:
        _ = await browser.post(f"/join/{used}", data={"password": "ladders under a kumquat"})
        answers = [await browser.get(f"/join/{key}") for key in (used, expired, "0" * 64)]
        answers.append(await browser.post(f"/join/{used}", data={"password": "another ladder of mine"}))
    keys = "|".join((used, expired, "0" * 64))
    assert {answer.status_code for answer in answers} == {404}
    assert len({re.sub(rf"{keys}|[0-9a-f]{{64}}", "", answer.text) for answer in answers[:3]}) == 1
    assert "works once and for a limited time" in answers[3].text
