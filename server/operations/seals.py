"""Sealing: what a cycle holds, over a place, is fixed and signed; who had a part in it cannot do it."""

from base64 import b64encode
from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from server import keys
from server.access.actor import Actor
from server.access.permits import Permit, require
from server.kit.clock import HOME, now, today
from server.kit.drafts import Draft, Line
from server.kit.messages import say
from server.kit.refusals import Conflict, Forbidden, invalid, named
from server.kit.transactions import unit_of_work
from server.models.checklists import Checklist, ChecklistItem
from server.models.cycles import CODE_LENGTH, Cycle
from server.models.organizations import Organization
from server.models.seals import Seal, root_of
from server.operations import trail
from server.queries import checklists, cycles, organizations
from server.queries import seals as queries
from server.vocabulary import ItemState


class SealCycle(Draft):
    """Which cycle, over which place (codes), and the root that was seen: left out, whatever it is now."""

    cycle: Annotated[Line, Field(min_length=1, max_length=CODE_LENGTH)]
    organization: Annotated[Line, Field(min_length=1, max_length=32)]
    expected_root: Annotated[Line, Field(max_length=64)] = ""


@unit_of_work()
async def seal(actor: Actor, draft: SealCycle) -> Seal:
    """Fix what every item says. Raises Invalid, Forbidden, Conflict."""
    with named("organization"):
        organization = await organizations.find_organization(actor, draft.organization, field="organization")
    require(actor, Permit.SEAL_CYCLE, organization.path)
    with named("cycle"):
        cycle = await cycles.find_over(actor, draft.cycle, organization)
    await check_unsealed(cycle, organization)
    items = await queries.items_in(actor, cycle, organization)
    check_ready(organization, items)
    await check_standing(actor, items)
    await check_hands(actor, items)
    leaves = await queries.leaves_of(actor, items)
    check_expected(draft, root_of(leaves))
    made = signed(actor, cycle, organization, leaves)
    await made.save()
    await lock(items, made)
    after = {"cycle": cycle.code, "organization": organization.code, "items": len(leaves), "root": made.root}
    await trail.record(actor, "cycle.sealed", made, organization.path, after=after)
    return await queries.find(actor, made.id)


async def check_unsealed(cycle: Cycle, organization: Organization) -> None:
    if found := await queries.over(cycle, organization):
        raise invalid(
            cycle=say(
                "It was sealed here on {day}; a seal stays as it is.", day=found.sealed_at.astimezone(HOME).date()
            )
        )


def check_ready(organization: Organization, items: Sequence[ChecklistItem]) -> None:
    """Raises Invalid while the branches may still work on it."""
    if not items:
        raise invalid(organization=say("There is nothing of this cycle below {name}.", name=organization.name))
    alive = [item for item in items if not item.checklist.branch.dissolved_on] or items
    running = [item for item in alive if item.state is not ItemState.APPROVED and item.checklist.closes_on >= today()]
    if running:
        raise invalid(
            cycle=say(
                "{count} items are not approved yet; seal it when they are, or after {day}, when the cycle has closed.",
                count=len(running),
                day=max(item.checklist.closes_on for item in running),
            )
        )


async def check_standing(actor: Actor, items: Sequence[ChecklistItem]) -> None:
    """Raises Invalid (cycle) while an approval stands for something else: under a seal nobody could mend it."""
    alive = [item for item in items if not item.checklist.branch.dissolved_on]
    if stale := await checklists.overtaken(actor, alive):
        raise invalid(
            cycle=say("{count} approvals have been overtaken; have them reviewed again first.", count=len(stale))
        )


async def check_hands(actor: Actor, items: Sequence[ChecklistItem]) -> None:
    """Raises Forbidden for whoever prepared or reviewed any of it, ever: the trail knows."""
    if count := len(await checklists.worked_on_by(actor.account_id, items)):
        raise Forbidden(
            say(
                "You filled, submitted or reviewed {count} of these items; somebody else has to seal them.", count=count
            )
        )


def check_expected(draft: SealCycle, root: str) -> None:
    if draft.expected_root and draft.expected_root != root:
        raise Conflict(say("An item has changed since you looked at it. Look again, then seal it."))


def signed(actor: Actor, cycle: Cycle, organization: Organization, leaves: list[list[str]]) -> Seal:
    ring = keys.ring()
    made = Seal(
        cycle=cycle,
        organization=organization,
        leaves=leaves,
        root=root_of(leaves),
        key_id=ring.signer.fingerprint,
        signature="",
        sealed_at=now(),
        sealed_by_id=actor.account_id,
    )
    made.signature = b64encode(ring.signer.private.sign(made.text(ring.origin))).decode()
    return made


async def lock(items: Sequence[ChecklistItem], seal: Seal) -> None:
    """The checklists under a seal are not worked on any more; the newest seal counts."""
    ids = {item.checklist_id for item in items}
    _ = await Checklist.filter(id__in=ids).update(locked_at=seal.sealed_at)
