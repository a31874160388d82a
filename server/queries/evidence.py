"""The evidence of items, what their rules still miss, and the records that a rule proposes."""

import logging
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from server.access.actor import Actor
from server.access.permits import Permit
from server.access.scope import having_id, visible
from server.kit.messages import Message, say
from server.kit.refusals import NotFound
from server.models.checklists import ChecklistItem, Coverage, coverage, fits
from server.models.evidence import Blob, Evidence
from server.models.records import Record
from server.queries.checklists import possible, workable
from server.queries.records import recent
from server.storage import Blob as Kept
from server.storage import Damaged, Missing, store
from server.vocabulary import ItemState

ROWS = (
    "item__checklist__branch",
    "item__checklist__cycle",
    "item__measure",
    "record__branch",
    "record__entered_by",
    "blob",
    "added_by",
    "removed_by",
)
ORDER = ("effective_on", "id")


log = logging.getLogger("qiangji")


@dataclass(frozen=True)
class Proposal:
    """A record that a rule finds, and why it fits: its kind, its topic, and the stretch of the cycle that it fills."""

    record: Record
    reasons: list[Message]


@dataclass(frozen=True)
class Around:
    """An item's evidence, what its rule still misses, and, for whoever may add to it, what could be used."""

    pieces: Sequence[Evidence] = ()
    coverage: Sequence[Coverage] = ()
    proposals: Sequence[Proposal] = ()
    records: Sequence[Record] = ()

    @property
    def standing(self) -> list[Evidence]:
        return [piece for piece in self.pieces if piece.removed_at is None]

    @property
    def removed(self) -> list[Evidence]:
        return [piece for piece in self.pieces if piece.removed_at is not None]

    @property
    def others(self) -> list[Record]:
        """Records of the branch that no rule proposes here, and that are not used here."""
        known = {piece.record_id for piece in self.standing} | {each.record.id for each in self.proposals}
        return [record for record in self.records if record.id not in known]


def all_of(actor: Actor) -> QuerySet[Evidence]:
    return visible(actor, Evidence).select_related(*ROWS).order_by(*ORDER)


async def find(actor: Actor, evidence_id: int) -> Evidence:
    """Raises NotFound."""
    if piece := await all_of(actor).filter(having_id(evidence_id)).first():
        return piece
    raise NotFound(say("There is no such evidence here for you; open it from its checklist item."))


async def find_file(actor: Actor, evidence_id: int) -> tuple[Evidence, Blob]:
    """One that is a file, also when it was removed since, and what is known of its bytes. Raises NotFound."""
    piece = await find(actor, evidence_id)
    if piece.blob:
        return piece, piece.blob
    raise NotFound(say("There is no such evidence here for you; open it from its checklist item."))


async def of_record(actor: Actor, record: Record) -> list[Evidence]:
    """Where a record is used as evidence, or was."""
    return await all_of(actor).filter(record_id=record.id)


async def uses_of(actor: Actor, record_ids: Sequence[int]) -> dict[int, int]:
    """Under how many measures each of these records is used."""
    rows = visible(actor, Evidence).filter(record_id__in=list(record_ids), removed_at__isnull=True)
    found: list[Any] = await rows.values_list("record_id", flat=True)
    return Counter(found)


async def of_item(actor: Actor, item: ChecklistItem) -> list[Evidence]:
    """Everything that was ever added, also what was removed, by the day on which it happened."""
    return await all_of(actor).filter(item_id=item.id)


async def of_items(actor: Actor, item_ids: Sequence[int]) -> dict[int, list[Evidence]]:
    """The same for many items, by their ids."""
    found: dict[int, list[Evidence]] = defaultdict(list)
    for piece in await all_of(actor).filter(item_id__in=list(item_ids)):
        found[piece.item_id].append(piece)
    return found


async def handled_by(account_id: int | None, item_ids: Sequence[int]) -> set[int]:
    """The items (ids) to which this account has added evidence, or from which it has taken some off."""
    if account_id is None:
        return set()
    rows = Evidence.filter(Q(added_by_id=account_id) | Q(removed_by_id=account_id), item_id__in=list(item_ids))
    found: list[Any] = await rows.values_list("item_id", flat=True)
    return set(found)


async def is_clean(actor: Actor, item: ChecklistItem) -> bool:
    """Whether it waits, applies, and has all the evidence that its rule asks for or could propose."""
    return fits_its_rule(item, await of_item(actor, item))


def fits_its_rule(item: ChecklistItem, pieces: Sequence[Evidence]) -> bool:
    if item.state is not ItemState.SUBMITTED or item.not_applicable:
        return False
    return not item.measure.rule.asks or all(part.is_covered for part in coverage(item, pieces))


async def proposals(
    actor: Actor, items: Sequence[ChecklistItem], known: Mapping[int, Sequence[Evidence]] | None = None
) -> dict[int, list[Proposal]]:
    """Records of their own branches that fit the rules of `items` and are not used there yet, by item id.

    `known`: their evidence, if it has been asked for already.
    """
    wanting = [item for item in items if item.measure.rule.proposes]
    if not wanting:
        return {}
    first, last = span(wanting)
    branches = {item.checklist.branch_id for item in wanting}
    rows = visible(actor, Record).filter(branch_id__in=branches, held_on__gte=first, held_on__lte=last)
    rows = rows.select_related("branch", "entered_by")
    records = await rows.filter(withdrawn_at__isnull=True).order_by("held_on", "id")
    used = known if known is not None else await of_items(actor, [item.id for item in wanting])
    return {item.id: proposed(item, records, used.get(item.id, [])) for item in wanting}


async def fitting(actor: Actor, record: Record) -> list[tuple[ChecklistItem, list[Message]]]:
    """The items of its branch that a record fits and is not used for, which the actor may fill now; and why it fits."""
    if record.withdrawn_at:
        return []
    items = [i for i in await workable(actor, record.branch_id) if Permit.ADD_EVIDENCE in possible(actor, i)]
    found = await proposals(actor, items)
    return [(i, p.reasons) for i in items for p in found.get(i.id, []) if p.record.id == record.id]


def proposed(item: ChecklistItem, records: Sequence[Record], pieces: Sequence[Evidence]) -> list[Proposal]:
    used = {piece.record_id for piece in pieces if piece.removed_at is None}
    own = [record for record in records if record.branch_id == item.checklist.branch_id and record.id not in used]
    found = [(record, fits(item, record)) for record in own]
    return [Proposal(record, reasons) for record, reasons in found if reasons]


async def around(actor: Actor, items: Sequence[ChecklistItem]) -> dict[int, Around]:
    """What there is to show of the evidence of items of one branch, by item id: asked for all of them at once."""
    pieces = await of_items(actor, [item.id for item in items])
    open_items = [item for item in items if Permit.ADD_EVIDENCE in possible(actor, item)]
    offered = await proposals(actor, open_items, pieces)
    held = await recent(actor, open_items[0].checklist.branch_id, *span(open_items)) if open_items else []
    able = {item.id for item in open_items}
    return {
        item.id: Around(
            pieces.get(item.id, []),
            asked_for(item, pieces.get(item.id, [])),
            offered.get(item.id, []),
            held if item.id in able else [],
        )
        for item in items
    }


def asked_for(item: ChecklistItem, pieces: Sequence[Evidence]) -> list[Coverage]:
    """The stretches in which its rule wants evidence, with what there is; nothing where there is no rule."""
    return coverage(item, pieces) if item.measure.rule.asks else []


def span(items: Sequence[ChecklistItem]) -> tuple[date, date]:
    """The days that any of the items may be done on."""
    windows = [item.measure.window(item.checklist.cycle.starts_on, item.checklist.cycle.ends_on) for item in items]
    return min(first for first, _ in windows), max(last for _, last in windows)


async def content(piece: Evidence) -> Kept:
    """The bytes of a file, once all of them have been read and found to be what was added. Raises NotFound."""
    try:
        return await store().open(piece.sha256)
    except (Missing, Damaged):
        log.exception("evidence is not what it was", extra={"evidence": piece.id})
        raise NotFound(
            say("This file is missing or damaged in the store, so it is not given out; tell whoever runs the program.")
        ) from None


async def blob(sha256: str) -> Blob | None:
    """What is known of bytes that are kept already."""
    return await Blob.get_or_none(sha256=sha256)
