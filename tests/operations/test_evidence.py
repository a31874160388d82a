"""Evidence: added while the branch may fill, removed for a reason, stored once, and bound by approvals."""

import asyncio
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import time_machine

from server.kit.refusals import Forbidden, Invalid, NotFound, Refusal
from server.models.checklists import ChecklistItem, Transition
from server.models.evidence import Blob, Evidence
from server.models.trail import TrailEntry
from server.operations import checklists, records
from server.operations import evidence as operations
from server.operations.checklists import Fill, Review
from server.operations.checklists import Withdraw as TakeBack
from server.operations.evidence import Attach, Cite, Link, Remove, Sent
from server.operations.records import Enter
from server.queries import checklists as items
from server.queries import evidence as queries
from server.vocabulary import EvidenceKind, ItemState, ItemVerb, Verdict
from tests import branches
from tests.branches import Branches
from tests.conftest import Figure
from tests.test_doors import everything

PAGE = {"address": "https://example.org/news/7", "title": "活动报道", "effective_on": "2026-11-10"}
ON = Attach.parse({"effective_on": "2026-11-10"})
GONE = Remove(reason="放错了")


@pytest.fixture(autouse=True)
def a_day_in_november() -> Iterator[None]:
    with time_machine.travel("2026-11-24 10:00 +0800", tick=True):
        yield


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where evidence is kept in this test."""
    monkeypatch.setenv("QIANGJI_DATA", str(tmp_path))
    return tmp_path / "evidence"


class Bytes:
    """A file as it comes in, piece by piece."""

    def __init__(self, content: bytes) -> None:
        self.file = BytesIO(content)

    async def read(self, size: int, /) -> bytes:
        return self.file.read(size)


def pdf(size: int = 0) -> bytes:
    """Of about so many bytes."""
    made, file = pikepdf.new(), BytesIO()
    page = made.add_blank_page()
    page.Contents = made.make_stream(b"% " + b"x" * size + b"\n")
    made.save(file, compress_streams=False, static_id=True)
    return file.getvalue()


def files(directory: Path) -> list[Path]:
    return [path for path in directory.rglob("*") if path.is_file()]


async def linked(world: Branches, item: ChecklistItem, **changes: Any) -> Evidence:
    return await operations.link(world.secretary(), item.id, Link.parse(PAGE | changes))


async def handed_in(world: Branches, item: ChecklistItem) -> ChecklistItem:
    fill = Fill.parse({"done_on": "2026-11-10", "summary": "学习一次", "expected_version": item.version})
    return await checklists.submit(world.secretary(), item.id, fill)


async def approved(world: Branches, item: ChecklistItem) -> ChecklistItem:
    row = await handed_in(world, item)
    draft = Review(verdict=Verdict.APPROVE, expected_version=row.version)
    return await checklists.review(world.reviewer, item.id, draft)


async def test_the_first_piece_begins_the_work_and_later_ones_do_not_count_up(database: str) -> None:
    world = await branches.made()
    item = await world.item()
    piece = await linked(world, item)
    item = await world.item()
    assert (item.state, item.version, item.filled_by_id) == (ItemState.IN_PROGRESS, 2, world.secretary().account_id)
    _ = await linked(world, item, address="https://example.org/news/8")
    assert (await world.item()).version == 2
    moves = await Transition.filter(item_id=item.id)
    assert [(move.verb, move.was, move.state) for move in moves] == [
        (ItemVerb.SAVE, ItemState.TODO, ItemState.IN_PROGRESS)
    ]
    told = await TrailEntry.filter(deed="evidence.added").order_by("id")
    assert [entry.subject_id for entry in told][:1] == [str(piece.id)]
    assert (told[0].before, told[0].after and told[0].after["state"]) == ({"state": "TODO"}, "IN_PROGRESS")


WRONG: list[tuple[dict[str, Any], type[Refusal], str]] = [
    ({"address": "javascript:alert(1)"}, Invalid, "address"),
    ({"address": "https://user:word@example.org/"}, Invalid, "address"),
    ({"address": "https:///nowhere"}, Invalid, "address"),
    ({"address": f"https://example.org/{'x' * 500}"}, Invalid, "address"),
    ({"address": PAGE["address"]}, Invalid, "address"),
    ({"title": ""}, Invalid, "title"),
    ({"effective_on": "2026-11-25"}, Invalid, "effective_on"),
    ({"effective_on": "2026-09-30"}, Invalid, "effective_on"),
]


async def test_what_cannot_be_added_is_named_and_nothing_changes(database: str) -> None:
    world = await branches.made(count=2)
    item = await world.item()
    _ = await linked(world, item)
    before = await everything()
    for changes, refusal, field in WRONG:
        with pytest.raises(refusal) as raised:
            _ = await linked(world, item, **({"address": "https://example.org/9"} | changes))
        assert field in raised.value.fields, changes
    for who, no in ((world.reviewer, Forbidden), (world.secretary(1), NotFound)):
        with pytest.raises(no):
            _ = await operations.link(who, item.id, Link.parse(PAGE | {"address": "https://example.org/9"}))
    with time_machine.travel("2027-01-11 00:00 +0800"), pytest.raises(Invalid) as closed:
        _ = await linked(world, item, address="https://example.org/9")
    assert "cycle" in closed.value.fields
    assert await everything() == before


async def test_records_are_cited_together_or_not_at_all(database: str) -> None:
    world = await branches.made(count=2)
    made = [
        await records.enter(
            world.secretary(n),
            Enter.parse({"branch": f"ST-C-{n}", "kind": "STUDY", "held_on": day, "title": "集中学习"}),
        )
        for n, day in ((0, "2026-11-10"), (0, "2026-09-30"), (1, "2026-11-10"))
    ]
    mine, early, foreign = (record.id for record in made)
    ids, before = [(await world.item(n)).id for n in (1, 2)], await everything()
    elsewhere = (await world.item(1, branch=1)).id
    with pytest.raises(NotFound):
        _ = await operations.cite(world.secretary(), Cite.parse({"records": [mine, foreign], "items": ids}))
    for wanted, on, field in (
        ([mine, early], ids, "records"),
        ([mine], [*ids, elsewhere], "items"),
        ([mine], [], "items"),
    ):
        with pytest.raises(Invalid) as refusal:
            _ = await operations.cite(world.secretary(), Cite.parse({"records": wanted, "items": on}))
        assert field in refusal.value.fields
    assert await everything() == before
    pieces = await operations.cite(world.secretary(), Cite.parse({"records": [mine], "items": ids}))
    assert [(piece.kind, piece.sha256) for piece in pieces] == [(EvidenceKind.RECORD, made[0].digest)] * 2
    with pytest.raises(Invalid) as again:
        _ = await operations.cite(world.secretary(), Cite.parse({"records": [mine], "items": ids[:1]}))
    assert "used here already" in str(again.value.fields["records"])


async def test_what_is_removed_stays_readable_and_overtakes_an_approval(database: str) -> None:
    world = await branches.made()
    item = await world.item()
    first, second = await linked(world, item), await linked(world, item, address="https://example.org/2")
    removed = await operations.remove(world.secretary(), first.id, GONE)
    assert (removed.removed_because, removed.removed_by_id) == ("放错了", world.secretary().account_id)
    assert (await world.item()).version == 2
    with pytest.raises(Invalid) as twice:
        _ = await operations.remove(world.secretary(), first.id, GONE)
    assert "evidence" in twice.value.fields
    _ = await linked(world, item)  # the same page again, now that it is gone
    row = await handed_in(world, await world.item())
    before = await everything()
    with pytest.raises(Invalid) as waiting:
        _ = await operations.remove(world.secretary(), second.id, GONE)
    assert "state" in waiting.value.fields
    with pytest.raises(Forbidden):
        _ = await operations.remove(world.reviewer, second.id, GONE)
    assert await everything() == before
    row = await checklists.withdraw(world.secretary(), item.id, TakeBack(expected_version=row.version))
    row = await approved(world, row)
    _ = await operations.remove(world.secretary(), second.id, GONE)
    after = await items.find_item(world.reviewer, item.id)
    pieces = await queries.of_items(world.reviewer, [item.id])
    assert await items.overtaken(world.reviewer, [after]) == {item.id: ["evidence"]}
    assert (after.state, after.version) == (ItemState.APPROVED, row.version + 1)
    assert [bool(piece.removed_at) for piece in pieces[item.id]] == [True, True, False]
    assert await queries.handled_by(world.secretary().account_id, [item.id]) == {item.id}
    assert await queries.handled_by(world.reviewer.account_id, [item.id]) == set()


async def test_a_rule_that_insists_is_met_by_what_stands(database: str) -> None:
    """What was removed, and a record that was withdrawn, show nothing any more."""
    world = await branches.made(rules={1: {"kind": "STUDY", "required": True}})
    item, who = await world.item(), world.secretary()
    with pytest.raises(Invalid) as lacking:
        _ = await handed_in(world, item)
    assert "evidence" in lacking.value.fields
    entered = Enter.parse({"branch": "ST-C-0", "kind": "STUDY", "held_on": "2026-11-10", "title": "集中学习"})
    record = await records.enter(who, entered)
    _ = await operations.cite(who, Cite.parse({"records": [record.id], "items": [item.id]}))
    _ = await records.withdraw(who, record.id, records.Withdraw(reason="没有开成", expected_version=1))
    with pytest.raises(Invalid):
        _ = await handed_in(world, await world.item())
    _ = await linked(world, item)
    assert (await handed_in(world, await world.item())).state is ItemState.SUBMITTED


async def test_the_same_file_of_sixteen_branches_is_stored_once(database: str, kept: Path, figure: Figure) -> None:
    world = await branches.made(count=16, measures=1)
    content = pdf(20_000_000)

    async def send(number: int) -> None:
        item = await world.item(branch=number)
        sent = [Sent(f"照片/{number}.exe", Bytes(content))]
        _ = await operations.attach(world.secretary(number), item.id, ON, sent)

    await asyncio.gather(*(send(number) for number in range(16)))
    blob = await Blob.get()
    assert (await Evidence.all().count(), blob.size, blob.media_type) == (16, len(content), "application/pdf")
    assert [path.name for path in files(kept)] == [blob.sha256]
    assert {piece.title for piece in await Evidence.all()} == {f"{number}.exe.pdf" for number in range(16)}
    figure(f"a file of {len(content) / 1e6:.0f} MB sent by 16 branches: stored once, 16 pieces of evidence")


async def test_files_are_judged_one_by_one_and_complaints_name_them(database: str, kept: Path) -> None:
    world = await branches.made()
    item, who = await world.item(), world.secretary()
    before = await everything()
    for sent in ([], [Sent("notes.txt", Bytes(b"plain words"))]):
        with pytest.raises(Invalid) as refusal:
            _ = await operations.attach(who, item.id, ON, sent)
        assert "file" in refusal.value.fields
    assert "notes.txt" in str(refusal.value.fields["file"])
    with pytest.raises(Forbidden):
        _ = await operations.attach(world.reviewer, item.id, ON, [Sent("a.pdf", Bytes(pdf()))])
    assert (files(kept), await everything()) == ([], before)
    mixed = [Sent("a.pdf", Bytes(pdf())), Sent("b.txt", Bytes(b"words")), Sent("c.pdf", Bytes(pdf()))]
    done = await operations.attach(who, item.id, ON, mixed)
    assert [piece.title for piece in done.pieces] == ["a.pdf"]
    assert [str(complaint).split(":")[0] for complaint in done.complaints] == ["b.txt", "c.pdf"]
    assert len(files(kept)) == 1
