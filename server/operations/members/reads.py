"""Whoever reads of people is written down, before the answer goes out."""

from collections.abc import Iterable

from server.access.actor import Actor
from server.access.permits import Permit, may
from server.kit.paths import ROOT
from server.kit.transactions import unit_of_work
from server.models.members import Member
from server.operations import trail

AT_ONCE = 100
"""How many ids one entry holds at most."""


@unit_of_work()
async def record_reads(actor: Actor, member_ids: Iterable[int]) -> None:
    """One entry for the people whose rows a request has loaded; more only where it loaded more than AT_ONCE."""
    ids = sorted(member_ids)
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        after = {"members": some, "count": len(ids)}
        await trail.record(actor, "member.read", Member(id=some[0]), place_of(actor), after=after)


def place_of(actor: Actor) -> str:
    """Where the actor may read people; where the actor is, if anywhere."""
    readers = [grant.path for grant in actor.grants if may(actor, Permit.READ_MEMBERS, grant.path)]
    return next(iter([*readers, *(grant.path for grant in actor.grants)]), ROOT)
