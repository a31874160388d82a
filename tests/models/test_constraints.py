"""What the ORM does not put into the database is there: each constraint refuses the row that it is meant for."""

from collections.abc import AsyncIterator
from importlib import import_module
from typing import Any

import asyncpg
import pytest
from tortoise import Tortoise
from tortoise.fields.data import CharEnumFieldInstance

migrations = [
    import_module(f"server.migrations.{name}") for name in ("0002_constraints", "0004_guards", "0006_bindings")
]

PLACEMENT = "organization_id, parent_id, name, party_name, pinyin, initials, path, cause, instrument_no, valid_from"
LINEAGE = "INSERT INTO lineage (predecessor_id, successor_id, cause, effective_on, instrument_no) VALUES"
THEME = "INSERT INTO theme (version_id, position, code, grasp, lift, origin)"
CYCLE = "organization_id, template_version_id, selector, starts_on, ends_on, opens_on, due_on, closes_on"
CHECKPOINT = "size, root, at, key_id, signature"
SEAL = "INSERT INTO seal (cycle_id, organization_id, leaves, root, key_id, signature, sealed_at, sealed_by_id)"
SEALED = "cycle.id, cycle.organization_id, '[]'::jsonb, repeat('0', 64), 's1', '', now(), account.id"
ITEM = "checklist_id, measure_id, state, summary, not_applicable, reason, remark, version"
VERSION = "template_id, number, state, version, reason, retired_because"
CHECKLIST = "cycle_id, branch_id, placement_id, assigned_on, due_on, closes_on, accepted_name, accepted_role, version"
EVIDENCE = (
    "INSERT INTO evidence (item_id, kind, title, address, blob_id, record_id, effective_on, received_at, sha256, "
    "removed_because) SELECT min(id),"
)

EXTENSION = "INSERT INTO extension (checklist_id, due_on, closes_on, reason, given_at) SELECT min(id),"
TRANSITION = (
    "INSERT INTO transition (item_id, at, was, state, not_applicable, name, words, fields_bound, verb, digest) "
    "SELECT min(id), now(), 'TODO', 'TODO', false, '', '', '{}',"
)

REFUSED = {
    "organization_code_form": "UPDATE organization SET code = 'h g' WHERE code = 'HG'",
    "organization_path_form": "UPDATE organization SET path = 'garbage' WHERE code = 'HG'",
    "organization_branch": "UPDATE organization SET sector = NULL WHERE code = 'HG-TD'",
    "organization_place": "UPDATE organization SET sector = 'PROJECT' WHERE code = 'HG'",
    "organization_party_body_place": "UPDATE organization SET party_name = 'x' WHERE code = 'HG-TD'",
    "organization_community": "UPDATE organization SET community_type = 'URBAN' WHERE code = 'HG'",
    "organization_other_parent": "UPDATE organization SET parent_id = id WHERE code = 'HG'",
    "organization_one_path": "UPDATE organization SET path = (SELECT path FROM organization WHERE code = 'HG')",
    "organization_version": "UPDATE organization SET version = 0",
    "organization_life": "UPDATE organization SET dissolved_on = '1999-01-01'",
    "placement_days": "UPDATE placement SET valid_to = '1999-01-01'",
    "placement_path_form": "UPDATE placement SET path = '/'",
    "placement_once_a_day": f"INSERT INTO placement ({PLACEMENT}) SELECT {PLACEMENT} FROM placement LIMIT 1",
    "lineage_once": f"{LINEAGE} (1, 2, 'MERGE', '2022-03-11', ''), (1, 2, 'SPLIT', '2022-03-11', '')",
    "lineage_of_another": f"{LINEAGE} (1, 1, 'MERGE', '2022-03-11', '')",
    "membership_days": "UPDATE membership SET valid_to = '1999-01-01'",
    "membership_one_home": (
        "INSERT INTO membership (member_id, branch_id, kind, valid_from) "
        "SELECT member_id, branch_id + 1, 'HOME', '2026-01-01' FROM membership WHERE kind = 'HOME' LIMIT 1"
    ),
    "membership_once_a_branch": (
        "INSERT INTO membership (member_id, branch_id, kind, valid_from) "
        "SELECT member_id, branch_id, kind, '2026-01-01' FROM membership WHERE kind = 'TEMPORARY' LIMIT 1"
    ),
    "template_version_number": (f"INSERT INTO template_version ({VERSION}) SELECT {VERSION} FROM template_version"),
    "theme_position": f"{THEME} SELECT version_id, position, 'X', grasp, lift, origin FROM theme LIMIT 1",
    "theme_code": f"{THEME} SELECT version_id, 99, code, grasp, lift, origin FROM theme LIMIT 1",
    "measure_number": (
        "INSERT INTO measure (theme_id, number, text, guidance, frequency, evidence_rule, origin) "
        "SELECT theme_id, number, text, guidance, frequency, evidence_rule, origin FROM measure LIMIT 1"
    ),
    "cycle_code": f"INSERT INTO cycle (code, {CYCLE}) SELECT code, {CYCLE} FROM cycle",
    "cycle_period": "UPDATE cycle SET ends_on = starts_on - 1",
    "cycle_course": "UPDATE cycle SET due_on = opens_on - 1",
    "checklist_once": (f"INSERT INTO checklist ({CHECKLIST}) SELECT {CHECKLIST} FROM checklist LIMIT 1"),
    "checklist_item_once": (
        f"INSERT INTO checklist_item ({ITEM}) SELECT {ITEM} FROM checklist_item WHERE state = 'TODO' LIMIT 1"
    ),
    "checklist_item_submitted": "UPDATE checklist_item SET summary = '' WHERE state = 'SUBMITTED'",
    "checklist_item_reviewed": "UPDATE checklist_item SET reviewed_at = NULL WHERE state = 'APPROVED'",
    "checklist_item_returned": "UPDATE checklist_item SET remark = '' WHERE state = 'RETURNED'",
    "checklist_item_two_people": "UPDATE checklist_item SET reviewed_by_id = filled_by_id WHERE state = 'APPROVED'",
    "checklist_item_version": "UPDATE checklist_item SET version = 0",
    "account_grant_days": "UPDATE account_grant SET valid_to = '1999-01-01'",
    "account_grant_once": (
        "INSERT INTO account_grant (account_id, role, organization_id, valid_from, delegable) "
        "SELECT account_id, role, organization_id, '2999-01-01', false FROM account_grant LIMIT 1"
    ),
    "session_life": (
        "INSERT INTO session (key_hash, handle, account_id, stage, agent, created_at, seen_at, expires_at) "
        "SELECT 'x', 'x', id, 'OPEN', '', now(), now(), now() FROM account"
    ),
    "api_token_life": "UPDATE api_token SET expires_at = created_at",
    "account_version": "UPDATE account SET version = 0",
    "account_second_factor": "UPDATE account SET totp_since = now()",
    "account_grant_source": "UPDATE account_grant SET source_id = id",
    "account_link_life": (
        "INSERT INTO account_link (account_id, kind, key_hash, created_at, expires_at) "
        "SELECT id, 'RESET', 'x', now(), now() FROM account LIMIT 1"
    ),
    "attempts_count": "INSERT INTO attempts (key, since, count) VALUES ('x', now(), -1)",
    "member_phone": "UPDATE member SET phone = 'x', phone_index = NULL",
    "member_id_number": "UPDATE member SET id_number_masked = 'x', id_number = NULL, id_number_index = NULL",
    "member_erased": ("UPDATE member SET erased_on = '2026-01-01', phone = 'x', phone_index = 'x', phone_masked = 'x'"),
    "trail_leaf_form": "INSERT INTO trail_leaf (position, entry_id, hash) VALUES (-1, 0, repeat('0', 64))",
    "trail_node_form": "INSERT INTO trail_node (id, hash) VALUES ('x', repeat('0', 64))",
    "trail_checkpoint_form": f"INSERT INTO trail_checkpoint ({CHECKPOINT}) VALUES (0, repeat('0', 64), now(), 's', '')",
    "checklist_days": "UPDATE checklist SET assigned_on = closes_on + 1",
    "checklist_accepted": "UPDATE checklist SET accepted_at = now()",
    "checklist_version": "UPDATE checklist SET version = 0",
    "checklist_item_reason": "UPDATE checklist_item SET not_applicable = true",
    "extension_days": f"{EXTENSION} '2026-02-02', '2026-02-01', 'x', now() FROM checklist",
    "extension_reason": f"{EXTENSION} '2026-02-02', '2026-02-03', '', now() FROM checklist",
    "transition_words": f"{TRANSITION} 'RETURN', '' FROM checklist_item",
    "transition_digest": f"{TRANSITION} 'SAVE', repeat('0', 64) FROM checklist_item",
    "blob_form": "INSERT INTO blob (sha256, media_type, size, received_at) VALUES ('x', 'text/plain', 1, now())",
    "evidence_form": f"{EVIDENCE} 'LINK', 'x', 'y', NULL, NULL, now(), now(), 'x', '' FROM checklist_item",
    "evidence_what": f"{EVIDENCE} 'LINK', 'x', '', NULL, NULL, now(), now(), repeat('0', 64), '' FROM checklist_item",
    "evidence_removed": "UPDATE evidence SET removed_because = 'x', removed_at = NULL",
    "record_version": "UPDATE record SET version = 0",
    "record_attendance": "UPDATE record SET attendance = 0",
    "record_withdrawn": "UPDATE record SET withdrawn_because = 'x', withdrawn_at = NULL",
    "template_code_in_place": (
        "INSERT INTO template (code, organization_id, title, programme, notice, origin, source) "
        "SELECT code, organization_id, title, programme, notice, origin, source FROM template"
    ),
    "template_version_version": "UPDATE template_version SET version = 0",
    "template_version_retired": "UPDATE template_version SET retired_at = now()",
    "measure_minutes": "UPDATE measure SET estimated_minutes = 0",
    "organization_minutes": "UPDATE organization SET minutes_a_month = 0",
    "mailing_once_a_day": (
        "INSERT INTO mailing (account_id, day, notices, claimed_at) "
        "SELECT min(id), '2026-01-01', 1, now() FROM account, generate_series(1, 2) GROUP BY generate_series"
    ),
    "seal_once": f"{SEAL} SELECT {SEALED} FROM cycle, account, generate_series(1, 2) LIMIT 2",
    "seal_form": f"{SEAL} SELECT {SEALED.replace('0', 'x')} FROM cycle, account LIMIT 1",
}
"""What nobody may write, by the constraint that refuses it."""

FIRST = [
    "INSERT INTO session (key_hash, handle, account_id, stage, agent, created_at, seen_at, expires_at) "
    "SELECT '', '', min(id), 'OPEN', '', '2026-01-01', '2026-01-01', '2026-01-02' FROM account",
    "INSERT INTO account_link (account_id, kind, key_hash, created_at, expires_at) "
    "SELECT min(id), 'RESET', '', '2026-01-01', '2026-01-02' FROM account",
    *(
        f"ALTER TABLE {table} DISABLE TRIGGER USER"
        for table in ("theme", "measure", "template_version", "transition", "evidence")
    ),
]
"""Rows of tables that are empty in the demonstration; and the guards of what never changes stand aside."""

WORDS = {
    (table, column): words.split()
    for migration in migrations
    for table, columns in migration.WORDS.items()
    for column, words in columns.items()
}

INDEXES = [
    "organization_path", "placement_path", "trail_path", "organization_children", "placement_organization",
    "placement_parent", "placement_name", "lineage_successor", "membership_branch", "membership_member", "member_name",
    "checklist_branch", "checklist_item_waiting", "account_grant_account", "account_grant_organization",
    "session_account", "api_token_account", "trail_subject", "account_home", "account_link_account",
    "recovery_code_account", "device_account", "account_grant_delegated", "api_token_organization",
    "member_phone_index", "member_id_number_index", "trail_at", "trail_account", "trail_salt_entry",
    "trail_salt_member", "transition_item", "extension_checklist", "evidence_item", "evidence_blob", "evidence_record",
    "evidence_once", "record_branch", "template_organization", "checklist_placement", "checklist_item_measure",
]  # fmt: skip


@pytest.fixture
async def connection(shared_street_url: str) -> AsyncIterator[Any]:
    """A connection whose changes are undone."""
    connection = await asyncpg.connect(shared_street_url)
    transaction = connection.transaction()
    await transaction.start()
    for statement in FIRST:
        await connection.execute(statement)
    yield connection
    await transaction.rollback()
    await connection.close()


@pytest.mark.parametrize("name", REFUSED)
async def test_the_row_that_it_is_meant_for_is_refused(connection: Any, name: str) -> None:
    with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refusal:
        await connection.execute(REFUSED[name])
    assert refusal.value.constraint_name == name


async def test_every_constraint_of_ours_is_tried(connection: Any) -> None:
    """Beyond what the ORM makes itself: keys, NOT NULL, and UNIQUE of a single column."""
    rows = await connection.fetch(
        "SELECT conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND convalidated "
        "AND conrelid <> 'tortoise_migrations'::regclass "
        "AND (contype IN ('c', 'x') OR (contype = 'u' AND array_length(conkey, 1) > 1))"
    )
    found = {row["conname"] for row in rows} | {"organization_one_path"}
    assert {name for name in found if not name.endswith("_word")} == set(REFUSED)


async def test_each_word_of_the_vocabulary_fits_its_column_and_no_other_does(shared_street: str) -> None:
    terms = {}
    for model in (Tortoise.apps or {})["models"].values():
        for name, field in model._meta.fields_map.items():
            if isinstance(field, CharEnumFieldInstance):
                terms[model._meta.db_table, name] = {term.value for term in field.enum_type}
    assert {place: set(words) for place, words in WORDS.items()} == terms


@pytest.mark.parametrize(("table", "column"), [(table, column) for table, column in WORDS if table != "lineage"])
async def test_another_word_is_refused(connection: Any, table: str, column: str) -> None:
    with pytest.raises(asyncpg.CheckViolationError) as refusal:
        await connection.execute(f"UPDATE {table} SET {column} = 'NONSENSE'")
    assert refusal.value.table_name == table


@pytest.mark.parametrize("name", INDEXES)
async def test_the_index_is_there(connection: Any, name: str) -> None:
    assert await connection.fetchval("SELECT indisvalid FROM pg_index WHERE indexrelid = $1::regclass", name)


async def test_paths_compare_by_bytes(connection: Any) -> None:
    rows = await connection.fetch(
        "SELECT table_name, collation_name FROM information_schema.columns "
        "WHERE table_schema = 'public' AND column_name = 'path'"
    )
    assert {row["table_name"]: row["collation_name"] for row in rows} == dict.fromkeys(
        ["organization", "placement", "trail"], "C"
    )
