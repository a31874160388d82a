"""Many people at the same items at once, over real connections: nothing is lost, nothing overwritten unseen."""

import asyncio
from collections.abc import Awaitable, Callable

import asyncpg
import pytest

from server.access.actor import Actor
from server.kit.clock import today
from server.kit.refusals import Conflict, Refusal, TooMany
from server.models.checklists import ChecklistItem, Transition
from server.operations import checklists
from server.operations.checklists import Declare, Fill, Review, Withdraw
from server.vocabulary import Role, Verdict
from tests.cast import actor, deeds
from tests.conftest import Figure

CLIENTS, EDITS = 50, 100


async def test_no_edit_is_lost(street: str, figure: Figure) -> None:
    """Everybody adds a mark of their own to what they have read; whoever was overtaken reads again the next time."""
    editor = await actor(Role.BRANCH_EDITOR)
    rows = await ChecklistItem.filter(checklist__branch__code="HG-LY-01-ZB").order_by("id")
    ids = [row.id for row in rows]
    before = await deeds()
    marks = await asyncio.gather(*(client(street, editor, ids, number) for number in range(CLIENTS)))
    kept: dict[int, list[str]] = {item_id: [] for item_id in ids}
    for item_id, mark in (pair for found in marks for pair in found):
        kept[item_id].append(mark)
    after = {row.id: row for row in await ChecklistItem.filter(id__in=ids)}
    for item_id, expected in kept.items():
        assert sorted(after[item_id].summary.split()) == sorted(expected)
        assert after[item_id].version == 1 + len(expected)
    done = sum(map(len, kept.values()))
    assert await deeds() == before + done
    refused = CLIENTS * EDITS - done
    figure(f"skew: {CLIENTS} x {EDITS} edits, {done} kept, {refused} told of a conflict, 0 lost, 0 overwritten unseen")
    assert done > CLIENTS


async def client(url: str, editor: Actor, ids: list[int], number: int) -> list[tuple[int, str]]:
    """What one client has kept: the item, and the mark that it added. It looks over a connection of its own."""
    eye = await asyncpg.connect(url)
    look = await eye.prepare("SELECT summary, version FROM checklist_item WHERE id = $1")
    kept = []
    for edit in range(EDITS):
        item_id, mark = ids[(number + edit * 7) % len(ids)], f"{number:x}.{edit:x}"
        [(summary, version)] = await look.fetch(item_id)
        text = f"{summary} {mark}"[-1900:]
        try:
            _ = await checklists.save(editor, item_id, Fill(summary=text, expected_version=version))
        except (Conflict, TooMany):
            continue
        kept.append((item_id, mark))
    await eye.close()
    return kept


# --- two at one item


async def handed_in(number: int) -> ChecklistItem:
    item = await ChecklistItem.get(checklist__branch__code="HG-LY-01-ZB", measure__number=number)
    draft = Fill(done_on=today(), summary="学习一次", expected_version=item.version)
    return await checklists.submit(await actor(Role.BRANCH_SECRETARY), item.id, draft)


def verdict(item: ChecklistItem, what: Verdict) -> Review:
    return Review(verdict=what, remark="请补充", expected_version=item.version)


Race = Callable[[int], Awaitable[tuple[ChecklistItem, Awaitable[object], Awaitable[object]]]]


async def two_reviewers(number: int) -> tuple[ChecklistItem, Awaitable[object], Awaitable[object]]:
    item, who = await handed_in(number), await actor(Role.COMMUNITY_REVIEWER)
    both = (checklists.review(who, item.id, verdict(item, what)) for what in (Verdict.APPROVE, Verdict.RETURN))
    return item, *both  # type: ignore[return-value]


async def approved_while_taken_back(number: int) -> tuple[ChecklistItem, Awaitable[object], Awaitable[object]]:
    item = await handed_in(number)
    review = checklists.review(await actor(Role.COMMUNITY_REVIEWER), item.id, verdict(item, Verdict.APPROVE))
    draft = Withdraw(expected_version=item.version)
    return item, review, checklists.withdraw(await actor(Role.BRANCH_SECRETARY), item.id, draft)


async def submitted_while_declared(number: int) -> tuple[ChecklistItem, Awaitable[object], Awaitable[object]]:
    item = await ChecklistItem.get(checklist__branch__code="HG-LY-01-ZB", measure__number=number)
    who = await actor(Role.BRANCH_SECRETARY)
    fill = Fill(done_on=today(), summary="学习一次", expected_version=item.version)
    declare = Declare(reason="没有这项工作", expected_version=item.version)
    return item, checklists.submit(who, item.id, fill), checklists.declare(who, item.id, declare)


async def saved_twice(number: int) -> tuple[ChecklistItem, Awaitable[object], Awaitable[object]]:
    item = await ChecklistItem.get(checklist__branch__code="HG-LY-01-ZB", measure__number=number)
    people = (await actor(Role.BRANCH_SECRETARY), await actor(Role.BRANCH_EDITOR))
    both = (
        checklists.save(who, item.id, Fill(summary=f"{who.name}写的", expected_version=item.version)) for who in people
    )
    return item, *both  # type: ignore[return-value]


RACES: list[Race] = [two_reviewers, approved_while_taken_back, submitted_while_declared, saved_twice]


@pytest.mark.parametrize("race", RACES, ids=lambda race: race.__name__)
async def test_of_two_at_once_one_wins_and_the_other_is_told(street: str, race: Race, figure: Figure) -> None:
    for number in range(1, 9):
        item, one, other = await race(number)
        moves = await Transition.filter(item_id=item.id).count()
        results = await asyncio.gather(one, other, return_exceptions=True)
        refused = [result for result in results if isinstance(result, Refusal)]
        assert len(refused) == 1, results
        found = await ChecklistItem.get(id=item.id)
        assert found.version == item.version + 1
        assert await Transition.filter(item_id=item.id).count() == moves + 1
    figure(f"skew: {race.__name__}: 8 times one done, one refused")
