"""What a request needs, asked of the connected database and the file of keys."""

import logging
from datetime import timedelta

from tortoise import connections

from server import database, keys
from server.kit.clock import now

log = logging.getLogger("qiangji")

LONGEST_WAIT = timedelta(minutes=1)


async def missing() -> list[str]:
    """What is not there, a line each, for everybody to read: no address, no name, no value."""
    found = []
    try:
        if waiting := await database.unapplied():
            found.append(f"migrations: {len(waiting)} are waiting")
        if late := await unplaced():
            found.append(f"trail: {late} entries have waited for their place for more than a minute")
    except Exception:
        log.exception("not ready: database")
        found.append("database: it does not answer")
    try:
        _ = keys.ring()
    except Exception:
        log.exception("not ready: keys")
        found.append("keys: they cannot be read")
    return found


async def unplaced() -> int:
    """Entries of the trail that wait for their place longer than they should."""
    sql = "SELECT count(*) AS late FROM trail_pending p JOIN trail t ON t.id = p.entry_id WHERE t.at < $1"
    [row] = await connections.get("default").execute_query_dict(sql, [now() - LONGEST_WAIT])
    return int(row["late"])
