"""Photograph the main pages at 390 and 1280 pixels, in Chinese and English, into docs/images.

Starts the program as a new user would, in a directory of its own on a free port, and signs in as the people whose
pages are shown. Prints how many pictures it took.
"""

import asyncio
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Browser, Page

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests import browser as browsers  # noqa: E402 - found only now
from tests.processes import free_port, program, wait_until_served  # noqa: E402

IMAGES = ROOT / "docs" / "images"
SIZES = {390: browsers.PHONE, 1280: browsers.DESKTOP}
LOCALES = {"zh": "zh-CN", "en": "en-GB"}

PAGES = {
    "login": ("", "/login"),
    "today": ("BRANCH_SECRETARY", "/"),
    "checklist": ("BRANCH_SECRETARY", "/checklists"),
    "filling": ("BRANCH_SECRETARY", "/checklists"),
    "tree": ("STREET_ADMIN", "/organizations"),
    "records": ("BRANCH_SECRETARY", "/records"),
    "record-new": ("BRANCH_SECRETARY", "/records/new"),
    "organization": ("STREET_ADMIN", "/organizations/HG-LY-02-ZB"),
    "members": ("STREET_ADMIN", "/organizations/HG-LY-02-ZB/members"),
    "person": ("STREET_ADMIN", "/members/1"),
    "move": ("STREET_ADMIN", "/organizations/HG-LY-01/move"),
    "matrix": ("AUDITOR", "/matrix"),
    "roll-up": ("AUDITOR", "/roll-up"),
    "missing": ("AUDITOR", "/missing"),
    "comparison": ("AUDITOR", "/comparison"),
    "trend": ("AUDITOR", "/trend"),
    "templates": ("STREET_ADMIN", "/templates"),
    "template": ("STREET_ADMIN", "/templates/1"),
    "cycles": ("STREET_ADMIN", "/cycles"),
    "cycle": ("STREET_ADMIN", "/cycles/1"),
    "cycle-new": ("STREET_ADMIN", "/cycles/new"),
    "today-reviewer": ("COMMUNITY_REVIEWER", "/"),
    "review": ("COMMUNITY_REVIEWER", "/review"),
    "together": ("COMMUNITY_REVIEWER", "/review/together"),
    "account": ("BRANCH_SECRETARY", "/account"),
    "notices": ("BRANCH_SECRETARY", "/account/notices"),
    "second-factor": ("BRANCH_SECRETARY", "/account/second-factor"),
    "accounts": ("SECURITY_ADMIN", "/accounts"),
    "invite": ("SECURITY_ADMIN", "/accounts/invite"),
    "account-of-another": ("SECURITY_ADMIN", "/accounts/5"),
    "grants": ("SECURITY_ADMIN", "/grants"),
    "tokens": ("SECURITY_ADMIN", "/tokens"),
    "my-roles": ("BRANCH_SECRETARY", "/grants/mine"),
    "exhibit": ("AUDITOR", "/exhibit"),
    "trail": ("AUDITOR", "/trail"),
    "seals": ("STREET_REVIEWER", "/seals/new"),
    "not-found": ("AUDITOR", "/organizations/NOWHERE"),
}
"""Name of the picture: whose eyes, which address."""

OPENED = {"filling": "details.item summary >> nth=0"}
"""What is clicked first."""


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        directory, port = Path(name), free_port()
        with program("run", directory / "log", QIANGJI_DATA=name, PORT=str(port)) as process:
            address = f"http://127.0.0.1:{port}"
            wait_until_served(f"{address}/login", process, directory / "log", seconds=120)
            taken = asyncio.run(photograph(address, passwords(directory)))
    print(f"{taken} pictures in {IMAGES.relative_to(ROOT)}")


def passwords(directory: Path) -> dict[str, tuple[str, str]]:
    lines = (directory / "demo-logins.txt").read_text(encoding="utf-8").splitlines()
    return {role: (login, password) for role, login, password, _ in (line.split("\t") for line in lines)}


async def photograph(address: str, logins: dict[str, tuple[str, str]]) -> int:
    IMAGES.mkdir(parents=True, exist_ok=True)
    taken = 0
    async with browsers.chromium() as browser:
        for locale in LOCALES:
            for role in sorted({role for role, _ in PAGES.values()}):
                taken += await look(browser, address, locale, role, logins.get(role))
    return taken


async def look(browser: Browser, address: str, locale: str, role: str, login: tuple[str, str] | None) -> int:
    """Everything that `role` shows in `locale`, at every size."""
    pages = {name: path for name, (whose, path) in PAGES.items() if whose == role}
    for width, size in SIZES.items():
        context = await browser.new_context(viewport=size, locale=LOCALES[locale], base_url=address)
        page = await context.new_page()
        if login:
            await sign_in(page, *login)
        for name, path in pages.items():
            _ = await page.goto(path, wait_until="load")
            if name in OPENED:
                await page.click(OPENED[name])
            _ = await page.screenshot(path=IMAGES / f"{name}-{width}-{locale}.png")
        await context.close()
    return len(pages) * len(SIZES)


async def sign_in(page: Page, login: str, password: str) -> None:
    _ = await page.goto("/login")
    await page.fill("[name=login]", login)
    await page.fill("[name=password]", password)
    await page.click("form[action^='/login'] button[type=submit], form button[type=submit]")
    await page.wait_for_url("**/")


if __name__ == "__main__":
    main()
