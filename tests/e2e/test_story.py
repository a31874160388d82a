"""The story that the program exists for, in a real browser against the real server: from the first tap to the file."""

import asyncio
import csv
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import httpx
from playwright.async_api import Browser, Locator, Page, Route, expect

from server import database
from server.kit.clock import today
from server.kit.messages import translate
from server.vocabulary import ItemState, Timeliness
from tests import browser as browsers
from tests.conftest import Figure, Login

REMARK = "请补充参加人数。"
BRANCH = "深坑居民小组党支部"
TEXTS = {
    1: "集中学习《党章》，34人参加。",
    2: "支部书记讲党课，主题为基层治理。",
    3: "与两名预备党员谈心谈话。",
}
COUNTS = "due done approved owed late missed states { state count }"
COMPLETION = f"""query($cycle: String!) {{ completion(within: "HG", cycle: $cycle) {{
  total {{ {COUNTS} }}
  themes {{ theme {{ code }} tally {{ {COUNTS} }} }}
  measures {{ measure {{ number }} tally {{ {COUNTS} }} }}
  branches {{ place {{ code }} tally {{ {COUNTS} }} }}
  communities {{ place {{ code }} tally {{ {COUNTS} }} }}
}} }}"""

SignIn = Callable[[str, Any], AbstractAsyncContextManager[Page]]


async def test_a_branch_fills_a_reviewer_returns_an_auditor_takes_the_numbers(
    browser: Browser, live: str, logins: dict[str, Login], figure: Figure
) -> None:
    def visit(role: str, size: Any = browsers.DESKTOP) -> AbstractAsyncContextManager[Page]:
        return signed_in(browser, live, logins[role], size)

    async with visit("BRANCH_SECRETARY", browsers.PHONE) as page:
        for number, text in TEXTS.items():
            await submit(await opened(page, number), text)
        await expect(page.locator("#overview .state.SUBMITTED").first).to_contain_text("3")

    async with visit("COMMUNITY_REVIEWER") as page:
        await review(page, 1, "APPROVE")
        await review(page, 2, "RETURN", REMARK)
        await review(page, 3, "APPROVE")

    async with visit("BRANCH_SECRETARY", browsers.PHONE) as page:
        await page.goto("/")
        await page.get_by_role("link", name="支部书记每季度讲一次党课").first.click()
        item = measure(page, 2)
        await expect(item).to_have_attribute("open", "")
        await expect(item).to_contain_text(REMARK)
        await submit(item, TEXTS[2] + "36人参加。")

    async with visit("AUDITOR") as page:
        await page.goto("/matrix")
        await expect(page.locator("table.matrix tbody a.state")).to_have_count(304)
        row = page.locator("table.matrix tr", has_text="深坑")
        states = [await cell.get_attribute("class") or "" for cell in await row.locator("a.state").all()]
        assert [state.split()[1] for state in states[:4]] == ["APPROVED", "SUBMITTED", "APPROVED", "TODO"]
        files = await downloads(page)
    figure(compare(files, live, logins["AUDITOR"].token))


@asynccontextmanager
async def signed_in(
    browser: Browser, address: str, login: Login, size: Any, *, locale: str = "zh-CN", script: bool = True
) -> AsyncIterator[Page]:
    """A browser of one's own, signed in through the form."""
    async with visiting(browser, address, size, locale=locale, java_script_enabled=script) as page:
        await page.goto("/login")
        await page.fill("[name=login]", login.login)
        await page.fill("[name=password]", login.password)
        await page.click("#sign-in button[type=submit]")
        await page.wait_for_url(f"{address}/")
        yield page


@asynccontextmanager
async def visiting(browser: Browser, address: str, size: Any, **given: Any) -> AsyncIterator[Page]:
    """A browser of one's own, wide or a phone; whatever goes wrong in its pages is found at the end."""
    on_phone = size is browsers.PHONE
    context = await browser.new_context(
        viewport=size, base_url=address, has_touch=on_phone, is_mobile=on_phone, **given
    )
    page = await context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if "Content Security" in message.text else None)
    yield page
    await context.close()
    assert errors == []


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[None]:
    """To the database of the server, to prepare it or to look into it."""
    await database.connect(url)
    try:
        yield
    finally:
        await database.disconnect()


def measure(page: Page, number: int) -> Locator:
    """The row of a measure on the checklist page."""
    return page.locator("details.item").nth(number - 1)


async def opened(page: Page, number: int) -> Locator:
    """The checklist of the branch, with one measure open in place."""
    if "/checklists/" not in page.url:
        await page.goto("/checklists")
        await expect(page.locator("h1")).to_contain_text(BRANCH)
    if await measure(page, number).get_attribute("open") is None:
        await measure(page, number).locator("> summary").click()
    return measure(page, number)


async def submit(item: Locator, text: str) -> None:
    await item.locator("[name=done_on]").fill(today().isoformat())
    await item.locator("[name=summary]").fill(text)
    width = await item.page.evaluate("document.documentElement.scrollWidth")
    assert width <= browsers.PHONE["width"], "the page scrolls sideways on a phone"
    await item.locator("button[data-key=submit]").click()
    await expect(item.locator("summary .state.SUBMITTED")).to_be_visible()


async def review(page: Page, number: int, verdict: str, remark: str = "") -> None:
    """From the queue: the item of our branch, whatever else waits."""
    await page.goto("/review")
    await page.locator(".queue a", has_text="深坑").filter(has_text=NAMES[number]).click()
    desk = page.locator("#desk article")
    await expect(desk).to_contain_text(TEXTS[number])
    if remark:
        await desk.locator("[name=remark]").fill(remark)
    await desk.locator(f"button[value={verdict}]").click()
    await expect(page.locator("#desk .told.good")).to_contain_text(BRANCH)


NAMES = {1: "每月组织一次集中学习", 2: "支部书记每季度讲一次党课", 3: "每季度开展一次谈心谈话"}


async def downloads(page: Page) -> dict[str, list[dict[str, str]]]:
    """The two tables, as the browser receives them."""
    found = {}
    for name in ("matrix", "status"):
        answer = await page.request.get(f"/{name}.csv")
        assert answer.headers["content-disposition"].startswith("attachment")
        text = (await answer.body()).decode("utf-8-sig")
        found[name] = list(csv.DictReader(text.splitlines()))
    return found


def compare(files: dict[str, list[dict[str, str]]], address: str, token: str) -> str:
    """Every figure of both files against `completion` through GraphQL."""
    cycle = f"{today().year}-Q{(today().month + 2) // 3}"
    answer = httpx.post(
        f"{address}/graphql",
        json={"query": COMPLETION, "variables": {"cycle": cycle}},
        headers={"Authorization": f"Bearer {token}"},
        trust_env=False,
    ).json()
    assert "errors" not in answer, answer
    completion = answer["data"]["completion"]
    expected = {("TOTAL", "HG"): completion["total"]}
    expected |= {("THEME", each["theme"]["code"]): each["tally"] for each in completion["themes"]}
    expected |= {("MEASURE", str(each["measure"]["number"])): each["tally"] for each in completion["measures"]}
    expected |= {("COMMUNITY", each["place"]["code"]): each["tally"] for each in completion["communities"]}
    expected |= {("BRANCH", each["place"]["code"]): each["tally"] for each in completion["branches"]}
    shown = {(row[LEVEL], row[NUMBER]): figures(row) for row in files["status"]}
    assert shown == {key: figures_of(tally) for key, tally in expected.items()}
    assert len(shown) == 1 + 5 + 19 + 3 + 16
    compare_matrix(files["matrix"], expected)
    mine = expected["BRANCH", "HG-LY-01-ZB"]
    return f"{len(shown)} rows of status.csv equal completion; 深坑: {mine['done']} done"


HEADINGS = {
    "due": translate("zh", "Due"),
    "done": translate("zh", "Handed in"),
    "approved": ItemState.APPROVED.zh,
    "owed": translate("zh", "Owed"),
    "late": Timeliness.LATE.zh,
    "missed": Timeliness.MISSED.zh,
}
STATES = {state.value: state.zh for state in ItemState}
LEVEL, NUMBER, CODE = (translate("zh", heading) for heading in ("Level", "Code or number", "Code"))


def figures(row: dict[str, str]) -> dict[str, int]:
    return {heading: int(row[heading]) for heading in [*HEADINGS.values(), *STATES.values()]}


def figures_of(tally: dict[str, Any]) -> dict[str, int]:
    counts = {heading: tally[name] for name, heading in HEADINGS.items()}
    return counts | {STATES[each["state"]]: each["count"] for each in tally["states"]}


def compare_matrix(rows: list[dict[str, str]], expected: dict[tuple[str, str], dict[str, Any]]) -> None:
    """The states of a branch's nineteen cells, counted, are the states of its completion."""
    for row in rows:
        key = ("BRANCH", row[CODE])
        if key in expected:
            cells = Counter(value for heading, value in row.items() if heading[0].isdigit())
            assert {state: cells[state] for state in STATES.values()} == {
                STATES[each["state"]]: each["count"] for each in expected[key]["states"]
            }


async def test_submitting_while_what_was_typed_is_still_being_saved(
    browser: Browser, live: str, logins: dict[str, Login]
) -> None:
    """The save on its way raises the version; the submission behind it must not look stale."""
    async with signed_in(browser, live, logins["BRANCH_SECRETARY"], browsers.PHONE) as page:
        item = await opened(page, 1)
        hold = asyncio.Event()

        async def later(route: Route) -> None:
            await hold.wait()
            await route.continue_()

        await page.route("**/save?typing", later)
        async with page.expect_request("**/save?typing"):
            await item.locator("[name=done_on]").fill(today().isoformat())
            await item.locator("[name=summary]").fill(TEXTS[1])
        await item.locator("button[data-key=submit]").click()
        hold.set()
        await expect(item.locator("summary .state.SUBMITTED")).to_be_visible()
        await expect(item).to_contain_text(TEXTS[1])
