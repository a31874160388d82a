"""What is done with items of checklists: a mutation each, over the operation of the same name."""

# ruff: noqa: A002 - the arguments go by GraphQL's usual names

import strawberry

from server.operations.checklists import (
    Declare,
    Fill,
    Reopen,
    Review,
    Together,
    Withdraw,
    approve_together,
    declare,
    reopen,
    review,
    save,
    submit,
    withdraw,
)
from server.schema import ids
from server.schema.checklists.items import ChecklistItem
from server.schema.context import Info
from server.schema.inputs import Input, generated
from server.schema.types import mutation


@generated
class SaveChecklistItemInput(Input[Fill]):
    id: strawberry.ID


@generated
class SubmitChecklistItemInput(Input[Fill]):
    id: strawberry.ID


@generated
class WithdrawChecklistItemInput(Input[Withdraw]):
    id: strawberry.ID


@generated
class ReviewChecklistItemInput(Input[Review]):
    id: strawberry.ID


@generated
class DeclareChecklistItemInput(Input[Declare]):
    id: strawberry.ID


@generated
class ReopenChecklistItemInput(Input[Reopen]):
    id: strawberry.ID


@strawberry.input(description="An item, and the version of it that was looked at 事项及其版本.")
class SeenChecklistItem:
    id: strawberry.ID = strawberry.field(description="Global id 全局标识.")
    expected_version: int = strawberry.field(description="The version that was seen 版本.")


@strawberry.input(description="What `approveChecklistItems` is asked 变更输入.")
class ApproveChecklistItemsInput:
    items: list[SeenChecklistItem] = strawberry.field(description="At most 100 事项.")

    def draft(self) -> Together:
        pairs = [(ids.key_of(item.id, "ChecklistItem", "items"), item.expected_version) for item in self.items]
        return Together.parse({"items": pairs})


@strawberry.type
class Mutation:
    @mutation("Keep what was typed so far 保存.")
    async def save_checklist_item(self, info: Info, input: SaveChecklistItemInput) -> ChecklistItem | None:
        key = ids.key_of(input.id, "ChecklistItem")
        return ChecklistItem.of(await save(info.context.actor, key, input.draft()))

    @mutation("Keep what was typed and hand it in for review 提交.")
    async def submit_checklist_item(self, info: Info, input: SubmitChecklistItemInput) -> ChecklistItem | None:
        key = ids.key_of(input.id, "ChecklistItem")
        return ChecklistItem.of(await submit(info.context.actor, key, input.draft()))

    @mutation("Take back what nobody has reviewed yet 撤回.")
    async def withdraw_checklist_item(self, info: Info, input: WithdrawChecklistItemInput) -> ChecklistItem | None:
        key = ids.key_of(input.id, "ChecklistItem")
        return ChecklistItem.of(await withdraw(info.context.actor, key, input.draft()))

    @mutation("Approve a submitted item, or return it with a remark 审核.")
    async def review_checklist_item(self, info: Info, input: ReviewChecklistItemInput) -> ChecklistItem | None:
        key = ids.key_of(input.id, "ChecklistItem")
        return ChecklistItem.of(await review(info.context.actor, key, input.draft()))

    @mutation("Hand in that a measure does not apply 申报不适用.")
    async def declare_checklist_item(self, info: Info, input: DeclareChecklistItemInput) -> ChecklistItem | None:
        key = ids.key_of(input.id, "ChecklistItem")
        return ChecklistItem.of(await declare(info.context.actor, key, input.draft()))

    @mutation("Give an approved item back to its branch 重新打开.")
    async def reopen_checklist_item(self, info: Info, input: ReopenChecklistItemInput) -> ChecklistItem | None:
        key = ids.key_of(input.id, "ChecklistItem")
        return ChecklistItem.of(await reopen(info.context.actor, key, input.draft()))

    @mutation("Approve items that fit their rule, all or none 批量通过.")
    async def approve_checklist_items(
        self, info: Info, input: ApproveChecklistItemsInput
    ) -> list[ChecklistItem] | None:
        return [ChecklistItem.of(row) for row in await approve_together(info.context.actor, input.draft())]
