"""Tokens by which other systems call 令牌."""

# ruff: noqa: A002 - the arguments go by GraphQL's usual names

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Self

import strawberry

from server.kit.clock import now
from server.kit.paging import page
from server.operations import tokens as operations
from server.operations.tokens import Issue, Revoke
from server.queries import tokens as queries
from server.queries.tokens import TokenFilter
from server.schema.connections import After, Connection, Edge, First, connected
from server.schema.context import Info
from server.schema.grants import AccountName
from server.schema.inputs import Input, generated
from server.schema.types import PlaceName, field, mutation
from server.vocabulary import TokenScope, TokenState

if TYPE_CHECKING:
    from server.models.tokens import ApiToken as Row


@strawberry.type(description="A bearer token, without its secret 令牌.")
class ApiToken:
    identifier: str = strawberry.field(description="The part between its first two underscores 编号.")
    name: str = strawberry.field(description="What it is for 名称.")
    account: AccountName = strawberry.field(description="For whom it speaks 账号.")
    place: PlaceName = strawberry.field(description="It reaches no further than this 地点.")
    scopes: list[TokenScope] = strawberry.field(description="What it may be used for 权限.")
    trusted_documents_only: bool = strawberry.field(description="Registered documents and nothing else 仅限已登记查询.")
    state: TokenState = strawberry.field(description="Whether it still opens anything 状态.")
    created_at: datetime = strawberry.field(description="Issued 签发时间.")
    expires_at: datetime = strawberry.field(description="Expires 到期时间.")
    last_used_at: datetime | None = strawberry.field(description="Last used, to the minute 最近使用.")
    revoked_at: datetime | None = strawberry.field(description="Revoked 吊销时间.")

    @classmethod
    def of(cls, row: "Row") -> Self:
        return cls(
            identifier=row.id,
            name=row.name,
            account=AccountName.of(row.account),
            place=PlaceName.of(row.organization),
            scopes=[scope for scope in TokenScope if scope in row.scopes],
            trusted_documents_only=row.trusted_documents_only,
            state=row.state_at(now()),
            created_at=row.created_at,
            expires_at=row.expires_at,
            last_used_at=row.last_used_at,
            revoked_at=row.revoked_at,
        )


@strawberry.type(description="A new token; its text is shown only now 新令牌.")
class IssuedToken:
    token: ApiToken = strawberry.field(description="What is kept of it 令牌.")
    text: str = strawberry.field(description="What the system sends as its bearer token 令牌全文.")


@strawberry.type(description="A page of tokens 令牌分页.")
class ApiTokenConnection(Connection[Edge[ApiToken]]):
    pass


@strawberry.input(name="TokenFilter", description="All that is given has to fit 筛选条件.")
class Filter:
    within: str | None = strawberry.field(description="At and below this code 范围.", default=None)
    account: str | None = strawberry.field(description="Login 登录名.", default=None)
    state: TokenState | None = strawberry.field(description="State 状态.", default=None)


@strawberry.type
class Query:
    @field("Tokens at the places that the reader looks after, by name 令牌.")
    async def tokens(
        self, info: Info, first: First, after: After = None, filter: Filter | None = None
    ) -> ApiTokenConnection | None:
        wanted = TokenFilter(**asdict(filter)) if filter else TokenFilter()
        rows = await queries.matching(info.context.actor, wanted)
        found = await page(rows, queries.ORDER, first, after)
        return connected(ApiTokenConnection, found, lambda c, row: Edge(cursor=c, node=ApiToken.of(row)), rows.count)


@generated
class IssueTokenInput(Input[Issue]):
    scopes: list[TokenScope]


@generated
class RevokeTokenInput(Input[Revoke]):
    identifier: str


@strawberry.type
class Mutation:
    @mutation("Make a token for a system; its text is shown once 签发令牌.")
    async def issue_token(self, info: Info, input: IssueTokenInput) -> IssuedToken | None:
        issued = await operations.issue(info.context.actor, input.draft())
        return IssuedToken(token=ApiToken.of(issued.token), text=issued.text)

    @mutation("End a token at once 吊销令牌.")
    async def revoke_token(self, info: Info, input: RevokeTokenInput) -> ApiToken | None:
        return ApiToken.of(await operations.revoke(info.context.actor, input.identifier, input.draft()))
