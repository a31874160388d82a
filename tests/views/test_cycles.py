"""The pages of cycles, without JavaScript: what is picked is looked at before anything opens."""

import re

import pytest

from server.models.checklists import Checklist
from server.models.cycles import Cycle
from server.operations import organizations
from server.operations.organizations import Establish
from server.vocabulary import Role
from tests.acts.checklists import approved
from tests.acts.cycles import BRANCH, OPEN
from tests.cast import actor
from tests.clients import signed_in

ADMIN, REVIEWER, SECRETARY = Role.STREET_ADMIN, Role.STREET_REVIEWER, Role.BRANCH_SECRETARY
FORM = {name: value for name, value in OPEN.items() if name != "without"}


def shown(text: str) -> list[str]:
    """The branches with a tick of their own."""
    return re.findall(r'name="branch" value="([^"]+)"', text)


async def test_a_cycle_is_looked_at_before_it_opens(street: str) -> None:
    async with signed_in(ADMIN) as client:
        preview = await client.post("/cycles/new?preview", data=FORM)
        assert "16 branches × 19 measures = 304 items" in preview.text
        branches = shown(preview.text)
        assert (len(branches), await Cycle.all().count()) == (16, 1)
        ticked = FORM | {"shown": " ".join(branches), "branch": branches[2:]}
        again = await client.post("/cycles/new?preview", data=ticked)
        assert "14 branches × 19 measures = 266 items" in again.text
        answer = await client.post("/cycles/new", data=ticked)
        assert answer.status_code == 303
        cycle = await Cycle.get(code="NEXT")
        assert cycle.without == sorted(branches[:2])
        assert await Checklist.filter(cycle_id=cycle.id).count() == 14
        following = (await client.get(f"/cycles/new?after={cycle.id}")).text
        assert f'name="without" value="{" ".join(cycle.without)}"' in following
        page = (await client.get(answer.headers["location"])).text
        assert f"/cycles/{cycle.id}/join?branch={branches[0]}" in page


async def test_what_changes_between_the_look_and_the_opening_is_shown_again(street: str) -> None:
    async with signed_in(ADMIN) as client:
        branches = shown((await client.post("/cycles/new?preview", data=FORM)).text)
        _ = await organizations.establish(await actor(ADMIN), Establish.parse(BRANCH))
        answer = await client.post("/cycles/new", data=FORM | {"shown": " ".join(branches), "branch": branches})
        assert "17 branches × 19 measures" in answer.text
        assert await Cycle.all().count() == 1


@pytest.mark.parametrize(
    ("period", "first", "last", "closes"),
    [("2027-Q1", "2027-01-01", "2027-03-31", "2027-04-10"), ("2027", "2027-01-01", "2027-12-31", "2028-01-10")],
)
async def test_a_period_fills_in_the_days(shared_street: str, period: str, first: str, last: str, closes: str) -> None:
    async with signed_in(ADMIN) as client:
        text = (await client.get(f"/cycles/new?period={period}&starts_on=2020-01-01")).text
    days = dict(re.findall(r'name="([a-z_]+_on)" type="date" value="([^"]*)"', text))
    assert days == {"starts_on": first, "ends_on": last, "opens_on": first, "due_on": last, "closes_on": closes}


async def test_a_period_that_is_picked_leaves_out_what_was_left_out(street: str) -> None:
    async with signed_in(ADMIN) as client:
        looked = (await client.post("/cycles/new?preview", data=FORM)).text
        assert 'formaction="/cycles/new?period=' in looked
        branches = shown(looked)
        ticked = FORM | {"shown": " ".join(branches), "branch": branches[2:]}
        text = (await client.post("/cycles/new?period=2027-Q1", data=ticked)).text
        assert f'name="without" value="{" ".join(branches[:2])}"' in text
        days = dict(re.findall(r'name="([a-z_]+)" type="(?:date|text)" value="([^"]*)"', text))
        assert (days["code"], days["starts_on"], days["ends_on"]) == ("2027-Q1", "2027-01-01", "2027-03-31")
        odd = (await client.post("/cycles/new?period=soon", data=ticked)).text
        assert 'value="NEXT"' in odd
    async with signed_in(SECRETARY) as client:
        assert (await client.post("/cycles/new?period=2027-Q1", data=FORM)).status_code == 403
    assert await Cycle.all().count() == 1


async def test_a_checklist_is_accepted_from_the_page_of_its_cycle(street: str) -> None:
    key = await approved()
    async with signed_in(REVIEWER) as client:
        cycle = (await Checklist.get(id=key)).cycle_id
        assert f'action="/checklists/{key}/accept?back=cycle"' in (await client.get(f"/cycles/{cycle}")).text
        answer = await client.post(f"/checklists/{key}/accept?back=cycle", data={"expected_version": 1})
        assert answer.headers["location"] == f"/cycles/{cycle}?done=accepted"
        assert "Accepted by" in (await client.get(f"/checklists/{key}")).text
        for address, label in ((f"/checklists/{key}", "Give more time"), (f"/cycles/{cycle}", "Extend")):
            assert f"{label}; it stays accepted" in (await client.get(address)).text
        refused = await client.post(f"/checklists/{key}/accept", data={"expected_version": 2})
        assert (refused.status_code, "accepted already" in refused.text) == (422, True)


async def test_what_was_typed_about_an_extension_stays(street: str) -> None:
    key = (await Checklist.get(branch__code="HG-LY-01-ZB")).id
    typed = {"due_on": "2020-01-01", "closes_on": "2099-01-01", "reason": "书记交接", "expected_version": 1}
    async with signed_in(ADMIN) as client:
        text = (await client.post(f"/checklists/{key}/extend", data=typed)).text
    assert all(str(value) in text for value in typed.values())


async def test_with_two_running_cycles_nobody_is_led_past_one(street: str) -> None:
    async with signed_in(ADMIN) as client:
        _ = await client.post("/cycles/new", data=FORM)
    async with signed_in(SECRETARY) as client:
        page = await client.get("/checklists")
        assert page.status_code == 200
        assert "2 cycles are running" in page.text
        other = await Checklist.get(branch__code="HG-LY-01-ZB", cycle__code="NEXT")
        assert f"/checklists/{other.id}" in (await client.get("/checklists?cycle=NEXT")).text
