from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from json import dumps, loads
from server.vocabulary import LinkKind, SessionStage
from tortoise.fields.base import OnDelete
from tortoise import fields

BEFORE = ["DELETE FROM session"]
"""Sessions had no handle: people sign in again."""

FILLED = [
    "UPDATE api_token SET organization_id = (SELECT organization_id FROM account_grant g "
    "WHERE g.account_id = api_token.account_id ORDER BY g.id LIMIT 1)",
    "DELETE FROM api_token WHERE organization_id IS NULL",
    """UPDATE api_token SET scopes = '["organizations:read","organizations:write","members:read","members:write",'
    '"checklists:read","checklists:write"]'""",
    "UPDATE account SET home_id = (SELECT organization_id FROM account_grant g WHERE g.account_id = account.id "
    "ORDER BY g.id LIMIT 1), password_set_at = CASE WHEN password_hash IS NOT NULL THEN now() END",
    "INSERT INTO trail_pending SELECT id FROM trail",
]
"""Tokens of before keep what they could do, at the first place of their account; the trail of before gets places."""


class Described(ops.AlterField):
    """What the SQL beside it does, told to the state of the models alone: the ORM cannot change a type itself."""

    async def database_forward(self, *_, **__) -> None:
        pass

    async def database_backward(self, *_, **__) -> None:
        pass


class Migration(migrations.Migration):
    dependencies = [('models', '0002_constraints')]

    initial = False

    operations = [
        ops.RunSQL(BEFORE, reverse_sql=[]),
        ops.CreateModel(
            name='AccountLink',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('account', fields.ForeignKeyField('models.Account', source_field='account_id', db_constraint=True, to_field='id', related_name='links', on_delete=OnDelete.CASCADE)),
                ('kind', fields.CharEnumField(description='INVITATION: INVITATION\nRESET: RESET', enum_type=LinkKind, max_length=32)),
                ('key_hash', fields.CharField(unique=True, max_length=64)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('used_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'account_link', 'app': 'models', 'pk_attr': 'id', 'table_description': 'A one-time link, for an invitation or a new password. The address holds 256 random bits, the table their hash.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Attempts',
            fields=[
                ('key', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ('since', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('count', fields.IntField()),
            ],
            options={'table': 'attempts', 'app': 'models', 'pk_attr': 'key', 'table_description': 'How often secrets were tried in a window of time, by whom (`key`: a keyed digest, never an address itself).'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Device',
            fields=[
                ('key_hash', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ('account', fields.ForeignKeyField('models.Account', source_field='account_id', db_constraint=True, to_field='id', related_name='devices', on_delete=OnDelete.CASCADE)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('seen_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'device', 'app': 'models', 'pk_attr': 'key_hash', 'table_description': 'A browser from which this account has signed in before: what others try elsewhere does not hold it up.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='RecoveryCode',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('account', fields.ForeignKeyField('models.Account', source_field='account_id', db_constraint=True, to_field='id', related_name='recovery_codes', on_delete=OnDelete.CASCADE)),
                ('code_hash', fields.CharField(max_length=64)),
                ('used_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'recovery_code', 'app': 'models', 'pk_attr': 'id', 'table_description': 'A code that stands in for the second factor, once.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Seal',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('cycle', fields.ForeignKeyField('models.Cycle', source_field='cycle_id', db_constraint=True, to_field='id', related_name='seals', on_delete=OnDelete.RESTRICT)),
                ('organization', fields.ForeignKeyField('models.Organization', source_field='organization_id', db_constraint=True, to_field='id', related_name='seals', on_delete=OnDelete.RESTRICT)),
                ('leaves', fields.JSONField(default=list, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('root', fields.CharField(max_length=64)),
                ('key_id', fields.CharField(max_length=32)),
                ('signature', fields.CharField(max_length=100)),
                ('sealed_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('sealed_by', fields.ForeignKeyField('models.Account', source_field='sealed_by_id', db_constraint=True, to_field='id', related_name='seals', on_delete=OnDelete.RESTRICT)),
            ],
            options={'table': 'seal', 'app': 'models', 'pk_attr': 'id', 'table_description': 'The signed Merkle root over `leaves`: item id and hash of what it said, in the order of item ids.'},
            bases=['Scoped'],
        ),
        ops.CreateModel(
            name='TrailCheckpoint',
            fields=[
                ('size', fields.BigIntField(generated=False, primary_key=True, unique=True, db_index=True)),
                ('root', fields.CharField(max_length=64)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('key_id', fields.CharField(max_length=32)),
                ('signature', fields.CharField(max_length=100)),
            ],
            options={'table': 'trail_checkpoint', 'app': 'models', 'pk_attr': 'size', 'table_description': 'The root of the first `size` entries, signed.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='TrailLeaf',
            fields=[
                ('position', fields.BigIntField(generated=False, primary_key=True, unique=True, db_index=True)),
                ('entry_id', fields.BigIntField(unique=True)),
                ('hash', fields.CharField(max_length=64)),
            ],
            options={'table': 'trail_leaf', 'app': 'models', 'pk_attr': 'position', 'table_description': 'The place of an entry, counted from 0 without a gap, and the hash of what it said.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='TrailNode',
            fields=[
                ('id', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=30)),
                ('hash', fields.CharField(max_length=64)),
            ],
            options={'table': 'trail_node', 'app': 'models', 'pk_attr': 'id', 'table_description': 'The hash of a complete subtree of 2^level leaves, the `number`-th of its level; `id` is "level/number".'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='TrailPending',
            fields=[
                ('entry_id', fields.BigIntField(generated=False, primary_key=True, unique=True, db_index=True)),
            ],
            options={'table': 'trail_pending', 'app': 'models', 'pk_attr': 'entry_id', 'table_description': 'An entry that was committed and waits for its place; a trigger on `trail` writes it.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='TrailSalt',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('entry_id', fields.BigIntField()),
                ('field', fields.CharField(max_length=60)),
                ('salt', fields.CharField(max_length=64)),
                ('member_id', fields.IntField(null=True)),
            ],
            options={'table': 'trail_salt', 'app': 'models', 'pk_attr': 'id', 'table_description': 'What a salted digest in the trail was made with; without it the digest says nothing of anybody any more.'},
            bases=['Model'],
        ),
        ops.AlterModelOptions(
            name='Account',
            options={'table': 'account', 'app': 'models', 'pk_attr': 'id', 'table_description': 'Somebody who may sign in (with a password, or through OIDC) or call (with a token).'},
        ),
        ops.AddField(
            model_name='Account',
            name='former_passwords',
            field=fields.JSONField(default=list, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads),
        ),
        ops.AddField(
            model_name='Account',
            name='home',
            field=fields.ForeignKeyField('models.Organization', source_field='home_id', null=True, db_constraint=True, to_field='id', related_name='accounts', on_delete=OnDelete.RESTRICT),
        ),
        ops.AddField(
            model_name='Account',
            name='oidc_subject',
            field=fields.CharField(null=True, unique=True, max_length=255),
        ),
        ops.AddField(
            model_name='Account',
            name='password_set_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Account',
            name='totp',
            field=fields.CharField(null=True, max_length=400),
        ),
        ops.AddField(
            model_name='Account',
            name='totp_since',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Account',
            name='totp_step',
            field=fields.BigIntField(default=0),
        ),
        ops.AddField(
            model_name='Account',
            name='version',
            field=fields.IntField(default=1),
        ),
        ops.AddField(
            model_name='ApiToken',
            name='last_used_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='ApiToken',
            name='organization',
            field=fields.ForeignKeyField('models.Organization', source_field='organization_id', null=True, db_constraint=True, to_field='id', related_name='tokens', on_delete=OnDelete.RESTRICT),
        ),
        ops.AddField(
            model_name='ApiToken',
            name='revoked_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='ApiToken',
            name='scopes',
            field=fields.JSONField(default=list, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads),
        ),
        ops.AddField(
            model_name='ApiToken',
            name='trusted_documents_only',
            field=fields.BooleanField(default=False),
        ),
        ops.AddField(
            model_name='Grant',
            name='delegable',
            field=fields.BooleanField(default=False),
        ),
        ops.AddField(
            model_name='Grant',
            name='source',
            field=fields.ForeignKeyField('models.Grant', source_field='source_id', null=True, db_constraint=True, to_field='id', related_name='delegations', on_delete=OnDelete.RESTRICT),
        ),
        ops.AddField(
            model_name='Member',
            name='erased_on',
            field=fields.DateField(null=True),
        ),
        ops.AddField(
            model_name='Member',
            name='id_number',
            field=fields.CharField(null=True, max_length=400),
        ),
        ops.AddField(
            model_name='Member',
            name='id_number_index',
            field=fields.CharField(null=True, max_length=64),
        ),
        ops.AddField(
            model_name='Member',
            name='id_number_masked',
            field=fields.CharField(default='', max_length=30),
        ),
        ops.AddField(
            model_name='Member',
            name='phone',
            field=fields.CharField(null=True, max_length=400),
        ),
        ops.AddField(
            model_name='Member',
            name='phone_index',
            field=fields.CharField(null=True, max_length=64),
        ),
        ops.AddField(
            model_name='Member',
            name='phone_masked',
            field=fields.CharField(default='', max_length=30),
        ),
        ops.AddField(
            model_name='Session',
            name='agent',
            field=fields.CharField(default='', max_length=80),
        ),
        ops.AddField(
            model_name='Session',
            name='handle',
            field=fields.CharField(unique=True, max_length=16),
        ),
        ops.AddField(
            model_name='Session',
            name='seen_at',
            field=fields.DatetimeField(auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Session',
            name='stage',
            field=fields.CharEnumField(default=SessionStage.OPEN, description='CODE: CODE\nOPEN: OPEN', enum_type=SessionStage, max_length=32),
        ),
        ops.RunSQL(
            ["ALTER TABLE trail ALTER COLUMN subject_id TYPE varchar(40) USING subject_id::text"],
            reverse_sql=["ALTER TABLE trail ALTER COLUMN subject_id TYPE integer USING subject_id::integer"],
        ),
        Described(
            model_name='TrailEntry',
            name='subject_id',
            field=fields.CharField(max_length=40),
        ),
        ops.AddField(
            model_name='TrailEntry',
            name='roles',
            field=fields.JSONField(default=list, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads),
        ),
        ops.RunSQL(FILLED, reverse_sql=[]),
        ops.AlterField(
            model_name='ApiToken',
            name='organization',
            field=fields.ForeignKeyField('models.Organization', source_field='organization_id', db_constraint=True, to_field='id', related_name='tokens', on_delete=OnDelete.RESTRICT),
        ),
    ]
