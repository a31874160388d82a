"""What the tables of acts are made of."""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from server.vocabulary import Role

Case = tuple[str, Role | None, str, dict[str, Any], str, set[str]]
"""Operation, who does it, to what, what is given, how it ends (OK or a code), and the fields that are complained of."""

Target = Callable[[], Awaitable[str]]
"""Finds the code or id that a name in the table stands for."""


class Verb(NamedTuple):
    """How an operation is called at each door; `{target}` is a code, or an id in the manner of the door."""

    mutation: str
    address: str
    named: str = ""
    kind: str = "ChecklistItem"
    """The type in the global id, where `named` is "id"."""
