"""One-time links: an invitation, or a new password."""

from dataclasses import replace
from typing import Annotated

from pydantic import Field

from server.access.actor import Actor
from server.kit.clock import now
from server.kit.drafts import Draft, Line
from server.kit.passwords import Password
from server.kit.transactions import unit_of_work
from server.models.accounts import Account, AccountLink
from server.models.sessions import Device, Session
from server.operations import limits, passwords
from server.operations.sessions.record import record
from server.queries import accounts
from server.queries import sessions as queries
from server.vocabulary import LinkKind

DEEDS = {LinkKind.INVITATION: "account.joined", LinkKind.RESET: "password.changed"}


class Accept(Draft):
    key: Annotated[Line, Field(min_length=1, max_length=200)]
    password: Annotated[Password, Field(min_length=1)]


async def look_at(actor: Actor, key: str) -> AccountLink:
    """Whose link this is, for whoever holds it. Raises NotFound, TooMany."""
    async with limits.counted(limits.by_address(actor)):
        return await queries.find_link(key)


async def accept(actor: Actor, draft: Accept) -> Account:
    """Set the password of the account behind a link, which is used up; all its sessions end.

    Raises NotFound for whatever is wrong with the link, Invalid (password), TooMany.
    """
    link = await look_at(actor, draft.key)
    await passwords.check_new(link.account, draft.password)
    return await use_link(actor, draft.key, await passwords.hashed(draft.password))


@unit_of_work()
async def use_link(actor: Actor, key: str, password_hash: str) -> Account:
    link = await queries.find_link(key)
    account = link.account
    _ = await AccountLink.filter(account_id=account.id, used_at__isnull=True).update(used_at=now())
    await passwords.give(account, password_hash)
    _ = await Session.filter(account_id=account.id).delete()
    _ = await Device.filter(account_id=account.id).delete()
    who = replace(await accounts.actor_of(account), request_id=actor.request_id)
    await record(who, DEEDS[link.kind], account, {"link": link.id})
    return account
