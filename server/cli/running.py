"""What every command does around its work: faults in a sentence, signals, a database."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from types import FrameType
from typing import TypeVar

import typer

from server.settings import BadSettings, Settings, load

T = TypeVar("T")


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


async def connected(url: str, work: Callable[[], Awaitable[T]]) -> T:
    from server import database

    await database.connect(url)
    try:
        return await work()
    finally:
        await database.disconnect()


def on_database(work: Callable[[], Awaitable[str]], *, migrating: bool = False) -> None:
    """Do it with the database open, and print what it answers; ends with 1 at a fault of the trail, 2 if refused."""
    from server import commands, database
    from server.kit.refusals import Refusal
    from server.kit.verify import Fault

    async def run(url: str) -> str:
        if migrating:
            _ = await database.migrate(url)
        return await connected(url, work)

    with explained(), stoppable(), some_database(load()) as url:
        try:
            typer.echo(asyncio.run(run(url)))
        except Fault as fault:
            typer.echo(f"FAULT: {fault.english}\n核验不通过：{fault.chinese}", err=True)
            raise typer.Exit(1) from None
        except Refusal as refusal:
            typer.echo(commands.refused(refusal), err=True)
            raise typer.Exit(2) from None
        except (OSError, ValueError) as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(2) from None


def administer(command: str, **fields: object) -> None:
    """Run one of `server/commands.py` on the database, with what was typed."""
    from server import commands

    on_database(partial(getattr(commands, command), fields), migrating=command == "set_up")
