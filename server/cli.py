"""`qiangji …` or `python -m server.cli …`: what an operator types. Each command imports the rooms that it needs."""

import asyncio
import ctypes
import importlib
import multiprocessing
import os
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, TypeVar

import typer

from server.kit.sealing import Algorithm
from server.settings import BadSettings, Settings, load

if TYPE_CHECKING:
    from starlette.types import ASGIApp

T = TypeVar("T")

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
trail = typer.Typer(no_args_is_help=True, help="The trail: give places, verify, take out.")
app.add_typer(trail, name="trail")

keys_app = typer.Typer(no_args_is_help=True, help="The keys that seal, look up and sign.")
app.add_typer(keys_app, name="keys")

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


# --- commands about keys

NEW_ALGORITHM = typer.Option(Algorithm.AES_256_GCM, help="how the new key seals")


@keys_app.command("new")
def new_keys(algorithm: Algorithm = NEW_ALGORITHM) -> None:
    """Write a new file of keys where there is none."""
    from server import keys

    with explained():
        path = load().keys_file
        if path.exists():
            raise BadSettings(f"There are keys at {path} already. Remedy: qiangji keys rotate, or name another file.")
        keys.write(path, keys.Keyring.new(algorithm))
        typer.echo(f"New keys are in {path}: keep a copy where the database's copies are not.")


@keys_app.command("list")
def list_keys() -> None:
    """Name the keys; the secrets stay where they are."""
    from server import keys

    with explained():
        ring = keys.ring()
        for key in ring.sealing:
            typer.echo(f"{key.id}  {key.algorithm.value}  {'seals and opens' if key == ring.sealer else 'opens'}")
        for signer in ring.signing:
            typer.echo(f"{signer.id}  Ed25519  {'signs' if signer == ring.signer else 'verifies'}  {signer.public}")


@keys_app.command("rotate")
def rotate_keys(algorithm: Algorithm = NEW_ALGORITHM) -> None:
    """Add a key that seals from now on; the older ones still open."""
    from server import keys

    with explained():
        ring = keys.ring().with_new_sealer(algorithm)
        keys.write(load().keys_file, ring)
        typer.echo(f"{ring.sealer.id} ({algorithm.value}) seals from now on. Next: qiangji keys reseal")


@keys_app.command("reseal")
def reseal_values() -> None:
    """Seal again, under the newest key, what older ones have sealed; it may be stopped and started again."""
    from server import keys
    from server.kit.sealing import Unsealable
    from server.operations import members

    with explained(), stoppable(), some_database(load()) as url:
        try:
            count = asyncio.run(connected(url, members.reseal))
        except Unsealable as error:
            raise BadSettings(
                f"{error} does not open with these keys. Remedy: restore the key that sealed it."
            ) from None
        typer.echo(f"{count} values resealed with {keys.ring().sealer.id}")


@keys_app.command("drop")
def drop_key(key_id: str) -> None:
    """Forget a key that seals nothing any more."""
    from server import keys
    from server.operations import members

    with explained(), stoppable(), some_database(load()) as url:
        ring = keys.ring()
        if key_id not in ring.openers or key_id == ring.sealer.id:
            raise BadSettings(f"{key_id} is no older sealing key. Remedy: qiangji keys list shows which there are.")
        if count := asyncio.run(connected(url, partial(members.sealed_by, key_id))):
            raise BadSettings(f"{count} rows are still sealed by {key_id}. Remedy: qiangji keys reseal")
        keys.write(load().keys_file, ring.without(key_id))
        typer.echo(f"{key_id} is dropped; backups that it sealed need the copy of it that you keep with them.")


async def connected(url: str, work: Callable[[], Awaitable[T]]) -> T:
    from server import database

    await database.connect(url)
    try:
        return await work()
    finally:
        await database.disconnect()


# --- the trail

KEYS = typer.Option([], "--key", help="a public key in base64, instead of those of this installation")
SEEN = typer.Option([], "--seen", help="a checkpoint that was saved before, or another export")


@trail.command("sequence")
def sequence_trail() -> None:
    """Give waiting entries their places, as the server does all the time."""
    from server.operations import trail as operations

    async def work() -> str:
        placed = 0
        while batch := await operations.sequence():
            placed += batch
        return f"{placed} entries have a place now"

    on_database(work)


@trail.command("verify")
def verify_trail(key: list[str] = KEYS, seen: list[Path] = SEEN) -> None:
    """Check the trail in the database, and an export of it with the stand-alone verifier."""
    from server.queries import trail as queries

    async def work() -> str:
        found = await queries.examine(key, seen)
        database = f"{found.entries} places, {found.nodes} nodes, {found.waiting} waiting for a place"
        return f"database: {database}\nexport: {found.report}"

    on_database(work)


@trail.command("export")
def export_trail(file: Path) -> None:
    """Write the whole trail into a zip, to verify it elsewhere; that is written down too."""
    from server.operations import trail as operations
    from server.queries import trail as queries

    async def work() -> str:
        checkpoint = await operations.export(queries.AUDITOR)
        with file.open("xb") as target:
            await queries.write_export(queries.AUDITOR, target, checkpoint.size)
        return f"{checkpoint.size} entries in {file}"

    on_database(work)


@trail.command("checkpoint")
def print_checkpoint() -> None:
    """Print the newest signed checkpoint: a line to keep, and to give to `verify --seen` later."""
    from server.queries import trail as queries

    on_database(queries.newest_line)


@trail.command("key")
def print_key() -> None:
    """Print the public keys of this installation, the newest last: what an auditor writes down."""
    from server import keys

    with explained():
        typer.echo("\n".join(signer.public for signer in keys.ring().signing))


def on_database(work: Callable[[], Awaitable[str]]) -> None:
    """Do it with the database open, and print what it answers."""
    from server.kit.refusals import Refusal
    from server.kit.verify import Fault

    with explained(), stoppable(), some_database(load()) as url:
        try:
            typer.echo(asyncio.run(connected(url, work)))
        except Fault as fault:
            typer.echo(f"FAULT: {fault.english}\n核验不通过：{fault.chinese}", err=True)
            raise typer.Exit(1) from None
        except (Refusal, OSError, ValueError) as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(2) from None


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
    from server import keys

    _ = await bring_up_to_date(url, settings)
    if settings.demo or not settings.database_url:
        _ = keys.ensure(settings.keys_file)
    _ = keys.ring()
    if settings.demo:
        await load_demonstration(url, settings)


async def bring_up_to_date(url: str, settings: Settings) -> list[str]:
    """As the owner of the tables, if one is named; the login of `url` then serves what is not its own."""
    from server import database

    owner_url = settings.owner_url if settings.database_url else None
    applied = await database.migrate(owner_url or url)
    if owner_url:
        await database.admit(owner_url, url)
    return applied


async def load_demonstration(url: str, settings: Settings) -> None:
    import server.demo

    settings.data.mkdir(parents=True, exist_ok=True)
    await connected(url, partial(server.demo.load, settings.data))


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


def refuse_unsafe(settings: Settings, url: str) -> None:
    """Production is not served with what `qiangji check` refuses, unless somebody insists, loudly."""
    from server import checks

    if not settings.is_production:
        return
    report = asyncio.run(checks.check(settings, url))
    typer.echo(report.text, err=True)
    if report.refused and not settings.unsafe:
        raise BadSettings("Not served: mend what is refused above. For a trial without real data: QIANGJI_UNSAFE=1.")
    if report.refused:
        typer.echo(
            f"!!! UNSAFE: served although {len(report.refused)} checks are refused; enter no real data !!!", err=True
        )


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
