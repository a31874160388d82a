"""`qiangji trail …`: what an auditor asks of an installation, and what gives entries their places."""

from pathlib import Path

import typer

from server.cli.running import explained, on_database

app = typer.Typer(no_args_is_help=True, help="The trail: give places, verify, take out.")

KEYS = typer.Option([], "--key", help="a public key in base64, instead of those of this installation")
SEEN = typer.Option([], "--seen", help="a checkpoint that was saved before, or another export")


@app.command("sequence")
def sequence_trail() -> None:
    """Give waiting entries their places, as the server does all the time."""
    from server.operations import trail as operations

    async def work() -> str:
        placed = 0
        while batch := await operations.sequence():
            placed += batch
        return f"{placed} entries have a place now"

    on_database(work)


@app.command("verify")
def verify_trail(key: list[str] = KEYS, seen: list[Path] = SEEN) -> None:
    """Check the trail in the database, and an export of it with the stand-alone verifier."""
    from server.queries import trail as queries

    async def work() -> str:
        found = await queries.examine(key, seen)
        database = f"{found.entries} places, {found.nodes} nodes, {found.waiting} waiting for a place"
        return f"database: {database}\nexport: {found.report}"

    on_database(work)


@app.command("export")
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


@app.command("checkpoint")
def print_checkpoint() -> None:
    """Print the newest signed checkpoint: a line to keep, and to give to `verify --seen` later."""
    from server.queries import trail as queries

    on_database(queries.newest_line)


@app.command("key")
def print_key() -> None:
    """Print the public keys of this installation, the newest last: what an auditor writes down."""
    from server import keys

    with explained():
        typer.echo("\n".join(signer.public for signer in keys.ring().signing))
