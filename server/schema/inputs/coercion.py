"""Values that do not fit their GraphQL type: the field, the reason and the remedy, in the words of the forms."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from graphql import (
    ArgumentNode,
    DocumentNode,
    GraphQLEnumType,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    Node,
    ObjectFieldNode,
    OperationDefinitionNode,
    TypeInfo,
    TypeInfoVisitor,
    Undefined,
    ValueNode,
    VariableDefinitionNode,
    Visitor,
    is_required_input_field,
    type_from_ast,
    visit,
)
from strawberry.extensions import SchemaExtension

from server.kit.drafts import NO_DAY
from server.kit.messages import Message, say
from server.kit.numbers import MAX_INT
from server.kit.refusals import Invalid


class Fault(NamedTuple):
    field: str
    message: Message


class Coercion(SchemaExtension):
    """Says in its own words what graphql-core found wrong with literals, and looks at the variables before it does."""

    def on_validate(self) -> Iterator[None]:
        context = self.execution_context
        if context.pre_execution_errors and context.graphql_document:
            found = literals(context.schema._schema, context.graphql_document, context.pre_execution_errors)
            context.pre_execution_errors = [reworded(error, found) for error in context.pre_execution_errors]
        yield

    def on_execute(self) -> Iterator[None]:
        context = self.execution_context
        for definition in context.graphql_document.definitions if context.graphql_document else ():
            if isinstance(definition, OperationDefinitionNode):
                check_variables(context.schema._schema, definition, context.variables or {})
        yield


# --- variables


def check_variables(schema: GraphQLSchema, operation: OperationDefinitionNode, given: dict[str, Any]) -> None:
    """Raises Invalid, naming each variable that is not what it is declared to be, or the field inside it."""
    found: dict[str, Message] = {}
    for definition in operation.variable_definitions or ():
        found |= dict(in_variable(schema, definition, given))
    if found:
        several = say("Some fields need another look.")
        raise Invalid(several if len(found) > 1 else next(iter(found.values())), found)


def in_variable(schema: GraphQLSchema, definition: VariableDefinitionNode, given: dict[str, Any]) -> Iterator[Fault]:
    name = definition.variable.name.value
    if name in given or not definition.default_value:
        yield from faults(name, given.get(name, Undefined), type_from_ast(schema, definition.type))


def faults(field: str, value: Any, declared: Any) -> Iterator[Fault]:
    if value is None or value is Undefined:
        if isinstance(declared, GraphQLNonNull):
            yield Fault(field, say("Fill this in."))
        return
    inner = declared.of_type if isinstance(declared, GraphQLNonNull) else declared
    if isinstance(inner, GraphQLList):
        for item in value if isinstance(value, list) else [value]:
            yield from faults(field, item, inner.of_type)
    elif isinstance(inner, GraphQLInputObjectType) and isinstance(value, dict):
        yield from in_object(value, inner)
    elif not fits(value, inner):
        yield Fault(field, complaint(inner))


def in_object(value: dict[str, Any], declared: GraphQLInputObjectType) -> Iterator[Fault]:
    for name, field in declared.fields.items():
        if name in value or is_required_input_field(field):
            yield from faults(name, value.get(name, Undefined), field.type)
    for name in value.keys() - declared.fields.keys():
        yield Fault(name, say("This field is not known here; remove it."))


def fits(value: Any, leaf: Any) -> bool:
    try:
        return leaf.coerce_input_value(value) is not Undefined
    except Exception:  # whatever a scalar raises says no
        return False


def complaint(declared: Any) -> Message:
    """What belongs into a field of this type."""
    match declared:
        case GraphQLNonNull():
            return complaint(declared.of_type)
        case GraphQLEnumType():
            return say("Choose one of: {options}.", options=", ".join(declared.values))
        case GraphQLInputObjectType():
            return say("Give an object with these fields: {fields}.", fields=", ".join(declared.fields))
    match getattr(declared, "name", ""):
        case "Int":
            return say("Give a whole number from {low} to {high}.", low=1, high=MAX_INT)
        case "Date":
            return NO_DAY
        case "Boolean":
            return say("Give true or false.")
    return say("Give a text.")


# --- literals


class Places(Visitor):
    """Under which name, and as which type, the document gives each of some values."""

    def __init__(self, wanted: set[Node], types: TypeInfo) -> None:
        super().__init__()
        self.wanted, self.types = wanted, types
        self.found: dict[Node, Fault] = {}

    def enter(self, node: Node, _key: Any, parent: Any, _path: Any, ancestors: list[Any]) -> None:
        if node in self.wanted:
            above = [a for a in (*ancestors, parent) if isinstance(a, ArgumentNode | ObjectFieldNode)]
            if above:
                self.found[node] = Fault(above[-1].name.value, complaint(self.types.get_input_type()))


def literals(schema: GraphQLSchema, document: DocumentNode, errors: list[GraphQLError]) -> dict[Node, Fault]:
    """The faults of those errors that are about a value written in the document."""
    types = TypeInfo(schema)
    places = Places({node for e in errors if isinstance(node := node_of(e), ValueNode)}, types)
    visit(document, TypeInfoVisitor(types, places))
    return places.found


def node_of(error: GraphQLError) -> Node | None:
    return error.nodes[0] if error.nodes else None


def reworded(error: GraphQLError, found: dict[Node, Fault]) -> GraphQLError:
    """In our words, which never repeat a value: graphql-core's do, also of the copies that it makes of lists."""
    node = node_of(error)
    if node and (fault := found.get(node)):
        refusal = Invalid(fault.message, {fault.field: fault.message})
    elif isinstance(node, ValueNode) and node.loc is None:
        refusal = Invalid(say("This value is not accepted."))
    else:
        return error
    return GraphQLError(error.message, error.nodes, original_error=refusal)
