"""On a phone: a second factor is set up, asked for, replaced by a recovery code; another browser is signed out."""

import pyotp
from playwright.async_api import Browser, Page, expect

from server.kit.clock import now
from tests import browser as browsers
from tests.conftest import Login
from tests.e2e.test_story import signed_in
from tests.factors import STEP


async def sign_in(page: Page, address: str, login: Login) -> None:
    """Up to the code."""
    await page.goto(f"{address}/login")
    await page.fill("[name=login]", login.login)
    await page.fill("[name=password]", login.password)
    await page.click("#sign-in button[type=submit]")
    await page.wait_for_url("**/login/code**")


async def give(page: Page, address: str, code: str) -> None:
    await page.fill("[name=code]", code)
    await page.click("#give-code button[type=submit]")
    await page.wait_for_url(f"{address}/")


async def sign_out(page: Page, address: str) -> None:
    await page.locator(".account > summary").click()
    await page.locator("form[data-sign-out] button").click()
    await page.wait_for_url(f"{address}/login")


async def test_a_second_factor_from_first_to_last(browser: Browser, live: str, logins: dict[str, Login]) -> None:
    login = logins["BRANCH_SECRETARY"]
    async with signed_in(browser, live, login, browsers.PHONE) as phone:
        await phone.locator(".account > summary").click()
        await phone.get_by_role("link", name="我的账号").click()
        await expect(phone.locator("#proofs-title")).to_be_visible()
        await phone.locator("a[href='/account/second-factor']").click()
        await phone.locator("form[action$='/prepare'] button").click()
        secret = (await phone.locator("#secret").inner_text()).replace(" ", "")
        assert await phone.locator("img.qr").evaluate("image => image.complete && image.naturalWidth > 100")
        assert await phone.evaluate("document.documentElement.scrollWidth") == browsers.PHONE["width"]
        await phone.fill("[name=code]", "000000")
        await phone.locator("form[action$='/enrol'] button").click()
        await expect(phone.locator("#code-complaint")).to_be_visible()
        await phone.fill("[name=code]", pyotp.TOTP(secret).now())
        await phone.locator("form[action$='/enrol'] button").click()
        codes = await phone.locator(".codes code").all_inner_texts()
        assert len(codes) == 10
        await phone.locator(".content a.btn-primary").click()
        await phone.wait_for_url(f"{live}/")

        await sign_out(phone, live)
        await sign_in(phone, live, login)
        await give(phone, live, pyotp.TOTP(secret).at(now() + STEP))

        context = await browser.new_context(viewport=browsers.DESKTOP, locale="zh-CN")
        desk = await context.new_page()
        await sign_in(desk, live, login)
        await give(desk, live, codes[0])

        await phone.goto("/account")
        await expect(phone.locator("#sessions li")).to_have_count(2)
        await expect(phone.locator("#sessions li").first).to_contain_text("当前设备")
        await expect(phone.locator(".own-sessions").last).to_contain_text("未使用的恢复码：9 个")
        await phone.locator("#sessions form[action$='/revoke'] button").click()
        await expect(phone.locator(".told.good")).to_be_visible()
        await expect(phone.locator("#sessions li")).to_have_count(1)

        await desk.locator("nav.tabs a[href='/organizations']").click()
        await desk.wait_for_url("**/login?next=/organizations")
        await context.close()
