"""What is asked for, as plain data: fields under the names that the answer gives them, with their arguments."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


class Uncompilable(Exception):
    """Something that the shapes do not know; whoever asks is answered by the resolvers instead."""


@dataclass(frozen=True)
class Given:
    """The arguments of one field. `values` are those of the request that the plan was made for.

    A plan is used again for other values, so only what they have in common may shape a statement: which of them are
    given at all, what is a flag or a word of the vocabulary, whether a day is today. `call` is where the values of
    the next request are found.
    """

    call: int
    values: Mapping[str, Any]

    def has(self, name: str) -> bool:
        return self.values.get(name) is not None


NOTHING_GIVEN = Given(-1, {})


@dataclass(frozen=True)
class Asked:
    """One field: the `name` it has in its shape, under the `key` that the answer gives it."""

    key: str
    name: str
    given: Given = NOTHING_GIVEN
    of: "Selection" = field(default_factory=dict)


Selection = Mapping[str, tuple[Asked, ...]]
"""What is asked of an object, by the name of its type: other fields may be asked of a street than of a branch."""


@dataclass(frozen=True)
class Plan:
    """A whole question: its roots, in order."""

    roots: tuple[Asked, ...]
