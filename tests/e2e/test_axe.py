"""axe-core finds nothing: on every page, with everything on it unfolded, in both languages, wide and narrow."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect
from starlette.routing import BaseRoute, Match, Route

from server.views import routes
from server.vocabulary import Role
from tests import browser as browsers
from tests.clients import anyone
from tests.clients import signed_in as at_browser
from tests.conftest import Figure, Login
from tests.e2e.addresses import ABSENT, NO_PAGES, NOBODY, PAGES, some_of
from tests.e2e.test_story import connected, measure, signed_in, visiting
from tests.factors import enrolled

UNFOLD = "document.querySelectorAll('details').forEach((each) => { each.open = true; })"


# --- what a page says when something went wrong, or was begun


async def a_wrong_password(page: Page) -> None:
    await page.goto("/login")
    await page.fill("[name=login]", "auditor")
    await page.fill("[name=password]", "not the password")
    await page.click("#sign-in button[type=submit]")
    await expect(page.locator("#sign-in .errors, #sign-in .complaint").first).to_be_visible()


async def a_refused_form(page: Page) -> None:
    await page.goto("/records/new")
    await page.locator("main form [type=submit]").last.click()
    await expect(page.locator("main .complaint").first).to_be_visible()


async def an_edit_that_was_overtaken(page: Page) -> None:
    await page.goto("/checklists")
    item = measure(page, 1)
    if await item.get_attribute("open") is None:
        await item.locator("> summary").click()
    await item.locator("[name=expected_version]").first.evaluate("input => { input.value = 7; }")
    await item.locator("[name=summary]").fill("学习一次")
    await expect(item.locator(".complaint").first).to_be_visible()


async def a_second_factor_that_is_prepared(page: Page) -> None:
    await page.goto("/account/second-factor")
    await page.locator("form[action$='/prepare'] button").click()
    await expect(page.locator("#secret")).to_be_visible()


Step = Callable[[Page], Awaitable[None]]
STATES: dict[str, tuple[Step, ...]] = {
    NOBODY: (a_wrong_password,),
    "BRANCH_SECRETARY": (a_refused_form, an_edit_that_was_overtaken, a_second_factor_that_is_prepared),
}


@pytest.mark.parametrize("role", PAGES)
async def test_axe_finds_nothing(
    browser: Browser, live: str, live_url: str, logins: dict[str, Login], role: str, figure: Figure
) -> None:
    """Each page once: the first wide and in Chinese, the second narrow and in English, and so on in turn."""
    async with connected(live_url):
        names = await some_of(" ".join(PAGES[role]))
    looks = [at(path.format(**names)) for path in PAGES[role]]
    looks += [state(step) for step in STATES.get(role, ())]
    async with AsyncExitStack() as stack:
        entry = (
            signed_in(browser, live, logins[role], browsers.DESKTOP)
            if role in logins
            else visiting(browser, live, browsers.DESKTOP, locale="zh-CN")
        )
        wide = await stack.enter_async_context(entry)
        kept: Any = await wide.context.storage_state()
        phone = visiting(browser, live, browsers.PHONE, locale="en-GB", storage_state=kept)
        narrow = await stack.enter_async_context(phone)
        found = await asyncio.gather(all_of(wide, looks[::2]), all_of(narrow, looks[1::2]))
    assert [line for lines in found for line in lines if line] == []
    figure(f"axe: {role}: {len(PAGES[role])} pages, {len(looks) - len(PAGES[role])} states of them, 0 violations")


async def test_axe_finds_nothing_where_a_code_is_asked_for(
    browser: Browser, live: str, live_url: str, logins: dict[str, Login]
) -> None:
    async with connected(live_url):
        _ = await enrolled("auditor")
    async with visiting(browser, live, browsers.PHONE, locale="zh-CN") as page:
        await page.goto("/login")
        await page.fill("[name=login]", "auditor")
        await page.fill("[name=password]", logins["AUDITOR"].password)
        await page.click("#sign-in button[type=submit]")
        await page.wait_for_url("**/login/code**")
        assert await violations(page, "/login/code") == ""


Look = Callable[[Page], Awaitable[str]]


async def all_of(page: Page, looks: list[Look]) -> list[str]:
    return [await look(page) for look in looks]


def at(address: str) -> Look:
    async def look(page: Page) -> str:
        answer = await page.goto(address)
        expected = 404 if address in ABSENT else 200
        if (
            answer is None
            or answer.status != expected
            or page.url.partition("?")[0].endswith("/login") != (address == "/login")
        ):
            return f"{address}: it is not the page that is meant"
        return await violations(page, address)

    return look


def state(step: Step) -> Look:
    async def look(page: Page) -> str:
        await step(page)
        return await violations(page, step.__name__)

    return look


async def violations(page: Page, name: str) -> str:
    """Nothing, or the page with what is wrong there; a page that scrolls sideways is wrong as well."""
    await page.evaluate(UNFOLD)
    results = await Axe().run(page)
    wrong = [f"{each['id']} ({len(each['nodes'])})" for each in results.response["violations"]]
    size = page.viewport_size
    if size and await page.evaluate("document.documentElement.scrollWidth") > size["width"]:
        wrong.append("scrolls sideways")
    return f"{name}: {', '.join(wrong)}" if wrong else ""


# --- nothing is left out


def test_every_page_is_looked_at() -> None:
    """A new page fails here until it stands in PAGES."""
    looked_at = {route_of(address) for addresses in PAGES.values() for address in addresses} | {"/login/code"}
    others = {route_of(address) for address in NO_PAGES}
    assert not looked_at & others
    assert looked_at | others == {path_of(route) for route in routes if answers_get(route)}


def answers_get(route: BaseRoute) -> bool:
    return isinstance(route, Route) and "GET" in (route.methods or ())


def path_of(route: BaseRoute) -> str:
    assert isinstance(route, Route)
    return route.path


def route_of(address: str) -> str:
    asked = {"type": "http", "method": "GET", "path": address.partition("?")[0]}
    return next(path_of(route) for route in routes if answers_get(route) and route.matches(asked)[0] is Match.FULL)


@pytest.mark.parametrize("role", [None, Role.STREET_ADMIN, Role.BRANCH_SECRETARY, Role.STREET_REVIEWER, Role.AUDITOR])
async def test_what_is_not_looked_at_shows_no_page(shared_street: str, role: Role | None) -> None:
    """A file, a way on, or a refusal."""
    names = await some_of(" ".join(NO_PAGES))
    async with at_browser(role) if role else anyone() as client:
        for address in NO_PAGES.keys() - {"/trail/feed"}:
            answer = await client.get(address.format(**names))
            assert answer.status_code != 200 or "text/html" not in answer.headers["content-type"], address
