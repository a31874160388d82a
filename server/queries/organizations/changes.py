"""How an organization came to stand where it does, and what can become of it."""

from tortoise.expressions import Q

from server.access.actor import Actor
from server.access.permits import Permit, may
from server.access.scope import in_subtree, reach
from server.kit.clock import today
from server.kit.messages import Message, say
from server.kit.paths import within
from server.models.base import holding_on
from server.models.members import Membership
from server.models.organizations import Organization, Placement
from server.queries.organizations.tree import standing
from server.vocabulary import BRANCHES_BELOW, PLACES_BELOW, MembershipKind


async def history(actor: Actor, organization_id: int) -> list[Placement]:
    """How an organization stood over time, the newest first, as far as it lay where the actor reaches."""
    rows = await Placement.filter(organization_id=organization_id).order_by("-valid_from", "-id")
    paths = {row.id: await reach(actor, Placement, row.last_day or today()) for row in rows}
    return [row for row in rows if any(within(row.path, path) for path in paths[row.id])]


async def possible_parents(actor: Actor, organization: Organization) -> list[Placement]:
    """Where it could be moved to: what may hold it, where the actor may move things, from the top down."""
    kinds = [kind for kind, below in PLACES_BELOW.items() if kind and organization.kind in below]
    types = [kind for kind, below in BRANCHES_BELOW.items() if kind and organization.branch_type in below]
    fitting = Q(organization__branch_type__isnull=True) | Q(organization__branch_type__in=types)
    rows = (await standing(actor)).filter(fitting, organization__kind__in=kinds)
    rows = rows.exclude(in_subtree("path", organization.path)).exclude(organization_id=organization.parent_id or 0)
    return [row for row in await rows if may(actor, Permit.MOVE_ORGANIZATION, row.path)]


async def obstacles(organization: Organization) -> list[Message]:
    """What keeps it from being dissolved: living organizations below, members at home."""
    below_it = Organization.filter(in_subtree("path", organization.path), dissolved_on__isnull=True)
    homes = Membership.filter(holding_on(today()), branch_id=organization.id, kind=MembershipKind.HOME)
    found = []
    if count := await below_it.exclude(id=organization.id).count():
        found.append(say("Organizations below it: {count}. Move or dissolve them first.", count=count))
    if count := await homes.count():
        found.append(say("Members at home in it: {count}. Transfer them first.", count=count))
    return found
