"""What holds whoever writes: the application's role may only add to the trail, a trigger refuses the rest to all."""

from tortoise import migrations
from tortoise.migrations import operations as ops

ROLE = "qiangji_app"
KEPT = ["trail", "trail_leaf", "trail_node", "trail_checkpoint", "seal"]
"""Tables to which rows are only ever added."""

MADE = f"""
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') THEN CREATE ROLE {ROLE} NOLOGIN; END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$
"""
TAKEN = f"""
DO $$ BEGIN
  IF NOT pg_has_role(current_user, '{ROLE}', 'SET') THEN
    EXECUTE format('GRANT {ROLE} TO %I WITH SET TRUE', current_user);
  END IF;
END $$
"""
"""A role belongs to the whole cluster, so another database may have made it, or makes it at this moment."""

GRANTED = [
    f"GRANT USAGE ON SCHEMA public TO {ROLE}",
    f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {ROLE}",
    f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {ROLE}",
    f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {ROLE}",
    f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {ROLE}",
    *(f"REVOKE UPDATE, DELETE ON {table} FROM {ROLE}" for table in KEPT),
    f"REVOKE UPDATE ON trail_salt, trail_pending FROM {ROLE}",
    f"REVOKE INSERT, UPDATE, DELETE ON tortoise_migrations FROM {ROLE}",
]
REVOKED = [
    f"ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM {ROLE}",
    f"ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON SEQUENCES FROM {ROLE}",
    f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {ROLE}",
    f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {ROLE}",
    f"REVOKE ALL ON SCHEMA public FROM {ROLE}",
]

TRIGGERS = [
    """
    CREATE FUNCTION only_added_to() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
    END $$
    """,
    *(
        f"CREATE TRIGGER {table}_is_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION only_added_to()"
        for table in KEPT
    ),
    """
    CREATE FUNCTION await_place() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      INSERT INTO trail_pending (entry_id) VALUES (NEW.id);
      RETURN NULL;
    END $$
    """,
    "CREATE TRIGGER trail_awaits_a_place AFTER INSERT ON trail FOR EACH ROW EXECUTE FUNCTION await_place()",
]
DROPPED = [
    "DROP TRIGGER trail_awaits_a_place ON trail",
    "DROP FUNCTION await_place",
    *(f"DROP TRIGGER {table}_is_only_added_to ON {table}" for table in KEPT),
    "DROP FUNCTION only_added_to",
]

HASH = "'^[0-9a-f]{64}$'"

CONSTRAINTS = {
    "account": {
        "account_version": "CHECK (version > 0)",
        "account_second_factor": "CHECK (totp_since IS NULL OR totp IS NOT NULL)",
    },
    "account_grant": {
        "account_grant_source": "CHECK (source_id IS NULL OR (source_id <> id AND valid_to IS NOT NULL AND NOT delegable))",
    },
    "account_link": {"account_link_life": "CHECK (created_at < expires_at)"},
    "attempts": {"attempts_count": "CHECK (count >= 0)"},
    "member": {
        "member_phone": "CHECK ((phone IS NULL) = (phone_index IS NULL) AND (phone IS NULL) = (phone_masked = ''))",
        "member_id_number": (
            "CHECK ((id_number IS NULL) = (id_number_index IS NULL) AND (id_number IS NULL) = (id_number_masked = ''))"
        ),
        "member_erased": "CHECK (erased_on IS NULL OR (phone IS NULL AND id_number IS NULL))",
    },
    "trail_leaf": {"trail_leaf_form": f"CHECK (position >= 0 AND hash ~ {HASH})"},
    "trail_node": {"trail_node_form": f"CHECK (id ~ '^[0-9]+/[0-9]+$' AND hash ~ {HASH})"},
    "trail_checkpoint": {"trail_checkpoint_form": f"CHECK (size > 0 AND root ~ {HASH})"},
    "seal": {
        "seal_once": "UNIQUE (cycle_id, organization_id)",
        "seal_form": f"CHECK (root ~ {HASH})",
    },
}

WORDS = {
    "account_link": {"kind": "INVITATION RESET"},
    "session": {"stage": "CODE OPEN"},
}

for table, columns in WORDS.items():
    for column, words in columns.items():
        rule = f"CHECK ({column} IN ({', '.join(repr(word) for word in words.split())}))"
        CONSTRAINTS.setdefault(table, {})[f"{table}_{column}_word"] = rule

INDEXES = {
    "account_home": "account (home_id)",
    "account_link_account": "account_link (account_id)",
    "recovery_code_account": "recovery_code (account_id)",
    "device_account": "device (account_id)",
    "account_grant_delegated": "account_grant (source_id)",
    "api_token_organization": "api_token (organization_id)",
    "member_phone_index": "member (phone_index)",
    "member_id_number_index": "member (id_number_index)",
    "trail_at": "trail (at)",
    "trail_account": "trail (account_id)",
    "trail_member_read": "trail USING gin ((after -> 'members') jsonb_path_ops) WHERE deed = 'member.read'",
    "trail_salt_entry": "trail_salt (entry_id)",
    "trail_salt_member": "trail_salt (member_id)",
}

ADD = [
    f"ALTER TABLE {t} ADD CONSTRAINT {name} {rule}" for t, rules in CONSTRAINTS.items() for name, rule in rules.items()
]
DROP = [f"ALTER TABLE {t} DROP CONSTRAINT {name}" for t, rules in CONSTRAINTS.items() for name in rules]


class Migration(migrations.Migration):
    dependencies = [("models", "0003_accounts_and_trail")]

    operations = [
        ops.RunSQL([MADE, TAKEN, *GRANTED], reverse_sql=REVOKED),
        ops.RunSQL(TRIGGERS, reverse_sql=DROPPED),
        ops.RunSQL(ADD, reverse_sql=DROP),
        ops.RunSQL(
            [f"CREATE INDEX {name} ON {columns}" for name, columns in INDEXES.items()],
            reverse_sql=[f"DROP INDEX {name}" for name in INDEXES],
        ),
    ]
