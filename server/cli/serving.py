"""Getting a database ready and serving it until a signal says that it is enough."""

import asyncio
import ctypes
import importlib
import multiprocessing
import os
import signal
import socket
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

import typer

from server.cli.running import connected, interrupt
from server.settings import BadSettings, Settings

if TYPE_CHECKING:
    from starlette.types import ASGIApp

DRAIN_SECONDS = 20
PR_SET_PDEATHSIG = 1


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
