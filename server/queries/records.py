"""Records of what branches did."""

from dataclasses import dataclass
from datetime import date

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from server.access.actor import Actor
from server.access.scope import having_id, in_subtree, visible
from server.kit.messages import say
from server.kit.refusals import NotFound, invalid
from server.kit.text import unstorable
from server.models.organizations import Placement
from server.models.records import Record
from server.vocabulary import RecordKind

ORDER = ("-held_on", "-id")


@dataclass(frozen=True)
class RecordFilter:
    """Which records: at and below a place, of a kind, held from a day until another, with a text in them."""

    within: Placement | None = None
    kind: RecordKind | None = None
    since: date | None = None
    until: date | None = None
    search: str = ""


def all_of(actor: Actor) -> QuerySet[Record]:
    return visible(actor, Record).select_related("branch", "entered_by")


def matching(actor: Actor, wanted: RecordFilter) -> QuerySet[Record]:
    """Records that fit `wanted`, those that were withdrawn too. Raises Invalid (search)."""
    rows = all_of(actor)
    if wanted.within:
        rows = rows.filter(in_subtree("branch__path", wanted.within.path))
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.since:
        rows = rows.filter(held_on__gte=wanted.since)
    if wanted.until:
        rows = rows.filter(held_on__lte=wanted.until)
    return rows.filter(containing(wanted.search.strip())).order_by(*ORDER)


def containing(text: str) -> Q:
    """Raises Invalid (search) for what no text can hold."""
    if complaint := unstorable(text):
        raise invalid(search=complaint)
    return Q(title__icontains=text) | Q(topic__icontains=text) | Q(summary__icontains=text) if text else Q()


async def recent(actor: Actor, branch_id: int, first: date, last: date) -> list[Record]:
    """Those of a branch that stand and were held in these days, the newest first."""
    rows = all_of(actor).filter(branch_id=branch_id, held_on__gte=first, held_on__lte=last)
    return await rows.filter(withdrawn_at__isnull=True).order_by(*ORDER)


async def find(actor: Actor, record_id: int, *, lock: bool = False) -> Record:
    """Raises NotFound."""
    rows = all_of(actor).filter(having_id(record_id))
    if record := await (rows.select_for_update(of=("record",)) if lock else rows).first():
        return record
    raise NotFound(say("There is no such record here for you; open it from the list of records."))
