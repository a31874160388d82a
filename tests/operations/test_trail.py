"""The trail: nobody rewrites it unseen, nobody waits for it, and a sequencer may die at any moment."""

import asyncio
import json
import random
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import asyncpg
import pytest
from tortoise.exceptions import IntegrityError, OperationalError

from server import database as databases
from server import keys
from server.access.actor import Actor, Grant
from server.kit import transactions
from server.kit.canonical import salted
from server.kit.clock import now
from server.kit.paths import ROOT
from server.kit.refusals import Forbidden
from server.kit.transactions import unit_of_work
from server.kit.verify import Fault
from server.models.checklists import ChecklistItem
from server.models.organizations import Organization
from server.models.sessions import Attempts
from server.models.trail import TrailEntry, TrailLeaf, TrailPending, TrailSalt
from server.operations import checklists, trail
from server.operations.checklists import Fill
from server.queries import trail as queries
from server.vocabulary import ItemState, Role
from tests.cast import actor
from tests.conftest import Figure
from tests.processes import ROOT as PROJECT
from tests.trails import Exported, exported, found_by_both, grow, offline, public, tampering, unzipped, zipped

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
KEPT = ["trail", "trail_leaf", "trail_node", "trail_checkpoint", "seal"]
SIZE, FEW, FLIPS, CHANGES, WRITERS, DEATHS = 60, 21, 10_000, 200, 200, 10


# --- writing


async def test_an_entry_gets_a_place_and_a_signed_root(database: str) -> None:
    await grow(7, batch=3)
    found = await queries.examine(public())
    assert (found.entries, found.waiting) == (7, 0)
    assert [leaf.position for leaf in await TrailLeaf.all().order_by("position")] == list(range(7))
    entry = await TrailEntry.all().order_by("id").first()
    assert entry is not None
    standing = await queries.standing(entry)
    assert standing is not None
    assert standing.holds
    assert standing.checkpoint.size == 7
    assert await trail.sequence() == 0


async def test_a_personal_value_is_a_digest_that_can_be_forgotten(database: str) -> None:
    await grow(1)
    street = await Organization.get(code="ST")
    personal = trail.Personal("10012345678", 7)
    after = {"phone": personal, "joined_on": trail.Personal(None, 7), "count": 2**60, "share": 0.5}
    await trail.record(Actor.installation(), "member.corrected", street, street.path, after=after)
    _ = await trail.sequence()
    entry = await TrailEntry.get(deed="member.corrected")
    salt = await TrailSalt.get(member_id=7)
    digest = salted(bytes.fromhex(salt.salt), "10012345678")
    assert entry.after == {"phone": {"sha256": digest}, "joined_on": None, "count": str(2**60), "share": "0.5"}
    assert (salt.entry_id, salt.field) == (entry.id, "after.phone")
    await trail.forget(7)
    assert await TrailSalt.all().count() == 0
    assert (await queries.examine(public())).entries == 2
    assert b"10012345678" not in (await exported()).trail


async def test_personal_values_inside_others_are_refused(database: str) -> None:
    await grow(1)
    street = await Organization.get(code="ST")
    with pytest.raises(TypeError):
        await trail.record(Actor.installation(), "x.y", street, "/", after={"all": [trail.Personal("a", 1)]})
    assert await TrailEntry.all().count() == 1


async def test_an_act_whose_record_fails_does_not_happen(street: str) -> None:
    item = await ChecklistItem.get(checklist__branch__code="HG-LY-01-ZB", measure__number=1)
    secretary = await actor(Role.BRANCH_SECRETARY)
    async with tampering(street) as connection:
        _ = await connection.execute("ALTER TABLE trail ADD CHECK (deed <> 'checklist_item.saved') NOT VALID")
    entries = await TrailEntry.all().count()
    with pytest.raises(IntegrityError):
        _ = await checklists.save(secretary, item.id, Fill(summary="学习一次", expected_version=item.version))
    same = await ChecklistItem.get(id=item.id)
    assert (same.summary, same.version, same.state) == (item.summary, item.version, item.state)
    assert await TrailEntry.all().count() == entries


@pytest.mark.parametrize("table", KEPT)
async def test_rows_that_are_kept_are_only_added(street: str, table: str) -> None:
    """The application's role lacks the privilege; the owner, who has it, meets the trigger."""
    _ = await trail.sequence()
    column = {"trail_node": "hash", "trail_leaf": "hash"}.get(table, "at")
    column = "sealed_at" if table == "seal" else column
    connection = await asyncpg.connect(street)
    before = await connection.fetchval(f"SELECT count(*) FROM {table}")
    for role in (databases.ROLE, "NONE"):
        _ = await connection.execute(f"SET ROLE {role}")
        for act in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}", f"TRUNCATE {table}"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                _ = await connection.execute(act)
    assert await connection.fetchval(f"SELECT count(*) FROM {table}") == before
    await connection.close()
    with pytest.raises(OperationalError):  # through the program's own pool
        _ = await TrailEntry.all().delete()


async def test_taking_the_trail_out_is_written_down(street: str) -> None:
    _ = await trail.sequence()
    auditor = await actor(Role.AUDITOR)
    checkpoint = await trail.export(auditor)
    entry = await TrailEntry.get(deed="trail.exported")
    assert (entry.account_name, entry.after) == (auditor.name, {"size": checkpoint.size})
    with pytest.raises(Forbidden):
        _ = await trail.export(await actor(Role.STREET_ADMIN))
    assert await TrailEntry.filter(deed="trail.exported").count() == 1


async def test_an_auditor_of_a_part_takes_out_a_whole_tree(street: str) -> None:
    """What lies elsewhere is only a hash; the tree over it verifies all the same."""
    _ = await trail.sequence()
    place = await Organization.get(code="HG-LY")
    auditor = Actor(1, "审计", (Grant(Role.AUDITOR, place.id, place.path),))
    everything, part = await exported(), unzipped(await zipped(auditor))
    report, whole = offline(part, public()), offline(everything, public())
    assert (report.entries, report.root) == (whole.entries, whole.root)
    assert 0 < report.withheld < report.entries
    assert whole.withheld == 0
    paths = [line.get("path") for line in map(json.loads, part.trail.splitlines())]
    assert all(path is None or path.startswith(place.path) for path in paths)


# --- seven kinds of tampering


class Kind(NamedTuple):
    name: str
    tamper: Callable[[Connection, pytest.MonkeyPatch, Path], Awaitable[None]]
    seen: bool = False
    """Whether it takes a checkpoint that was saved before to find it."""


async def edit(connection: Connection, *rest: object) -> None:
    _ = await connection.execute(
        'UPDATE trail SET after = after || \'{"name": "别名"}\' WHERE id = (SELECT entry_id '
        "FROM trail_leaf WHERE position = 5)"
    )


async def delete(connection: Connection, *rest: object) -> None:
    """And close the gap, so that the positions look right."""
    _ = await connection.execute("DELETE FROM trail WHERE id = (SELECT entry_id FROM trail_leaf WHERE position = 5)")
    _ = await connection.execute("DELETE FROM trail_leaf WHERE position = 5")
    for position in range(6, SIZE):
        _ = await connection.execute("UPDATE trail_leaf SET position = $1 - 1 WHERE position = $1", position)


async def swap(connection: Connection, *rest: object) -> None:
    for old, new in ((5, 999), (9, 5), (999, 9)):
        _ = await connection.execute("UPDATE trail_leaf SET position = $2 WHERE position = $1", old, new)


async def insert(connection: Connection, *rest: object) -> None:
    """An entry that says what another says, with a right hash, between two others."""
    for position in range(SIZE - 1, 4, -1):
        _ = await connection.execute("UPDATE trail_leaf SET position = $1 + 1 WHERE position = $1", position)
    columns = "at, account_id, account_name, roles, token_id, request_id, deed, subject_kind, subject_id, path"
    new = await connection.fetchval(
        f"INSERT INTO trail ({columns}, before, after) SELECT {columns}, before, after FROM trail ORDER BY id LIMIT 1 "
        "RETURNING id"
    )
    hashed = (await TrailEntry.get(id=new)).leaf_hash().hex()
    _ = await connection.execute("INSERT INTO trail_leaf (position, entry_id, hash) VALUES (5, $1, $2)", new, hashed)


async def truncate(connection: Connection, *rest: object) -> None:
    """The last third, with the checkpoint over it: what is left is signed."""
    last = "(SELECT entry_id FROM trail_leaf WHERE position >= 40)"
    _ = await connection.execute(f"DELETE FROM trail WHERE id IN {last}")
    _ = await connection.execute("DELETE FROM trail_leaf WHERE position >= 40")
    _ = await connection.execute("DELETE FROM trail_checkpoint WHERE size > 40")
    _ = await connection.execute(
        "DELETE FROM trail_node WHERE (split_part(id, '/', 2)::int + 1) * 2 ^ split_part(id, '/', 1)::int > 40"
    )


async def resign_with_another_key(connection: Connection, monkeypatch: pytest.MonkeyPatch, directory: Path) -> None:
    keys.write(directory / "others.json", keys.Keyring.new())
    with monkeypatch.context() as patch:
        patch.setenv("QIANGJI_KEYS", str(directory / "others.json"))
        await rewrite(connection)


async def split_view(connection: Connection, *rest: object) -> None:
    """The installation itself, with its own key, signs another trail."""
    await rewrite(connection)


async def rewrite(connection: Connection) -> None:
    """Change an entry and build everything above it anew."""
    await edit(connection)
    for table in ("trail_leaf", "trail_node", "trail_checkpoint"):
        _ = await connection.execute(f"DELETE FROM {table}")
    _ = await connection.execute("INSERT INTO trail_pending SELECT id FROM trail")
    assert await trail.sequence() == SIZE


TAMPERING = [
    Kind("edit", edit),
    Kind("delete", delete),
    Kind("swap", swap),
    Kind("insert", insert),
    Kind("truncation", truncate, seen=True),
    Kind("rewrite and re-sign", resign_with_another_key),
    Kind("split view", split_view, seen=True),
]


@pytest.mark.parametrize("kind", TAMPERING, ids=lambda kind: kind.name)
async def test_tampering_is_found_by_both_verifiers(
    database: str, kind: Kind, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    await grow(SIZE)
    saved = (await queries.newest_line()).encode() + b"\n"
    assert (await queries.examine(public())).entries == offline(await exported(), public(), [saved]).entries == SIZE
    async with tampering(database) as connection:
        await kind.tamper(connection, monkeypatch, tmp_path)
    if kind.seen:  # what is left is consistent in itself: only somebody who saw the trail before can tell
        assert offline(await exported(), public()).entries == (await queries.examine(public())).entries
    complaints = await found_by_both(public(), [saved] if kind.seen else [])
    assert all(complaints)


async def test_places_that_are_signed_but_gone_are_found(database: str) -> None:
    """A truncation that leaves the checkpoints is found without anything seen before."""
    await grow(SIZE)
    async with tampering(database) as connection:
        _ = await connection.execute(
            "DELETE FROM trail WHERE id > (SELECT entry_id FROM trail_leaf WHERE position = 49)"
        )
        _ = await connection.execute("DELETE FROM trail_leaf WHERE position >= 50")
    complaints = await found_by_both(public())
    assert "50" in complaints[1]


async def test_entries_without_a_place_are_found(database: str) -> None:
    await grow(3)
    async with tampering(database) as connection:  # a replica's insert fires no trigger: nothing waits
        _ = await connection.execute(
            "INSERT INTO trail (at, account_name, roles, token_id, request_id, deed, subject_kind, subject_id, path, "
            "before, after) VALUES (now(), 'x', '[]', '', '', 'a.b', 'account', '1', '/', '{}', '{}')"
        )
    with pytest.raises(Fault, match="has no place"):
        _ = await queries.examine(public())


async def test_nothing_is_signed_on_top_of_a_changed_tree(database: str) -> None:
    await grow(5)
    async with tampering(database) as connection:
        _ = await connection.execute("UPDATE trail_leaf SET hash = repeat('0', 64) WHERE position = 4")
    street = await Organization.get(code="ST")
    await trail.record(Actor.installation(), "organization.renamed", street, street.path)
    with pytest.raises(trail.Forked):
        _ = await trail.sequence()
    assert await TrailPending.all().count() == 1


# --- at random


async def test_random_bit_flips_and_changes_are_all_found(database: str, figure: Figure) -> None:
    await grow(FEW, batch=7)
    files = await exported()
    flips = random.Random(20261124)  # noqa: S311 - reproducible
    known = public()
    for _ in range(FLIPS):
        flipped = flip(files, flips)
        with pytest.raises(Fault):
            _ = offline(flipped, known)
    async with tampering(database) as connection:
        columns = await changeable(connection)
        for _ in range(CHANGES):
            await change_and_look(connection, *flips.choice(columns), flips, known)
    assert (await queries.examine(known)).entries == FEW
    figure(f"trail: {len(TAMPERING)} kinds of tampering and {FLIPS} bit flips, all found by both verifiers")
    figure(f"trail: {CHANGES} random changes of columns in the database, all found")


def flip(files: Exported, source: random.Random) -> Exported:
    """One bit, anywhere in the two files."""
    at = source.randrange(8 * sum(map(len, files)))
    both = bytearray(b"".join(files))
    both[at // 8] ^= 1 << at % 8
    return Exported(bytes(both[: len(files.trail)]), bytes(both[len(files.trail) :]))


async def changeable(connection: Connection) -> list[tuple[str, str, str, str]]:
    """Table, column, type, primary key of every column of the trail and its tree."""
    rows = await connection.fetch(
        "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'public' "
        "AND table_name IN ('trail', 'trail_leaf', 'trail_node', 'trail_checkpoint') ORDER BY 1, ordinal_position"
    )
    key = {"trail_leaf": "position", "trail_checkpoint": "size"}
    return [(table, column, kind, key.get(table, "id")) for table, column, kind in rows]


async def change_and_look(
    connection: Connection, table: str, column: str, kind: str, key: str, source: random.Random, known: list[str]
) -> None:
    """Change one value, see that it is found, put it back."""
    rows = await connection.fetch(f"SELECT {key}, {column} FROM {table} ORDER BY 1")
    row = source.choice(rows)
    new = other(row[column], kind, column, source)
    changed = f"UPDATE {table} SET {column} = $1 WHERE {key} = $2"
    _ = await connection.execute(changed, new, row[key])
    try:
        _ = await queries.examine(known)
    except Fault:
        pass
    else:
        raise AssertionError(f"{table}.{column} of {row[key]}: {row[column]!r} → {new!r} was not found")
    _ = await connection.execute(changed, row[column], new if column == key else row[key])


def other(value: Any, kind: str, column: str, source: random.Random) -> Any:
    match kind:
        case "jsonb":
            return json.dumps({"other": source.randrange(100)} | (json.loads(value) if value[0] == "{" else {}))
        case "bigint" | "integer":
            return (value or 0) + source.choice([1_000_000, 2_000_000])
        case "timestamp with time zone":
            return value + timedelta(microseconds=source.choice([1, -1, 60_000_000]))
    if column in ("hash", "root"):
        at = source.randrange(64)
        return value[:at] + source.choice([c for c in "0123456789abcdef" if c != value[at]]) + value[at + 1 :]
    if column == "id":
        return f"9{value}"
    return (value[:-1] + ("b" if value.endswith("a") else "a")) if value else "a"


# --- many writers


@pytest.fixture
def collisions(monkeypatch: pytest.MonkeyPatch) -> list[BaseException]:
    """Everything for which a unit of work was tried again."""
    found: list[BaseException] = []
    honest = transactions.passing

    def passing(error: BaseException) -> bool:
        if honest(error):
            found.append(error)
        return honest(error)

    monkeypatch.setattr(transactions, "passing", passing)
    return found


@unit_of_work()
async def act(number: int, organization: Organization) -> None:
    """A row of its own, and a line of the trail."""
    _ = await Attempts.create(key=f"writer {number}", since=now(), count=1)
    await trail.record(Actor.installation(), "organization.renamed", organization, organization.path)


async def test_many_writers_neither_wait_nor_collide(
    street: str, collisions: list[BaseException], figure: Figure
) -> None:
    """Two hundred at once, the sequencer running all the while; then as many real saves.

    Those may collide over the rows that they read in common, but never over the trail: PostgreSQL finds a collision
    by the locks of readers (SIREAD), and nobody ever holds one on the trail.
    """
    while await trail.sequence():
        pass
    before = await TrailLeaf.all().count()
    _ = await ChecklistItem.all().update(state=ItemState.TODO, version=1)
    items = await ChecklistItem.all().order_by("id").limit(WRITERS)
    place = await Organization.get(code="HG")
    editor = Actor(None, "填报员", (Grant(Role.BRANCH_EDITOR, place.id, ROOT),))
    sequencer = asyncio.create_task(trail.keep_sequencing())
    _ = await asyncio.gather(*(act(number, place) for number in range(WRITERS)))
    retries, locked = len(collisions), set[str]()
    watching = asyncio.create_task(watch_readers(street, locked))
    draft = Fill(summary="学习一次", expected_version=1)
    _ = await asyncio.gather(*(checklists.save(editor, item.id, draft) for item in items))
    _ = watching.cancel()
    _ = sequencer.cancel()
    _ = await asyncio.wait([sequencer])
    while await trail.sequence():
        pass
    places = await TrailLeaf.all().count() - before
    assert (len(items), places) == (WRITERS, 2 * WRITERS)
    assert (await queries.examine(public())).entries == before + places
    assert retries == 0
    assert any(name.startswith("checklist_item") for name in locked)
    assert [name for name in locked if name.startswith("trail")] == []
    figure(f"{WRITERS} writers: {places - WRITERS} places, 0 gaps, {retries} retries")
    figure(f"{WRITERS} saves of items at once: {len(collisions)} retries, none over the trail")


async def watch_readers(url: str, locked: set[str]) -> None:
    """Keep the names of the tables and indexes on which a SERIALIZABLE transaction has read something."""
    connection = await asyncpg.connect(url)
    try:
        while True:
            rows = await connection.fetch(
                "SELECT DISTINCT relation::regclass::text AS name FROM pg_locks WHERE mode = 'SIReadLock' AND database "
                "= (SELECT oid FROM pg_database WHERE datname = current_database())"
            )
            locked |= {row["name"] for row in rows}
    finally:
        await connection.close()


# --- a sequencer that dies

SCRIPT = """
import asyncio, sys
from server import database
from server.operations import trail

async def work():
    await database.connect(sys.argv[1])
    print("ready", flush=True)
    while True:
        _ = await trail.sequence()

asyncio.run(work())
"""


async def test_a_sequencer_that_is_killed_loses_and_doubles_nothing(street: str, figure: Figure) -> None:
    """Killed at random moments of its work, ten times, while others add entries."""
    source = random.Random(7)  # noqa: S311 - reproducible
    owner = await asyncpg.connect(street)
    in_the_middle = 0
    for _ in range(DEATHS):
        _ = await owner.execute(
            "INSERT INTO trail (at, account_name, roles, token_id, request_id, deed, subject_kind, subject_id, path, "
            "before, after) SELECT now(), 'x', '[]', '', '', 'a.b', 'account', n::text, '/', '{}', '{}' "
            "FROM generate_series(1, 1500) n"
        )
        with subprocess.Popen(  # noqa: ASYNC220 - it is waited for only as long as it starts
            [sys.executable, "-c", SCRIPT, street], cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            await asyncio.sleep(source.uniform(0.02, 0.3))
            process.send_signal(signal.SIGKILL)
        in_the_middle += await TrailPending.exists()
    while await TrailPending.exists():  # the lock of the last one goes when its connection does
        _ = await trail.sequence()
    entries, places = await TrailEntry.all().count(), await TrailLeaf.all().count()
    assert places == entries
    assert (await queries.examine(public())).entries == entries
    assert in_the_middle > 0
    await owner.close()
    figure(f"sequencer killed {DEATHS} times: {entries - places} lost, 0 doubled ({in_the_middle} times in its work)")
