"""Seals within the actor's reach, what they would hold today, and what has changed since."""

from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from tortoise.queryset import QuerySet

from server import keys
from server.access.actor import Actor
from server.access.scope import having_id, in_subtree, visible
from server.kit.messages import say
from server.kit.paths import keys as keys_of
from server.kit.refusals import NotFound
from server.kit.verify import strict_base64
from server.models.checklists import ChecklistItem
from server.models.cycles import Cycle
from server.models.organizations import Organization
from server.models.seals import Seal, leaf_of, root_of
from server.queries import evidence
from server.queries.checklists import approvals_of, items_below

ORDER = ("-id",)


@dataclass(frozen=True)
class Inspection:
    """What became of a seal: items that say something else now, and whether its root and signature are right."""

    changed: list[ChecklistItem]
    holds: bool


def all_of(actor: Actor) -> QuerySet[Seal]:
    """The newest first."""
    rows = visible(actor, Seal).select_related(
        "cycle__template_version__template", "cycle__organization", "organization", "sealed_by"
    )
    return rows.order_by(*ORDER)


async def find(actor: Actor, seal_id: int) -> Seal:
    """Raises NotFound."""
    if seal := await all_of(actor).filter(having_id(seal_id)).first():
        return seal
    raise NotFound(say("There is no such seal here for you; open it from the list of seals."))


async def over(cycle: Cycle, organization: Organization) -> Seal | None:
    return await Seal.filter(cycle_id=cycle.id, organization_id=organization.id).first()


async def covers(cycle: Cycle, path: str) -> bool:
    """Whether the cycle was sealed over the place with this path, or over one above it."""
    return await Seal.filter(cycle_id=cycle.id, organization_id__in=keys_of(path)).exists()


async def items_in(actor: Actor, cycle: Cycle, organization: Organization) -> list[ChecklistItem]:
    """Every item of the cycle at and below a place, by id: those of dissolved branches too."""
    rows = items_below(actor, cycle).filter(in_subtree("checklist__branch__path", organization.path))
    return await rows.order_by("id")


async def leaves_of(actor: Actor, items: Sequence[ChecklistItem]) -> list[list[str]]:
    """What a seal over `items` holds of each."""
    ids = [item.id for item in items]
    pieces, approvals = await evidence.of_items(actor, ids), await approvals_of(actor, ids)
    return [leaf_of(item, pieces.get(item.id, []), approvals.get(item.id, "")) for item in items]


async def inspect(actor: Actor, seal: Seal) -> Inspection:
    """What is sealed is looked up by the ids of the items: branches may lie elsewhere by now."""
    sealed = {int(item_id): hashed for item_id, hashed in seal.leaves}
    items = await items_below(actor, seal.cycle).filter(id__in=list(sealed)).order_by("id")
    now = dict(await leaves_of(actor, items))
    changed = [item for item in items if now[str(item.id)] != sealed[item.id]]
    return Inspection(changed, root_of(seal.leaves) == seal.root and is_signed(seal))


def is_signed(seal: Seal) -> bool:
    """Whether this installation signed it."""
    ring, signature = keys.ring(), strict_base64(seal.signature)
    signer = next((key for key in ring.signing if key.fingerprint == seal.key_id), None)
    if signer is None or signature is None:
        return False
    try:
        signer.private.public_key().verify(signature, seal.text(ring.origin))
    except InvalidSignature:
        return False
    return True
