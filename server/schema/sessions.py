"""One's own sessions 登录会话."""

# ruff: noqa: A002 - the arguments go by GraphQL's usual names

from datetime import datetime
from typing import TYPE_CHECKING, Self

import strawberry

from server.operations import sessions as operations
from server.operations.sessions import Revoke
from server.queries import sessions as queries
from server.schema.context import Info
from server.schema.inputs import Input, generated
from server.schema.types import mutation

if TYPE_CHECKING:
    from server.models.sessions import Session as Row


@strawberry.type(description="A browser that is signed in 登录会话.")
class Session:
    handle: str = strawberry.field(description="Its name, by which it is revoked 标识; it opens nothing.")
    agent: str = strawberry.field(description="Family of the browser and its system 浏览器与系统.")
    created_at: datetime = strawberry.field(description="When it began 登录时间.")
    seen_at: datetime = strawberry.field(description="When it was last used, to the minute 最近使用时间.")
    expires_at: datetime = strawberry.field(description="When it ends in any case 到期时间.")
    is_current: bool = strawberry.field(description="Whether this request belongs to it 是否为当前会话.")

    @classmethod
    def of(cls, row: "Row", current: str) -> Self:
        return cls(
            handle=row.handle,
            agent=row.agent,
            created_at=row.created_at,
            seen_at=row.seen_at,
            expires_at=row.expires_at,
            is_current=row.handle == current,
        )


async def mine(info: Info) -> list[Session]:
    actor = info.context.actor
    return [Session.of(row, actor.session) for row in await queries.mine(actor)]


@generated
class RevokeSessionInput(Input[Revoke]):
    pass


@strawberry.type
class Mutation:
    @mutation("End a session of one's own; its next request is refused 结束会话.")
    async def revoke_session(self, info: Info, input: RevokeSessionInput) -> Session | None:
        actor = info.context.actor
        return Session.of(await operations.revoke(actor, input.draft()), actor.session)
