"""Checklists 清单 of the branches, their items, and how complete they are on any day."""

from strawberry.tools import merge_types

from server.schema.checklists import comparison, completion, items, missing
from server.schema.checklists.items import Checklist, Mutation, checklists_of

Query = merge_types("ChecklistsQuery", (items.Query, completion.Query, missing.Query, comparison.Query))

__all__ = ["Checklist", "Mutation", "Query", "checklists_of"]
