"""Answers that no view gave: refusals of every kind, and what every answer carries."""

from collections.abc import AsyncIterator

import pytest
from httpx import AsyncClient, Response

from server.vocabulary import Role
from tests.cast import deeds
from tests.clients import HTMX, anyone, signed_in

FORM = {"content-type": "application/x-www-form-urlencoded"}
HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; ",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=()",
    "x-request-id": "",
    "cache-control": "no-store",
    "vary": "HX-Request",
}


async def unknown_address(browser: AsyncClient, headers: dict[str, str]) -> Response:
    return await browser.get("/nowhere/at/all", headers=headers)


async def hidden_organization(browser: AsyncClient, headers: dict[str, str]) -> Response:
    return await browser.get("/organizations/HG-HM", headers=headers)


async def without_the_right(browser: AsyncClient, headers: dict[str, str]) -> Response:
    typed = {"name": "新的名称", "expected_version": "1"}
    return await browser.post("/organizations/HG-LY-01-ZB/rename", data=typed, headers=headers)


async def no_form(browser: AsyncClient, headers: dict[str, str]) -> Response:
    path = "/organizations/HG-LY-01-ZB/members/enrol"
    return await browser.post(path, json={"name": "曾试验"}, headers=headers)


async def half_a_form(browser: AsyncClient, headers: dict[str, str]) -> Response:
    kind = {"content-type": "multipart/form-data; boundary=x"}
    path = "/organizations/HG-LY-01-ZB/members/enrol"
    return await browser.post(path, content=b"--y\r\nnonsense", headers=headers | kind)


async def too_large(browser: AsyncClient, headers: dict[str, str]) -> Response:
    path = "/organizations/HG-LY-01-ZB/members/enrol"
    return await browser.post(path, data={"name": "长" * 200_000}, headers=headers)


async def too_large_in_pieces(browser: AsyncClient, headers: dict[str, str]) -> Response:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"name=" + b"x" * 10_000

    path = "/organizations/HG-LY-01-ZB/members/enrol"
    return await browser.post(path, content=pieces(), headers=headers | FORM)


async def wrong_method(browser: AsyncClient, headers: dict[str, str]) -> Response:
    return await browser.get("/logout", headers=headers)


async def wrong_day(browser: AsyncClient, headers: dict[str, str]) -> Response:
    return await browser.get("/organizations/HG-LY-01-ZB?asOf=never", headers=headers)


REFUSED = [
    (unknown_address, 404, "There is no page at this address.", "这个地址没有页面。"),
    (hidden_organization, 404, "There is no organization HG-HM here for you", "HG-HM"),
    (without_the_right, 403, "Your role does not allow this here", "您的角色"),
    (no_form, 415, "does not take what was sent to it", "不接受"),
    (half_a_form, 400, "does not take what was sent to it", "不接受"),
    (too_large, 413, "This is too much at once", "一次发送的内容过多"),
    (too_large_in_pieces, 413, "This is too much at once", "一次发送的内容过多"),
    (wrong_method, 405, "does not take what was sent to it", "不接受"),
    (wrong_day, 422, "Give a date as year-month-day", "日期"),
]


@pytest.mark.parametrize(("ask", "status", "english", "chinese"), REFUSED, ids=lambda a: getattr(a, "__name__", ""))
async def test_a_refusal_says_what_happened_and_what_to_do(
    shared_street: str, ask: object, status: int, english: str, chinese: str
) -> None:
    assert callable(ask)
    for locale, said in (("en", english), ("zh", chinese)):
        async with signed_in(Role.BRANCH_SECRETARY, locale) as browser:
            before = await deeds()
            whole = await ask(browser, {})
            block = await ask(browser, HTMX)
            assert whole.status_code == block.status_code == status
            assert said in whole.text
            assert said in block.text
            assert "<html" in whole.text
            assert "深坑支部书记" in whole.text
            assert "<html" not in block.text
            assert (block.headers["hx-retarget"], block.headers["hx-reswap"]) == ("#notice", "innerHTML")
            assert whole.headers["x-request-id"] in whole.text
            assert 'role="alert"' in block.text
            assert await deeds() == before


async def test_a_wrong_method_says_which_are_right(shared_street: str) -> None:
    async with signed_in(Role.AUDITOR) as browser:
        assert (await browser.get("/logout")).headers["allow"] == "POST"


async def test_an_accident_is_masked_and_has_a_number(shared_street: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a secret of the house")

    monkeypatch.setattr("server.queries.exhibit.visible", broken)
    for headers in ({}, HTMX):
        async with signed_in(Role.AUDITOR) as browser:
            answer = await browser.get("/exhibit", headers=headers)
            assert answer.status_code == 500
            assert "secret" not in answer.text
            assert "did not expect" in answer.text
            assert answer.headers["x-request-id"] in answer.text
            assert ("hx-retarget" in answer.headers) is bool(headers)
            carried(answer)


def carried(answer: Response) -> None:
    for name, value in HEADERS.items():
        assert answer.headers.get(name, "").startswith(value), (name, answer.headers)
    assert "unsafe" not in answer.headers["content-security-policy"]


async def test_every_answer_carries_the_headers(shared_street: str) -> None:
    async with signed_in(Role.BRANCH_SECRETARY) as browser:
        for ask, *_ in REFUSED:
            carried(await ask(browser, {}))
            carried(await ask(browser, HTMX))
        carried(await browser.get("/organizations"))
        carried(await browser.get("/organizations", headers=HTMX))
    async with anyone() as browser:
        carried(await browser.get("/login"))
        carried(await browser.post("/login", data={}))
        carried(await browser.post("/login", headers={"origin": "https://evil.test"}))
        led = await browser.get("/organizations")
        assert led.status_code == 303
        assert led.headers["cache-control"] == "no-store"
        assert led.headers["x-request-id"]
        style = await browser.get("/static/app.css")
        assert style.status_code == 200
        assert "no-store" not in style.headers.get("cache-control", "")
        assert style.headers["x-content-type-options"] == "nosniff"


async def test_htmx_is_led_to_the_door_and_back_to_its_page(shared_street: str) -> None:
    async with anyone() as browser:
        here = {"HX-Current-URL": "http://qiangji.test/organizations/HG?asOf=2020-01-01"}
        answer = await browser.get("/organizations/HG-LY/below", headers=HTMX | here)
        assert answer.status_code == 204
        assert answer.headers["hx-redirect"] == "/login?next=/organizations/HG%3FasOf%3D2020-01-01"
        for address in ("http://evil.test//evil.test", "http://[", "//evil.test", "javascript:x"):
            answer = await browser.get("/organizations", headers=HTMX | {"HX-Current-URL": address})
            assert answer.headers["hx-redirect"] in ("/login?next=/", "/login"), address


async def test_history_is_restored_with_whole_pages(shared_street: str) -> None:
    async with signed_in(Role.AUDITOR) as browser:
        restored = HTMX | {"HX-History-Restore-Request": "true"}
        assert "<html" in (await browser.get("/organizations", headers=restored)).text


async def test_nobody_is_named_before_signing_in(shared_street: str) -> None:
    async with anyone() as browser:
        for path in ("/login", "/login/nowhere"):
            text = (await browser.get(path)).text
            assert "anonymous" not in text
            assert 'action="/logout"' not in text


@pytest.mark.parametrize(
    ("path", "back"),
    [
        ("/organizations/HG/rename", "/organizations/HG/rename"),
        ("/organizations/new?parent=HG", "/organizations/new?parent=HG"),
        ("/organizations/HG/members/enrol", "/organizations/HG/members/enrol"),
        ("/checklist-items/1/save", "/checklist-items/1/save"),
        ("/language", "/"),
    ],
)
async def test_the_language_of_a_refused_form_leads_back_to_the_form(shared_street: str, path: str, back: str) -> None:
    async with signed_in(Role.STREET_ADMIN) as browser:
        answer = await browser.post(path, data={"parent": "HG"})
        assert answer.status_code >= 400
        assert f'name="back" value="{back}"' in answer.text


async def test_the_language_of_a_page_leads_back_to_it(shared_street: str) -> None:
    async with signed_in(Role.AUDITOR) as browser:
        answer = await browser.get("/organizations?search=hm&asOf=2020-01-01")
        assert 'name="back" value="/organizations?search=hm&amp;asOf=2020-01-01"' in answer.text
