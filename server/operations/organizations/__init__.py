"""Acts on the tree."""

from server.operations.organizations.acts import budget, dissolve, establish, move, rename
from server.operations.organizations.drafts import Budget, Dissolve, Establish, Move, Provenance, Rename

__all__ = [
    "Budget",
    "Dissolve",
    "Establish",
    "Move",
    "Provenance",
    "Rename",
    "budget",
    "dissolve",
    "establish",
    "move",
    "rename",
]
