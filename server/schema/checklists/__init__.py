"""Checklists 清单 of the branches, their items, and how complete they are on any day."""

from strawberry.tools import merge_types

from server.schema.checklists import acts, comparison, completion, items, missing, whole
from server.schema.checklists.items import Checklist, checklists_of

Query = merge_types("ChecklistsQuery", (items.Query, completion.Query, missing.Query, comparison.Query))
Mutation = merge_types("ChecklistsMutation", (acts.Mutation, whole.Mutation))

__all__ = ["Checklist", "Mutation", "Query", "checklists_of"]
