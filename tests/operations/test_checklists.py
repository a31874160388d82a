"""The states of an item, and who moves it from one to another: the table of the domain, row by row."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from server.access.actor import Actor, Grant
from server.kit.clock import now, today
from server.kit.refusals import Conflict, Forbidden, Invalid, NotFound, Refusal
from server.models.checklists import ChecklistItem
from server.models.members import Membership
from server.models.trail import TrailEntry
from server.operations import checklists as operations
from server.operations import organizations
from server.operations.checklists import Fill, Review, Withdraw
from server.operations.organizations import Dissolve, Move
from server.queries import checklists
from server.vocabulary import ItemState, Role, Timeliness, Verdict
from tests.cast import actor, by_login, deeds

SECRETARY, EDITOR, REVIEWER = Role.BRANCH_SECRETARY, Role.BRANCH_EDITOR, Role.COMMUNITY_REVIEWER


def fill(version: int = 1, **changes: Any) -> Fill:
    values = {"done_on": today(), "summary": "组织集中学习,34人参加。", "expected_version": version}
    return Fill.parse(values | changes)


async def item_of(measure: int = 1, branch: str = "HG-LY-01-ZB") -> ChecklistItem:
    return await ChecklistItem.get(measure__number=measure, checklist__branch__code=branch)


def values(item: ChecklistItem) -> dict[str, object]:
    """Every column, to compare."""
    return {name: getattr(item, name) for name in item._meta.db_fields}


async def in_state(state: ItemState, measure: int = 1) -> ChecklistItem:
    """An item of 深坑 that was brought into `state` by the people who may."""
    item = await item_of(measure)
    if state is ItemState.IN_PROGRESS:
        _ = await operations.save(await actor(EDITOR), item.id, fill())
    if state in {ItemState.SUBMITTED, ItemState.APPROVED, ItemState.RETURNED}:
        _ = await operations.submit(await actor(SECRETARY), item.id, fill())
    if state in {ItemState.APPROVED, ItemState.RETURNED}:
        verdict = Verdict.APPROVE if state is ItemState.APPROVED else Verdict.RETURN
        review = Review(verdict=verdict, remark="请补充照片。", expected_version=2)
        _ = await operations.review(await actor(REVIEWER), item.id, review)
    return await item_of(measure)


async def attempt(verb: str, role: Role, item: ChecklistItem, who: Actor | None = None) -> ChecklistItem:
    who, version = who or await actor(role), item.version
    match verb:
        case "save":
            return await operations.save(who, item.id, fill(version))
        case "submit":
            return await operations.submit(who, item.id, fill(version))
        case "withdraw":
            return await operations.withdraw(who, item.id, Withdraw(expected_version=version))
        case "approve":
            return await operations.review(who, item.id, Review(verdict=Verdict.APPROVE, expected_version=version))
    review = Review(verdict=Verdict.RETURN, remark="请写明参加人数。", expected_version=version)
    return await operations.review(who, item.id, review)


S = ItemState
MOVES = {
    ("save", S.TODO): S.IN_PROGRESS,
    ("save", S.IN_PROGRESS): S.IN_PROGRESS,
    ("save", S.RETURNED): S.IN_PROGRESS,
    ("submit", S.TODO): S.SUBMITTED,
    ("submit", S.IN_PROGRESS): S.SUBMITTED,
    ("submit", S.RETURNED): S.SUBMITTED,
    ("withdraw", S.SUBMITTED): S.IN_PROGRESS,
    ("approve", S.SUBMITTED): S.APPROVED,
    ("return", S.SUBMITTED): S.RETURNED,
}
VERBS = ["save", "submit", "withdraw", "approve", "return"]


@pytest.mark.parametrize("state", list(ItemState))
@pytest.mark.parametrize("verb", VERBS)
async def test_every_verb_in_every_state(street: str, verb: str, state: ItemState) -> None:
    item = await in_state(state)
    acts = await deeds()
    role = REVIEWER if verb in {"approve", "return"} else SECRETARY
    if (verb, state) in MOVES:
        assert (await attempt(verb, role, item)).state is MOVES[verb, state]
        after = await item_of()
        assert (after.state, after.version) == (MOVES[verb, state], item.version + 1)
        assert await deeds() == acts + 1
        return
    with pytest.raises(Invalid) as refusal:
        _ = await attempt(verb, role, item)
    assert "state" in refusal.value.fields
    assert values(await item_of()) == values(item)
    assert await deeds() == acts


ALLOWED = {
    "save": {SECRETARY, EDITOR},
    "submit": {SECRETARY},
    "withdraw": {SECRETARY},
    "approve": {REVIEWER},
    "return": {REVIEWER},
}


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("verb", VERBS)
async def test_every_role_and_every_verb(street: str, verb: str, role: Role) -> None:
    item = await in_state(S.TODO if verb in {"save", "submit"} else S.SUBMITTED)
    acts = await deeds()
    if role in ALLOWED[verb]:
        _ = await attempt(verb, role, item)
        return
    with pytest.raises(Forbidden):
        _ = await attempt(verb, role, item)
    assert values(await item_of()) == values(item)
    assert await deeds() == acts


@pytest.mark.parametrize("verb", VERBS)
async def test_the_item_of_another_branch_is_not_there(street: str, verb: str) -> None:
    item = await ChecklistItem.filter(checklist__branch__code="HG-C7-01-ZB").first()
    assert item is not None
    role = REVIEWER if verb in {"approve", "return"} else SECRETARY
    with pytest.raises(NotFound) as hidden:
        _ = await attempt(verb, role, item)
    absent = ChecklistItem(id=999_999_999, version=1)
    with pytest.raises(NotFound) as missing:
        _ = await attempt(verb, role, absent)
    assert hidden.value.message == missing.value.message
    assert values(await ChecklistItem.get(id=item.id)) == values(item)


@pytest.mark.parametrize(
    ("changes", "refusal", "field"),
    [
        ({"summary": ""}, Invalid, "summary"),
        ({"summary": " \n "}, Invalid, "summary"),
        ({"summary": "字" * 2001}, Invalid, "summary"),
        ({"summary": "a\x00b"}, Invalid, "summary"),
        ({"summary": "a\udfffb"}, Invalid, "summary"),
        ({"done_on": ""}, Invalid, "done_on"),
        ({"done_on": "昨天"}, Invalid, "done_on"),
        ({"done_on": "2999-01-01"}, Invalid, "done_on"),
        ({"done_on": "2001-01-01"}, Invalid, "done_on"),
        ({"expected_version": 2}, Conflict, "summary"),
        ({"expected_version": 2**31}, Invalid, "expected_version"),
        ({"expected_version": "x"}, Invalid, "expected_version"),
    ],
)
async def test_what_cannot_be_submitted_is_named_and_nothing_changes(
    street: str, changes: dict[str, Any], refusal: type[Refusal], field: str
) -> None:
    item, acts = await item_of(), await deeds()
    with pytest.raises(refusal) as raised:
        _ = await operations.submit(await actor(SECRETARY), item.id, fill(**changes))
    assert field in raised.value.fields
    assert values(await item_of()) == values(item)
    assert await deeds() == acts


async def test_a_draft_may_be_incomplete_and_keeps_every_character(street: str) -> None:
    item = await item_of()
    text = "第一行😀\n\t第二行 𠮷"
    saved = await operations.save(await actor(SECRETARY), item.id, fill(summary=text, done_on=None))
    assert (saved.state, (await item_of()).summary) == (S.IN_PROGRESS, text)


async def test_a_stale_edit_shows_what_is_there_now(street: str) -> None:
    item = await in_state(S.IN_PROGRESS)
    with pytest.raises(Conflict) as raised:
        _ = await operations.save(await actor(SECRETARY), item.id, fill(1, summary="我的"))
    assert raised.value.version == item.version
    assert item.summary in str(raised.value.fields["summary"])


async def test_whoever_submitted_does_not_review(street: str) -> None:
    item = await in_state(S.SUBMITTED)
    secretary = await actor(SECRETARY)
    both = Actor(
        secretary.account_id, secretary.name, (*secretary.grants, Grant(REVIEWER, 0, secretary.grants[0].path))
    )
    with pytest.raises(Forbidden):
        _ = await operations.review(both, item.id, Review(verdict=Verdict.APPROVE, expected_version=2))
    assert values(await item_of()) == values(item)
    assert item.id not in [waiting.id for waiting in await checklists.awaiting_review(both)]
    assert item.id in [waiting.id for waiting in await checklists.awaiting_review(await actor(REVIEWER))]


async def test_a_return_needs_a_remark(street: str) -> None:
    item = await in_state(S.SUBMITTED)
    with pytest.raises(Invalid) as raised:
        _ = await operations.review(
            await actor(REVIEWER), item.id, Review(verdict=Verdict.RETURN, remark="  ", expected_version=2)
        )
    assert list(raised.value.fields) == ["remark"]
    assert values(await item_of()) == values(item)


async def test_the_trail_tells_what_changed(street: str) -> None:
    item = await in_state(S.RETURNED)
    entry = await TrailEntry.filter(subject_kind="checklist_item", subject_id=item.id).order_by("-id").first()
    assert entry is not None
    assert (entry.deed, entry.account_name) == ("checklist_item.reviewed", (await actor(REVIEWER)).name)
    assert (entry.before, entry.after) == (
        {"state": "SUBMITTED", "remark": ""},
        {"state": "RETURNED", "remark": "请补充照片。"},
    )


async def test_a_reviewer_of_another_community_takes_over_after_a_move(street: str) -> None:
    item = await in_state(S.SUBMITTED)
    draft = Move(parent="HG-C7", expected_version=1)
    _ = await organizations.move(await actor(Role.STREET_ADMIN), "HG-LY-01", draft)
    review = Review(verdict=Verdict.APPROVE, expected_version=2)
    with pytest.raises(NotFound):
        _ = await operations.review(await actor(REVIEWER), item.id, review)
    assert (await operations.review(await by_login("reviewer.hg-c7"), item.id, review)).state is S.APPROVED


@pytest.mark.parametrize("verb", VERBS)
async def test_what_a_dissolved_branch_has_left_is_not_changed_any_more(street: str, verb: str) -> None:
    """The reviewer of the community still reaches it, as history; a secretary who holds the branch above does too."""
    secretary = await by_login("secretary.hg-ly-02-zb")
    item = await ChecklistItem.filter(checklist__branch__code="HG-LY-02-ZB", state=S.TODO).first()
    assert item is not None
    if verb not in ("save", "submit"):
        item = await operations.submit(secretary, item.id, fill(item.version))
    await Membership.filter(branch__code="HG-LY-02-ZB").delete()
    draft = Dissolve(reason="并入深坑", expected_version=1)
    _ = await organizations.dissolve(await actor(Role.STREET_ADMIN), "HG-LY-02-ZB", draft)
    before, count = values(await ChecklistItem.get(id=item.id)), await deeds()
    role = REVIEWER if verb in ("approve", "return") else SECRETARY
    who = replace(await actor(role), grants=secretary.grants if role is SECRETARY else (await actor(role)).grants)
    with pytest.raises(Invalid) as refusal:
        _ = await attempt(verb, role, item, who)
    assert set(refusal.value.fields) == {"state"}
    assert (values(await ChecklistItem.get(id=item.id)), await deeds()) == (before, count)
    assert checklists.possible(who, await checklists.find_item(who, item.id)) == frozenset()


async def test_the_clock_decides_what_is_late(street: str) -> None:
    item = await checklists.find_item(await actor(SECRETARY), (await item_of()).id)
    cycle = item.checklist.cycle
    day = timedelta(days=1)
    assert item.timeliness(cycle.due_on - 8 * day) is Timeliness.ON_TIME
    assert item.timeliness(cycle.due_on) is Timeliness.DUE_SOON
    assert item.timeliness(cycle.due_on + day) is Timeliness.LATE
    assert item.timeliness(cycle.closes_on + day) is Timeliness.MISSED


async def test_a_closed_cycle_takes_nothing_more(street: str) -> None:
    item = await in_state(S.IN_PROGRESS)
    closed = (await checklists.find_item(await actor(SECRETARY), item.id)).checklist.cycle.closes_on
    with time_machine.travel(closed + timedelta(days=2)), pytest.raises(Invalid) as raised:
        _ = await operations.save(await actor(SECRETARY), item.id, fill(2, done_on=closed - timedelta(days=30)))
    assert list(raised.value.fields) == ["cycle"]
    assert values(await item_of()) == values(item)


async def test_two_who_save_at_once_do_not_overwrite_one_another(street: str) -> None:
    item = await item_of()
    people = [await actor(SECRETARY), await actor(EDITOR)] * 4
    attempts = [operations.save(who, item.id, fill(summary=f"第{n}稿")) for n, who in enumerate(people)]
    outcomes = await asyncio.gather(*attempts, return_exceptions=True)
    assert sum(isinstance(outcome, ChecklistItem) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 7
    assert (await item_of()).version == 2


async def test_a_yearly_measure_may_be_done_at_any_time_of_the_year(street: str) -> None:
    item = await item_of(measure=8)
    saved = await operations.save(await actor(SECRETARY), item.id, fill(done_on=date(today().year, 1, 1)))
    assert saved.done_on == date(today().year, 1, 1)


async def test_what_is_left_out_stays_and_what_is_empty_is_cleared(street: str) -> None:
    item, secretary = await item_of(), await actor(SECRETARY)
    _ = await operations.save(secretary, item.id, fill(summary="写好的内容"))
    day = Fill.parse({"done_on": today(), "expected_version": 2})
    saved = await operations.save(secretary, item.id, day)
    assert (saved.summary, saved.done_on) == ("写好的内容", today())
    cleared = await operations.save(secretary, item.id, Fill.parse({"done_on": "", "expected_version": 3}))
    assert (cleared.summary, cleared.done_on) == ("写好的内容", None)


async def test_whoever_filled_does_not_review_what_another_submitted(street: str) -> None:
    item, editor = await item_of(), await actor(EDITOR)
    _ = await operations.save(editor, item.id, fill())
    _ = await operations.submit(await actor(SECRETARY), item.id, Fill(expected_version=2))
    assert (await item_of()).filled_by_id == (await actor(SECRETARY)).account_id
    _ = await operations.withdraw(await actor(SECRETARY), item.id, Withdraw(expected_version=3))
    _ = await operations.save(editor, item.id, fill(4))
    await ChecklistItem.filter(id=item.id).update(
        state=S.SUBMITTED, submitted_by_id=(await actor(SECRETARY)).account_id, submitted_at=now()
    )
    both = Actor(editor.account_id, editor.name, (*editor.grants, Grant(REVIEWER, 0, editor.grants[0].path)))
    assert await checklists.awaiting_review(both) == []
    with pytest.raises(Forbidden):
        _ = await operations.review(both, item.id, Review(verdict=Verdict.APPROVE, expected_version=5))
    assert (await item_of()).state is S.SUBMITTED


async def test_after_the_cycle_has_closed_an_item_is_approved_or_left(street: str) -> None:
    item = await in_state(S.SUBMITTED)
    reviewer = await actor(REVIEWER)
    closed = (await checklists.find_item(reviewer, item.id)).checklist.cycle.closes_on
    with time_machine.travel(closed + timedelta(days=2)):
        with pytest.raises(Invalid) as raised:
            _ = await operations.review(
                reviewer, item.id, Review(verdict=Verdict.RETURN, remark="太晚了", expected_version=2)
            )
        assert list(raised.value.fields) == ["verdict"]
        assert values(await item_of()) == values(item)
        approve = Review(verdict=Verdict.APPROVE, expected_version=2)
        assert (await operations.review(reviewer, item.id, approve)).state is S.APPROVED
