"""Tokens by which other systems call: issued once, revoked for good, their use noted."""

from datetime import date, datetime, time, timedelta
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, BeforeValidator, Field

from server.access.actor import Actor
from server.access.permits import Permit, require
from server.kit.clock import HOME, now, today
from server.kit.drafts import Day, Draft, Line, Text, complained
from server.kit.messages import say
from server.kit.paths import within
from server.kit.refusals import invalid
from server.kit.secrets import digest, new_token
from server.kit.transactions import unit_of_work
from server.models.accounts import Account
from server.models.grants import day_after
from server.models.organizations import Organization
from server.models.tokens import MOST_DAYS, TOKEN_NAME_LENGTH, ApiToken
from server.operations import trail
from server.operations.grants import Code, Login
from server.queries import accounts, organizations, tokens
from server.vocabulary import TokenScope


def as_scopes(value: object) -> object:
    """Scopes by value or by name: a list, or a text of words."""
    words = value.replace(",", " ").split() if isinstance(value, str) else value
    known = {scope.value: scope for scope in TokenScope} | {scope.name: scope for scope in TokenScope}
    if not isinstance(words, list | tuple | set | frozenset) or not all(word in known for word in words):
        raise complained(say("Choose one of: {options}.", options=", ".join(scope.value for scope in TokenScope)))
    return frozenset(known[word] for word in words)


def with_the_tree(scopes: frozenset[TokenScope]) -> frozenset[TokenScope]:
    if TokenScope.ORGANIZATIONS_READ not in scopes:
        needed = TokenScope.ORGANIZATIONS_READ
        raise complained(say("Choose {scope} as well: every other scope needs it.", scope=needed.value))
    return scopes


class Issue(Draft):
    """A token that speaks for `account` (a login) at and below `organization` (a code), until `expires_on` is over."""

    account: Login
    organization: Code
    name: Annotated[Line, Field(min_length=2, max_length=TOKEN_NAME_LENGTH)]
    scopes: Annotated[frozenset[TokenScope], BeforeValidator(as_scopes), AfterValidator(with_the_tree)]
    expires_on: Day
    trusted_documents_only: bool = False


class Revoke(Draft):
    reason: Annotated[Text, Field(min_length=2, max_length=500)]


class Issued(NamedTuple):
    """A new token, and the text that can be read only now."""

    token: ApiToken
    text: str


@unit_of_work()
async def issue(actor: Actor, draft: Issue) -> Issued:
    """Make a token for a system. Raises NotFound, Forbidden, Invalid."""
    place = await organizations.find_organization(actor, draft.organization, field="organization")
    require(actor, Permit.ISSUE_TOKEN, place.path)
    place.check_alive("organization")
    account = await accounts.find_active(actor, draft.account)
    check_no_wider(actor, draft.scopes)
    await check_reach(account, place)
    check_end(draft.expires_on)
    parts = new_token()
    token = await ApiToken.create(
        id=parts.id,
        account=account,
        organization=place,
        name=draft.name,
        scopes=sorted(draft.scopes),
        trusted_documents_only=draft.trusted_documents_only,
        secret_hash=digest(parts.secret),
        created_at=now(),
        expires_at=end_of(draft.expires_on),
    )
    after = draft.model_dump(exclude={"scopes"}) | {"scopes": token.scopes}
    await trail.record(actor, "token.issued", token, place.path, after=after)
    return Issued(token, parts.text)


@unit_of_work()
async def revoke(actor: Actor, identifier: str, draft: Revoke) -> ApiToken:
    """End a token at once. Raises NotFound, Forbidden, Invalid."""
    token = await tokens.find(actor, identifier)
    require(actor, Permit.REVOKE_TOKEN, token.organization.path)
    token.revoke(now())
    await token.save(update_fields=["revoked_at"])
    await trail.record(actor, "token.revoked", token, token.organization.path, after={"reason": draft.reason})
    return token


async def touch(token: ApiToken) -> None:
    """Note that it was used; at most once a minute, and without a word in the trail."""
    if token.is_stale_at(now()):
        await ApiToken.filter(id=token.id).update(last_used_at=now())


def check_no_wider(actor: Actor, scopes: frozenset[TokenScope]) -> None:
    """Raises Invalid (scopes): a token makes none that may do more than itself."""
    if actor.scopes is not None and (more := scopes - actor.scopes):
        named = ", ".join(sorted(scope.value for scope in more))
        raise invalid(scopes=say("This token lacks {scopes} itself; leave that out.", scopes=named))


async def check_reach(account: Account, place: Organization) -> None:
    """Raises Invalid (account) if the account holds nothing at `place` today: the token would open nothing."""
    reach = await accounts.reach_of(account, today())
    if not any(within(place.path, grant.path) for grant in reach):
        raise invalid(
            account=say(
                "{name} holds no role at {place}; give it one there first, or choose another account.",
                name=account.name,
                place=place.name,
            )
        )


def check_end(on: date) -> None:
    """Raises Invalid (expires_on)."""
    if not today() < on <= last_day():
        raise invalid(expires_on=say("Give a day after today, {last} at the latest.", last=last_day()))


def last_day() -> date:
    """Until when a token that is issued today can last."""
    return today() + timedelta(days=MOST_DAYS)


def end_of(day: date) -> datetime:
    """The instant at which the day is over at home."""
    return datetime.combine(day_after(day), time(), HOME)
