"""Who stands behind a login, where they reach, and the accounts that somebody looks after.

What is asked before there is an actor (`find_by_login`, `actor_of`, `reach_of`) is not scoped.
"""

from collections.abc import Sequence
from datetime import date, datetime

from tortoise import connections
from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

from server.access.actor import Actor
from server.access.actor import Grant as Reach
from server.access.scope import having_id, in_subtree, visible
from server.kit.clock import now, today
from server.kit.messages import say
from server.kit.paths import keys, within
from server.kit.refusals import NotFound, invalid
from server.kit.text import fits, printable, unstorable
from server.models.accounts import LOGIN_LENGTH, Account, AccountLink
from server.models.grants import DELEGABLE, Grant
from server.models.organizations import Organization
from server.models.sessions import Session
from server.queries.grants import to_come
from server.vocabulary import AccountState, Role

ORDER = ("login", "id")


async def find_by_login(login: str) -> Account | None:
    return await Account.filter(login=login, active=True).first()


async def actor_of(account: Account) -> Actor:
    """The account with the grants that hold today, each reaching where its organization stands now."""
    return Actor(
        account.id,
        account.name,
        await reach_of(account, today()),
        locale=account.locale,
        is_demonstration=account.is_demonstration,
    )


REACH = """
    SELECT held.role, held.organization_id, place.path, place.name, source_place.path AS source_path
      FROM account_grant held
      JOIN organization place ON place.id = held.organization_id
      LEFT JOIN account_grant source ON source.id = held.source_id
      LEFT JOIN account giver ON giver.id = source.account_id
      LEFT JOIN organization source_place ON source_place.id = source.organization_id
     WHERE held.account_id = $1 AND place.dissolved_on IS NULL
       AND held.valid_from <= $2 AND (held.valid_to IS NULL OR held.valid_to > $2)
       AND (source.id IS NULL
            OR giver.active AND source.valid_from <= $2 AND (source.valid_to IS NULL OR source.valid_to > $2))
     ORDER BY held.id
"""
"""Every request asks for it."""


async def reach_of(account: Account, day: date) -> tuple[Reach, ...]:
    """What was passed on holds only while its source does, and where that reaches."""
    rows = await connections.get("default").execute_query_dict(REACH, [account.id, day])
    return tuple(
        Reach(Role[row["role"]], row["organization_id"], row["path"], row["name"])
        for row in rows
        if row["source_path"] is None or within(row["path"], row["source_path"])
    )


# --- accounts that the actor looks after


def matching(actor: Actor, search: str = "", state: AccountState | None = None) -> QuerySet[Account]:
    """Accounts at home where the actor may read them; `search` is part of a login or name. Raises Invalid (search)."""
    rows = visible(actor, Account).select_related("home")
    if complaint := unstorable(search):
        raise invalid(search=complaint)
    if text := search.strip():
        rows = rows.filter(Q(login__icontains=text) | Q(name__icontains=text))
    return rows.filter(in_state(state)) if state else rows


def in_state(state: AccountState) -> Q:
    """The rows of which `Account.state` says this."""
    keyless = Q(password_hash__isnull=True, oidc_subject__isnull=True)
    match state:
        case AccountState.DISABLED:
            return Q(active=False)
        case AccountState.PENDING:
            return Q(active=True) & keyless
        case AccountState.ACTIVE:
            return Q(active=True) & ~keyless


async def find(actor: Actor, account_id: int) -> Account:
    """Raises NotFound."""
    if account := await visible(actor, Account).filter(having_id(account_id)).select_related("home").first():
        return account
    raise no_account(str(account_id), "id")


async def find_active(actor: Actor, login: str) -> Account:
    """Raises NotFound (account) for a login that is unknown, hidden from the actor, or disabled."""
    rows = visible(actor, Account).filter(login=login, active=True)
    if fits(login, LOGIN_LENGTH) and (account := await rows.first()):
        return account
    raise no_account(login, "account")


async def many(actor: Actor, account_ids: Sequence[int]) -> dict[int, Account | None]:
    """By id; None for those that the actor does not see."""
    found = {a.id: a async for a in visible(actor, Account).filter(id__in=account_ids).select_related("home")}
    return {key: found.get(key) for key in account_ids}


def colleagues(actor: Actor, place: Organization) -> QuerySet[Account]:
    """Active accounts at home at `place`, below it, or on the way up from it, but the actor's own."""
    near = in_subtree("home__path", place.path) | Q(home_id__in=keys(place.path))
    return Account.filter(near, active=True).exclude(id=actor.account_id or 0).order_by(*ORDER)


def successors(actor: Actor, place: Organization) -> QuerySet[Account]:
    """Colleagues to whom a role of Party work can be passed on: those without any other duty, today and to come."""
    others = Grant.filter(to_come(today()), role__not_in=DELEGABLE)
    return colleagues(actor, place).exclude(id__in=Subquery(others.values("account_id")))


async def find_colleague(actor: Actor, place: Organization, login: str) -> Account:
    """Raises NotFound (account)."""
    own = Account.filter(id=actor.account_id or 0, login=login)
    if fits(login, LOGIN_LENGTH):
        account = await colleagues(actor, place).filter(login=login).first() or await own.first()
        if account:
            return account
    raise no_account(login, "account")


async def last_signed_in(account_ids: Sequence[int]) -> dict[int, datetime]:
    """When each of them (already found in scope) last signed in, as the trail tells."""
    found = await connections.get("default").execute_query_dict(
        "SELECT subject_id, max(at) AS at FROM trail WHERE subject_kind = 'account' AND subject_id = ANY($1)"
        " AND deed = 'account.signed_in' GROUP BY subject_id",
        [[str(key) for key in account_ids]],
    )
    return {int(row["subject_id"]): row["at"] for row in found}


async def signed_in_at(actor: Actor, account_ids: Sequence[int]) -> dict[int, datetime | None]:
    """The same for each id, for accounts that the actor sees."""
    ids = [key for key, account in (await many(actor, account_ids)).items() if account]
    found = await last_signed_in(ids)
    return {key: found.get(key) for key in account_ids}


async def sessions_of(account: Account) -> int:
    """How many browsers are signed in."""
    return await Session.filter(account_id=account.id, expires_at__gt=now()).count()


def waiting_links(account: Account) -> QuerySet[AccountLink]:
    """One-time links that can still be used."""
    return AccountLink.filter(account_id=account.id, used_at__isnull=True, expires_at__gt=now()).order_by("id")


async def any_at_all() -> bool:
    return await Account.all().exists()


def no_account(text: str, field: str) -> NotFound:
    message = say("There is no active account {account} here for you; check the login.", account=printable(text))
    return NotFound(message, {field: message})
