"""`qiangji …` or `python -m server.cli …`: what an operator types. Each command imports the rooms that it needs."""

import asyncio

import typer

from server.cli import accounts, keys, notices, tokens, trail
from server.cli.running import administer, explained, some_database, stoppable
from server.cli.serving import (
    announce,
    announce_logins,
    bring_up_to_date,
    load_demonstration,
    prepare,
    refuse_taken_port,
    refuse_unsafe,
    serve_until_stopped,
)
from server.settings import load

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.add_typer(accounts.app, name="accounts")
app.add_typer(keys.app, name="keys")
app.add_typer(notices.app, name="notices")
app.add_typer(tokens.app, name="tokens")
app.add_typer(trail.app, name="trail")


@app.command()
def run() -> None:
    """Bring the tables up to date, load the demonstration if that is wanted, and serve."""
    with explained(), stoppable():
        settings = load()
        refuse_taken_port(settings)
        with some_database(settings) as url:
            asyncio.run(prepare(url, settings))
            refuse_unsafe(settings, url)
            announce(settings)
            serve_until_stopped(settings, url)


@app.command()
def serve() -> None:
    """Serve a database that is ready."""
    with explained(), stoppable():
        settings = load()
        refuse_taken_port(settings)
        with some_database(settings) as url:
            refuse_unsafe(settings, url)
            serve_until_stopped(settings, url)


@app.command()
def check() -> None:
    """Look for what must not be in production; exits with 1 if there is any."""
    from server import checks

    with explained(), stoppable():
        settings = load()
        with some_database(settings) as url:
            report = asyncio.run(checks.check(settings, url))
        typer.echo(report.text)
        raise typer.Exit(1 if report.refused else 0)


@app.command()
def migrate() -> None:
    """Bring the tables up to date; with DATABASE_OWNER_URL, let the login of DATABASE_URL serve them."""
    with explained(), stoppable():
        settings = load()
        with some_database(settings) as url:
            applied = asyncio.run(bring_up_to_date(url, settings))
        typer.echo(f"{len(applied)} migrations applied{''.join(f' {name}' for name in applied)}")


@app.command()
def makemigrations(name: str = typer.Option("", help="the end of the file's name")) -> None:
    """Write a migration for what changed in the models."""
    from server import database

    with explained():
        written = asyncio.run(database.make_migrations(name or None))
        typer.echo("\n".join(map(str, written)) or "The models and the migrations agree: nothing written.")


@app.command()
def demo() -> None:
    """Load the demonstration street into an empty database."""
    with explained(), stoppable():
        settings = load()
        with some_database(settings) as url:
            asyncio.run(load_demonstration(url, settings))
            announce_logins(settings)


@app.command()
def schema() -> None:
    """Print the GraphQL schema."""
    from server.schema import schema as served

    typer.echo(served.as_str())


@app.command()
def setup(
    code: str,
    name: str,
    login: str = typer.Option(..., help="of the first security administrator"),
    person: str = typer.Option(..., help="the name of the first security administrator"),
) -> None:
    """Establish the street CODE called NAME in an empty database, and invite its first security administrator."""
    administer("set_up", code=code, name=name, login=login, person=person)
