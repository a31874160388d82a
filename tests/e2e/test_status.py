"""The pages of the status in a real browser: they fit, they are walked by key, they print on the paper they name."""

import re

from playwright.async_api import Browser, Page, expect

from tests import browser as browsers
from tests.conftest import Figure, Login
from tests.e2e.test_story import signed_in

PAGES = ("/matrix", "/roll-up", "/status", "/missing", "/comparison", "/trend")
A3, A4 = (1191, 842), (595, 842)
"""In points; A3 lies on its side."""


async def test_the_status_in_a_browser(browser: Browser, live: str, logins: dict[str, Login], figure: Figure) -> None:
    async with signed_in(browser, live, logins["AUDITOR"], browsers.DESKTOP) as page:
        await everything_fits(page)
        await cells_open_in_place(page)
        papers = [await printed(page, "/matrix", A3), await printed(page, "/checklists/2", A4)]
        papers += [await printed(page, "/missing?within=HG-LY", A4)]
        await page.goto("/trend")
        await expect(page.locator(".chart canvas")).to_be_visible()
    assert papers[:2] == [1, 1]
    figure(f"print: 16 × 19 on {papers[0]} page of A3, 19 items on {papers[1]} of A4, what is missing on {papers[2]}")


async def everything_fits(page: Page) -> None:
    for address in PAGES:
        await page.goto(address)
        assert await page.evaluate("document.documentElement.scrollWidth") <= browsers.DESKTOP["width"], address
    await page.goto("/matrix")
    box = page.locator("#matrix")
    assert await box.evaluate("box => [box.scrollWidth <= box.clientWidth, box.scrollHeight <= box.clientHeight]") == [
        True,
        True,
    ]


async def cells_open_in_place(page: Page) -> None:
    """Walked to by the arrows, opened by Enter; Escape leads back to the cell."""
    row = page.locator("table.matrix tr:has(td > a.state)")
    await row.nth(0).locator("a.state").first.focus()
    for key in ("ArrowRight", "ArrowDown", "Enter"):
        await page.keyboard.press(key)
    cell = row.nth(1).locator("a.state").nth(1)
    await expect(page.locator("#cell h2")).to_be_focused()
    await expect(cell).to_have_attribute("aria-expanded", "true")
    await page.keyboard.press("Escape")
    await expect(page.locator("#cell section")).to_have_count(0)
    await expect(cell).to_be_focused()
    first, second = page.locator("table.matrix tbody").nth(0), page.locator("table.matrix tbody").nth(1)
    above, below = first.locator("tr").last.locator("a.state").first, second.locator("a.state").first
    await above.focus()
    for key, there in (("ArrowDown", below), ("ArrowUp", above)):
        await page.keyboard.press(key)
        await expect(there).to_be_focused()


async def printed(page: Page, address: str, paper: tuple[int, int]) -> int:
    """How many sheets; no row may be cut between two of them."""
    await page.goto(address)
    pdf = await page.pdf(prefer_css_page_size=True, print_background=True)
    sizes = {(round(float(w)), round(float(h))) for w, h in re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)}
    assert sizes == {paper}
    await page.emulate_media(media="print")
    rows = page.locator("table tbody tr, details.item")
    assert set(await rows.evaluate_all("rows => rows.map(row => getComputedStyle(row).breakInside)")) <= {"avoid"}
    await page.emulate_media(media="null")
    return len(re.findall(rb"/Type\s*/Page\b", pdf))
