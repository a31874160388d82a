"""What the ORM does not put into the database: constraints that hold whoever writes, and the indexes of the tree."""

from tortoise import migrations
from tortoise.migrations import operations as ops

DAYS = "daterange(valid_from, valid_to)"

EXTENSIONS = ["CREATE EXTENSION IF NOT EXISTS btree_gist", "CREATE EXTENSION IF NOT EXISTS pg_trgm"]

PATHS = [
    f'ALTER TABLE {table} ALTER COLUMN path TYPE varchar(200) COLLATE "C"'
    for table in ("organization", "placement", "trail")
] + [f"CREATE INDEX {table}_path ON {table} (path)" for table in ("organization", "placement", "trail")]

CONSTRAINTS = {
    "organization": {
        "organization_code_form": "CHECK (code ~ '^[A-Z][A-Z0-9]*(-[A-Z0-9]+)*$')",
        "organization_path_form": "CHECK (path ~ '^/([0-9]+/)*$')",
        "organization_branch_fields": "CHECK ((kind = 'BRANCH') = (branch_type IS NOT NULL AND sector IS NOT NULL))",
        "organization_life": "CHECK (established_on <= dissolved_on)",
    },
    "placement": {
        "placement_days": "CHECK (valid_from <= valid_to)",
        "placement_once_a_day": f"EXCLUDE USING gist (organization_id WITH =, {DAYS} WITH &&)",
    },
    "lineage": {
        "lineage_once": "UNIQUE (predecessor_id, successor_id, effective_on)",
        "lineage_of_another": "CHECK (predecessor_id <> successor_id)",
    },
    "membership": {
        "membership_days": "CHECK (valid_from <= valid_to)",
        "membership_one_home": f"EXCLUDE USING gist (member_id WITH =, {DAYS} WITH &&) WHERE (kind = 'HOME')",
        "membership_once_a_branch": f"EXCLUDE USING gist (member_id WITH =, branch_id WITH =, {DAYS} WITH &&)",
    },
    "template_version": {"template_version_number": "UNIQUE (template_id, number)"},
    "theme": {
        "theme_position": "UNIQUE (version_id, position)",
        "theme_code": "UNIQUE (version_id, code)",
    },
    "measure": {"measure_number": "UNIQUE (theme_id, number)"},
    "cycle": {
        "cycle_code": "UNIQUE (organization_id, code)",
        "cycle_period": "CHECK (starts_on <= ends_on)",
        "cycle_course": "CHECK (opens_on <= due_on AND due_on <= closes_on)",
    },
    "checklist": {"checklist_once": "UNIQUE (cycle_id, branch_id)"},
    "checklist_item": {
        "checklist_item_once": "UNIQUE (checklist_id, measure_id)",
        "checklist_item_submitted": (
            "CHECK (state NOT IN ('SUBMITTED', 'APPROVED') "
            "OR (submitted_at IS NOT NULL AND (not_applicable OR (done_on IS NOT NULL AND summary <> ''))))"
        ),
        "checklist_item_returned": "CHECK (state <> 'RETURNED' OR remark <> '')",
        "checklist_item_two_people": "CHECK (state <> 'APPROVED' OR submitted_by_id IS DISTINCT FROM reviewed_by_id)",
    },
    "account_grant": {
        "account_grant_days": "CHECK (valid_from <= valid_to)",
        "account_grant_once": (
            f"EXCLUDE USING gist (account_id WITH =, organization_id WITH =, role WITH =, {DAYS} WITH &&)"
        ),
    },
    "session": {"session_life": "CHECK (created_at < expires_at)"},
    "api_token": {"api_token_life": "CHECK (created_at < expires_at)"},
}

INDEXES = {
    "organization_parent": "organization (parent_id)",
    "placement_organization": "placement (organization_id)",
    "placement_parent": "placement (parent_id)",
    "placement_name": "placement USING gin (name gin_trgm_ops, pinyin gin_trgm_ops)",
    "lineage_successor": "lineage (successor_id)",
    "membership_branch": "membership (branch_id)",
    "membership_member": "membership (member_id)",
    "member_name": "member USING gin (name gin_trgm_ops, pinyin gin_trgm_ops)",
    "checklist_branch": "checklist (branch_id)",
    "checklist_item_waiting": "checklist_item (submitted_at) WHERE state = 'SUBMITTED'",
    "account_grant_account": "account_grant (account_id)",
    "account_grant_organization": "account_grant (organization_id)",
    "session_account": "session (account_id)",
    "api_token_account": "api_token (account_id)",
    "trail_subject": "trail (subject_kind, subject_id)",
}

ADD = [
    f"ALTER TABLE {t} ADD CONSTRAINT {name} {rule}" for t, rules in CONSTRAINTS.items() for name, rule in rules.items()
]
DROP = [f"ALTER TABLE {t} DROP CONSTRAINT {name}" for t, rules in CONSTRAINTS.items() for name in rules]


class Migration(migrations.Migration):
    dependencies = [("models", "0001_initial")]

    operations = [
        ops.RunSQL(EXTENSIONS, reverse_sql=["DROP EXTENSION IF EXISTS btree_gist", "DROP EXTENSION IF EXISTS pg_trgm"]),
        ops.RunSQL(PATHS, reverse_sql=[f"DROP INDEX {table}_path" for table in ("organization", "placement", "trail")]),
        ops.RunSQL(ADD, reverse_sql=DROP),
        ops.RunSQL(
            [f"CREATE INDEX {name} ON {columns}" for name, columns in INDEXES.items()],
            reverse_sql=[f"DROP INDEX {name}" for name in INDEXES],
        ),
    ]
