"""Acts on the tree."""

from server.operations.organizations.acts import dissolve, establish, move, rename
from server.operations.organizations.drafts import Dissolve, Establish, Move, Provenance, Rename

__all__ = ["Dissolve", "Establish", "Move", "Provenance", "Rename", "dissolve", "establish", "move", "rename"]
