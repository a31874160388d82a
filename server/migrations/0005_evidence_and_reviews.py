"""Evidence, records, transitions, extensions; who owns a template; what a checklist is given for its time."""

from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from json import dumps, loads
from server.vocabulary.accounts import Role
from server.vocabulary.checklists import EvidenceKind, ItemState, ItemVerb, RecordKind
from server.vocabulary.organizations import Origin
from tortoise.fields.base import OnDelete
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0004_guards')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Blob',
            fields=[
                ('sha256', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ('media_type', fields.CharField(max_length=120)),
                ('size', fields.BigIntField()),
                ('received_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'blob', 'app': 'models', 'pk_attr': 'sha256', 'table_description': 'Bytes that are kept once, wherever they were sent from; the store holds them under this hash.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Extension',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('checklist', fields.ForeignKeyField('models.Checklist', source_field='checklist_id', db_constraint=True, to_field='id', related_name='extensions', on_delete=OnDelete.RESTRICT)),
                ('due_on', fields.DateField()),
                ('closes_on', fields.DateField()),
                ('reason', fields.TextField(unique=False)),
                ('given_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('given_by', fields.ForeignKeyField('models.Account', source_field='given_by_id', null=True, db_constraint=True, to_field='id', related_name='extensions', on_delete=OnDelete.RESTRICT)),
            ],
            options={'table': 'extension', 'app': 'models', 'pk_attr': 'id', 'table_description': 'More time for one branch, and why; the newest counts.'},
            bases=['Scoped'],
        ),
        ops.CreateModel(
            name='Mailing',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('account', fields.ForeignKeyField('models.Account', source_field='account_id', db_constraint=True, to_field='id', related_name='mailings', on_delete=OnDelete.CASCADE)),
                ('day', fields.DateField()),
                ('notices', fields.IntField()),
                ('claimed_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('sent_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'mailing', 'app': 'models', 'pk_attr': 'id', 'table_description': 'The notice of one day to one account; claimed before it is sent, `sent_at` when the mail server took it.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Record',
            fields=[
                ('version', fields.IntField(default=1)),
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('branch', fields.ForeignKeyField('models.Organization', source_field='branch_id', db_constraint=True, to_field='id', related_name='records', on_delete=OnDelete.RESTRICT)),
                ('kind', fields.CharEnumField(description='BRANCH_ASSEMBLY: BRANCH_ASSEMBLY\nBRANCH_COMMITTEE: BRANCH_COMMITTEE\nGROUP_MEETING: GROUP_MEETING\nPARTY_LECTURE: PARTY_LECTURE\nTHEMED_DAY: THEMED_DAY\nLIFE_MEETING: LIFE_MEETING\nAPPRAISAL: APPRAISAL\nSTUDY: STUDY\nTRAINING: TRAINING\nVISIT: VISIT\nVOLUNTEER_SERVICE: VOLUNTEER_SERVICE\nSOLVED_PROBLEM: SOLVED_PROBLEM\nOTHER: OTHER', enum_type=RecordKind, max_length=32)),
                ('held_on', fields.DateField()),
                ('topic', fields.CharField(default='', max_length=60)),
                ('title', fields.CharField(max_length=120)),
                ('summary', fields.TextField(default='', unique=False)),
                ('attendance', fields.IntField(null=True)),
                ('entered_by', fields.ForeignKeyField('models.Account', source_field='entered_by_id', null=True, db_constraint=True, to_field='id', related_name='records', on_delete=OnDelete.RESTRICT)),
                ('entered_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('withdrawn_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('withdrawn_because', fields.TextField(default='', unique=False)),
                ('origin', fields.CharEnumField(default=Origin.RECORDED, description='SEED: SEED\nPUBLIC: PUBLIC\nSYNTHETIC: SYNTHETIC\nRECORDED: RECORDED', enum_type=Origin, max_length=32)),
            ],
            options={'table': 'record', 'app': 'models', 'pk_attr': 'id', 'table_description': 'A meeting, a service, a solved problem: on a day, about a topic, with how many people took part.'},
            bases=['Scoped', 'Versioned'],
        ),
        ops.CreateModel(
            name='Evidence',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('item', fields.ForeignKeyField('models.ChecklistItem', source_field='item_id', db_constraint=True, to_field='id', related_name='evidence', on_delete=OnDelete.RESTRICT)),
                ('kind', fields.CharEnumField(description='FILE: FILE\nLINK: LINK\nRECORD: RECORD', enum_type=EvidenceKind, max_length=32)),
                ('title', fields.CharField(max_length=200)),
                ('address', fields.CharField(default='', max_length=500)),
                ('blob', fields.ForeignKeyField('models.Blob', source_field='blob_id', null=True, db_constraint=True, to_field='sha256', related_name='evidence', on_delete=OnDelete.RESTRICT)),
                ('record', fields.ForeignKeyField('models.Record', source_field='record_id', null=True, db_constraint=True, to_field='id', related_name='evidence', on_delete=OnDelete.RESTRICT)),
                ('effective_on', fields.DateField()),
                ('received_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('sha256', fields.CharField(max_length=64)),
                ('added_by', fields.ForeignKeyField('models.Account', source_field='added_by_id', null=True, db_constraint=True, to_field='id', related_name='evidence', on_delete=OnDelete.RESTRICT)),
                ('removed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('removed_by', fields.ForeignKeyField('models.Account', source_field='removed_by_id', null=True, db_constraint=True, to_field='id', related_name='removed_evidence', on_delete=OnDelete.RESTRICT)),
                ('removed_because', fields.TextField(default='', unique=False)),
            ],
            options={'table': 'evidence', 'app': 'models', 'pk_attr': 'id', 'table_description': 'One piece of evidence of one item. `sha256`: of the file, of the address, of what the record said then.'},
            bases=['Scoped'],
        ),
        ops.CreateModel(
            name='Transition',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('item', fields.ForeignKeyField('models.ChecklistItem', source_field='item_id', db_constraint=True, to_field='id', related_name='transitions', on_delete=OnDelete.RESTRICT)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('verb', fields.CharEnumField(description='SAVE: SAVE\nSUBMIT: SUBMIT\nDECLARE: DECLARE\nWITHDRAW: WITHDRAW\nAPPROVE: APPROVE\nRETURN: RETURN\nREOPEN: REOPEN', enum_type=ItemVerb, max_length=32)),
                ('was', fields.CharEnumField(description='TODO: TODO\nIN_PROGRESS: IN_PROGRESS\nSUBMITTED: SUBMITTED\nAPPROVED: APPROVED\nRETURNED: RETURNED', enum_type=ItemState, max_length=32)),
                ('state', fields.CharEnumField(description='TODO: TODO\nIN_PROGRESS: IN_PROGRESS\nSUBMITTED: SUBMITTED\nAPPROVED: APPROVED\nRETURNED: RETURNED', enum_type=ItemState, max_length=32)),
                ('not_applicable', fields.BooleanField()),
                ('account', fields.ForeignKeyField('models.Account', source_field='account_id', null=True, db_constraint=True, to_field='id', related_name='transitions', on_delete=OnDelete.RESTRICT)),
                ('name', fields.CharField(max_length=80)),
                ('role', fields.CharEnumField(null=True, description='STREET_ADMIN: STREET_ADMIN\nSTREET_REVIEWER: STREET_REVIEWER\nCOMMUNITY_REVIEWER: COMMUNITY_REVIEWER\nBRANCH_SECRETARY: BRANCH_SECRETARY\nBRANCH_EDITOR: BRANCH_EDITOR\nAUDITOR: AUDITOR\nSECURITY_ADMIN: SECURITY_ADMIN\nSYSTEM: SYSTEM', enum_type=Role, max_length=32)),
                ('words', fields.TextField(default='', unique=False)),
                ('fields_bound', fields.JSONField(default=dict, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('digest', fields.CharField(default='', max_length=64)),
            ],
            options={'table': 'transition', 'app': 'models', 'pk_attr': 'id', 'table_description': 'One move of one item: by whom, in which role, with which words.'},
            bases=['Scoped'],
        ),
        ops.AddField(
            model_name='Account',
            name='email',
            field=fields.CharField(null=True, max_length=254),
        ),
        ops.AddField(
            model_name='Checklist',
            name='accepted_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Checklist',
            name='accepted_by',
            field=fields.ForeignKeyField('models.Account', source_field='accepted_by_id', null=True, db_constraint=True, to_field='id', related_name='accepted_checklists', on_delete=OnDelete.RESTRICT),
        ),
        ops.AddField(
            model_name='Checklist',
            name='accepted_name',
            field=fields.CharField(default='', max_length=80),
        ),
        ops.AddField(
            model_name='Checklist',
            name='accepted_role',
            field=fields.CharField(default='', max_length=32),
        ),
        ops.AddField(
            model_name='Checklist',
            name='assigned_on',
            field=fields.DateField(null=True),
        ),
        ops.AddField(
            model_name='Checklist',
            name='closes_on',
            field=fields.DateField(null=True),
        ),
        ops.AddField(
            model_name='Checklist',
            name='due_on',
            field=fields.DateField(null=True),
        ),
        ops.AddField(
            model_name='Checklist',
            name='locked_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Checklist',
            name='version',
            field=fields.IntField(default=1),
        ),
        ops.AddField(
            model_name='ChecklistItem',
            name='reason',
            field=fields.TextField(default='', unique=False),
        ),
        ops.AddField(
            model_name='ChecklistItem',
            name='reopened_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Organization',
            name='minutes_a_month',
            field=fields.IntField(null=True),
        ),
        ops.AlterModelOptions(
            name='Template',
            options={'table': 'template', 'app': 'models', 'pk_attr': 'id', 'table_description': 'A checklist that branches work through, cycle after cycle: of a place, for the branches below it.'},
        ),
        ops.AlterField(
            model_name='Template',
            name='code',
            field=fields.CharField(max_length=32),
        ),
        ops.AddField(
            model_name='Template',
            name='organization',
            field=fields.ForeignKeyField('models.Organization', source_field='organization_id', null=True, db_constraint=True, to_field='id', related_name='templates', on_delete=OnDelete.RESTRICT),
        ),
        ops.AlterModelOptions(
            name='TemplateVersion',
            options={'table': 'template_version', 'app': 'models', 'pk_attr': 'id', 'table_description': 'One wording of a template. It is written as a draft; once published it never changes, only retires.'},
        ),
        ops.AddField(
            model_name='TemplateVersion',
            name='published_by',
            field=fields.ForeignKeyField('models.Account', source_field='published_by_id', null=True, db_constraint=True, to_field='id', related_name='published_versions', on_delete=OnDelete.RESTRICT),
        ),
        ops.AddField(
            model_name='TemplateVersion',
            name='reason',
            field=fields.TextField(default='', unique=False),
        ),
        ops.AddField(
            model_name='TemplateVersion',
            name='retired_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='TemplateVersion',
            name='retired_because',
            field=fields.TextField(default='', unique=False),
        ),
        ops.AddField(
            model_name='TemplateVersion',
            name='version',
            field=fields.IntField(default=1),
        ),
        ops.RunSQL(
            [
                # Until now there was one street, and what was assigned was assigned at the opening.
                "UPDATE checklist SET assigned_on = c.opens_on, due_on = c.due_on, closes_on = c.closes_on "
                "FROM cycle c WHERE c.id = checklist.cycle_id",
                "UPDATE template SET organization_id = coalesce("
                "(SELECT c.organization_id FROM cycle c JOIN template_version v ON v.id = c.template_version_id "
                "WHERE v.template_id = template.id ORDER BY c.id LIMIT 1), "
                "(SELECT id FROM organization WHERE parent_id IS NULL ORDER BY id LIMIT 1))",
                # What is known of the past: when each item was handed in, and when it was reviewed.
                "INSERT INTO transition (item_id, at, verb, was, state, not_applicable, account_id, name, role, words, "
                "fields_bound, digest) SELECT i.id, t.at, 'SAVE', 'TODO', 'IN_PROGRESS', false, t.account_id, "
                "t.account_name, NULL, '', '{}', '' FROM checklist_item i JOIN LATERAL (SELECT * FROM trail "
                "WHERE subject_kind = 'checklist_item' AND subject_id = i.id::text ORDER BY id LIMIT 1) t ON true "
                "WHERE i.state <> 'TODO'",
                "INSERT INTO transition (item_id, at, verb, was, state, not_applicable, account_id, name, role, words, "
                "fields_bound, digest) SELECT i.id, i.submitted_at, 'SUBMIT', 'IN_PROGRESS', 'SUBMITTED', false, "
                "i.submitted_by_id, coalesce(a.name, ''), NULL, '', '{}', '' FROM checklist_item i "
                "LEFT JOIN account a ON a.id = i.submitted_by_id "
                "WHERE i.submitted_at IS NOT NULL AND i.state IN ('SUBMITTED', 'APPROVED', 'RETURNED')",
                "INSERT INTO transition (item_id, at, verb, was, state, not_applicable, account_id, name, role, words, "
                "fields_bound, digest) SELECT i.id, i.reviewed_at, "
                "CASE i.state WHEN 'APPROVED' THEN 'APPROVE' ELSE 'RETURN' END, 'SUBMITTED', "
                "i.state, false, i.reviewed_by_id, coalesce(a.name, ''), NULL, i.remark, '{}', '' "
                "FROM checklist_item i LEFT JOIN account a ON a.id = i.reviewed_by_id "
                "WHERE i.state IN ('APPROVED', 'RETURNED')",
            ],
            reverse_sql=[],
        ),
        ops.AlterField(
            model_name='Checklist',
            name='assigned_on',
            field=fields.DateField(),
        ),
        ops.AlterField(
            model_name='Checklist',
            name='closes_on',
            field=fields.DateField(),
        ),
        ops.AlterField(
            model_name='Checklist',
            name='due_on',
            field=fields.DateField(),
        ),
        ops.AlterField(
            model_name='Template',
            name='organization',
            field=fields.ForeignKeyField('models.Organization', source_field='organization_id', db_constraint=True, to_field='id', related_name='templates', on_delete=OnDelete.RESTRICT),
        ),
    ]
