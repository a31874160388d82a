"""The trail: what is in it, where each entry stands, what leaves the house, and whether it holds."""

from server.queries.trail.audit import AUDITOR, Findings, examine
from server.queries.trail.entries import (
    ORDER,
    TrailFilter,
    check_reader,
    find,
    leaves_of,
    matching,
    newcomers,
    places_of,
)
from server.queries.trail.export import newest_line, write_export
from server.queries.trail.tree import Standing, frontier, newest, public_key_of, standing

__all__ = [
    "AUDITOR",
    "ORDER",
    "Findings",
    "Standing",
    "TrailFilter",
    "check_reader",
    "examine",
    "find",
    "frontier",
    "leaves_of",
    "matching",
    "newcomers",
    "newest",
    "newest_line",
    "places_of",
    "public_key_of",
    "standing",
    "write_export",
]
