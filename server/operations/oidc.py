"""Signing in through an identity provider, and tying an account to what the provider calls its owner."""

import json
import logging
from dataclasses import asdict, dataclass
from typing import Annotated

from pydantic import Field

from server import keys, oidc
from server.access.actor import Actor
from server.kit.clock import now
from server.kit.drafts import Draft, Line
from server.kit.messages import say
from server.kit.refusals import Invalid, Unauthenticated, invalid
from server.kit.sealing import Unsealable, seal, unseal
from server.kit.secrets import same
from server.kit.transactions import unit_of_work
from server.models.accounts import Account
from server.operations import sessions
from server.operations.sessions import Opened, ShowPassword
from server.operations.sessions.record import record
from server.queries import sessions as queries

log = logging.getLogger("qiangji")

PLACE = "oidc.detour"
MINUTES = 10
LONGEST = 255


@dataclass(frozen=True)
class Detour:
    """What a browser keeps, sealed, while it is at the provider: only the browser that left comes back."""

    state: str
    nonce: str
    verifier: str
    back: str
    account_id: int | None
    until: float

    def sealed(self) -> str:
        return seal(keys.ring().sealer, json.dumps(asdict(self)), PLACE)

    @classmethod
    def opened(cls, kept: str) -> "Detour":
        """Raises Unauthenticated for what is not ours, or too old."""
        try:
            detour = cls(**json.loads(unseal(keys.ring().openers, kept, PLACE)))
        except Unsealable:
            raise lost() from None
        if detour.until < now().timestamp():
            raise lost()
        return detour


@dataclass(frozen=True)
class Begun:
    """Where to send the browser, and what it keeps meanwhile."""

    address: str
    kept: str


class Return(Draft):
    """What the provider sends along when it sends the browser back."""

    state: Annotated[Line, Field(min_length=1, max_length=200)]
    code: Annotated[Line, Field(min_length=1, max_length=2000)]


@dataclass(frozen=True)
class Entered:
    """The session that was opened, if one was, and the page to go on to."""

    opened: Opened | None
    back: str


async def begin(callback: str, back: str) -> Begun:
    """Ask the provider who somebody is, to let them in. Raises Invalid."""
    return await asking(callback, back, None)


async def begin_linking(actor: Actor, callback: str, draft: ShowPassword) -> Begun:
    """Ask the provider who somebody is, to tie their account to that: a stolen session alone must not.

    Raises Forbidden, Invalid (current), TooMany.
    """
    account = await queries.me(actor)
    await sessions.check_password(actor, account, draft.current)
    return await asking(callback, "/account", account.id)


async def asking(callback: str, back: str, account_id: int | None) -> Begun:
    try:
        asked = await oidc.request(callback)
    except oidc.NoIdentity as error:
        raise unreachable(error) from None
    detour = Detour(asked.state, asked.nonce, asked.verifier, back, account_id, now().timestamp() + 60 * MINUTES)
    return Begun(asked.address, detour.sealed())


async def complete(actor: Actor, callback: str, kept: str, draft: Return) -> Entered:
    """Take the provider's answer. Raises Invalid, Unauthenticated."""
    detour = Detour.opened(kept)
    if not same(detour.state, draft.state) or detour.account_id != actor.account_id:
        raise lost()
    try:
        subject = await oidc.subject(callback, draft.code, detour.nonce, detour.verifier)
    except oidc.NoIdentity as error:
        raise unreachable(error) from None
    if detour.account_id is not None:
        _ = await link(actor, subject)
        return Entered(None, detour.back)
    account = await Account.filter(oidc_subject=subject, active=True).first()
    if account is None:
        raise Unauthenticated(
            say("This identity belongs to no account here. Sign in with your password, then connect it there.")
        )
    return Entered(await sessions.enter(actor, account), detour.back)


@unit_of_work()
async def link(actor: Actor, subject: str) -> Account:
    """Tie the actor's own account to `subject`. Raises Forbidden, Invalid."""
    if len(subject) > LONGEST or await Account.filter(oidc_subject=subject).exclude(id=actor.account_id).exists():
        raise invalid(oidc=say("This identity is connected to another account; disconnect it there first."))
    return await tie(actor, subject, "account.linked")


@unit_of_work()
async def unlink(actor: Actor) -> Account:
    """Untie the actor's own account. Raises Forbidden, Invalid for one that could not sign in any more."""
    account = await queries.me(actor)
    if account.password_hash is None:
        raise invalid(oidc=say("This is your only way to sign in; ask for a link to set a password first."))
    return await tie(actor, None, "account.unlinked")


async def tie(actor: Actor, subject: str | None, deed: str) -> Account:
    own = await queries.me(actor)
    rows = Account.filter(id=own.id).select_related("home")
    account = await rows.select_for_update(of=("account",)).get()
    account.oidc_subject = subject
    account.version += 1
    await account.save(update_fields=["oidc_subject", "version"])
    await record(actor, deed, account)
    return account


def unreachable(error: oidc.NoIdentity) -> Invalid:
    log.warning("identity provider: %s", error)
    return invalid(oidc=say("The identity provider did not answer as it should; try again, or use your password."))


def lost() -> Unauthenticated:
    return Unauthenticated(say("This way of signing in was begun elsewhere or too long ago; begin again."))
