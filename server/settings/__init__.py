"""The environment, read once into one frozen object."""

import os
from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from server.settings.values import LOGINS, ROOT, SECRETS, BadSettings, is_loopback
from server.settings.variables import Settings

__all__ = ["LOGINS", "ROOT", "SECRETS", "VARIABLES", "BadSettings", "Settings", "is_loopback", "load"]

VARIABLES = [str(field.validation_alias) for field in Settings.model_fields.values()]


def load() -> Settings:
    """What the environment says. Raises BadSettings when a variable cannot be used."""
    return read(tuple(map(os.environ.get, VARIABLES)), SECRETS if SECRETS.is_dir() else None)


@lru_cache(maxsize=8)
def read(_values: tuple[str | None, ...], files: Path | None) -> Settings:
    """Read once for each environment: every request asks."""
    try:
        return Settings(_secrets_dir=files)
    except ValidationError as error:
        faults = [detail for detail in error.errors() if detail["type"] != "default_factory_not_called"]
        raise BadSettings("\n".join(map(explain, faults))) from None


def explain(detail: ErrorDetails) -> str:
    """One line: the variable, what is wrong with it, what to do. The value stays out, it may be a secret."""
    reason = detail["msg"].removeprefix("Value error, ")
    if not detail["loc"]:
        return reason
    name = str(detail["loc"][0])
    remedy = next(f.description for f in Settings.model_fields.values() if f.validation_alias == name)
    return f"{name}: {reason[0].lower()}{reason[1:]}. Remedy: {remedy}."
