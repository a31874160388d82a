"""`qiangji tokens …`: by which other systems call."""

import typer

from server.cli.accounts import CODE
from server.cli.running import administer

app = typer.Typer(no_args_is_help=True, help="By which other systems call.")

SCOPES = typer.Option(..., "--scope", help="such as organizations:read; name it again for another")


@app.command("issue")
def issue_token(
    account: str,
    name: str,
    place: str = CODE,
    scope: list[str] = SCOPES,
    until: str = typer.Option(..., help="the last day, at most 365 ahead"),
    registered_only: bool = typer.Option(False, help="refuse documents that are not registered"),
) -> None:
    """Make a token that speaks for the login ACCOUNT; prints it, this once."""
    fields = {"scopes": scope, "expires_on": until, "trusted_documents_only": registered_only}
    administer("issue_token", account=account, name=name, organization=place, **fields)


@app.command("list")
def list_tokens(within: str = typer.Option("", help="code of an organization: at it and below")) -> None:
    """A line a token: id, state, expiry, last use, account, place, name, scopes."""
    administer("list_tokens", within=within)


@app.command("revoke")
def revoke_token(identifier: str, reason: str = typer.Option(..., help="is recorded")) -> None:
    """End the token qj_IDENTIFIER_… at once."""
    administer("revoke_token", identifier=identifier, reason=reason)
