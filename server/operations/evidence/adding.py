"""Adding links and records to items that the branch may still fill."""

from collections.abc import Sequence
from hashlib import sha256

from server.access.actor import Actor
from server.access.permits import Permit, require
from server.kit.clock import now, today
from server.kit.messages import say
from server.kit.refusals import Invalid, invalid, named
from server.kit.transactions import unit_of_work
from server.models.checklists import ChecklistItem
from server.models.evidence import Evidence
from server.models.records import Record
from server.operations import trail
from server.operations.checklists.items import check_workable
from server.operations.checklists.record import filled, hand_of, moved
from server.operations.evidence.drafts import MOST_AT_ONCE, Cite, Link
from server.queries import checklists, evidence, records
from server.vocabulary import EvidenceKind, ItemVerb


@unit_of_work()
async def link(actor: Actor, item_id: int, draft: Link) -> Evidence:
    """Add a page of the web. Raises NotFound, Forbidden, Invalid."""
    item = await find_owed(actor, item_id)
    item.check_day(draft.effective_on, today(), "effective_on")
    digest = sha256(draft.address.encode()).hexdigest()
    await check_new(item, digest, "address")
    piece = Evidence(
        item=item,
        kind=EvidenceKind.LINK,
        title=draft.title,
        address=draft.address,
        effective_on=draft.effective_on,
        sha256=digest,
    )
    await add(actor, item, piece)
    return await evidence.find(actor, piece.id)


@unit_of_work()
async def cite(actor: Actor, draft: Cite) -> list[Evidence]:
    """Use records as evidence of items: all of them, or none. What is still empty says what the records say.

    Raises NotFound, Forbidden, Invalid.
    """
    if len(draft.records) * len(draft.items) > MOST_AT_ONCE:
        raise invalid(items=say("Choose at most {count} at once.", count=MOST_AT_ONCE))
    found = [await records.find(actor, record_id) for record_id in sorted(draft.records)]
    pieces = []
    for item_id in sorted(draft.items):
        with named("items"):
            item = await find_owed(actor, item_id)
        pieces += await add_records(actor, item, found)
    return [await evidence.find(actor, piece.id) for piece in pieces]


async def add_records(actor: Actor, item: ChecklistItem, found: Sequence[Record]) -> list[Evidence]:
    first, *others = found
    for record in found:
        await check_named(item, record)
    drawn = item.draw_from(found)
    pieces = [await add_record(actor, item, first, drawn=drawn)]
    return pieces + [await add_record(actor, item, record) for record in others]


async def check_named(item: ChecklistItem, record: Record) -> None:
    """What makes it unfit is told with its name."""
    try:
        await check_citable(item, record)
    except Invalid as refusal:
        said = say(
            "“{title}”, measure {number}: {why}", title=record.title, number=item.measure.number, why=refusal.message
        )
        raise invalid(records=said) from refusal


async def add_record(actor: Actor, item: ChecklistItem, record: Record, *, drawn: bool = False) -> Evidence:
    piece = Evidence(
        item=item,
        kind=EvidenceKind.RECORD,
        title=record.title,
        record=record,
        effective_on=record.held_on,
        sha256=record.digest,
    )
    await add(actor, item, piece, drawn=drawn)
    return piece


async def check_citable(item: ChecklistItem, record: Record) -> None:
    record.check_standing()
    if record.branch_id != item.checklist.branch_id:
        raise invalid(records=say("it is a record of another branch."))
    item.check_day(record.held_on, today(), "records")
    if await Evidence.filter(item_id=item.id, record_id=record.id, removed_at__isnull=True).exists():
        raise invalid(records=say("it is used here already; if it was corrected since, remove it first."))


async def find_owed(actor: Actor, item_id: int, *, lock: bool = True) -> ChecklistItem:
    """An item to which the actor may add now; locked for a change, because an approval binds its evidence."""
    item = await checklists.find_item(actor, item_id, lock=lock)
    require(actor, Permit.ADD_EVIDENCE, item.checklist.branch.path)
    check_workable(item)
    item.check_addable()
    return item


async def check_new(item: ChecklistItem, digest: str, field: str) -> None:
    """Raises Invalid (`field`) for content that the item has already."""
    if same := await Evidence.filter(item_id=item.id, sha256=digest, removed_at__isnull=True).first():
        raise invalid(**{field: say("It is here already, as “{title}”.", title=same.title)})


async def add(actor: Actor, item: ChecklistItem, piece: Evidence, *, drawn: bool = False) -> None:
    """Keep a piece of evidence; the first one begins the work on an item. `drawn`: it also wrote what the item says."""
    before = filled(item)
    piece.received_at, piece.added_by_id = now(), actor.account_id
    await piece.save()
    began = item.take_up(actor.account_id)
    if drawn and not began:
        item.filled_by_id, item.version = actor.account_id, item.version + 1
    if began or drawn:
        await item.save(update_fields=["state", "done_on", "summary", "filled_by_id", "version"])
        hand = hand_of(actor, Permit.ADD_EVIDENCE, item.checklist.branch.path)
        await moved(item, ItemVerb.SAVE, before, hand)
    after = {
        "item": item.id,
        "kind": piece.kind,
        "title": piece.title,
        "effective_on": piece.effective_on,
        "sha256": piece.sha256,
        "state": item.state,
    }
    after |= {"done_on": item.done_on, "summary": item.summary} if drawn else {}
    path = item.checklist.branch.path
    await trail.record(actor, "evidence.added", piece, path, {"state": before["state"]}, after)
