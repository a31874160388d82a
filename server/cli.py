"""`qiangji …` or `python -m server.cli …`: what an operator types. Each command imports the rooms that it needs."""

import asyncio
import ctypes
import importlib
import multiprocessing
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import TYPE_CHECKING

import typer

from server.settings import BadSettings, Settings, load

if TYPE_CHECKING:
    from starlette.types import ASGIApp

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
accounts_app = typer.Typer(no_args_is_help=True, help="Who may come in.")
tokens_app = typer.Typer(no_args_is_help=True, help="By which other systems call.")
app.add_typer(accounts_app, name="accounts")
app.add_typer(tokens_app, name="tokens")

DRAIN_SECONDS = 20
PR_SET_PDEATHSIG = 1


# --- commands


@app.command()
def run() -> None:
    """Bring the tables up to date, load the demonstration if that is wanted, and serve."""
    with explained(), stoppable():
        settings = load()
        refuse_taken_port(settings)
        with some_database(settings) as url:
            asyncio.run(prepare(url, settings))
            announce(settings)
            serve_until_stopped(settings, url)


@app.command()
def serve() -> None:
    """Serve a database that is ready."""
    with explained(), stoppable():
        settings = load()
        refuse_taken_port(settings)
        with some_database(settings) as url:
            serve_until_stopped(settings, url)


@app.command()
def migrate() -> None:
    """Bring the tables up to date."""
    from server import database

    with explained(), stoppable(), some_database(load()) as url:
        applied = asyncio.run(database.migrate(url))
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


# --- commands about accounts and tokens

CODE = typer.Option(..., "--place", help="code of the organization, such as HG-LY")
SCOPES = typer.Option(..., "--scope", help="such as organizations:read; name it again for another")
LAST_DAY = typer.Option("", "--until", help="the last day, such as 2026-12-31; none: no end")


@app.command()
def setup(
    code: str,
    name: str,
    login: str = typer.Option(..., help="of the first security administrator"),
    person: str = typer.Option(..., help="the name of the first security administrator"),
) -> None:
    """Establish the street CODE called NAME in an empty database, and invite its first security administrator."""
    administer("set_up", code=code, name=name, login=login, person=person)


@accounts_app.command("invite")
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


@tokens_app.command("issue")
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


@tokens_app.command("list")
def list_tokens(within: str = typer.Option("", help="code of an organization: at it and below")) -> None:
    """A line a token: id, state, expiry, last use, account, place, name, scopes."""
    administer("list_tokens", within=within)


@tokens_app.command("revoke")
def revoke_token(identifier: str, reason: str = typer.Option(..., help="is recorded")) -> None:
    """End the token qj_IDENTIFIER_… at once."""
    administer("revoke_token", identifier=identifier, reason=reason)


def administer(command: str, **fields: object) -> None:
    """Run one of `server/commands.py` on the database, and print what it answers, or why not."""
    from server import commands, database
    from server.kit.refusals import Refusal

    async def run(url: str) -> str:
        if command == "set_up":
            _ = await database.migrate(url)
        await database.connect(url)
        try:
            answer: str = await getattr(commands, command)(fields)
            return answer
        finally:
            await database.disconnect()

    with explained(), stoppable(), some_database(load()) as url:
        try:
            typer.echo(asyncio.run(run(url)))
        except Refusal as refusal:
            typer.echo(commands.refused(refusal), err=True)
            raise typer.Exit(1) from None


# --- getting ready


@contextmanager
def explained() -> Iterator[None]:
    """What an operator can mend is told in a sentence, without a traceback."""
    from server.database import BadDatabase
    from server.embedded.places import CannotStart

    try:
        yield
    except (BadSettings, BadDatabase, CannotStart) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error


@contextmanager
def stoppable() -> Iterator[None]:
    """Every signal that asks us to end is a Ctrl-C: asyncio cancels its work, the rest unwinds, without a traceback."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell script's background job is born ignoring it
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, interrupt)
    with suppress(KeyboardInterrupt):
        yield


def interrupt(number: int, frame: FrameType | None) -> None:
    signal.raise_signal(signal.SIGINT)


@contextmanager
def some_database(settings: Settings) -> Iterator[str]:
    """The URL of the database that was named, else of one of our own, up while the block runs."""
    from server import embedded

    if settings.database_url:
        yield settings.database_url
    else:
        with embedded.running(settings.data / "postgres") as url:
            yield url


async def prepare(url: str, settings: Settings) -> None:
    from server import database, keys

    if settings.demo or not settings.database_url:
        _ = keys.ensure(settings.keys_file)
    _ = keys.ring()
    await database.migrate(url)
    if settings.demo:
        await load_demonstration(url, settings)


async def load_demonstration(url: str, settings: Settings) -> None:
    import server.demo
    from server import database

    settings.data.mkdir(parents=True, exist_ok=True)
    await database.connect(url)
    try:
        await server.demo.load(settings.data)
    finally:
        await database.disconnect()


def announce(settings: Settings) -> None:
    if settings.demo:
        announce_logins(settings)
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    typer.echo(f"Qiangji is at http://{host}:{settings.port}  (Ctrl-C stops it)")


def announce_logins(settings: Settings) -> None:
    """Columns lined up: role, login, password; the tokens stay in the file."""
    path = settings.data / "demo-logins.txt"
    with suppress(FileNotFoundError):
        rows = [line.split("\t")[:3] for line in path.read_text(encoding="utf-8").splitlines()]
        typer.echo("\n".join("  ".join(cell.ljust(24) for cell in row).rstrip() for row in rows))
        typer.echo(f"API tokens are in {path}\n")


# --- serving


def refuse_taken_port(settings: Settings) -> None:
    """granian shares a port that others listen on without a word, so look first."""
    try:
        with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((settings.host, settings.port))
    except OSError as error:
        raise BadSettings(
            f"Cannot listen on HOST={settings.host} PORT={settings.port}: {error.strerror}. "
            f"Remedy: stop what listens there, or choose others, such as PORT=8080 make run."
        ) from error


def serve_until_stopped(settings: Settings, url: str) -> None:
    """One worker; a signal makes it finish what it does, then everything ends."""
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    from server import logs

    os.environ["DATABASE_URL"] = url
    multiprocessing.set_start_method("spawn")  # a forked worker would take our thread pools for its own, and wait
    server = Server(
        "server.app:create_app",
        address=socket.gethostbyname(settings.host) if ":" not in settings.host else settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        log_level=LogLevels.warning,
        log_dictconfig=logs.configuration(settings.log_level),
        workers_kill_timeout=DRAIN_SECONDS,
    )
    if signal.getsignal(signal.SIGHUP) is interrupt:  # a closed terminal ends us; granian would start a new worker
        server.on_startup(lambda: signal.signal(signal.SIGHUP, server.signal_handler_interrupt))
    try:
        server.serve(target_loader=create_app, wrap_loader=False)
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # the rest is quick, and must not be cut short


def create_app() -> "ASGIApp":
    """In the worker: the application, which ends when the process that started it is killed."""
    with suppress(AttributeError):  # Linux alone can do it
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    application: ASGIApp = importlib.import_module("server.app").create_app()
    return application


if __name__ == "__main__":
    app()
