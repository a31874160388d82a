"""Table of contents of door 1."""

from datetime import datetime

import strawberry
from graphql import GraphQLError
from strawberry.extensions import ParserCache, ValidationCache
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types
from strawberry.types import ExecutionContext

from server.schema import ids, terms  # isort: skip - the words come before the types that use them
from server.schema import accounts, checklists, completion, cycles, members, organizations
from server.schema.coercion import Coercion
from server.schema.guard import Guard

QUERIES = (accounts, ids, organizations, members, cycles, checklists, completion)
MUTATIONS = (organizations, members, checklists)


class Schema(strawberry.Schema):
    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """The door logs what is unexpected, and nothing else."""


schema = Schema(
    query=merge_types("Query", tuple(feature.Query for feature in QUERIES)),
    mutation=merge_types("Mutation", tuple(feature.Mutation for feature in MUTATIONS)),
    types=organizations.TYPES,
    extensions=[Guard, ParserCache, ValidationCache, Coercion],
    config=StrawberryConfig(scalar_map={datetime: terms.INSTANT}),
)
