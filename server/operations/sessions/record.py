"""The record of what becomes of an account."""

from collections.abc import Mapping

from server.access.actor import Actor
from server.kit.paths import ROOT
from server.models.accounts import Account
from server.models.organizations import Organization
from server.operations import trail


async def record(actor: Actor, deed: str, account: Account, after: Mapping[str, object] | None = None) -> None:
    """Write it down at the path of the account's home."""
    home = await Organization.get_or_none(id=account.home_id) if account.home_id else None
    await trail.record(actor, deed, account, home.path if home else ROOT, after=after)
