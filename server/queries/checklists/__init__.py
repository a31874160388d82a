"""Checklists, their items, and the status of them all."""

from server.queries.checklists.cells import cells_of
from server.queries.checklists.counts import Cell, Tally, tally
from server.queries.checklists.items import (
    ITEM_ORDER,
    ItemFilter,
    approvals_of,
    awaiting_review,
    find,
    find_item,
    items_below,
    items_of,
    items_of_all,
    matching,
    of_branches,
    overtaken,
    owed_by,
    possible,
    transitions_of,
    workable,
)
from server.queries.checklists.status import Status, communities_of, progress, status

__all__ = [
    "ITEM_ORDER",
    "Cell",
    "ItemFilter",
    "Status",
    "Tally",
    "approvals_of",
    "awaiting_review",
    "cells_of",
    "communities_of",
    "find",
    "find_item",
    "items_below",
    "items_of",
    "items_of_all",
    "matching",
    "of_branches",
    "overtaken",
    "owed_by",
    "possible",
    "progress",
    "status",
    "tally",
    "transitions_of",
    "workable",
]
