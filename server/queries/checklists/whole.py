"""Whole checklists: how far each is, its extensions, and what somebody may do with it."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from tortoise.functions import Count
from tortoise.queryset import QuerySet

from server.access.actor import Actor
from server.access.permits import Permit, may
from server.access.scope import visible
from server.kit.clock import today
from server.models.checklists import Checklist, ChecklistItem, Extension
from server.models.cycles import Cycle
from server.queries.checklists.cells import exclusion
from server.queries.checklists.counts import Tally
from server.queries.checklists.hands import worked_on_by
from server.queries.checklists.items import ITEM_ROWS, overtaken
from server.vocabulary import ChecklistState, Exclusion, ItemState, Timeliness

WHOLE_ORDER = ("branch__code", "id")


@dataclass(frozen=True)
class Whole:
    """A checklist with its items counted, the extensions that it was given, and what its reader may do with it."""

    checklist: Checklist
    tally: Tally
    state: ChecklistState
    extensions: list[Extension]
    possible: frozenset[Permit]

    @property
    def timeliness(self) -> Timeliness:
        """What the clock says today, while the branch owes anything."""
        return self.checklist.timeliness(today()) if self.tally.owed else Timeliness.ON_TIME

    @property
    def extension(self) -> Extension | None:
        """The newest: its days are the checklist's."""
        return self.extensions[-1] if self.extensions else None

    @property
    def can_extend(self) -> bool:
        return Permit.EXTEND_CHECKLIST in self.possible

    @property
    def can_accept(self) -> bool:
        return Permit.ACCEPT_CHECKLIST in self.possible


def of_cycle(actor: Actor, cycle: Cycle) -> QuerySet[Checklist]:
    """The checklists of a cycle that the actor sees, by the code of their branch; those of dissolved branches too."""
    rows = visible(actor, Checklist).filter(cycle_id=cycle.id).select_related("cycle", "branch", "placement")
    return rows.order_by(*WHOLE_ORDER)


async def wholes(actor: Actor, checklists: Sequence[Checklist]) -> list[Whole]:
    """Each of these (visible) checklists, in the same order."""
    ids = [checklist.id for checklist in checklists]
    counted, given = await tallies(actor, checklists), await extensions_of(actor, ids)
    states = await states_of(actor, ids)
    state = {row.id: row.state(states[row.id]) for row in checklists}
    ready = await acceptable(actor, [key for key, each in state.items() if each is ChecklistState.READY])
    return [
        Whole(
            row,
            counted[row.id],
            state[row.id],
            given.get(row.id, []),
            possible_with(actor, row, can_accept=row.id in ready),
        )
        for row in checklists
    ]


async def tallies(actor: Actor, checklists: Sequence[Checklist]) -> dict[int, Tally]:
    """The items of each counted, by checklist id, as the status counts them."""
    gone = {checklist.id: checklist.branch.dissolved_on is not None for checklist in checklists}
    states: dict[int, Counter[ItemState]] = defaultdict(Counter)
    left: dict[int, Counter[Exclusion]] = defaultdict(Counter)
    rows = visible(actor, ChecklistItem).filter(checklist_id__in=list(gone))
    columns = ("checklist_id", "state", "not_applicable")
    found: list[Any] = await rows.annotate(items=Count("id")).group_by(*columns).values_list(*columns, "items")
    for key, word, not_applicable, count in found:
        state = ItemState[word]
        if why := exclusion(state, not_applicable=not_applicable, gone=gone[key]):
            left[key][why] += count
        else:
            states[key][state] += count
    return {key: Tally(states[key], exclusions=left[key]) for key in gone}


async def states_of(actor: Actor, checklist_ids: Collection[int]) -> dict[int, list[ItemState]]:
    """The states that the items of each checklist are in."""
    rows = visible(actor, ChecklistItem).filter(checklist_id__in=list(checklist_ids))
    found: dict[int, list[ItemState]] = {key: [] for key in checklist_ids}
    pairs: list[Any] = await rows.distinct().values_list("checklist_id", "state")
    for key, state in pairs:
        found[key].append(ItemState[state])
    return found


async def extensions_of(actor: Actor, checklist_ids: Collection[int]) -> dict[int, list[Extension]]:
    """What each checklist was given, the oldest first."""
    found: dict[int, list[Extension]] = defaultdict(list)
    rows = visible(actor, Extension).filter(checklist_id__in=list(checklist_ids)).select_related("given_by")
    for row in await rows.order_by("id"):
        found[row.checklist_id].append(row)
    return found


async def acceptable(actor: Actor, checklist_ids: Collection[int]) -> set[int]:
    """Those of these (ready) checklists in which the actor never had a hand, and whose approvals all stand."""
    rows = visible(actor, ChecklistItem).filter(checklist_id__in=list(checklist_ids)).select_related(*ITEM_ROWS)
    items = await rows
    unfit = await worked_on_by(actor.account_id, items) | set(await overtaken(actor, items))
    return set(checklist_ids) - {item.checklist_id for item in items if item.id in unfit}


def possible_with(actor: Actor, checklist: Checklist, *, can_accept: bool) -> frozenset[Permit]:
    """What the actor may do with a checklist as it is now; the operations refuse everything else."""
    if checklist.branch.dissolved_on:
        return frozenset()
    moves = {
        Permit.EXTEND_CHECKLIST: True,
        Permit.ACCEPT_CHECKLIST: can_accept,
    }
    path = checklist.branch.path
    return frozenset(permit for permit, fits in moves.items() if fits and may(actor, permit, path))


async def progress_in(actor: Actor, cycle_ids: Collection[int]) -> dict[int, Tally]:
    """Counted in each cycle as far as the actor reaches; where nothing is due there is none."""
    rows = visible(actor, ChecklistItem).filter(
        checklist__cycle_id__in=list(cycle_ids), checklist__branch__dissolved_on__isnull=True
    )
    columns = ("checklist__cycle_id", "state", "not_applicable")
    found: list[Any] = await rows.annotate(items=Count("id")).group_by(*columns).values_list(*columns, "items")
    states: dict[int, Counter[ItemState]] = defaultdict(Counter)
    for key, word, not_applicable, count in found:
        state = ItemState[word]
        if exclusion(state, not_applicable=not_applicable, gone=False) is None:
            states[key][state] += count
    return {key: Tally(counted) for key, counted in states.items()}


async def beside(actor: Actor, checklist: Checklist) -> list[Checklist]:
    """The other checklists that the branch works on today: several cycles may run at once."""
    day = today()
    rows = visible(actor, Checklist).filter(branch_id=checklist.branch_id, id__not=checklist.id)
    rows = rows.filter(cycle__opens_on__lte=day, closes_on__gte=day)
    return await rows.select_related("cycle__template_version__template").order_by("cycle__code", "id")
