"""Who is asking 当前用户, and the accounts that the reader looks after 账号."""

# ruff: noqa: A002 - the arguments go by GraphQL's usual names

from datetime import datetime
from typing import TYPE_CHECKING, Self

import strawberry

from server.kit.clock import today
from server.kit.paging import page
from server.operations import accounts as operations
from server.operations.accounts import Disable, Enable, Invite, Reset
from server.queries import accounts as queries
from server.queries import grants
from server.schema import ids, sessions
from server.schema.connections import After, Connection, Edge, First, connected
from server.schema.context import Info
from server.schema.grants import Grant
from server.schema.inputs import Input, generated
from server.schema.organizations import Organization, questions
from server.schema.organizations.types import shown
from server.schema.sessions import Session
from server.schema.types import PlaceName, field, mutation
from server.vocabulary import AccountState, Role

if TYPE_CHECKING:
    from server.models.accounts import Account as Row


@strawberry.type(description="A role at a place, which reaches everything below it 授权.")
class ViewerGrant:
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
    grants: list[ViewerGrant] = strawberry.field(description="The roles that hold today 授权.")

    @field("Where the account is signed in, this browser first 登录会话; nowhere, for a token.")
    async def sessions(self, info: Info) -> list[Session]:
        return await sessions.mine(info)


@strawberry.type(description="Somebody who may come in, or a system that may call 账号.")
class Account(ids.Node):
    key: strawberry.Private[int]
    login: str = strawberry.field(description="What is typed to sign in 登录名.")
    name: str = strawberry.field(description="Name 名称.")
    state: AccountState = strawberry.field(description="Whether it can come in 状态.")
    home: PlaceName | None = strawberry.field(description="The place that looks after it 所属组织.")
    version: int = strawberry.field(description="For expectedVersion of a change 版本.")

    @field("What it holds today or will hold 授权.")
    async def grants(self, info: Info) -> list[Grant]:
        return [Grant.of(row) for row in await info.context.ask(grants.of_accounts, self.key)]

    @field("When somebody last signed in with it 最近登录.")
    async def last_signed_in_at(self, info: Info) -> datetime | None:
        return await info.context.ask(queries.signed_in_at, self.key)

    @classmethod
    def of(cls, row: "Row") -> Self:
        return cls(
            id=ids.global_id("Account", row.id),
            key=row.id,
            login=row.login,
            name=row.name,
            state=row.state,
            home=PlaceName.of(row.home) if row.home else None,
            version=row.version,
        )


@strawberry.type(description="A page of accounts 账号分页.")
class AccountConnection(Connection[Edge[Account]]):
    pass


@strawberry.type(description="An account, and the one-time link by which its owner chooses a password 一次性链接.")
class AccountLink:
    account: Account = strawberry.field(description="The account 账号.")
    key: str | None = strawberry.field(description="Shown only now 密钥; null for a system, which never signs in.")
    address: str | None = strawberry.field(description="The page of this program that takes the key 地址.")
    expires_at: datetime | None = strawberry.field(description="Until when it can be used 有效期至.")

    @classmethod
    def of(cls, invited: operations.Invited) -> Self:
        account, link = Account.of(invited.account), invited.link
        if link is None:
            return cls(account=account, key=None, address=None, expires_at=None)
        return cls(account=account, key=link.key, address=link.address, expires_at=link.expires_at)


@ids.finds("Account")
async def find(info: Info, key: int) -> Account:
    return Account.of(await queries.find(info.context.actor, key))


@strawberry.type
class Query:
    @field("The account behind the request 当前用户.")
    def viewer(self, info: Info) -> Viewer | None:
        actor = info.context.actor
        grants = [ViewerGrant(organization_id=g.organization_id, role=g.role, place=g.place) for g in actor.grants]
        return Viewer(name=actor.name, locale=info.context.locale, grants=grants)

    @field("Accounts that the reader looks after, by login 账号.")
    async def accounts(
        self, info: Info, first: First, after: After = None, search: str = "", state: AccountState | None = None
    ) -> AccountConnection | None:
        rows = queries.matching(info.context.actor, search, state)
        found = await page(rows, queries.ORDER, first, after)
        return connected(AccountConnection, found, lambda c, row: Edge(cursor=c, node=Account.of(row)), rows.count)


@generated
class InviteAccountInput(Input[Invite]):
    pass


@generated
class ResetAccountInput(Input[Reset]):
    id: strawberry.ID


@generated
class DisableAccountInput(Input[Disable]):
    id: strawberry.ID


@generated
class EnableAccountInput(Input[Enable]):
    id: strawberry.ID


@strawberry.type
class Mutation:
    @mutation("Make an account with a first role; its link is shown once 邀请.")
    async def invite_account(self, info: Info, input: InviteAccountInput) -> AccountLink | None:
        return AccountLink.of(await operations.invite(info.context.actor, input.draft()))

    @mutation("Give out a link for a new password, shown once; sessions end 重设密码.")
    async def reset_account(self, info: Info, input: ResetAccountInput) -> AccountLink | None:
        key = ids.key_of(input.id, "Account")
        return AccountLink.of(await operations.reset(info.context.actor, key, input.draft()))

    @mutation("Let nobody in with an account any more 停用.")
    async def disable_account(self, info: Info, input: DisableAccountInput) -> Account | None:
        key = ids.key_of(input.id, "Account")
        return Account.of(await operations.disable(info.context.actor, key, input.draft()))

    @mutation("Let a disabled account in again 启用.")
    async def enable_account(self, info: Info, input: EnableAccountInput) -> Account | None:
        key = ids.key_of(input.id, "Account")
        return Account.of(await operations.enable(info.context.actor, key, input.draft()))
