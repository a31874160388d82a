"""axe-core finds nothing: on any page, with everything on it unfolded, in both languages, wide and narrow."""

from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page

from server import database
from server.models.checklists import Checklist, ChecklistItem
from server.models.cycles import Cycle
from server.models.records import Record
from server.models.templates import Template, TemplateVersion
from server.vocabulary import EvidenceKind, ItemState
from tests import browser as browsers
from tests.conftest import Figure, Login
from tests.e2e.test_story import signed_in

UNFOLD = "document.querySelectorAll('details').forEach((each) => { each.open = true; })"

PAGES = {
    "BRANCH_SECRETARY": (
        "/",
        "/checklists/{own}",
        "/records",
        "/records/new",
        "/records/{record}",
        "/records/{record}/correct",
        "/records/{record}/withdraw",
        "/organizations/HG-LY-01-ZB/members",
        "/account",
        "/account/notices",
        "/grants/mine",
    ),
    "COMMUNITY_REVIEWER": ("/", "/review", "/review/together", "/checklists/{returned}"),
    "STREET_REVIEWER": (
        "/",
        "/checklists/{approved}",
        "/checklists/{approved}/extend",
        "/checklists/{approved}/accept",
        "/seals",
        "/seals/new",
    ),
    "STREET_ADMIN": (
        "/",
        "/organizations",
        "/organizations/HG-LY",
        "/organizations/HG/budget",
        "/organizations/HG-LY-01/move",
        "/members/1",
        "/templates",
        "/templates/{template}",
        "/template-versions/{version}/diff",
        "/cycles",
        "/cycles/{cycle}",
        "/cycles/new",
        "/accounts",
    ),
    "AUDITOR": (
        "/",
        "/matrix",
        "/matrix?state=RETURNED",
        "/roll-up",
        "/status",
        "/missing",
        "/comparison",
        "/trend",
        "/trail",
        "/exhibit",
        "/organizations/NOWHERE",
    ),
    "SECURITY_ADMIN": ("/accounts", "/accounts/invite", "/grants", "/grants/give", "/tokens", "/tokens/issue"),
}


@pytest.mark.parametrize("role", PAGES)
async def test_axe_finds_nothing(
    browser: Browser, live: str, live_url: str, logins: dict[str, Login], role: str, figure: Figure
) -> None:
    """Each page once: the first wide and in Chinese, the second narrow and in English, and so on in turn."""
    names = await some_of(live_url)
    addresses = [path.format(**names) for path in PAGES[role]]
    wide, narrow = addresses[::2], addresses[1::2]
    found = []
    async with signed_in(browser, live, logins[role], browsers.DESKTOP) as page:
        found += [await violations(page, address) for address in wide]
    async with signed_in(browser, live, logins[role], browsers.PHONE, locale="en-GB") as page:
        found += [await violations(page, address) for address in narrow]
    assert [line for line in found if line] == []
    figure(f"axe: {role}: {len(addresses)} pages, 0 violations")


async def violations(page: Page, address: str) -> str:
    """Nothing, or the address with what is wrong there; a page that scrolls sideways is wrong as well."""
    await page.goto(address)
    await page.evaluate(UNFOLD)
    results = await Axe().run(page)
    wrong = [f"{each['id']} ({len(each['nodes'])})" for each in results.response["violations"]]
    size = page.viewport_size
    if size and await page.evaluate("document.documentElement.scrollWidth") > size["width"]:
        wrong.append("scrolls sideways")
    return f"{address}: {', '.join(wrong)}" if wrong else ""


async def some_of(url: str) -> dict[str, int]:
    """Rows of the demonstration, by what the addresses call them."""
    await database.connect(url)
    try:
        lying = ChecklistItem.filter(checklist__branch__code__startswith="HG-LY")
        approved = ChecklistItem.filter(state=ItemState.APPROVED, evidence__kind=EvidenceKind.RECORD)
        rows = {
            "own": Checklist.filter(branch__code="HG-LY-01-ZB").order_by("id").limit(1).values_list("id", flat=True),
            "returned": lying.filter(state=ItemState.RETURNED)
            .order_by("id")
            .limit(1)
            .values_list("checklist_id", flat=True),
            "approved": approved.order_by("id").limit(1).values_list("checklist_id", flat=True),
            "record": Record.filter(branch__code="HG-LY-01-ZB").order_by("id").limit(1).values_list("id", flat=True),
            "template": Template.all().order_by("id").limit(1).values_list("id", flat=True),
            "version": TemplateVersion.all().order_by("id").limit(1).values_list("id", flat=True),
            "cycle": Cycle.all().order_by("id").limit(1).values_list("id", flat=True),
        }
        found: dict[str, Any] = {name: (await query)[0] for name, query in rows.items()}
        return found
    finally:
        await database.disconnect()
