"""A quarter as people work on it: nineteen measures on a phone, sixteen checklists by keyboard, and without script."""

from collections import Counter
from typing import Any

from playwright.async_api import Browser, BrowserContext, Locator, expect

from server.kit.clock import now, today
from server.models.accounts import Account
from server.models.checklists import ChecklistItem, Transition
from server.models.grants import Grant
from server.models.organizations import Organization
from server.vocabulary import ItemState, ItemVerb, Role
from tests import browser as browsers
from tests.conftest import Figure, Login
from tests.e2e.test_story import connected, measure, signed_in

MEASURES = 19
DONE_ON = today().isoformat()
COUNT_CLICKS = """addEventListener("click", (event) => {
  if (event.isTrusted) sessionStorage.setItem("clicks", Number(sessionStorage.getItem("clicks") ?? 0) + 1);
}, true)"""


async def test_nineteen_measures_on_a_phone(
    browser: Browser, live: str, logins: dict[str, Login], figure: Figure
) -> None:
    """From the first page on; the connection goes in the middle and comes back."""
    async with signed_in(browser, live, logins["BRANCH_SECRETARY"], browsers.PHONE) as page:
        await page.add_init_script(COUNT_CLICKS)
        await page.goto("/")
        await page.locator(".tasks a[href*='#item-']").first.click()
        for number in range(1, MEASURES + 1):
            item = measure(page, number)
            await expect(item).to_have_attribute("open", "")
            await fill(item, number)
            if number == 9:
                await lose_the_connection(page.context, item)
            await item.locator("button[data-key=submit]").click()
            await expect(item.locator("summary .state.SUBMITTED")).to_be_visible()
        await expect(page.locator("#overview .state.SUBMITTED").first).to_contain_text(str(MEASURES))
        clicks = int(await page.evaluate("sessionStorage.getItem('clicks')"))
    figure(f"quarter: {clicks} clicks for {MEASURES} measures, {clicks / MEASURES:.2f} each, beyond typing")
    assert clicks < 2 * MEASURES


async def fill(item: Locator, number: int) -> None:
    """What the branch has recorded already is used with one click, and says all that is needed; else it is typed."""
    offered = item.locator(".proposals button")
    if await offered.count():
        await offered.last.click()
        await expect(item.locator("[name=summary]")).not_to_have_value("")
        await expect(item.locator(".proposals")).to_have_count(0)
    else:
        await write(item, number)


async def write(item: Locator, number: int) -> None:
    await item.locator("[name=done_on]").fill(DONE_ON)
    await item.locator("[name=summary]").fill(f"第{number}项已完成，34人参加。")


async def lose_the_connection(context: BrowserContext, item: Locator) -> None:
    """What was typed stays, and says that it is not saved yet; a click meanwhile changes nothing."""
    await context.set_offline(True)
    await item.locator("button[data-key=submit]").click()
    await expect(item.locator(".unsaved").first).to_be_visible()
    await expect(item.locator("[name=summary]")).to_have_value("第9项已完成，34人参加。")
    await context.set_offline(False)


async def hand_in(numbers: tuple[int, ...]) -> int:
    """These measures wait in every branch, filled and submitted by people who do not review; how many."""
    secretary = await Account.get(login="branch.secretary")
    rows = ChecklistItem.filter(measure__number__in=numbers)
    _ = await ChecklistItem.exclude(measure__number__in=numbers).update(state=ItemState.TODO)
    words = {"summary": "已完成", "done_on": today(), "remark": ""}
    people = {"filled_by_id": secretary.id, "submitted_by_id": secretary.id, "submitted_at": now()}
    return await rows.update(state=ItemState.SUBMITTED, reviewed_by_id=None, reviewed_at=None, **words, **people)


async def test_sixteen_checklists_by_keyboard(
    browser: Browser, live: str, live_url: str, logins: dict[str, Login], figure: Figure
) -> None:
    """Those that fit their rule at once, the others one by one: approved with A, the last returned with a remark."""
    async with connected(live_url):
        waiting = await hand_in((1, 3))
        reviewer, street = await Account.get(login="community.reviewer"), await Organization.get(code="HG")
        _ = await Grant.create(account=reviewer, role=Role.COMMUNITY_REVIEWER, organization=street, valid_from=today())
    assert waiting == 32
    async with signed_in(browser, live, logins["COMMUNITY_REVIEWER"], browsers.DESKTOP) as page:
        await page.goto("/review/together")
        together = await page.locator("input[name=items]").count()
        assert 16 <= together < waiting
        await page.locator("form[action='/review/together'] button[type=submit]").focus()
        await page.keyboard.press("Enter")
        await expect(page.locator("#desk")).to_be_visible()
        await page.goto("/review")
        await page.keyboard.press("Shift+a")
        await page.keyboard.press("Alt+a")
        for left in range(waiting - together, 1, -1):
            await expect(page.locator("#waiting + .num")).to_have_text(str(left))
            await page.keyboard.press("a")
        await expect(page.locator("#waiting + .num")).to_have_text("1")
        await page.keyboard.press("r")
        await page.keyboard.type("请补充参加人数。")
        await page.keyboard.press("Control+Enter")
        await expect(page.locator("#desk .nothing")).to_be_visible()
    async with connected(live_url):
        found = {state: await ChecklistItem.filter(state=state).count() for state in ItemState}
    assert found[ItemState.SUBMITTED] == 0
    assert (found[ItemState.APPROVED], found[ItemState.RETURNED]) == (waiting - 1, 1)
    figure(f"review: 16 checklists, {together} items at once, {waiting - together} with single keys, no mouse")


async def test_the_same_without_script(
    browser: Browser, live: str, live_url: str, logins: dict[str, Login], figure: Figure
) -> None:
    """Fill in, hand in, declare, return, approve: by forms alone, each sent with the key Enter.

    A click would wait for this long page to stand still, which takes longer than to send the form.
    """
    async with connected(live_url):
        already: list[Any] = await Transition.all().values_list("id", flat=True)
    async with signed_in(browser, live, logins["BRANCH_SECRETARY"], browsers.PHONE, script=False) as page:
        await page.goto("/checklists")
        for number in range(1, MEASURES):
            item = measure(page, number)
            if await item.get_attribute("open") is None:
                await item.locator("> summary").press("Enter")
            await write(item, number)
            await item.locator("button[data-key=submit]").press("Enter")
            await expect(measure(page, number).locator("summary .state.SUBMITTED")).to_be_visible()
        last = measure(page, MEASURES)
        await last.locator(".aside > summary").first.press("Enter")
        await last.locator("[name=reason]").fill("本季度没有需要归档的台账")
        await last.locator("form[action$='/declare'] button").press("Enter")
        await expect(measure(page, MEASURES).locator("summary .state.NOT_APPLICABLE")).to_be_visible()
    async with signed_in(browser, live, logins["COMMUNITY_REVIEWER"], browsers.PHONE, script=False) as page:
        await page.goto("/review")
        await page.locator("[name=remark]").fill("请补充参加人数。")
        await page.locator("button[value=RETURN]").click()
        await expect(page.locator("#desk .told.good")).to_be_visible()
        await page.locator("button[value=APPROVE]").click()
        await expect(page.locator("#desk .told.good")).to_be_visible()
    async with connected(live_url):
        moves = await Transition.exclude(id__in=already)
    assert Counter(move.verb for move in moves) == {
        ItemVerb.SUBMIT: MEASURES - 1,
        ItemVerb.DECLARE: 1,
        ItemVerb.RETURN: 1,
        ItemVerb.APPROVE: 1,
    }
    assert len({move.item_id for move in moves if move.verb in (ItemVerb.SUBMIT, ItemVerb.DECLARE)}) == MEASURES
    assert len({move.item_id for move in moves if move.verb in (ItemVerb.RETURN, ItemVerb.APPROVE)}) == 2
    figure(f"without script: {MEASURES} measures handed in, one of them not applicable; one returned, one approved")
