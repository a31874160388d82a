"""How large a document may be, measured in linear time: each fragment once, and one that spreads itself refused.

A limiter that walks a fragment again at every spread takes 2^n steps for a chain of n fragments that each spread the
next one twice; some hundred bytes would hold the process for seconds.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSyntaxError,
    Node,
    OperationDefinitionNode,
    parse,
)
from graphql.language.ast import ExecutableDefinitionNode, SelectionNode
from strawberry.extensions import SchemaExtension

from server.kit.messages import say
from server.kit.refusals import Forbidden, Refusal

MOST_TOKENS = 2000
CEILING = 10**9
ABORTED = "Parsing aborted"
"""By this graphql-core's message about a limit is known from one about syntax."""
INTROSPECTION = frozenset({"__schema", "__type"})
"""How deep these go is limited by a validation rule of their own."""
UNREGISTERED = say(
    "This token may only send registered documents, and no document is registered yet; use a token without that limit."
)


class TooLarge(Refusal):
    code, status = "COST_EXCEEDED", 400


class Size(NamedTuple):
    depth: int = 0
    aliases: int = 0
    fields: int = 0
    directives: int = 0
    operations: int = 0

    def beside(self, other: "Size") -> "Size":
        sums = [min(CEILING, mine + theirs) for mine, theirs in zip(self[1:], other[1:], strict=True)]
        return Size(max(self.depth, other.depth), *sums)

    def below(self, field: FieldNode) -> "Size":
        depth = 1 if field.name.value in INTROSPECTION else self.depth + 1
        return Size(depth, self.aliases + bool(field.alias), self.fields + 1, self.directives, self.operations)


LIMIT = Size(depth=12, aliases=15, fields=500, directives=20, operations=1)


class Scale:
    """Weighs a document; a fragment that has been weighed is not looked into again."""

    def __init__(self, document: DocumentNode) -> None:
        self.document = document
        self.fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
        self.sizes: dict[str, Size | None] = {}  # None while a fragment is on the scale: to meet it again is a cycle

    def weigh(self) -> Size:
        size = Size()
        for definition in self.document.definitions:
            if isinstance(definition, OperationDefinitionNode):
                size = size.beside(self.of(definition)).beside(Size(operations=1))
        return size

    def of(self, node: ExecutableDefinitionNode | SelectionNode) -> Size:
        size = Size(directives=len(node.directives or ()))
        if isinstance(node, FragmentSpreadNode):
            return size.beside(self.of_fragment(node.name.value))
        for selection in selections(node):
            size = size.beside(self.of(selection))
        return size.below(node) if isinstance(node, FieldNode) else size

    def of_fragment(self, name: str) -> Size:
        if name not in self.fragments:
            return Size()
        if name not in self.sizes:
            self.sizes[name] = None
            self.sizes[name] = self.of(self.fragments[name])
        size = self.sizes[name]
        if size is None:
            raise TooLarge(say("The fragment {name} spreads itself; take that spread out.", name=name))
        return size


def selections(node: Node) -> tuple[SelectionNode, ...]:
    inner = getattr(node, "selection_set", None)
    return inner.selections if inner else ()


@lru_cache(maxsize=128)
def parsed(text: str) -> DocumentNode:
    """Raises TooLarge, GraphQLSyntaxError."""
    try:
        return parse(text, max_lexical_tokens=MOST_TOKENS, max_comments=MOST_TOKENS)
    except GraphQLSyntaxError as error:
        if ABORTED in error.message:
            raise too_deep() from None
        raise


def check(document: DocumentNode) -> None:
    """Raises TooLarge."""
    try:
        size = Scale(document).weigh()
    except RecursionError:
        raise too_deep() from None
    for name, found, limit in zip(Size._fields, size, LIMIT, strict=True):
        if found > limit:
            what = {"what": name, "limit": limit}
            raise TooLarge(say("This query exceeds a limit ({what}: {limit}); ask in several requests.", **what))


def too_deep() -> TooLarge:
    return TooLarge(say("This query is too long or nested too deeply; ask in several requests."))


class Guard(SchemaExtension):
    """Parses, once a document, and weighs; comes before the extensions that validate."""

    def on_parse(self) -> Iterator[None]:
        if self.execution_context.context.whoever.trusted_documents_only:
            raise Forbidden(UNREGISTERED)
        if text := self.execution_context.query:
            self.execution_context.graphql_document = parsed(text)
        yield

    def on_validate(self) -> Iterator[None]:
        if document := self.execution_context.graphql_document:
            check(document)
        yield
