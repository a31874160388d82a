"""What the trail says of the places that the actor may audit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

from server.access.actor import Actor
from server.access.permits import Permit, may
from server.access.scope import NOTHING, in_subtree, reaching, visible
from server.kit.clock import HOME
from server.kit.messages import say
from server.kit.paths import ROOT, keys
from server.kit.refusals import Forbidden, NotFound
from server.kit.text import unstorable
from server.models.accounts import Account
from server.models.organizations import Organization
from server.models.trail import TrailEntry, TrailLeaf
from server.queries.organizations import find_organization

ORDER = ("-id",)
LARGEST_ID = 2**63 - 1


@dataclass(frozen=True)
class TrailFilter:
    """Which entries: of days (both counted), of a deed, of an account, at and below a place (a code), on a subject.

    `account` is a login, or part of a name; `subject` is a kind ("member"), or a kind and an id ("member:7").
    """

    since: date | None = None
    until: date | None = None
    deed: str = ""
    account: str = ""
    within: str = ""
    subject: str = ""


async def matching(actor: Actor, wanted: TrailFilter) -> QuerySet[TrailEntry]:
    """Entries that fit `wanted`, ready for a page in ORDER. Raises Forbidden, NotFound (within).

    A place is looked for where entries were written when it stood where it stands today.
    """
    check_reader(actor)
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
        place = await find_organization(actor, wanted.within, field="within")
        rows = rows.filter(in_subtree("path", place.path))
    if wanted.subject:
        rows = rows.filter(about(wanted.subject))
    return rows.order_by(*ORDER)


def midnight(day: date) -> datetime:
    """The instant at which a day begins at home."""
    return datetime.combine(day, time(), HOME)


def by(account: str) -> Q:
    logins = Subquery(Account.filter(login=account).values("id"))
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
    leaves = Subquery(TrailLeaf.filter(position__gte=size).values("entry_id"))
    return await visible(actor, TrailEntry).filter(id__in=leaves).count()


def check_reader(actor: Actor) -> None:
    """Raises Forbidden unless the actor may read the trail somewhere."""
    if not reaching(actor, TrailEntry):
        raise Forbidden(say("Your role does not allow this here; ask whoever gave you your account."))


async def places_of(actor: Actor, entries: Iterable[TrailEntry]) -> dict[str, Organization]:
    """The organizations at whose paths the entries lie, by path, as far as the actor sees them."""
    last = {entry.path: keys(entry.path)[-1] for entry in entries if entry.path != ROOT}
    found = await visible(actor, Organization).in_bulk(set(last.values()), "id")
    return {path: found[key] for path, key in last.items() if key in found}


async def leaves_of(_: Actor, entry_ids: Sequence[int]) -> dict[int, TrailLeaf | None]:
    """The places of entries, by the entry's id; None while one waits."""
    found = {leaf.entry_id: leaf for leaf in await TrailLeaf.filter(entry_id__in=entry_ids)}
    return {entry_id: found.get(entry_id) for entry_id in entry_ids}


def within_reach(actor: Actor, entries: Iterable[TrailEntry]) -> set[int]:
    """The ids of those that the actor may take out in full."""
    return {entry.id for entry in entries if may(actor, Permit.EXPORT_TRAIL, entry.path)}
