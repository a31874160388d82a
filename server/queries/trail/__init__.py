"""The trail: what is in it, where each entry stands, what leaves the house, and whether it holds."""

from server.queries.trail.audit import AUDITOR, Findings, examine
from server.queries.trail.entries import (
    ORDER,
    TrailFilter,
    find,
    matching,
    newcomers,
    reader,
    within_reach,
)
from server.queries.trail.export import newest_line, write_export
from server.queries.trail.tree import Standing, frontier, newest, standing

__all__ = [
    "AUDITOR",
    "ORDER",
    "Findings",
    "Standing",
    "TrailFilter",
    "examine",
    "find",
    "frontier",
    "matching",
    "newcomers",
    "newest",
    "newest_line",
    "reader",
    "standing",
    "within_reach",
    "write_export",
]
