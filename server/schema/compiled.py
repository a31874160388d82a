"""Reads that compile: a validated query becomes a plan, the plan one statement, and its answer goes out untouched.

Whatever cannot be compiled, and whatever would be refused, is answered by the resolvers as a whole.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any, cast

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
)
from graphql.execution.collect_fields import FragmentDetails, collect_fields, collect_subfields
from graphql.execution.values import VariableValues, get_argument_values, get_variable_values
from strawberry.extensions import SchemaExtension
from strawberry.types.execution import ExecutionResult
from strawberry.utils.str_converters import to_snake_case

from server.access.actor import Actor
from server.kit.clock import today
from server.kit.refusals import Refusal
from server.queries import compiled
from server.queries.compiled import Asked, Given, Plan, Selection, Statement, Uncompilable

MOST_PLANS = 512


@dataclass
class Compiled(ExecutionResult):
    """An answer that is JSON already."""

    text: str = ""


@dataclass(frozen=True)
class Ready:
    """A statement, and where the arguments of its calls are found in the document."""

    statement: Statement
    calls: tuple[tuple[GraphQLField, Any], ...]

    def given(self, values: VariableValues) -> list[dict[str, Any]]:
        return [arguments(definition, node, values) for definition, node in self.calls]


class CompiledReads(SchemaExtension):
    async def on_execute(self) -> AsyncIterator[None]:
        context = self.execution_context
        document, whoever = context.graphql_document, context.context.whoever
        if document and whoever.is_signed_in and context.context.compiles and not context.pre_execution_errors:
            text = await answered(context.schema._schema, document, context.operation_name, context.variables, whoever)
            if text is not None:
                context.result = Compiled(data=None, errors=None, text=text)
        yield


async def answered(
    schema: GraphQLSchema,
    document: DocumentNode,
    name: str | None,
    variables: Mapping[str, Any] | None,
    actor: Actor,
) -> str | None:
    """None for what the resolvers have to answer."""
    operation = operation_of(document, name)
    if operation is None or operation.operation is not OperationType.QUERY:
        return None
    try:
        values = get_variable_values(schema, operation.variable_definitions or (), dict(variables or {}))
        if not isinstance(values, VariableValues):
            return None
        ready = PLANS.ready(schema, document, operation, values, actor)
        return await compiled.answer(actor, ready.statement, ready.given(values)) if ready else None
    except Refusal:
        return None


def operation_of(document: DocumentNode, name: str | None) -> OperationDefinitionNode | None:
    found = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    return next((each for each in found if name is None or (each.name and each.name.value == name)), None)


class Plans:
    """Statements that were made before, for the same document and whoever has the same roles at as many places."""

    def __init__(self) -> None:
        self.known: dict[Any, Ready | None] = {}

    def ready(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        values: VariableValues,
        actor: Actor,
    ) -> Ready | None:
        """None for what does not compile. Raises Refusal."""
        source = document.loc.source.body if document.loc else ""
        key = (source, operation.loc and operation.loc.start, like(values.coerced), policy(actor))
        if key not in self.known:
            if len(self.known) >= MOST_PLANS:
                del self.known[next(iter(self.known))]
            try:
                self.known[key] = made(schema, document, operation, values, actor)
            except Uncompilable:
                self.known[key] = None
        return self.known[key]


PLANS = Plans()


def policy(actor: Actor) -> Any:
    """What of the actor shapes a statement; where the places lie is bound."""
    return tuple(grant.role for grant in actor.grants), actor.scopes


def like(value: Any) -> Any:
    """What a value has in common with others for which the same statement is good."""
    match value:
        case bool() | Enum():
            return value
        case date():
            return value == today()
        case dict():
            return tuple((name, like(each)) for name, each in sorted(value.items()))
        case list():
            return "list"
        case str():
            return bool(value)
    return value is not None


def made(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    values: VariableValues,
    actor: Actor,
) -> Ready:
    reader = Reader(schema, document, operation, values)
    return Ready(compiled.prepared(actor, Plan(reader.roots())), tuple(reader.calls))


class Reader:
    """Turns selections into plain data; fields are collected as graphql-core collects them."""

    def __init__(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        values: VariableValues,
    ) -> None:
        self.schema, self.operation, self.values = schema, operation, values
        self.fragments = {
            each.name.value: FragmentDetails(each, None)
            for each in document.definitions
            if isinstance(each, FragmentDefinitionNode)
        }
        self.calls: list[tuple[GraphQLField, Any]] = []

    def roots(self) -> tuple[Asked, ...]:
        query = cast(GraphQLObjectType, self.schema.query_type)
        found = collect_fields(self.schema, self.fragments, self.values, query, self.operation)
        return self.asked(query, found.grouped_field_set)

    def asked(self, kind: GraphQLObjectType, fields: Mapping[str, Any]) -> tuple[Asked, ...]:
        return tuple(self.one(kind, key, details) for key, details in fields.items())

    def one(self, kind: GraphQLObjectType, key: str, details: Any) -> Asked:
        node = details[0].node
        name = node.name.value
        if name == "__typename":
            return Asked(key, name)
        definition = kind.fields.get(name)
        if definition is None:
            raise Uncompilable(name)
        return Asked(key, to_snake_case(name), self.given(definition, node), self.of(definition, details))

    def given(self, definition: GraphQLField, node: Any) -> Given:
        if not definition.args:
            return Given(-1, {})
        self.calls.append((definition, node))
        return Given(len(self.calls) - 1, arguments(definition, node, self.values))

    def of(self, definition: GraphQLField, details: Any) -> Selection:
        kind = get_named_type(definition.type)
        if is_leaf_type(kind):
            return {}
        kinds = self.schema.get_possible_types(kind) if is_abstract_type(kind) else [cast(GraphQLObjectType, kind)]
        return {each.name: self.asked(each, self.below(each, details)) for each in kinds}

    def below(self, kind: GraphQLObjectType, details: Any) -> Mapping[str, Any]:
        found = collect_subfields(self.schema, self.fragments, self.values, self.operation, kind, details)
        return found.grouped_field_set


def arguments(definition: GraphQLField, node: Any, values: VariableValues) -> dict[str, Any]:
    """By their names in Python; what is in an input object stands beside the others."""
    found: dict[str, Any] = {}
    for name, value in get_argument_values(definition, node, values).items():
        found |= (
            {to_snake_case(k): v for k, v in value.items()} if isinstance(value, dict) else {to_snake_case(name): value}
        )
    return found
