"""What the trail says of the places that the actor may audit."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from server.access.actor import Actor
from server.access.permits import GIVEN, Permit
from server.access.scope import NOTHING, in_subtree, reaching, visible
from server.kit.clock import HOME
from server.kit.messages import say
from server.kit.paths import within
from server.kit.refusals import NotFound
from server.kit.text import unstorable
from server.models.accounts import Account
from server.models.organizations import Organization
from server.models.trail import TrailEntry, TrailLeaf

ORDER = ("-id",)
LARGEST_ID = 2**63 - 1


@dataclass(frozen=True)
class TrailFilter:
    """Which entries: of days (both counted), of a deed, of an account, at and below a place, on a subject.

    `account` is a login, or part of a name; `subject` is a kind ("member"), or a kind and an id ("member:7").
    """

    since: date | None = None
    until: date | None = None
    deed: str = ""
    account: str = ""
    within: Organization | None = None
    subject: str = ""


def matching(actor: Actor, wanted: TrailFilter) -> QuerySet[TrailEntry]:
    """Entries that fit `wanted`, ready for a page in ORDER. Raises Forbidden for a token without the scope."""
    rows = visible(actor, TrailEntry)
    if any(unstorable(text) for text in (wanted.deed, wanted.account, wanted.subject)):
        return rows.filter(NOTHING)
    if wanted.since:
        rows = rows.filter(at__gte=midnight(wanted.since))
    if wanted.until:
        rows = rows.filter(at__lt=midnight(wanted.until + timedelta(days=1)))
    if wanted.deed:
        rows = rows.filter(deed=wanted.deed)
    if wanted.account:
        rows = rows.filter(by(wanted.account))
    if wanted.within:
        rows = rows.filter(in_subtree("path", wanted.within.path))
    if wanted.subject:
        rows = rows.filter(about(wanted.subject))
    return rows.order_by(*ORDER)


def midnight(day: date) -> datetime:
    """The instant at which a day begins at home."""
    return datetime.combine(day, time(), HOME)


def by(account: str) -> Q:
    logins = Account.filter(login=account).values("id")
    return Q(account_name__icontains=account) | Q(account_id__in=logins)


def about(subject: str) -> Q:
    kind, _, key = subject.partition(":")
    return Q(subject_kind=kind, subject_id=key) if key else Q(subject_kind=kind)


async def find(actor: Actor, entry_id: int) -> TrailEntry:
    """Raises NotFound."""
    rows = visible(actor, TrailEntry)
    if 0 < entry_id <= LARGEST_ID and (entry := await rows.filter(id=entry_id).first()):
        return entry
    raise NotFound(say("There is no such entry of the trail here for you; open it from the list."))


async def newcomers(actor: Actor, size: int) -> int:
    """How many entries within the actor's reach have got a place at `size` or behind it."""
    leaves = TrailLeaf.filter(position__gte=size).values("entry_id")
    return await visible(actor, TrailEntry).filter(id__in=leaves).count()


def reader(actor: Actor) -> bool:
    """Whether the actor may read the trail anywhere. Raises Forbidden for a token without the scope."""
    return bool(reaching(actor, TrailEntry))


def within_reach(actor: Actor, entries: Iterable[TrailEntry]) -> set[int]:
    """The ids of those that the actor may take out in full."""
    paths = [grant.path for grant in actor.grants if Permit.EXPORT_TRAIL in GIVEN[grant.role]]
    return {entry.id for entry in entries if any(within(entry.path, path) for path in paths)}
