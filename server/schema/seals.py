"""Seals 封存: what a cycle held, over a place, when it was closed for good."""

# ruff: noqa: A002 - the arguments go by GraphQL's usual names

from datetime import datetime
from typing import TYPE_CHECKING, Self

import strawberry

from server.kit.paging import page
from server.operations import seals as operations
from server.operations.seals import SealCycle
from server.queries import seals as queries
from server.schema import ids
from server.schema.connections import After, Connection, Edge, First, connected
from server.schema.context import Info
from server.schema.cycles import Cycle
from server.schema.inputs import Input, generated
from server.schema.types import PlaceName, field, mutation

if TYPE_CHECKING:
    from server.models import seals as models


@strawberry.type(description="The signed root over every item of a cycle at and below a place 封存.")
class Seal(ids.Node):
    row: strawberry.Private["models.Seal"]
    cycle: Cycle = strawberry.field(description="Which cycle 周期.")
    organization: PlaceName = strawberry.field(description="Over which place 范围.")
    items: int = strawberry.field(description="How many items 事项数.")
    root: str = strawberry.field(description="Merkle root (RFC 6962), in hex 根摘要.")
    key_id: str = strawberry.field(description="Fingerprint of the public key 密钥指纹.")
    signature: str = strawberry.field(description="Ed25519, base64 签名.")
    sealed_at: datetime = strawberry.field(description="When 封存时间.")
    sealed_by: str = strawberry.field(description="By whom 封存人.")

    @field("Global ids of the items that say something else now 封存后有变化的事项.")
    async def changed(self, info: Info) -> list[strawberry.ID]:
        found = await queries.inspect(info.context.actor, self.row)
        return [ids.global_id("ChecklistItem", item.id) for item in found.changed]

    @classmethod
    def of(cls, row: "models.Seal") -> Self:
        return cls(
            row=row,
            id=ids.global_id("Seal", row.id),
            cycle=Cycle.of(row.cycle),
            organization=PlaceName.of(row.organization),
            items=len(row.leaves),
            root=row.root,
            key_id=row.key_id,
            signature=row.signature,
            sealed_at=row.sealed_at,
            sealed_by=row.sealed_by.name,
        )


@strawberry.type(description="A page of seals 封存分页.")
class SealConnection(Connection[Edge[Seal]]):
    pass


def edge(cursor: str, row: "models.Seal") -> Edge[Seal]:
    return Edge(cursor=cursor, node=Seal.of(row))


@ids.finds("Seal")
async def find(info: Info, key: int) -> Seal:
    return Seal.of(await queries.find(info.context.actor, key))


@strawberry.type
class Query:
    @field("The seals that the reader sees, the newest first 封存.")
    async def seals(self, info: Info, first: First, after: After = None) -> SealConnection | None:
        rows = queries.all_of(info.context.actor)
        found = await page(rows, queries.ORDER, first, after)
        return connected(SealConnection, found, edge, rows.count)


@generated
class SealCycleInput(Input[SealCycle]):
    pass


@strawberry.type
class Mutation:
    @mutation("Close a cycle over a place for good 封存周期; not by whoever had a part in its items.")
    async def seal_cycle(self, info: Info, input: SealCycleInput) -> Seal | None:
        return Seal.of(await operations.seal(info.context.actor, input.draft()))
