"""What holds whoever writes, of evidence and reviews: what is published, approved or received does not change."""

from tortoise import migrations
from tortoise.migrations import operations as ops

ROLE = "qiangji_app"
KEPT = ["transition", "extension", "blob"]
"""Tables to which rows are only ever added."""

GRANTED = [
    *(f"REVOKE UPDATE, DELETE ON {table} FROM {ROLE}" for table in KEPT),
    f"REVOKE DELETE ON evidence, record FROM {ROLE}",
]
REVOKED = [
    *(f"GRANT UPDATE, DELETE ON {table} TO {ROLE}" for table in KEPT),
    f"GRANT DELETE ON evidence, record TO {ROLE}",
]

TRIGGERS = [
    *(
        f"CREATE TRIGGER {table}_is_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION only_added_to()"
        for table in KEPT
    ),
    """
    CREATE FUNCTION evidence_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF TG_OP = 'UPDATE' AND OLD.removed_at IS NULL
         AND to_jsonb(NEW) - ARRAY['removed_at', 'removed_by_id', 'removed_because']
           = to_jsonb(OLD) - ARRAY['removed_at', 'removed_by_id', 'removed_because'] THEN
        RETURN NEW;
      END IF;
      RAISE EXCEPTION 'evidence is never overwritten' USING ERRCODE = 'insufficient_privilege';
    END $$
    """,
    "CREATE TRIGGER evidence_stays BEFORE UPDATE OR DELETE ON evidence FOR EACH ROW EXECUTE FUNCTION evidence_stays()",
    """
    CREATE FUNCTION published_stays() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      was jsonb := to_jsonb(OLD);
      becomes jsonb := to_jsonb(NEW);
      wordings int[] := CASE TG_TABLE_NAME
        WHEN 'theme' THEN ARRAY[(was ->> 'version_id')::int, (becomes ->> 'version_id')::int]
        ELSE ARRAY(SELECT version_id FROM theme
                    WHERE id IN ((was ->> 'theme_id')::int, (becomes ->> 'theme_id')::int)) END;
    BEGIN
      IF EXISTS (SELECT FROM template_version WHERE id = ANY (wordings) AND state <> 'DRAFT') THEN
        RAISE EXCEPTION 'a published version never changes' USING ERRCODE = 'insufficient_privilege';
      END IF;
      RETURN coalesce(NEW, OLD);
    END $$
    """,
    "CREATE TRIGGER theme_published_stays BEFORE INSERT OR UPDATE OR DELETE ON theme "
    "FOR EACH ROW EXECUTE FUNCTION published_stays()",
    "CREATE TRIGGER measure_published_stays BEFORE INSERT OR UPDATE OR DELETE ON measure "
    "FOR EACH ROW EXECUTE FUNCTION published_stays()",
    """
    CREATE FUNCTION version_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF OLD.state = 'DRAFT' THEN
        RETURN coalesce(NEW, OLD);
      END IF;
      IF TG_OP = 'UPDATE' AND OLD.state = 'PUBLISHED' AND NEW.state = 'RETIRED'
         AND to_jsonb(NEW) - ARRAY['state', 'retired_at', 'retired_because']
           = to_jsonb(OLD) - ARRAY['state', 'retired_at', 'retired_because'] THEN
        RETURN NEW;
      END IF;
      RAISE EXCEPTION 'a published version never changes' USING ERRCODE = 'insufficient_privilege';
    END $$
    """,
    "CREATE TRIGGER version_stays BEFORE UPDATE OR DELETE ON template_version "
    "FOR EACH ROW EXECUTE FUNCTION version_stays()",
]
DROPPED = [
    "DROP TRIGGER version_stays ON template_version",
    "DROP FUNCTION version_stays",
    "DROP TRIGGER measure_published_stays ON measure",
    "DROP TRIGGER theme_published_stays ON theme",
    "DROP FUNCTION published_stays",
    "DROP TRIGGER evidence_stays ON evidence",
    "DROP FUNCTION evidence_stays",
    *(f"DROP TRIGGER {table}_is_only_added_to ON {table}" for table in KEPT),
]

HASH = "'^[0-9a-f]{64}$'"

CONSTRAINTS = {
    "checklist": {
        "checklist_days": "CHECK (assigned_on <= closes_on AND due_on <= closes_on)",
        "checklist_accepted": "CHECK ((accepted_at IS NULL) = (accepted_name = ''))",
        "checklist_version": "CHECK (version > 0)",
    },
    "checklist_item": {
        "checklist_item_reason": "CHECK (not_applicable = (reason <> ''))",
    },
    "extension": {
        "extension_days": "CHECK (due_on <= closes_on)",
        "extension_reason": "CHECK (reason <> '')",
    },
    "transition": {
        "transition_words": "CHECK (verb NOT IN ('RETURN', 'REOPEN', 'DECLARE') OR words <> '')",
        "transition_digest": f"CHECK (digest = '' OR (verb = 'APPROVE' AND digest ~ {HASH}))",
    },
    "blob": {"blob_form": f"CHECK (size > 0 AND sha256 ~ {HASH})"},
    "evidence": {
        "evidence_form": f"CHECK (sha256 ~ {HASH} AND title <> '')",
        "evidence_what": (
            "CHECK ((kind = 'FILE') = (blob_id IS NOT NULL) AND (kind = 'RECORD') = (record_id IS NOT NULL) "
            "AND (kind = 'LINK') = (address <> ''))"
        ),
        "evidence_removed": "CHECK ((removed_at IS NULL) = (removed_because = ''))",
    },
    "record": {
        "record_version": "CHECK (version > 0)",
        "record_attendance": "CHECK (attendance > 0)",
        "record_withdrawn": "CHECK ((withdrawn_at IS NULL) = (withdrawn_because = ''))",
    },
    "template": {"template_code_in_place": "UNIQUE (organization_id, code)"},
    "template_version": {
        "template_version_version": "CHECK (version > 0)",
        "template_version_retired": "CHECK ((state = 'RETIRED') = (retired_at IS NOT NULL))",
    },
    "measure": {"measure_minutes": "CHECK (estimated_minutes BETWEEN 1 AND 6000)"},
    "organization": {"organization_minutes": "CHECK (minutes_a_month BETWEEN 1 AND 60000)"},
    "mailing": {"mailing_once_a_day": "UNIQUE (account_id, day)"},
}

ROLES = (
    "STREET_ADMIN STREET_REVIEWER COMMUNITY_REVIEWER BRANCH_SECRETARY BRANCH_EDITOR AUDITOR SECURITY_ADMIN SYSTEM"
)
STATES = "TODO IN_PROGRESS SUBMITTED APPROVED RETURNED"

WORDS = {
    "transition": {
        "verb": "SAVE SUBMIT DECLARE WITHDRAW APPROVE RETURN REOPEN",
        "was": STATES,
        "state": STATES,
        "role": ROLES,
    },
    "evidence": {"kind": "FILE LINK RECORD"},
    "record": {
        "kind": (
            "BRANCH_ASSEMBLY BRANCH_COMMITTEE GROUP_MEETING PARTY_LECTURE THEMED_DAY LIFE_MEETING APPRAISAL STUDY "
            "TRAINING VISIT VOLUNTEER_SERVICE SOLVED_PROBLEM OTHER"
        ),
        "origin": "SEED PUBLIC SYNTHETIC RECORDED",
    },
}

for table, columns in WORDS.items():
    for column, words in columns.items():
        rule = f"CHECK ({column} IN ({', '.join(repr(word) for word in words.split())}))"
        CONSTRAINTS.setdefault(table, {})[f"{table}_{column}_word"] = rule

INDEXES = {
    "transition_item": "transition (item_id, id)",
    "extension_checklist": "extension (checklist_id)",
    "evidence_item": "evidence (item_id)",
    "evidence_blob": "evidence (blob_id)",
    "evidence_record": "evidence (record_id)",
    "record_branch": "record (branch_id, held_on)",
    "template_organization": "template (organization_id)",
    "checklist_placement": "checklist (placement_id)",
    "checklist_item_measure": "checklist_item (measure_id)",
}
ONCE = "CREATE UNIQUE INDEX evidence_once ON evidence (item_id, sha256) WHERE removed_at IS NULL"

ADD = [
    f"ALTER TABLE {t} ADD CONSTRAINT {name} {rule}" for t, rules in CONSTRAINTS.items() for name, rule in rules.items()
]
DROP = [f"ALTER TABLE {t} DROP CONSTRAINT {name}" for t, rules in CONSTRAINTS.items() for name in rules]


class Migration(migrations.Migration):
    dependencies = [("models", "0005_evidence_and_reviews")]

    operations = [
        ops.RunSQL(GRANTED, reverse_sql=REVOKED),
        ops.RunSQL(TRIGGERS, reverse_sql=DROPPED),
        ops.RunSQL(ADD, reverse_sql=DROP),
        ops.RunSQL(
            [*(f"CREATE INDEX {name} ON {columns}" for name, columns in INDEXES.items()), ONCE],
            reverse_sql=[*(f"DROP INDEX {name}" for name in INDEXES), "DROP INDEX evidence_once"],
        ),
    ]
