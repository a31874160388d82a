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
        "organization_branch": "CHECK (kind <> 'BRANCH' OR (branch_type IS NOT NULL AND sector IS NOT NULL))",
        "organization_place": "CHECK (kind = 'BRANCH' OR (branch_type IS NULL AND sector IS NULL))",
        "organization_party_body_place": "CHECK (kind <> 'BRANCH' OR (party_body IS NULL AND party_name = ''))",
        "organization_community": "CHECK (kind = 'COMMUNITY' OR community_type IS NULL)",
        "organization_other_parent": "CHECK (parent_id <> id)",
        "organization_one_path": "UNIQUE (path)",
        "organization_version": "CHECK (version > 0)",
        "organization_life": "CHECK (established_on <= dissolved_on)",
    },
    "placement": {
        "placement_days": "CHECK (valid_from <= valid_to)",
        "placement_path_form": "CHECK (path ~ '^/([0-9]+/)+$')",
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
        "checklist_item_reviewed": "CHECK (state NOT IN ('APPROVED', 'RETURNED') OR reviewed_at IS NOT NULL)",
        "checklist_item_returned": "CHECK (state <> 'RETURNED' OR remark <> '')",
        "checklist_item_two_people": (
            "CHECK (state <> 'APPROVED' OR reviewed_by_id IS NULL "
            "OR (reviewed_by_id IS DISTINCT FROM submitted_by_id AND reviewed_by_id IS DISTINCT FROM filled_by_id))"
        ),
        "checklist_item_version": "CHECK (version > 0)",
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

SOURCES = "SEED PUBLIC SYNTHETIC RECORDED"
CAUSES = "ESTABLISH RENAME MOVE MERGE SPLIT UPGRADE RESTORE"

WORDS = {
    "organization": {
        "kind": "DISTRICT STREET COMMUNITY RESIDENT_GROUP BRANCH",
        "party_body": "WORKING_COMMITTEE COMMITTEE LEADING_GROUP TEMP_COMMITTEE",
        "branch_type": "GENERAL_BRANCH BRANCH UNION_BRANCH PARTY_GROUP TEMP_GENERAL_BRANCH TEMP_BRANCH TEMP_UNION_BRANCH",
        "sector": "COMMUNITY RESIDENT_GROUP GOVERNMENT_OFFICE TWO_NEW PROJECT",
        "community_type": "URBAN RURAL_TURNED_URBAN",
        "origin": SOURCES,
    },
    "placement": {"cause": CAUSES},
    "lineage": {"cause": CAUSES},
    "member": {
        "stage": "APPLICANT ACTIVIST CANDIDATE PROBATIONARY FULL",
        "standing": "ACTIVE TRANSFERRED EXITED DECEASED",
        "origin": SOURCES,
    },
    "membership": {"kind": "HOME TEMPORARY"},
    "template": {"origin": SOURCES},
    "template_version": {"state": "DRAFT PUBLISHED RETIRED"},
    "theme": {"origin": SOURCES},
    "measure": {"frequency": "MONTHLY QUARTERLY YEARLY", "origin": SOURCES},
    "checklist_item": {"state": "TODO IN_PROGRESS SUBMITTED APPROVED RETURNED"},
    "account_grant": {
        "role": (
            "STREET_ADMIN STREET_REVIEWER COMMUNITY_REVIEWER BRANCH_SECRETARY BRANCH_EDITOR AUDITOR SECURITY_ADMIN SYSTEM"
        ),
    },
}
"""The words that each column may hold; a new one in the vocabulary needs a migration that says so."""

for table, columns in WORDS.items():
    for column, words in columns.items():
        rule = f"CHECK ({column} IN ({', '.join(repr(word) for word in words.split())}))"
        CONSTRAINTS.setdefault(table, {})[f"{table}_{column}_word"] = rule

INDEXES = {
    "organization_children": "organization (parent_id)",
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
