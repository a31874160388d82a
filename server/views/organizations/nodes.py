"""Nodes of the tree: placements with their numbers, asked for a level at a time."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from server.access.actor import Actor
from server.queries import checklists, cycles, members
from server.queries import organizations as queries
from server.queries.checklists import Tally
from server.vocabulary import MembershipKind, OrganizationKind

if TYPE_CHECKING:
    from server.models.cycles import Cycle
    from server.models.organizations import Placement

ORDER = list(OrganizationKind)


@dataclass(frozen=True)
class Node:
    """A place or branch, its Party members, how far its checklists are (today only), and what is shown below it.

    `borrowed` are the members at work in a temporary branch: it is the home of nobody.
    """

    placement: "Placement"
    members: int
    borrowed: int
    tally: Tally | None
    has_children: bool
    children: list["Node"]


@dataclass(frozen=True)
class Sight:
    """Who looks, at which day (None: today), and the main one of the cycles that run."""

    actor: Actor
    day: date | None
    cycle: "Cycle | None"


async def sight(actor: Actor, day: date | None) -> Sight:
    return Sight(actor, day, await cycles.main(actor) if day is None else None)


async def nodes(look: Sight, placements: Sequence["Placement"], levels: int = 0) -> list[Node]:
    """The placements as nodes, with `levels` more below them."""
    below = await queries.children(look.actor, [p.organization_id for p in placements], look.day)
    counts = await members.counts(placements, look.day)
    borrowed = await borrowed_by(placements, look.day)
    tallies = await checklists.progress(look.cycle, placements) if look.cycle else {}
    opened = await opened_below(look, below, levels)
    return [
        Node(
            p,
            counts[p.id],
            borrowed.get(p.id, 0),
            tallies.get(p.id),
            p.organization_id in below,
            opened[p.organization_id],
        )
        for p in placements
    ]


async def borrowed_by(placements: Sequence["Placement"], day: date | None) -> dict[int, int]:
    temporary = [p for p in placements if p.organization.is_temporary]
    return await members.counts(temporary, day, MembershipKind.TEMPORARY) if temporary else {}


async def opened_below(look: Sight, below: dict[int, list["Placement"]], levels: int) -> dict[int, list[Node]]:
    """Everything `below` at once, as nodes by parent: places first, then branches."""
    found: dict[int, list[Node]] = defaultdict(list)
    placements = [p for row in below.values() for p in row]
    if levels and placements:
        for node in in_order(await nodes(look, placements, levels - 1)):
            found[node.placement.parent_id or 0].append(node)
    return found


def in_order(found: list[Node]) -> list[Node]:
    return sorted(found, key=lambda n: (ORDER.index(n.placement.organization.kind), n.placement.organization.code))
