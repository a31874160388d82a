"""People and systems that use the program, what they are trusted with, and how they prove who they are."""

from datetime import datetime

from tortoise import fields
from tortoise.models import Model

from server.models.base import Dated
from server.models.organizations import Organization
from server.vocabulary import Role


class Account(Model):
    """Somebody who may sign in (with a password) or call (with a token). No password hash: no signing in."""

    id = fields.IntField(primary_key=True)
    login = fields.CharField(max_length=60, unique=True)
    name = fields.CharField(max_length=60)
    password_hash = fields.CharField(max_length=200, null=True)
    locale = fields.CharField(max_length=8, default="")
    active = fields.BooleanField(default=True)
    is_demonstration = fields.BooleanField(default=False)

    grants: fields.ReverseRelation["Grant"]

    class Meta:
        table = "account"


class Grant(Dated):
    """A role, held at an organization and below, for a span of days."""

    id = fields.IntField(primary_key=True)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "models.Account", "grants", on_delete=fields.RESTRICT
    )
    account_id: int
    role = fields.CharEnumField(Role, max_length=32)
    organization: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "models.Organization", "grants", on_delete=fields.RESTRICT
    )
    organization_id: int

    class Meta:
        table = "account_grant"


class Session(Model):
    """A signed-in browser. The cookie holds 256 random bits; the table holds their SHA-256."""

    key_hash = fields.CharField(max_length=64, primary_key=True)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "models.Account", "sessions", on_delete=fields.CASCADE
    )
    account_id: int
    created_at: datetime = fields.DatetimeField()
    expires_at: datetime = fields.DatetimeField()

    class Meta:
        table = "session"


class ApiToken(Model):
    """A bearer token `qj_<id>_<secret><crc>`: the id finds it, the SHA-256 of the secret proves it."""

    id = fields.CharField(max_length=16, primary_key=True)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "models.Account", "tokens", on_delete=fields.CASCADE
    )
    account_id: int
    name = fields.CharField(max_length=60)
    secret_hash = fields.CharField(max_length=64)
    created_at: datetime = fields.DatetimeField()
    expires_at: datetime = fields.DatetimeField()

    class Meta:
        table = "api_token"
