"""The cast: the people of the demonstration, as actors."""

from server.access.actor import Actor
from server.demo.accounts import PEOPLE
from server.models.trail import TrailEntry
from server.queries import accounts
from server.vocabulary import Role


async def actor(role: Role) -> Actor:
    """Whoever holds `role` in the demonstration, with the grants of today."""
    return await by_login(PEOPLE[role][0])


async def by_login(login: str) -> Actor:
    account = await accounts.find_by_login(login)
    assert account is not None, login
    return await accounts.actor_of(account)


async def deeds() -> int:
    """How many acts the trail holds: a refusal leaves it as it was. That somebody read of people is no act."""
    return await TrailEntry.exclude(deed="member.read").count()
