"""What becomes of words on their way: two people at one item, a lost connection, an ended session, the keys."""

from typing import Any

from playwright.async_api import Browser, Locator, Page, Route, expect

from server.kit.clock import today
from tests import browser as browsers
from tests.conftest import Login
from tests.e2e.test_story import measure, signed_in

Logins = dict[str, Login]


async def checklist(page: Page, number: int) -> Locator:
    """One measure of the branch's checklist, open."""
    await page.goto("/checklists")
    item = measure(page, number)
    await item.locator("> summary").click()
    return item


async def write(item: Locator, text: str) -> None:
    await item.locator("[name=summary]").fill(text)


async def focused(page: Page) -> Any:
    return await page.evaluate("document.activeElement.name ?? document.activeElement.className")


async def drafts(page: Page) -> Any:
    """What this device keeps."""
    return await page.evaluate("Object.keys(localStorage).length")


async def test_two_people_at_one_item_decide_for_themselves(browser: Browser, live: str, logins: Logins) -> None:
    async with (
        signed_in(browser, live, logins["BRANCH_SECRETARY"], browsers.DESKTOP) as one,
        signed_in(browser, live, logins["BRANCH_EDITOR"], browsers.DESKTOP) as other,
    ):
        first, second = await checklist(one, 4), await checklist(other, 4)
        await write(first, "书记写的")
        await expect(first.locator(".kept")).to_contain_text("已自动保存")
        await expect(one.locator("#overview .tally .state.IN_PROGRESS")).to_contain_text("1")
        await write(second, "填报员写的")
        await expect(second.locator(".kept")).to_contain_text("现为：书记写的")
        assert await focused(other) == "summary"
        await second.locator("button[name=over]").click()
        await expect(second.locator(".told.good")).to_be_visible()
        await write(first, "书记又写的")
        await expect(first.locator(".kept")).to_contain_text("现为：填报员写的")
        await first.locator("[data-forget]").click()
        await expect(first.locator("[name=summary]")).to_have_value("填报员写的")
        assert (await drafts(one), await drafts(other)) == (0, 0)


async def test_words_outlive_a_lost_connection(browser: Browser, live: str, logins: Logins) -> None:
    async with signed_in(browser, live, logins["BRANCH_SECRETARY"], browsers.PHONE) as page:
        item = await checklist(page, 4)
        await page.context.set_offline(True)
        await write(item, "断网时写的")
        await expect(page.locator("#offline")).to_be_in_viewport()
        await expect(item.locator(".unsaved").first).to_be_visible()
        assert await drafts(page) == 1
        await page.locator(".account > summary").click()
        await page.locator("form[data-sign-out] button").click()
        await expect(page.locator("#offline")).to_be_in_viewport()
        assert await drafts(page) == 1
        await page.context.set_offline(False)
        await expect(item.locator(".kept")).to_contain_text("已自动保存")
        await expect(page.locator("#offline")).to_be_hidden()
        await expect(item.locator(".unsaved").first).to_be_hidden()
        assert await drafts(page) == 0


async def test_words_outlive_the_session(browser: Browser, live: str, logins: Logins) -> None:
    login = logins["BRANCH_SECRETARY"]
    async with signed_in(browser, live, login, browsers.DESKTOP) as page:
        item = await checklist(page, 4)
        await page.context.clear_cookies()
        await write(item, "会话结束后写的")
        await page.wait_for_url("**/login?**")
        await expect(page.locator(".told").first).to_contain_text("登录已过期")
        await page.fill("[name=login]", login.login)
        await page.fill("[name=password]", login.password)
        await page.click("#sign-in button[type=submit]")
        await page.wait_for_url("**/checklists/*")
        await expect(item.locator("[name=summary]")).to_have_value("会话结束后写的")
        await expect(item.locator(".draft-note").first).to_be_visible()
        await expect(item.locator(".kept")).to_contain_text("已自动保存")
        assert await drafts(page) == 0


async def test_words_outlive_an_error_page_of_a_proxy(browser: Browser, live: str, logins: Logins) -> None:
    async with signed_in(browser, live, logins["BRANCH_SECRETARY"], browsers.PHONE) as page:
        item = await checklist(page, 4)

        async def broken(route: Route) -> None:
            await route.fulfill(status=502, content_type="text/html", body="<html><h1>502 Bad Gateway</h1></html>")

        await page.route("**/checklist-items/**", broken)
        await write(item, "代理出错时写的")
        for _ in range(2):
            await expect(page.locator("#failed")).to_be_in_viewport()
            await expect(item.locator(".unsaved").first).to_be_visible()
            await expect(item.locator("[name=summary]")).to_have_value("代理出错时写的")
            await item.locator("button[data-key=save]").click()
        assert await drafts(page) == 1
        await page.unroute("**/checklist-items/**")
        await item.locator("button[data-key=save]").click()
        await expect(item.locator(".told.good")).to_be_visible()
        await expect(page.locator("#failed")).to_be_hidden()
        assert await drafts(page) == 0


async def test_a_draft_comes_back_in_sight_and_is_saved(browser: Browser, live: str, logins: Logins) -> None:
    async with signed_in(browser, live, logins["BRANCH_SECRETARY"], browsers.DESKTOP) as page:
        item = await checklist(page, 4)
        await page.route("**/checklist-items/**", lambda route: route.abort())
        await write(item, "没有存上的")
        await expect(item.locator(".unsaved").first).to_be_visible()
        await page.unroute("**/checklist-items/**")
        await page.reload()
        await expect(item.locator("[name=summary]")).to_be_visible()
        await expect(item.locator("[name=summary]")).to_have_value("没有存上的")
        await expect(item.locator(".kept")).to_contain_text("已自动保存")
        assert await drafts(page) == 0


async def test_a_reason_is_handed_in_after_typing(browser: Browser, live: str, logins: Logins) -> None:
    """What was typed by itself meanwhile is nobody else's change; a reason comes back in another language as well."""
    async with signed_in(browser, live, logins["BRANCH_SECRETARY"], browsers.DESKTOP) as page:
        item = await checklist(page, 4)
        await write(item, "先写了一半")
        await expect(item.locator(".kept")).to_contain_text("已自动保存")
        fold, reason = item.locator("details.aside", has=page.locator("[name=reason]")), item.locator("[name=reason]")
        await fold.locator("summary").click()
        await reason.fill("本支部没有流动党员")
        await write(item, "又写了一些")
        await expect(item.locator(".kept [name=expected_version]").first).to_have_value("3")
        await page.locator(".account > summary").click()
        await page.locator("button[name=locale]").click()
        await expect(reason).to_be_visible()
        await expect(reason).to_have_value("本支部没有流动党员")
        await expect(fold.locator(".draft-note")).to_be_visible()
        await fold.locator("button[type=submit]").click()
        await expect(item.locator("summary .state.SUBMITTED")).to_be_visible()
        assert await drafts(page) == 0


async def test_drafts_go_when_the_person_has_signed_out(browser: Browser, live: str, logins: Logins) -> None:
    async with signed_in(browser, live, logins["BRANCH_SECRETARY"], browsers.DESKTOP) as page:
        item = await checklist(page, 4)
        await page.route("**/checklist-items/**", lambda route: route.abort())
        await write(item, "没有存上的")
        await expect(item.locator(".unsaved").first).to_be_visible()
        await page.locator(".account > summary").click()
        await page.locator("form[data-sign-out] button").click()
        await page.wait_for_url("**/login")
        assert await drafts(page) == 0


async def test_complaints_go_when_they_are_answered(browser: Browser, live: str, logins: Logins) -> None:
    async with signed_in(browser, live, logins["BRANCH_SECRETARY"], browsers.DESKTOP) as page:
        item = await checklist(page, 4)
        await item.locator("button[data-key=submit]").click()
        await expect(item.locator(".errors")).to_be_visible()
        await write(item, "补上了")
        for gone in (".errors", ".field .complaint", ".wrong", "[aria-invalid]"):
            await expect(item.locator(gone)).to_have_count(0)


async def test_another_kind_keeps_what_was_typed(browser: Browser, live: str, logins: Logins) -> None:
    async with signed_in(browser, live, logins["STREET_ADMIN"], browsers.DESKTOP) as page:
        await page.goto("/organizations/new?parent=HG")
        await page.fill("#name", "试验社区")
        await page.get_by_role("button", name="党支部").click()
        await expect(page.locator("#branch_type")).to_be_visible()
        await expect(page.locator("#name")).to_have_value("试验社区")
        await page.press("#name", "Enter")
        await expect(page.locator("#form .errors")).to_be_visible()
        await expect(page.locator("#branch_type")).to_be_visible()


async def test_the_keys(browser: Browser, live: str, logins: Logins) -> None:
    async with signed_in(browser, live, logins["BRANCH_SECRETARY"], browsers.DESKTOP) as page:
        item = await checklist(page, 4)
        await write(item, "用键盘保存")
        await page.keyboard.press("Control+s")
        await expect(item.locator("summary .state.IN_PROGRESS")).to_be_visible()
        await item.locator("[name=done_on]").fill(today().isoformat())
        await page.keyboard.press("Control+Enter")
        await expect(item.locator("summary .state.SUBMITTED")).to_be_visible()
        await expect(measure(page, 5)).to_have_attribute("open", "")
        assert await focused(page) == "done_on"
        await item.locator(".told a").click()
        await page.keyboard.press("ArrowDown")
        assert await page.evaluate("document.activeElement.textContent.trim()[0]") == "6"
