"""What costs much and proves nothing when every test does it again. The program has no switch for any of this."""

from argon2 import PasswordHasher
from tortoise import Model
from tortoise.apps import Apps

from server.operations import passwords

HASHER = passwords.HASHER
"""The program's own; tests/operations/test_passwords.py holds it to what is written down."""

prepare = Apps._build_initial_querysets
prepared: set[type[Model]] = set()


def save() -> None:
    """Before the first test of a process."""
    passwords.HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # else 40 ms, whenever one signs in
    passwords.NOBODY = passwords.HASHER.hash("nobody")
    Apps._build_initial_querysets = prepare_once  # type: ignore[assignment] # else 10 ms, at each connection


def prepare_once(apps: Apps) -> None:
    """How the models are asked for is the same over every connection of a process."""
    models = set(apps.get_models_iterable())
    if not models <= prepared:
        prepare(apps)
        prepared.update(models)
