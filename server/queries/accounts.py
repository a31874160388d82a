"""Who stands behind a login, and where they reach. Asked before there is an actor, so nothing here is scoped."""

from datetime import date

from tortoise.expressions import Q

from server.access.actor import Actor
from server.access.actor import Grant as Reach
from server.kit.clock import today
from server.models.accounts import Account
from server.models.base import holding_on
from server.models.grants import Grant


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


async def reach_of(account: Account, day: date) -> tuple[Reach, ...]:
    """What was passed on holds only while its source does."""
    rows = Grant.filter(holding_on(day), account_id=account.id, organization__dissolved_on__isnull=True)
    sourced = holding_on(day, "source__") & Q(source__account__active=True)
    rows = rows.filter(Q(source_id__isnull=True) | sourced)
    grants = await rows.select_related("organization").order_by("id")
    return tuple(Reach(g.role, g.organization_id, g.organization.path, g.organization.name) for g in grants)
