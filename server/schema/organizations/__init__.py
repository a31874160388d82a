"""The tree of organizations 组织, as it stands today or as it stood on any day."""

from server.schema.organizations.mutations import Mutation
from server.schema.organizations.roots import Query
from server.schema.organizations.types import Branch, Community, District, Organization, ResidentGroup, Street

TYPES = (District, Street, Community, ResidentGroup, Branch)

__all__ = ["TYPES", "Branch", "Community", "District", "Mutation", "Organization", "Query", "ResidentGroup", "Street"]
