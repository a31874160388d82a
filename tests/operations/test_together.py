"""Several items approved at once: those that wait and fit their rule, all of them or none."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest
import time_machine

from server.access.actor import Actor
from server.kit.refusals import Forbidden, Invalid, NotFound
from server.models.checklists import ChecklistItem, Transition
from server.operations import checklists as operations
from server.operations import records
from server.operations.checklists import Declare, Fill, Review, Together, Withdraw
from server.operations.evidence import Cite, cite
from server.operations.records import Enter
from server.vocabulary import ItemState, ItemVerb, Verdict
from tests import branches
from tests.branches import Branches
from tests.cast import deeds
from tests.test_doors import everything

RULES = {2: {"kind": "STUDY"}}
DONE = {"done_on": "2026-11-10", "summary": "学习一次"}


@pytest.fixture(autouse=True)
def a_day_in_november() -> Iterator[None]:
    with time_machine.travel("2026-11-24 10:00 +0800", tick=True):
        yield


async def handed_in(world: Branches, measure: int = 1, branch: int = 0) -> ChecklistItem:
    item = await world.item(measure, branch)
    fill = Fill.parse(DONE | {"expected_version": item.version})
    return await operations.submit(world.secretary(branch), item.id, fill)


async def with_its_record(world: Branches) -> ChecklistItem:
    """The second measure asks for a record of a study: here is one."""
    study = {"branch": "ST-C-0", "kind": "STUDY", "held_on": "2026-11-10", "title": "集中学习"}
    record = await records.enter(world.secretary(), Enter.parse(study))
    draft = Cite.parse({"records": [record.id], "items": [(await world.item(2)).id]})
    _ = await cite(world.secretary(), draft)
    return await handed_in(world, 2)


def seen(*items: ChecklistItem) -> Together:
    return Together.parse({"items": [(item.id, item.version) for item in items]})


async def test_what_fits_its_rule_is_approved_at_once_each_as_if_alone(database: str) -> None:
    world = await branches.made(count=2, rules=RULES)
    items = [await handed_in(world), await handed_in(world, branch=1), await with_its_record(world)]
    before = await deeds()
    approved = await operations.approve_together(world.reviewer, seen(*items))
    assert {item.id for item in approved} == {item.id for item in items}
    for item in items:
        now = await ChecklistItem.get(id=item.id)
        assert (now.state, now.version) == (ItemState.APPROVED, item.version + 1)
        assert now.reviewed_by_id == world.reviewer.account_id
        move = await Transition.get(item_id=item.id, verb=ItemVerb.APPROVE)
        assert move.digest
    assert await deeds() == before + len(items)


async def lacks_its_record(world: Branches) -> ChecklistItem:
    return await handed_in(world, 2)


async def is_said_not_to_apply(world: Branches) -> ChecklistItem:
    item = await world.item(3)
    draft = Declare(reason="没有这项工作", expected_version=item.version)
    return await operations.declare(world.secretary(), item.id, draft)


async def was_taken_back(world: Branches) -> ChecklistItem:
    item = await handed_in(world, 3)
    return await operations.withdraw(world.secretary(), item.id, Withdraw(expected_version=item.version))


async def was_approved(world: Branches) -> ChecklistItem:
    item = await handed_in(world, 3)
    draft = Review(verdict=Verdict.APPROVE, expected_version=item.version)
    return await operations.review(world.reviewer, item.id, draft)


async def was_overtaken(world: Branches) -> ChecklistItem:
    """It was taken back, changed and handed in again since the reviewer has looked."""
    looked_at = await handed_in(world, 3)
    _ = await operations.withdraw(world.secretary(), looked_at.id, Withdraw(expected_version=looked_at.version))
    _ = await handed_in(world, 3)
    return looked_at


async def was_worked_on(world: Branches) -> ChecklistItem:
    """The reviewer saved it once; the secretary wrote over that."""
    item = await world.item(3)
    both = replace(world.reviewer, grants=(*world.reviewer.grants, *world.secretary().grants))
    _ = await operations.save(both, item.id, Fill(summary="代填", expected_version=item.version))
    return await handed_in(world, 3)


UNFIT = {
    lacks_its_record: "does not fit its rule",
    is_said_not_to_apply: "does not fit its rule",
    was_taken_back: "does not fit its rule",
    was_approved: "does not fit its rule",
    was_overtaken: "meanwhile",
    was_worked_on: "somebody else has to review it",
}


@pytest.mark.parametrize("unfit", UNFIT, ids=lambda unfit: unfit.__name__)
async def test_one_that_is_unfit_is_named_and_nothing_is_approved(database: str, unfit: object) -> None:
    assert callable(unfit)
    world = await branches.made(rules=RULES)
    good, bad = await handed_in(world), await unfit(world)
    before = await everything()
    with pytest.raises(Invalid) as refusal:
        _ = await operations.approve_together(world.reviewer, seen(good, bad))
    assert set(refusal.value.fields) == {"items"}
    said = str(refusal.value.fields["items"])
    assert f"ST-C-0的名称, measure {2 if unfit is lacks_its_record else 3}" in said
    assert UNFIT[unfit] in said
    assert await everything() == before


async def test_what_is_not_the_reviewers_is_refused_whole(database: str) -> None:
    world = await branches.made()
    item = await handed_in(world)
    before = await everything()
    with pytest.raises(Forbidden):
        _ = await operations.approve_together(world.secretary(), seen(item))
    with pytest.raises(NotFound):
        _ = await operations.approve_together(world.reviewer, seen(item, ChecklistItem(id=999_999_999, version=1)))
    with pytest.raises(NotFound):
        _ = await operations.approve_together(Actor(0, "nobody", ()), seen(item))
    assert await everything() == before


@pytest.mark.parametrize("items", ["", [], "x", "7", "7:0", "7:1 x:1", [(n, 1) for n in range(1, 102)]])
def test_what_names_no_items_or_too_many_is_complained_of(items: object) -> None:
    with pytest.raises(Invalid) as refusal:
        _ = Together.parse({"items": items})
    assert {field.split(".")[0] for field in refusal.value.fields} == {"items"}


async def test_of_two_desks_at_once_one_approves_and_the_other_is_told(database: str) -> None:
    world = await branches.made(measures=3)
    first, both, last = [await handed_in(world, number) for number in (1, 2, 3)]
    outcomes = await asyncio.gather(
        operations.approve_together(world.reviewer, seen(first, both)),
        operations.approve_together(world.reviewer, seen(both, last)),
        return_exceptions=True,
    )
    [refusal] = [outcome for outcome in outcomes if isinstance(outcome, Invalid)]
    assert "measure 2" in str(refusal.fields["items"])
    states = [(await world.item(number)).state for number in (1, 2, 3)]
    assert sorted(states) == [ItemState.APPROVED, ItemState.APPROVED, ItemState.SUBMITTED]
    assert states[1] is ItemState.APPROVED
