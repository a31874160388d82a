"""What there is to show of the evidence of items: what their rules still miss, and the records that a rule proposes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from server.access.actor import Actor
from server.access.permits import Permit
from server.access.scope import visible
from server.kit.messages import Message
from server.models.checklists import ChecklistItem, Coverage, coverage, fits
from server.models.evidence import Evidence
from server.models.records import Record
from server.queries.checklists.items import possible, workable
from server.queries.evidence import of_items
from server.queries.records import recent


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
