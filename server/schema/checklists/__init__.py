"""Checklists 清单 of the branches, their items, and how complete they are."""

from strawberry.tools import merge_types

from server.schema.checklists import completion, items, whole
from server.schema.checklists.items import Checklist, checklists_of

Query = merge_types("ChecklistsQuery", (items.Query, completion.Query))
Mutation = merge_types("ChecklistsMutation", (items.Mutation, whole.Mutation))

__all__ = ["Checklist", "Mutation", "Query", "checklists_of"]
