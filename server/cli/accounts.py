"""`qiangji accounts …`: who may come in."""

import typer

from server.cli.running import administer

app = typer.Typer(no_args_is_help=True, help="Who may come in.")

CODE = typer.Option(..., "--place", help="code of the organization, such as HG-LY")
LAST_DAY = typer.Option("", "--until", help="the last day, such as 2026-12-31; none: no end")


@app.command("invite")
def invite_account(
    login: str,
    name: str,
    role: str = typer.Option(..., help="such as BRANCH_SECRETARY"),
    place: str = CODE,
    home: str = typer.Option("", help="code of the place that looks after the account; else that of the role"),
    until: str = LAST_DAY,
) -> None:
    """Make an account with a first role; prints a one-time link to choose a password by."""
    administer("invite", login=login, name=name, role=role, organization=place, home=home, until=until)
