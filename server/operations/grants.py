"""Roles are given, passed on and ended; no account mixes duties, and no place is left without a keeper of accounts."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated

from pydantic import Field

from server.access.actor import Actor
from server.access.permits import Permit, keeps_accounts, require, require_giving
from server.kit.clock import today
from server.kit.drafts import Blank, Day, Draft, Line
from server.kit.messages import say
from server.kit.refusals import invalid
from server.kit.transactions import unit_of_work
from server.models.accounts import LOGIN_LENGTH, Account
from server.models.grants import Grant, check_delegable, check_duty, check_holder, check_place, check_span, day_after
from server.models.organizations import CODE_LENGTH, Organization
from server.operations import trail
from server.queries import accounts, grants, organizations
from server.vocabulary import Role

Login = Annotated[Line, Field(min_length=1, max_length=LOGIN_LENGTH)]
Code = Annotated[Line, Field(min_length=1, max_length=CODE_LENGTH)]


class Give(Draft):
    """A role for `account` (a login) at `organization` (a code), from today on, or from `since` until `until`."""

    account: Login
    role: Role
    organization: Code
    since: Annotated[Day | None, Blank] = None
    until: Annotated[Day | None, Blank] = None
    delegable: bool = False


class End(Draft):
    """At once, or after the last day `until`."""

    until: Annotated[Day | None, Blank] = None


class Delegate(Draft):
    """To `account` (a login), where it is held or at an `organization` below, until the last day `until`."""

    account: Login
    organization: Annotated[Code | None, Blank] = None
    since: Annotated[Day | None, Blank] = None
    until: Day


@unit_of_work()
async def give(actor: Actor, draft: Give) -> Grant:
    """Trust an account with a role at a place. Raises NotFound, Forbidden, Invalid."""
    place = await organizations.find_organization(actor, draft.organization, field="organization")
    require_giving(actor, Permit.GIVE_GRANT, draft.role, place.path)
    account = await accounts.find_active(actor, draft.account)
    if account.id == actor.account_id:
        raise invalid(account=say("Nobody gives a role to themselves; ask another administrator."))
    grant = await granted(account, place, draft)
    await trail.record(actor, "grant.given", grant, place.path, after=said_of(grant))
    return grant


@unit_of_work()
async def delegate(actor: Actor, grant_id: int, draft: Delegate) -> Grant:
    """Pass on for a while what the actor holds. Raises NotFound, Forbidden, Invalid."""
    source = await grants.find_own(actor, grant_id)
    place = source.organization
    if draft.organization:
        place = await organizations.find_organization(actor, draft.organization, field="organization")
    require(actor, Permit.DELEGATE_GRANT, place.path)
    account = await accounts.find_colleague(actor, source.organization, draft.account)
    since = draft.since or max(today(), source.valid_from)
    check_place(source.role, place)
    check_span(since, draft.until, today(), place)
    grant = source.pass_on(account, place, since, draft.until)
    await check_company(grant)
    await grant.save()
    await trail.record(actor, "grant.delegated", grant, place.path, after=said_of(grant))
    return grant


@unit_of_work()
async def end(actor: Actor, grant_id: int, draft: End) -> Grant:
    """Take a role back, and what was passed on of it. Raises NotFound, Forbidden, Invalid.

    Whoever passed a role on may end that as well.
    """
    grant = await grants.find_endable(actor, grant_id)
    require_ending(actor, grant)
    if draft.until and draft.until < today():
        raise invalid(until=say("This day is past; leave it empty to end it at once."))
    before, day = grant.last_day, day_after(draft.until) if draft.until else today()
    grant.end(day)
    await check_kept([grant], day)
    await grant.save(update_fields=["valid_to"])
    after = {"until": grant.last_day, "delegations_ended": await end_delegations(grant)}
    await trail.record(actor, "grant.ended", grant, grant.organization.path, {"until": before}, after)
    return grant


async def granted(account: Account, place: Organization, draft: Give) -> Grant:
    """What every new grant has to meet, whoever gives it. Raises Invalid."""
    since = draft.since or today()
    check_place(draft.role, place)
    check_span(since, draft.until, today(), place)
    check_holder(draft.role, account, await accounts.waiting_links(account).exists())
    if draft.delegable:
        check_delegable(draft.role)
    grant = Grant(
        account=account,
        role=draft.role,
        organization=place,
        valid_from=since,
        valid_to=day_after(draft.until) if draft.until else None,
        delegable=draft.delegable,
    )
    await check_company(grant)
    await grant.save()
    return grant


async def check_company(grant: Grant) -> None:
    """Raises Invalid (role, account) if it does not go with what the account holds in these days."""
    account = grant.account
    days = account.id, grant.valid_from, grant.valid_to
    check_duty(grant.role, [other.role for other in await grants.overlapping(*days)], account.name)
    if await grants.overlapping(*days, role=grant.role, organization_id=grant.organization.id):
        raise invalid(account=say("{name} holds this role there in these days already.", name=account.name))


def require_ending(actor: Actor, grant: Grant) -> None:
    """Raises Forbidden."""
    if grant.source and grant.source.account_id == actor.account_id:
        require(actor, Permit.DELEGATE_GRANT, grant.organization.path)
    else:
        require_giving(actor, Permit.END_GRANT, grant.role, grant.organization.path)


async def check_kept(leaving: Iterable[Grant], day: date) -> None:
    """Raises Invalid if a place would have nobody from `day` on who looks after its accounts.

    Two who end each other at once read each other's grant, so one of the two transactions runs again, and is refused.
    """
    going = [grant for grant in leaving if keeps_accounts(grant.role)]
    for grant in going:
        staying = grants.keepers(grant.organization.path, day).exclude(id__in=[other.id for other in going])
        if not await staying.exists():
            said = say(
                "{name} would have no security administrator; give somebody else that role without an end first.",
                name=grant.organization.name,
            )
            raise invalid(role=said)


async def end_delegations(source: Grant) -> list[int]:
    """Nothing that was passed on outlives its source; the ids of what ends with it."""
    ended = []
    for grant in await Grant.filter(source_id=source.id, valid_to__gt=source.valid_to).order_by("id"):
        grant.valid_to = max(grant.valid_from, source.valid_to or grant.valid_from)
        await grant.save(update_fields=["valid_to"])
        ended.append(grant.id)
    return ended


def said_of(grant: Grant) -> dict[str, object]:
    """What the trail keeps of a new grant."""
    return {
        "account_id": grant.account_id,
        "role": grant.role,
        "organization": grant.organization.code,
        "since": grant.valid_from,
        "until": grant.last_day,
        "delegable": grant.delegable,
        "source_id": grant.source_id,
    }
