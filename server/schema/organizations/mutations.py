"""Acts on the tree."""

# ruff: noqa: A002 - the arguments go by GraphQL's usual names

from datetime import date

import strawberry

from server.kit.clock import today
from server.operations import organizations as operations
from server.operations.organizations import Budget, Dissolve, Establish, Move, Rename
from server.queries import organizations as queries
from server.schema.context import Info
from server.schema.inputs import Input, generated
from server.schema.organizations.types import Organization, shown
from server.schema.types import mutation


@generated
class EstablishOrganizationInput(Input[Establish]):
    pass


@generated
class RenameOrganizationInput(Input[Rename]):
    code: str


@generated
class MoveOrganizationInput(Input[Move]):
    code: str


@generated
class DissolveOrganizationInput(Input[Dissolve]):
    code: str


@generated
class SetBudgetInput(Input[Budget]):
    code: str


@strawberry.type(description="It stands nowhere any more; ask for it asOf an earlier day 已撤销的组织.")
class DissolvedOrganization:
    code: str = strawberry.field(description="Code 编码.")
    dissolved_on: date | None = strawberry.field(description="The day on which it was dissolved 撤销日期.")
    version: int = strawberry.field(description="Version 版本.")


@strawberry.type
class Mutation:
    @mutation("Add an organization to the tree 成立组织.")
    async def establish_organization(self, info: Info, input: EstablishOrganizationInput) -> Organization | None:
        return shown(await operations.establish(info.context.actor, input.draft()), today())

    @mutation("Give an organization another name from today on 更名.")
    async def rename_organization(self, info: Info, input: RenameOrganizationInput) -> Organization | None:
        return shown(await operations.rename(info.context.actor, input.code, input.draft()), today())

    @mutation("Hang an organization, with all below it, under another parent 调整隶属.")
    async def move_organization(self, info: Info, input: MoveOrganizationInput) -> Organization | None:
        return shown(await operations.move(info.context.actor, input.code, input.draft()), today())

    @mutation("End an organization as of today; its history stays 撤销组织.")
    async def dissolve_organization(self, info: Info, input: DissolveOrganizationInput) -> DissolvedOrganization | None:
        ended = await operations.dissolve(info.context.actor, input.code, input.draft())
        return DissolvedOrganization(code=ended.code, dissolved_on=ended.dissolved_on, version=ended.version)

    @mutation("Say how long checklists may keep one branch busy in a month 设定每月用时上限.")
    async def set_budget(self, info: Info, input: SetBudgetInput) -> Organization | None:
        actor = info.context.actor
        place = await operations.budget(actor, input.code, input.draft())
        return shown(await queries.find(actor, place.code), today())
