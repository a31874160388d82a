"""What concerns an actor today, the most urgent first. The number of statements does not grow with the rows."""

from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote

from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

from server.access.actor import Actor
from server.access.permits import Permit, may
from server.access.scope import held
from server.kit.clock import HOME, today
from server.models.checklists import OWED, Checklist, ChecklistItem
from server.models.cycles import SOON
from server.queries import checklists
from server.queries.notices.notice import Notice, Subject, notice
from server.vocabulary import ItemState, NoticeKind, Timeliness

LATELY = timedelta(days=31)
"""How long somebody is told of what was missed."""
MOST = 1000
"""Items of which somebody is told at the most."""
KINDS = {
    Timeliness.MISSED: NoticeKind.MISSED,
    Timeliness.LATE: NoticeKind.LATE,
    Timeliness.DUE_SOON: NoticeKind.DUE_SOON,
}
Found = list[Notice]


async def of(actor: Actor) -> Found:
    """Everything, the most urgent kind first; of the same kind, one's own work first."""
    found = [notice for permit, ask in ASKED.items() if has(actor, permit) for notice in await ask(actor)]
    order = list(NoticeKind)
    return sorted(found, key=lambda each: (order.index(each.kind), not each.is_own))


def is_concerned(actor: Actor) -> bool:
    """Whether there could ever be anything for the actor to do."""
    return any(has(actor, permit) for permit in ASKED)


def has(actor: Actor, permit: Permit) -> bool:
    return any(may(actor, permit, grant.path) for grant in actor.grants)


async def own_work(actor: Actor) -> Found:
    """What the actor has to hand in: each item counts once; a returned one as returned while it can be mended."""
    rows = checklists.fillable(actor).filter(pressing("checklist__") | Q(state=ItemState.RETURNED))
    rows = rows.filter(state__in=OWED, checklist__closes_on__gte=today() - LATELY, checklist__locked_at__isnull=True)
    found: dict[NoticeKind, list[Subject]] = defaultdict(list)
    for item in await rows.order_by("checklist__due_on", "measure__number", "id"):
        found[kind_of(item)].append(to_hand_in(item))
    return [each for kind, subjects in found.items() for each in notice(kind, subjects)]


def pressing(relation: str = "") -> Q:
    """Checklists that are due within days, or were due; `relation` reaches them from another table."""
    due: dict[str, Any] = {f"{relation}due_on__lte": today() + SOON}
    return Q(**due)


def kind_of(item: ChecklistItem) -> NoticeKind:
    clock = item.timeliness(today())
    if item.state is ItemState.RETURNED and clock is not Timeliness.MISSED:
        return NoticeKind.RETURNED
    return KINDS[clock]


def to_hand_in(item: ChecklistItem) -> Subject:
    """It is due on a day, or closed on one."""
    missed = kind_of(item) is NoticeKind.MISSED
    day = item.checklist.closes_on if missed else item.checklist.due_on
    return Subject(item.measure.text, item.checklist.branch.short_name, day, address(item))


async def to_review(actor: Actor) -> Found:
    """What waits for a review, and approvals that something has overtaken."""
    found, again = await checklists.awaiting_review(actor, MOST), await checklists.stale_reviews(actor, MOST)
    waiting = [reviewed(item, item.submitted_at, f"/review?item={item.id}") for item in found]
    stale = [reviewed(item, item.reviewed_at, f"/review?item={item.id}") for item in again]
    return [
        *notice(NoticeKind.WAITING_FOR_REVIEW, waiting, link="/review"),
        *notice(NoticeKind.STALE, stale),
    ]


def reviewed(item: ChecklistItem, at: datetime | None, link: str) -> Subject:
    day = at.astimezone(HOME).date() if at else item.checklist.due_on
    return Subject(item.measure.text, item.checklist.branch.short_name, day, link)


async def to_accept(actor: Actor) -> Found:
    """Checklists of which every approval stands, and in which the actor had no hand."""
    open_items = ChecklistItem.filter(~Q(state=ItemState.APPROVED), checklist__accepted_at__isnull=True)
    rows = living(held(actor, Checklist, Permit.ACCEPT_CHECKLIST)).filter(accepted_at__isnull=True)
    rows = rows.filter(id__not_in=Subquery(open_items.values("checklist_id")))
    rows = rows.filter(id__in=Subquery(ChecklistItem.all().values("checklist_id")))
    ready = await rows.order_by("closes_on", "branch__code")
    fit = await checklists.acceptable(actor, [checklist.id for checklist in ready])
    return notice(NoticeKind.READY, [whole(each, each.closes_on) for each in ready if each.id in fit])


async def branches_behind(actor: Actor) -> Found:
    """Branches that missed or are late, and those whose extension ends soon."""
    owing = ChecklistItem.filter(state__in=OWED, checklist__closes_on__gte=today() - LATELY)
    rows = living(held(actor, Checklist, Permit.EXTEND_CHECKLIST)).filter(pressing())
    rows = rows.filter(cycle__opens_on__lte=today(), id__in=Subquery(owing.values("checklist_id")))
    found: dict[NoticeKind, list[Checklist]] = defaultdict(list)
    for checklist in await rows.order_by("due_on", "branch__code", "id"):
        kind = KINDS[checklist.timeliness(today())]
        if kind is not NoticeKind.DUE_SOON or checklist.is_extended:
            found[kind].append(checklist)
    return [each for kind, late in found.items() for each in behind(kind, late)]


def behind(kind: NoticeKind, late: list[Checklist]) -> Found:
    missed = kind is NoticeKind.MISSED
    subjects = [whole(each, each.closes_on if missed else each.due_on) for each in late]
    return notice(kind, subjects, link=together(late), is_own=False)


def together(late: list[Checklist]) -> str:
    """Where they are seen at once: one by itself, several of the first one's cycle in the matrix."""
    return f"/checklists/{late[0].id}" if len(late) == 1 else f"/matrix?cycle={quote(late[0].cycle.code, safe='')}"


def whole(checklist: Checklist, day: date) -> Subject:
    return Subject(checklist.branch.name, checklist.cycle.code, day, f"/checklists/{checklist.id}")


def living(rows: QuerySet[Checklist]) -> QuerySet[Checklist]:
    """Checklists that are not history yet."""
    return rows.filter(branch__dissolved_on__isnull=True, locked_at__isnull=True).select_related("branch", "cycle")


def address(item: ChecklistItem) -> str:
    return f"/checklists/{item.checklist_id}#item-{item.id}"


ASKED: dict[Permit, Callable[[Actor], Awaitable[Found]]] = {
    Permit.SAVE_CHECKLIST_ITEM: own_work,
    Permit.REVIEW_CHECKLIST_ITEM: to_review,
    Permit.ACCEPT_CHECKLIST: to_accept,
    Permit.EXTEND_CHECKLIST: branches_behind,
}
"""What there is to find, for whoever may do something about it."""
