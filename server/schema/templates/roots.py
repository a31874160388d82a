"""Where a query finds templates."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from server.kit.paging import page
from server.queries import templates as queries
from server.schema import ids
from server.schema.connections import After, Connection, Edge, First, connected
from server.schema.context import Info
from server.schema.templates.types import Template, TemplateVersion
from server.schema.types import field

if TYPE_CHECKING:
    from server.models import templates as models

Within = Annotated[str | None, strawberry.argument(description="At and below this code.")]


@strawberry.type(description="A page of templates 模板分页.")
class TemplateConnection(Connection[Edge[Template]]):
    pass


@ids.finds("Template")
async def find(info: Info, key: int) -> Template:
    return await newest(info, await queries.find(info.context.actor, key))


@ids.finds("TemplateVersion")
async def find_version(info: Info, key: int) -> TemplateVersion:
    return TemplateVersion.of(await queries.find_version(info.context.actor, key))


async def newest(info: Info, template: "models.Template") -> Template:
    return Template.of(queries.newest_of(await queries.versions_of(info.context.actor, template)))


@strawberry.type
class Query:
    @field("A template of a place, by both their codes 清单模板.")
    async def template(self, info: Info, code: str, organization: str) -> Template | None:
        return await newest(info, await queries.find_by_code(info.context.actor, code, organization))

    @field("The templates of the places that the reader sees 清单模板; by place and code.")
    async def templates(
        self, info: Info, first: First, after: After = None, within: Within = None
    ) -> TemplateConnection | None:
        actor = info.context.actor
        rows = await queries.matching(actor, within)
        found = await page(rows, queries.ORDER, first, after)
        versions = await queries.versions_of_all(actor, [template.id for template in found.rows])

        def edge(cursor: str, row: "models.Template") -> Edge[Template]:
            return Edge(cursor=cursor, node=Template.of(queries.newest_of(versions[row.id])))

        return connected(TemplateConnection, found, edge, rows.count)
