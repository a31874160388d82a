"""Where one's own daily notice goes: nobody sets the address of somebody else."""

from typing import Annotated

from pydantic import AfterValidator, Field

from server import settings
from server.access.actor import Actor
from server.kit.drafts import Draft, Line, complained
from server.kit.mail import normal_address
from server.kit.messages import say
from server.kit.refusals import Invalid
from server.kit.transactions import unit_of_work
from server.models.accounts import Account
from server.operations.sessions.record import record
from server.queries import sessions as queries

LONGEST = 254


def well_formed(address: str) -> str:
    try:
        return normal_address(address)
    except ValueError:
        raise complained(say("Give an address such as name@example.gov.cn.")) from None


class Subscribe(Draft):
    email: Annotated[Line, Field(min_length=1, max_length=LONGEST), AfterValidator(well_formed)]


@unit_of_work()
async def subscribe(actor: Actor, draft: Subscribe) -> Account:
    """Send the daily notice there from now on, and nowhere else. Raises Invalid, Forbidden."""
    account = await queries.me(actor)
    if not settings.load().sends_mail:
        raise Invalid(say("This installation sends no mail; ask whoever runs it."))
    account.email = draft.email
    await account.save(update_fields=["email"])
    await record(actor, "account.subscribed", account)
    return account


@unit_of_work()
async def unsubscribe(actor: Actor) -> Account:
    """Send none any more, and forget the address. Raises Forbidden."""
    account = await queries.me(actor)
    if account.email is not None:
        account.email = None
        await account.save(update_fields=["email"])
        await record(actor, "account.unsubscribed", account)
    return account
