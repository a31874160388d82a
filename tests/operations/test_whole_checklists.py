"""Whole checklists: more time until the minute, acceptance, and what undoes it."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine

from server.access.actor import Actor
from server.kit.clock import today
from server.kit.refusals import Conflict, Forbidden, Invalid
from server.models.checklists import Checklist, ChecklistItem
from server.operations import checklists as operations
from server.operations.checklists import Accept, Extend, Reopen
from server.queries import checklists
from server.vocabulary import ChecklistState, ItemState, Role, Timeliness
from tests.acts.checklists import approved
from tests.cast import actor, deeds
from tests.quarters import at

MINE, OTHER = "HG-LY-01-ZB", "HG-LY-02-ZB"
SEEN = Accept(expected_version=1)
BECAUSE = Reopen(reason="佐证有误。", expected_version=1)


async def whole(branch: str = MINE) -> checklists.Whole:
    auditor = await actor(Role.AUDITOR)
    row = await Checklist.get(branch__code=branch)
    [found] = await checklists.wholes(auditor, [await checklists.find(auditor, row.id)])
    return found


async def another(person: Actor) -> Actor:
    """Somebody else in the same role."""
    return replace(person, account_id=(await actor(Role.AUDITOR)).account_id, name="另一位审核员")


LAST_SECOND, MIDNIGHT = (23, 59, 59), (0, 0)


async def test_an_extension_counts_to_the_minute_at_home(street: str) -> None:
    """Of two branches one has longer: each is late, and has missed it, at its own midnight."""
    given = (await whole()).checklist
    due, closes = given.due_on, given.closes_on
    draft = Extend(
        due_on=closes + timedelta(days=3), closes_on=closes + timedelta(days=6), reason="书记交接", expected_version=1
    )
    _ = await operations.extend(await actor(Role.STREET_REVIEWER), given.id, draft)
    steps = [
        (at(due, *LAST_SECOND), Timeliness.DUE_SOON, Timeliness.ON_TIME),
        (at(due + timedelta(days=1), *MIDNIGHT), Timeliness.LATE, Timeliness.ON_TIME),
        (at(closes, *LAST_SECOND), Timeliness.LATE, Timeliness.DUE_SOON),
        (at(closes + timedelta(days=1), *MIDNIGHT), Timeliness.MISSED, Timeliness.DUE_SOON),
        (at(draft.due_on, *LAST_SECOND), Timeliness.MISSED, Timeliness.DUE_SOON),
        (at(draft.due_on + timedelta(days=1), *MIDNIGHT), Timeliness.MISSED, Timeliness.LATE),
        (at(draft.closes_on, *LAST_SECOND), Timeliness.MISSED, Timeliness.LATE),
        (at(draft.closes_on + timedelta(days=1), *MIDNIGHT), Timeliness.MISSED, Timeliness.MISSED),
    ]
    for moment, usual, longer in steps:
        with time_machine.travel(moment, tick=False):
            assert ((await whole(OTHER)).timeliness, (await whole()).timeliness) == (usual, longer), moment
    extension = (await whole()).extension
    assert extension is not None
    assert extension.reason == "书记交接"


async def test_acceptance_keeps_name_and_role_and_lapses_when_an_item_is_reopened(street: str) -> None:
    reviewer, key = await actor(Role.STREET_REVIEWER), int(await approved())
    assert (await whole()).state is ChecklistState.READY
    taken = await operations.accept(reviewer, key, SEEN)
    assert (taken.accepted_name, taken.accepted_as, taken.version) == (reviewer.name, Role.STREET_REVIEWER, 2)
    assert (await whole()).state is ChecklistState.ACCEPTED
    item = await ChecklistItem.filter(checklist_id=key).order_by("id").first()
    assert item is not None
    _ = await operations.reopen(reviewer, item.id, BECAUSE)
    found = await whole()
    assert (found.state, found.checklist.accepted_name, found.checklist.version) == (ChecklistState.OPEN, "", 3)


@pytest.mark.parametrize("hand", ["filled", "reviewed", "long ago"])
async def test_whoever_worked_on_it_does_not_accept_it(street: str, hand: str) -> None:
    """Whoever has saved an item that somebody else wrote over afterwards had a hand in it as well."""
    person, key = await actor(Role.STREET_REVIEWER), int(await approved())
    item = ChecklistItem.filter(checklist_id=key, measure__number=3)
    if hand == "long ago":
        secretary = await actor(Role.BRANCH_SECRETARY)
        other = await ChecklistItem.get(checklist_id=key, measure__number=3)
        _ = await item.update(state=ItemState.TODO)
        fill = operations.Fill.parse({"done_on": today(), "summary": "代填", "expected_version": other.version})
        _ = await operations.save(replace(secretary, account_id=person.account_id), other.id, fill)
        _ = await item.update(state=ItemState.APPROVED, filled_by_id=secretary.account_id)
    else:
        _ = await item.update(**{f"{hand}_by_id": person.account_id})
    before = await deeds()
    with pytest.raises(Forbidden, match="worked on"):
        _ = await operations.accept(person, key, SEEN)
    assert ((await Checklist.get(id=key)).accepted_at, await deeds()) == (None, before)


async def test_two_who_accept_at_once_accept_once(street: str) -> None:
    person, key = await actor(Role.STREET_REVIEWER), int(await approved())
    people = [person, await another(person)] * 3
    outcomes = await asyncio.gather(*(operations.accept(who, key, SEEN) for who in people), return_exceptions=True)
    assert sum(isinstance(outcome, Checklist) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 5
    assert (await Checklist.get(id=key)).version == 2


async def test_what_is_accepted_while_an_item_is_reopened_ends_open(street: str) -> None:
    """Whichever comes first: never is a checklist accepted with an item that is not approved."""
    person, key = await actor(Role.STREET_REVIEWER), int(await approved())
    items = await ChecklistItem.filter(checklist_id=key).order_by("id").limit(3)
    other = await another(person)
    reopening = [operations.reopen(other, item.id, BECAUSE) for item in items]
    accepted, *reopened = await asyncio.gather(operations.accept(person, key, SEEN), *reopening, return_exceptions=True)
    assert isinstance(accepted, Checklist | Invalid)
    assert all(isinstance(outcome, ChecklistItem) for outcome in reopened), reopened
    assert ((await Checklist.get(id=key)).accepted_at, (await whole()).state) == (None, ChecklistState.OPEN)
