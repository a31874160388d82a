"""`qiangji keys …`: the keys that seal, look up and sign."""

import asyncio
from functools import partial

import typer

from server.cli.running import connected, explained, some_database, stoppable
from server.kit.sealing import Algorithm
from server.settings import BadSettings, load

app = typer.Typer(no_args_is_help=True, help="The keys that seal, look up and sign.")

NEW_ALGORITHM = typer.Option(Algorithm.AES_256_GCM, help="how the new key seals")


@app.command("new")
def new_keys(algorithm: Algorithm = NEW_ALGORITHM) -> None:
    """Write a new file of keys where there is none."""
    from server import keys

    with explained():
        path = load().keys_file
        if path.exists():
            raise BadSettings(f"There are keys at {path} already. Remedy: qiangji keys rotate, or name another file.")
        keys.write(path, keys.Keyring.new(algorithm))
        typer.echo(f"New keys are in {path}: keep a copy where the database's copies are not.")


@app.command("list")
def list_keys() -> None:
    """Name the keys; the secrets stay where they are."""
    from server import keys

    with explained():
        ring = keys.ring()
        for key in ring.sealing:
            typer.echo(f"{key.id}  {key.algorithm.value}  {'seals and opens' if key == ring.sealer else 'opens'}")
        for signer in ring.signing:
            typer.echo(f"{signer.id}  Ed25519  {'signs' if signer == ring.signer else 'verifies'}  {signer.public}")


@app.command("rotate")
def rotate_keys(algorithm: Algorithm = NEW_ALGORITHM) -> None:
    """Add a key that seals from now on; the older ones still open."""
    from server import keys

    with explained():
        ring = keys.ring().with_new_sealer(algorithm)
        keys.write(load().keys_file, ring)
        typer.echo(f"{ring.sealer.id} ({algorithm.value}) seals from now on. Next: qiangji keys reseal")


@app.command("reseal")
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


@app.command("drop")
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
