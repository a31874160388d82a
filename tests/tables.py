"""What the tables hold, so that a test can say that nothing has changed."""

from collections.abc import Iterable

from tortoise import connections

DIGEST = """
SELECT '{table}' AS name, md5(string_agg(row::text, chr(10) ORDER BY row::text)) AS digest
  FROM (SELECT {row} AS row FROM "{table}" t) rows
"""


async def table_names() -> list[str]:
    rows = await connections.get("default").execute_query_dict(
        "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1"
    )
    return [row["name"] for row in rows]


async def digests(tables: Iterable[str], **rows: str) -> dict[str, str | None]:
    """Of all the rows of each table, in whatever order they lie; None for an empty one.

    `rows` says of which expression of `t`, by table, where the row as it is will not do.
    """
    each = [DIGEST.format(table=name, row=rows.get(name, "t")) for name in tables]
    if not each:
        return {}
    found = await connections.get("default").execute_query_dict(" UNION ALL ".join(each))
    return {row["name"]: row["digest"] for row in found}
