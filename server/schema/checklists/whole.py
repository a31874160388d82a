"""What the street does with a whole checklist."""

# ruff: noqa: A002 - the arguments go by GraphQL's usual names

import strawberry

from server.operations import checklists as operations
from server.operations.checklists import Accept, Extend
from server.schema import ids
from server.schema.checklists.items import Checklist
from server.schema.context import Info
from server.schema.inputs import Input, generated
from server.schema.types import mutation


@generated
class ExtendChecklistInput(Input[Extend]):
    id: strawberry.ID


@generated
class AcceptChecklistInput(Input[Accept]):
    id: strawberry.ID


@strawberry.type
class Mutation:
    @mutation("Give one branch longer than the others, for a reason 延长期限.")
    async def extend_checklist(self, info: Info, input: ExtendChecklistInput) -> Checklist | None:
        key = ids.key_of(input.id, "Checklist")
        return Checklist.of(await operations.extend(info.context.actor, key, input.draft()))

    @mutation("Take a checklist as done, every item of it approved 验收清单; not by whoever worked on it.")
    async def accept_checklist(self, info: Info, input: AcceptChecklistInput) -> Checklist | None:
        key = ids.key_of(input.id, "Checklist")
        return Checklist.of(await operations.accept(info.context.actor, key, input.draft()))
