"""Values that do not fit their type: the field, the reason and the remedy, in the words that a form would use."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from graphql import (
    ArgumentNode,
    DocumentNode,
    GraphQLEnumType,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    Node,
    ObjectFieldNode,
    OperationDefinitionNode,
    TypeInfo,
    TypeInfoVisitor,
    ValueNode,
    VariableDefinitionNode,
    Visitor,
    get_named_type,
    type_from_ast,
    visit,
)
from graphql.pyutils import Undefined
from strawberry.extensions import SchemaExtension

from server.kit.messages import Message, say
from server.kit.numbers import MAX_INT
from server.kit.refusals import Invalid


class Fault(NamedTuple):
    field: str
    message: Message


def check_variables(schema: GraphQLSchema, operation: OperationDefinitionNode, given: dict[str, Any]) -> None:
    """Raises Invalid for variables that cannot be what they are declared to be."""
    found = dict(fault for definition in operation.variable_definitions for fault in in_variable(schema, definition, given))
    if found:
        raise Invalid(next(iter(found.values())), found)


def in_variable(schema: GraphQLSchema, definition: VariableDefinitionNode, given: dict[str, Any]) -> Iterator[Fault]:
    name = definition.variable.name.value
    declared = type_from_ast(schema, definition.type)
    if name in given or not definition.default_value:
        yield from faults(name, given.get(name, Undefined), declared)


def faults(field: str, value: Any, declared: Any) -> Iterator[Fault]:
    """What is wrong with `value`; inside an input object each field goes by its own name."""
    if value is None or value is Undefined:
        if isinstance(declared, GraphQLNonNull):
            yield Fault(field, say("Fill this in."))
        return
    match declared.of_type if isinstance(declared, GraphQLNonNull) else declared:
        case GraphQLList(of_type=inner):
            for item in value if isinstance(value, list) else [value]:
                yield from faults(field, item, inner)
        case GraphQLInputObjectType() as inner:
            yield from in_object(field, value, inner)
        case leaf if not fits(leaf, value):
            yield Fault(field, complaint(leaf))


def in_object(field: str, value: Any, declared: GraphQLInputObjectType) -> Iterator[Fault]:
    if not isinstance(value, dict):
        yield Fault(field, complaint(declared))
        return
    for name, inner in declared.fields.items():
        if name in value or inner.default is None:
            yield from faults(name, value.get(name, Undefined), inner.type)
    for name in value.keys() - declared.fields.keys():
        yield Fault(name, say("This field is not known here; remove it."))
