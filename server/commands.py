"""What an operator does at the command line about accounts and tokens, as the installation itself; in words."""

from collections.abc import Mapping
from typing import Any

from server.access.actor import Actor
from server.kit.clock import HOME, now
from server.kit.refusals import Refusal
from server.operations import accounts, tokens
from server.operations.accounts import Invite, Invited, SetUp
from server.operations.tokens import Issue, Revoke
from server.queries import tokens as token_queries
from server.queries.tokens import TokenFilter

Fields = Mapping[str, Any]

INSTALLATION = Actor.installation()


async def set_up(fields: Fields) -> str:
    """Establish the street, invite whoever looks after its accounts."""
    return invited(await accounts.set_up(INSTALLATION, SetUp.parse(given(fields))))


async def invite(fields: Fields) -> str:
    return invited(await accounts.invite(INSTALLATION, Invite.parse(given(fields))))


async def issue_token(fields: Fields) -> str:
    issued = await tokens.issue(INSTALLATION, Issue.parse(given(fields)))
    return f"{issued.text}\nIt is shown only now, and expires at {written(issued.token.expires_at)}."


async def list_tokens(fields: Fields) -> str:
    """A line a token: id, state, expiry, last use, account, place, name, scopes; separated by tabs."""
    rows = await token_queries.matching(INSTALLATION, TokenFilter(within=fields["within"] or None))
    lines = []
    for row in await rows.order_by(*token_queries.ORDER):
        used = written(row.last_used_at) if row.last_used_at else "never used"
        what = row.account.login, row.organization.code, row.name, " ".join(row.scopes)
        lines.append("\t".join((row.id, row.state_at(now()).value, written(row.expires_at), used, *what)))
    return "\n".join(lines) or "There is no token."


async def revoke_token(fields: Fields) -> str:
    token = await tokens.revoke(INSTALLATION, fields["identifier"], Revoke(reason=fields["reason"]))
    return f"{token.id} is revoked; it opens nothing any more."


def invited(made: Invited) -> str:
    if made.link is None:
        return f"{made.account.login} is a system and never signs in. Next: qiangji tokens issue"
    until = written(made.link.expires_at)
    return (
        f"{made.link.address}\n{made.account.login} opens this address here, once, until {until}. It is shown only now."
    )


def given(fields: Fields) -> dict[str, Any]:
    """What was typed; an option that was left out is no field."""
    return {name: value for name, value in fields.items() if value not in ("", ())}


def written(instant: Any) -> str:
    return f"{instant.astimezone(HOME):%Y-%m-%d %H:%M}"


def refused(refusal: Refusal) -> str:
    """Why not, and which field."""
    fields = [f"{name}: {message}" for name, message in refusal.fields.items()]
    return "\n".join(dict.fromkeys([str(refusal.message), *fields]))
