"""Table of contents of door 1."""

from datetime import date, datetime

import strawberry
from graphql import GraphQLError
from strawberry.extensions import ValidationCache
from strawberry.scalars import JSON
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types
from strawberry.types import ExecutionContext

from server.schema import (
    accounts,
    checklists,
    cycles,
    evidence,
    grants,
    ids,
    members,
    organizations,
    records,
    seals,
    sessions,
    templates,
    tokens,
    trail,
)
from server.schema.compiled import CompiledReads
from server.schema.guard import Guard
from server.schema.inputs.coercion import Coercion
from server.schema.types import DAY, DOCUMENT, INSTANT

QUERIES = (accounts, grants, tokens, ids, organizations, members, templates, cycles, checklists, records, seals, trail)
MUTATIONS = (
    organizations,
    members,
    templates,
    cycles,
    checklists,
    accounts,
    sessions,
    grants,
    tokens,
    seals,
    records,
    evidence,
)


class Schema(strawberry.Schema):
    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """The door logs what is unexpected, and nothing else."""


schema = Schema(
    query=merge_types("Query", tuple(feature.Query for feature in QUERIES)),
    mutation=merge_types("Mutation", tuple(feature.Mutation for feature in MUTATIONS)),
    types=organizations.TYPES,
    extensions=[Guard, ValidationCache, Coercion, CompiledReads],
    config=StrawberryConfig(scalar_map={date: DAY, datetime: INSTANT, JSON: DOCUMENT}),
)
