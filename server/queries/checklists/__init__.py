"""Checklists, their items, and the status of them all."""

from server.queries.checklists.cells import cells_of
from server.queries.checklists.comparison import Change, Comparison, compare
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
)
from server.queries.checklists.missing import Debt, missing, page_of
from server.queries.checklists.rows import NO_COMMUNITY, Part, Row, left_out, rows_of
from server.queries.checklists.status import Status, communities_of, progress, status
from server.queries.checklists.trend import MOST_CYCLES, Point, trend

__all__ = [
    "ITEM_ORDER",
    "MOST_CYCLES",
    "NO_COMMUNITY",
    "Cell",
    "Change",
    "Comparison",
    "Debt",
    "ItemFilter",
    "Part",
    "Point",
    "Row",
    "Status",
    "Tally",
    "approvals_of",
    "awaiting_review",
    "cells_of",
    "communities_of",
    "compare",
    "find",
    "find_item",
    "items_below",
    "items_of",
    "items_of_all",
    "left_out",
    "matching",
    "missing",
    "of_branches",
    "overtaken",
    "owed_by",
    "page_of",
    "possible",
    "progress",
    "rows_of",
    "status",
    "tally",
    "transitions_of",
    "trend",
]
