"""Checklists, their items, and the status of them all."""

from server.queries.checklists.items import (
    ITEM_ORDER,
    ItemFilter,
    awaiting_review,
    find,
    find_item,
    items_below,
    items_of,
    items_of_all,
    matching,
    of_branches,
    owed_by,
    possible,
)
from server.queries.checklists.status import Cell, Status, Tally, communities_of, progress, status, tally

__all__ = [
    "ITEM_ORDER",
    "Cell",
    "ItemFilter",
    "Status",
    "Tally",
    "awaiting_review",
    "communities_of",
    "find",
    "find_item",
    "items_below",
    "items_of",
    "items_of_all",
    "matching",
    "of_branches",
    "owed_by",
    "possible",
    "progress",
    "status",
    "tally",
]
