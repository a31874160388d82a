"""Two districts' worth of places, small enough to know by heart; told by code, with what lies where.

LG is a district of two subdistricts, OT a subdistrict with a tree of its own. The roles are held at LG-A, at LG-A-1
and at LG-A-1-G-B; around each of them there is a place of every relation.
"""

from functools import cache
from typing import NamedTuple


class Place(NamedTuple):
    code: str
    kind: str
    type: str = ""
    """Of a branch."""
    gone: bool = False
    """Dissolved today."""

    @property
    def parent(self) -> str:
        """A code is its parent's code and one more part."""
        return self.code.rpartition("-")[0]


PLACES = (
    Place("LG", "DISTRICT"),
    Place("LG-A", "STREET"),
    Place("LG-A-1", "COMMUNITY"),
    Place("LG-A-1-G", "RESIDENT_GROUP"),
    Place("LG-A-1-G-B", "BRANCH", "BRANCH"),
    Place("LG-A-1-G-B-P", "BRANCH", "PARTY_GROUP"),
    Place("LG-A-1-G-B-X", "BRANCH", "PARTY_GROUP", gone=True),
    Place("LG-A-1-G-C", "BRANCH", "UNION_BRANCH"),
    Place("LG-A-1-H", "RESIDENT_GROUP"),
    Place("LG-A-1-H-B", "BRANCH", "BRANCH"),
    Place("LG-A-1-T", "BRANCH", "TEMP_BRANCH"),
    Place("LG-A-1-E", "BRANCH", "BRANCH"),
    Place("LG-A-2", "COMMUNITY"),
    Place("LG-A-2-G", "RESIDENT_GROUP"),
    Place("LG-A-2-G-B", "BRANCH", "BRANCH"),
    Place("LG-A-2-X", "BRANCH", "BRANCH", gone=True),
    Place("LG-B", "STREET"),
    Place("LG-B-1", "COMMUNITY"),
    Place("LG-B-1-G", "RESIDENT_GROUP"),
    Place("LG-B-1-G-B", "BRANCH", "BRANCH"),
    Place("LG-B-1-X", "BRANCH", "BRANCH", gone=True),
    Place("OT", "STREET"),
    Place("OT-1", "COMMUNITY"),
    Place("OT-1-G", "RESIDENT_GROUP"),
    Place("OT-1-G-B", "BRANCH", "BRANCH"),
)
TEMPORARY, EMPTY = "LG-A-1-T", "LG-A-1-E"
"""A branch for a task, with a member lent from LG-A-1-H-B; one without members and checklists."""

OF = {place.code: place for place in PLACES}
STREETS = ("LG-A", "LG-B", "OT")
RELATIONS = ("own", "ancestor", "descendant", "sibling", "cousin", "other street", "dissolved")


def within(code: str, top: str) -> bool:
    """Whether `code` is `top` or lies below it."""
    return f"{code}-".startswith(f"{top}-")


def above(code: str) -> list[str]:
    """From the top down, its own left out."""
    parts = code.split("-")
    return [found for n in range(1, len(parts)) if (found := "-".join(parts[:n])) in OF]


def children(code: str) -> list[Place]:
    """Living ones, directly below, by code."""
    return [place for place in sorted(PLACES) if place.parent == code and not place.gone]


def street_of(code: str) -> str:
    return next((street for street in STREETS if within(code, street)), "")


@cache
def relation(own: str, code: str) -> str:
    """What the place `code` is to somebody at `own`."""
    if OF[code].gone:
        return "dissolved"
    if code == own:
        return "own"
    if within(own, code):
        return "ancestor"
    if within(code, own):
        return "descendant"
    if OF[code].parent == OF[own].parent != "":
        return "sibling"
    same = within(code, own.split("-")[0]) if OF[own].kind == "STREET" else street_of(code) == street_of(own)
    return "cousin" if same else "other street"


def worked(street: str) -> list[Place]:
    """The branches of a street that fill checklists."""
    parts = ("BRANCH", "UNION_BRANCH", "PARTY_GROUP")
    return [p for p in PLACES if within(p.code, street) and p.type in parts and p.code != EMPTY]
