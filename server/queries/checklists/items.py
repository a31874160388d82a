"""Checklists and their items."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tortoise.expressions import F, Q
from tortoise.queryset import QuerySet

from server.access.actor import Actor
from server.access.permits import Permit, may
from server.access.scope import having_id, held, in_subtree, visible
from server.kit.clock import today
from server.kit.messages import Message, say
from server.kit.refusals import NotFound
from server.kit.text import unstorable
from server.models.checklists import OWED, Checklist, ChecklistItem, Transition, digests_of, lacking
from server.models.cycles import Cycle
from server.models.evidence import Evidence
from server.models.organizations import Placement
from server.queries import evidence
from server.queries.checklists.hands import prepared_by
from server.vocabulary import ItemState, ItemVerb

ITEM_ROWS = ("checklist__cycle", "checklist__branch", "measure__theme", "submitted_by", "reviewed_by")
Stale = dict[int, list[str]]
ITEM_ORDER = ("checklist__branch__code", "measure__number", "id")


@dataclass(frozen=True)
class ItemFilter:
    """Which items: at and below a place, of a cycle, in a state."""

    within: Placement | None = None
    cycle: Cycle | None = None
    state: ItemState | None = None


def matching(actor: Actor, wanted: ItemFilter) -> QuerySet[ChecklistItem]:
    """Items that fit `wanted`, with everything that shows them, ready for a page; of living branches."""
    rows = living(visible(actor, ChecklistItem)).select_related(*ITEM_ROWS)
    if wanted.within:
        rows = rows.filter(in_subtree("checklist__branch__path", wanted.within.path))
    if wanted.cycle:
        rows = rows.filter(checklist__cycle_id=wanted.cycle.id)
    if wanted.state:
        rows = rows.filter(state=wanted.state)
    return rows.order_by(*ITEM_ORDER)


async def find_item(actor: Actor, item_id: int, *, lock: bool = False) -> ChecklistItem:
    """Raises NotFound."""
    rows = visible(actor, ChecklistItem).filter(having_id(item_id)).select_related(*ITEM_ROWS)
    if item := await (rows.select_for_update(of=("checklist_item",)) if lock else rows).first():
        return item
    raise NotFound(say("There is no such checklist item here for you; open it from the checklist of its branch."))


async def find(actor: Actor, checklist_id: int, *, lock: bool = False) -> Checklist:
    """Raises NotFound."""
    rows = visible(actor, Checklist).filter(having_id(checklist_id))
    rows = rows.select_related("cycle__template_version__template", "branch", "placement")
    if checklist := await (rows.select_for_update(of=("checklist",)) if lock else rows).first():
        return checklist
    raise NotFound(say("There is no such checklist here for you; open it from the page of its branch."))


async def of_branches(actor: Actor, branch_ids: Iterable[int], cycle: str | None = None) -> list[Checklist]:
    """The checklists of these branches, the newest cycle first; of the cycle with this code only, if one is given."""
    if cycle is not None and unstorable(cycle):
        return []
    rows = visible(actor, Checklist).filter(branch_id__in=list(branch_ids))
    rows = rows.filter(cycle__code=cycle) if cycle is not None else rows
    return await rows.select_related("cycle", "branch", "placement").order_by("-cycle__starts_on", "branch__code", "id")


async def items_of(actor: Actor, checklist: Checklist) -> list[ChecklistItem]:
    """The items of one checklist, by the number of their measure."""
    return (
        await visible(actor, ChecklistItem)
        .filter(checklist_id=checklist.id)
        .select_related(*ITEM_ROWS)
        .order_by("measure__number")
    )


async def items_of_all(actor: Actor, checklist_ids: Sequence[int]) -> dict[int, list[ChecklistItem]]:
    """The items of each of these checklists, by the number of their measure."""
    rows = visible(actor, ChecklistItem).filter(checklist_id__in=checklist_ids).select_related(*ITEM_ROWS)
    found: dict[int, list[ChecklistItem]] = defaultdict(list)
    for item in await rows.order_by("measure__number", "id"):
        found[item.checklist_id].append(item)
    return found


def items_below(actor: Actor, cycle: Cycle) -> QuerySet[ChecklistItem]:
    """The items of a cycle that the actor sees, those of dissolved branches too."""
    return visible(actor, ChecklistItem).filter(checklist__cycle_id=cycle.id).select_related(*ITEM_ROWS)


async def awaiting_review(actor: Actor, most: int = 100) -> list[ChecklistItem]:
    """Submitted items that the actor may review, the longest waiting first: never the actor's own."""
    found = await reviewable(actor).filter(state=ItemState.SUBMITTED).order_by("submitted_at", "id").limit(most)
    return await not_prepared(actor, found)


def reviewable(actor: Actor) -> QuerySet[ChecklistItem]:
    """Items that the actor may review, in whatever state: never the actor's own, and none under a seal."""
    rows = living(held(actor, ChecklistItem, Permit.REVIEW_CHECKLIST_ITEM)).select_related(*ITEM_ROWS)
    unlocked = Q(checklist__locked_at__isnull=True) | Q(reopened_at__gte=F("checklist__locked_at"))
    return rows.filter(unlocked, submitted_by_id__not=actor.account_id, filled_by_id__not=actor.account_id)


async def not_prepared(actor: Actor, items: Sequence[ChecklistItem]) -> list[ChecklistItem]:
    """Without those in which the actor ever had a part, whoever filled them last."""
    prepared = await prepared_by(actor.account_id, items)
    return [item for item in items if item.id not in prepared]


async def owed_by(actor: Actor, most: int = 100) -> list[ChecklistItem]:
    """What the actor has to fill, and still can: returned items first, then what is due."""
    rows = fillable(actor).filter(checklist__closes_on__gte=today())
    rows = rows.order_by("checklist__due_on", "measure__number", "id").limit(most)
    returned = await rows.filter(state=ItemState.RETURNED)
    return [*returned, *await rows.filter(state__in=[ItemState.TODO, ItemState.IN_PROGRESS])][:most]


def fillable(actor: Actor) -> QuerySet[ChecklistItem]:
    """Items that the actor may fill, in whatever state, of cycles that have opened."""
    rows = living(held(actor, ChecklistItem, Permit.SAVE_CHECKLIST_ITEM))
    return rows.filter(checklist__cycle__opens_on__lte=today()).select_related(*ITEM_ROWS)


async def workable(actor: Actor, branch_id: int) -> list[ChecklistItem]:
    """The items of one branch that are owed in cycles that run, by cycle and number."""
    rows = visible(actor, ChecklistItem).filter(checklist__branch_id=branch_id, state__in=list(OWED))
    rows = rows.filter(checklist__cycle__opens_on__lte=today(), checklist__closes_on__gte=today())
    return await rows.select_related(*ITEM_ROWS).order_by("checklist__due_on", "measure__number", "id")


def living(rows: QuerySet[ChecklistItem]) -> QuerySet[ChecklistItem]:
    """Without the items of dissolved branches: those are history, found one by one, and counted nowhere."""
    return rows.filter(checklist__branch__dissolved_on__isnull=True)


async def stale_reviews(actor: Actor, most: int = 100) -> list[ChecklistItem]:
    """Approved items whose evidence has changed since, that the actor may review again: never the actor's own."""
    changed = Q(evidence__removed_at__gt=F("reviewed_at")) | Q(evidence__record__version__gt=1)
    changed |= Q(evidence__record__withdrawn_at__isnull=False)
    rows = reviewable(actor).filter(changed, state=ItemState.APPROVED).distinct()
    found = await not_prepared(actor, await rows.order_by("reviewed_at", "id"))
    stale = await overtaken(actor, found)
    return [item for item in found if item.id in stale][:most]


async def overtaken(actor: Actor, items: Sequence[ChecklistItem]) -> Stale:
    """The fields in which approved items say something else than what was approved, by item id."""
    approved = {item.id: item for item in items if item.state is ItemState.APPROVED}
    if not approved:
        return {}
    pieces = await evidence.of_items(actor, list(approved))
    rows = visible(actor, Transition).filter(item_id__in=list(approved), verb=ItemVerb.APPROVE).order_by("id")
    newest = {row.item_id: row for row in await rows}
    found = {key: row.overtaken(digests_of(approved[key], pieces.get(key, []))) for key, row in newest.items()}
    return {key: names for key, names in found.items() if names}


async def approvals_of(actor: Actor, item_ids: Sequence[int]) -> dict[int, str]:
    """The digest of the newest approval of each of these items that has one."""
    rows = visible(actor, Transition).filter(item_id__in=list(item_ids), verb=ItemVerb.APPROVE).order_by("id")
    found: list[Any] = await rows.values_list("item_id", "digest")
    return dict(found)


async def stale_of(actor: Actor, item_ids: Sequence[int]) -> Stale:
    """The same for items by their ids; an empty list for those that stand as they were approved."""
    rows = visible(actor, ChecklistItem).filter(id__in=list(item_ids)).select_related(*ITEM_ROWS)
    return defaultdict(list, await overtaken(actor, await rows))


def wanting(item: ChecklistItem, pieces: Sequence[Evidence]) -> dict[str, Message]:
    """What has to be there before an item can be submitted, by field."""
    return item.missing(lacking(item, pieces))


async def transitions_of(actor: Actor, item_ids: Sequence[int]) -> dict[int, list[Transition]]:
    """What moved each of these items, the oldest first."""
    found: dict[int, list[Transition]] = defaultdict(list)
    for row in await visible(actor, Transition).filter(item_id__in=list(item_ids)).order_by("id"):
        found[row.item_id].append(row)
    return found


def possible(
    actor: Actor, item: ChecklistItem, *, is_stale: bool = False, has_prepared: bool = False
) -> frozenset[Permit]:
    """What the actor may do with an item as it is now; the operations refuse everything else."""
    if item.checklist.branch.dissolved_on:
        return frozenset()
    day, unlocked = today(), not item.is_locked
    can_change = item.checklist.is_open(day) and unlocked
    owed, waiting, approved = item.state in OWED, item.state is ItemState.SUBMITTED, item.state is ItemState.APPROVED
    to_review = (waiting or (approved and is_stale)) and unlocked
    moves = {
        Permit.SAVE_CHECKLIST_ITEM: owed and can_change,
        Permit.SUBMIT_CHECKLIST_ITEM: owed and can_change,
        Permit.DECLARE_CHECKLIST_ITEM: owed and can_change,
        Permit.ADD_EVIDENCE: owed and can_change,
        Permit.REMOVE_EVIDENCE: (owed or approved) and can_change,
        Permit.WITHDRAW_CHECKLIST_ITEM: waiting and can_change,
        Permit.REVIEW_CHECKLIST_ITEM: to_review and not has_prepared and not item.is_work_of(actor.account_id),
        Permit.REOPEN_CHECKLIST_ITEM: approved and day <= item.checklist.closes_on,
    }
    path = item.checklist.branch.path
    return frozenset(permit for permit, fits in moves.items() if fits and may(actor, permit, path))
