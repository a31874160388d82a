"""Records: entered once, corrected, withdrawn; what rests on one notices."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine

from server.kit.refusals import Conflict, Forbidden, Invalid, NotFound, Refusal
from server.models.checklists import ChecklistItem
from server.models.records import Record
from server.models.trail import TrailEntry
from server.operations import checklists, evidence
from server.operations import records as operations
from server.operations.checklists import Fill, Review
from server.operations.evidence import Cite
from server.operations.records import Correct, Enter, Withdraw
from server.queries import checklists as items
from server.queries import evidence as pieces
from server.queries import records as queries
from server.queries.records import RecordFilter
from server.vocabulary import ItemState, RecordKind, Role, Verdict
from tests import branches
from tests.branches import Branches
from tests.cast import deeds
from tests.test_doors import everything

STUDY = {"branch": "ST-C-0", "kind": "STUDY", "held_on": "2026-11-10", "title": "集中学习", "attendance": 30}


@pytest.fixture(autouse=True)
def a_day_in_november() -> Iterator[None]:
    with time_machine.travel("2026-11-24 10:00 +0800", tick=True):
        yield


async def entered(world: Branches, **changes: Any) -> Record:
    return await operations.enter(world.secretary(), Enter.parse(STUDY | changes))


async def test_a_record_is_entered_corrected_and_withdrawn(database: str) -> None:
    world = await branches.made()
    record = await entered(world, topic="党的纪律")
    draft = Correct.parse({"held_on": "2026-11-11", "attendance": "", "reason": "日期有误", "expected_version": 1})
    corrected = await operations.correct(world.secretary(), record.id, draft)
    assert (corrected.held_on, corrected.attendance, corrected.topic) == (date(2026, 11, 11), None, "党的纪律")
    assert corrected.digest != record.digest
    withdrawn = await operations.withdraw(world.secretary(), record.id, Withdraw(reason="重复登记", expected_version=2))
    assert (withdrawn.withdrawn_because, withdrawn.version) == ("重复登记", 3)
    told = await TrailEntry.filter(subject_kind="record").order_by("id")
    assert [entry.deed for entry in told] == ["record.entered", "record.corrected", "record.withdrawn"]
    assert told[1].before == {"held_on": "2026-11-10", "attendance": 30}
    assert told[1].after == {"held_on": "2026-11-11", "attendance": None, "reason": "日期有误"}
    with pytest.raises(Invalid) as refusal:
        _ = await operations.correct(world.secretary(), record.id, draft)
    assert "record" in refusal.value.fields


WRONG: list[tuple[dict[str, Any], type[Refusal], str]] = [
    ({"held_on": "2026-11-25"}, Invalid, "held_on"),
    ({"held_on": "1999-12-31"}, Invalid, "held_on"),
    ({"title": " "}, Invalid, "title"),
    ({"attendance": "0"}, Invalid, "attendance"),
    ({"kind": "PARTY"}, Invalid, "kind"),
    ({"branch": "ST-C-1"}, NotFound, "branch"),
    ({"branch": "ST-C-9"}, NotFound, "branch"),
]


async def test_what_cannot_be_entered_is_named_and_nothing_changes(database: str) -> None:
    world = await branches.made(count=2)
    above = await branches.somebody(Role.BRANCH_SECRETARY, world.places["street"])
    before = await everything()
    for changes, refusal, field in WRONG:
        with pytest.raises(refusal) as raised:
            _ = await entered(world, **changes)
        assert field in raised.value.fields, changes
    with pytest.raises(Invalid):
        _ = await operations.enter(above, Enter.parse(STUDY | {"branch": "ST"}))
    with pytest.raises(Forbidden):
        _ = await operations.enter(world.reviewer, Enter.parse(STUDY))
    assert (await everything(), await Record.all().count()) == (before, 0)


async def test_only_the_branch_changes_its_records_and_from_what_it_has_seen(database: str) -> None:
    world = await branches.made(count=2)
    record = await entered(world)
    editor = await branches.somebody(Role.BRANCH_EDITOR, world.rows[0])
    before = await everything()
    correction = Correct(title="集中学习二", reason="改正", expected_version=1)
    for who, refusal in ((world.secretary(1), NotFound), (world.reviewer, Forbidden)):
        with pytest.raises(refusal):
            _ = await operations.correct(who, record.id, correction)
    with pytest.raises(Forbidden):
        _ = await operations.withdraw(editor, record.id, Withdraw(reason="不要了", expected_version=1))
    with pytest.raises(Conflict) as conflict:
        _ = await operations.correct(editor, record.id, Correct(title="x二", reason="改正", expected_version=2))
    assert "集中学习" in str(conflict.value.fields["title"])
    with pytest.raises(Invalid) as same:
        _ = await operations.correct(editor, record.id, Correct(title="集中学习", reason="改正", expected_version=1))
    assert "reason" in same.value.fields
    assert await everything() == before


async def test_one_record_serves_five_measures_and_a_correction_overtakes_their_approvals(database: str) -> None:
    """It is stored once; every approval that rests on it says that its evidence is another one now."""
    world = await branches.made(rules={n: {"kind": "STUDY"} for n in range(1, 6)})
    record = await entered(world)
    offered = await items.fitting(world.secretary(), record)
    assert [item.measure.number for item, _ in offered] == [1, 2, 3, 4, 5]
    assert [str(reason) for reason in offered[0][1]] == [
        "it is: Study session",
        "it falls in 1 October 2026 to 31 December 2026",
    ]
    ids = [item.id for item, _ in offered]
    _ = await evidence.cite(world.secretary(), Cite.parse({"records": [record.id], "items": ids}))
    assert (await Record.all().count(), len(await pieces.of_record(world.secretary(), record))) == (1, 5)
    for item_id in ids:
        fill = Fill.parse({"done_on": "2026-11-10", "summary": "学习一次", "expected_version": 2})
        _ = await checklists.submit(world.secretary(), item_id, fill)
        _ = await checklists.review(world.reviewer, item_id, Review(verdict=Verdict.APPROVE, expected_version=3))
    assert await stale(world, ids) == {}
    correction = Correct(attendance=31, reason="人数有误", expected_version=1)
    _ = await operations.correct(world.secretary(), record.id, correction)
    assert await stale(world, ids) == {item_id: ["evidence"] for item_id in ids}
    assert {row.version for row in await ChecklistItem.filter(id__in=ids)} == {5}


async def stale(world: Branches, ids: list[int]) -> dict[int, list[str]]:
    rows = [await items.find_item(world.reviewer, item_id) for item_id in ids]
    assert {row.state for row in rows} == {ItemState.APPROVED}
    return await items.overtaken(world.reviewer, rows)


async def test_the_list_is_narrowed_by_kind_period_and_text(database: str) -> None:
    world = await branches.made()
    for number, (kind, day, title) in enumerate(
        [("STUDY", "2026-10-08", "学习党章"), ("TRAINING", "2026-11-02", "培训"), ("STUDY", "2026-11-09", "学习纪律")]
    ):
        _ = await entered(world, kind=kind, held_on=day, title=title, topic=f"主题{number}")
    who = world.secretary()

    async def found(**wanted: Any) -> list[str]:
        return [row.title for row in await queries.matching(who, RecordFilter(**wanted))]

    assert await found() == ["学习纪律", "培训", "学习党章"]
    assert await found(kind=RecordKind.STUDY, until=date(2026, 10, 31)) == ["学习党章"]
    assert await found(since=date(2026, 11, 1), search="主题1") == ["培训"]
    assert await found(search="100%") == []
    assert await deeds() > 0
