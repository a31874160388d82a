"""Coming in and going out: the form, its cookies, and where it may lead."""

import pytest
from httpx import Response

from server.models.sessions import Session
from server.vocabulary import Role
from tests.cast import deeds
from tests.clients import HTMX, anyone, credentials, signed_in

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
