"""Who is asking 当前用户."""

import strawberry

from server.kit.clock import today
from server.schema import sessions
from server.schema.context import Info
from server.schema.organizations import Organization, questions
from server.schema.organizations.types import shown
from server.schema.sessions import Session
from server.schema.types import field
from server.vocabulary import Role


@strawberry.type(description="A role at a place, which reaches everything below it 授权.")
class Grant:
    organization_id: strawberry.Private[int]
    role: Role = strawberry.field(description="Role 角色.")
    place: str = strawberry.field(description="Name of the place 地点.")

    @field("Code of the place 编码.")
    async def code(self, info: Info) -> str | None:
        row = await info.context.ask(questions.standing, self.organization_id, today())
        return row.organization.code if row else None

    @field("The place 组织.")
    async def organization(self, info: Info) -> Organization | None:
        row = await info.context.ask(questions.standing, self.organization_id, today())
        return shown(row, today()) if row else None


@strawberry.type(description="The account behind the request 当前用户.")
class Viewer:
    name: str = strawberry.field(description="Name 名称.")
    locale: str = strawberry.field(description="The language of messages 语言: zh or en.")
    grants: list[Grant] = strawberry.field(description="The roles that hold today 授权.")

    @field("Where the account is signed in, this browser first 登录会话; nowhere, for a token.")
    async def sessions(self, info: Info) -> list[Session]:
        return await sessions.mine(info)


@strawberry.type
class Query:
    @field("The account behind the request 当前用户.")
    def viewer(self, info: Info) -> Viewer | None:
        actor = info.context.actor
        grants = [Grant(organization_id=g.organization_id, role=g.role, place=g.place) for g in actor.grants]
        return Viewer(name=actor.name, locale=info.context.locale, grants=grants)
