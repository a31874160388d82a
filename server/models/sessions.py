"""Browsers that are signed in, browsers that are known, and how often a secret was tried."""

from datetime import datetime

from tortoise import fields
from tortoise.models import Model

from server.models.accounts import Account
from server.vocabulary import SessionStage


class Session(Model):
    """A signed-in browser. The cookie holds 256 random bits; the table holds their SHA-256.

    `handle` names it on pages, `agent` is the family of the browser and its system, and no more. It ends at
    `expires_at`, or earlier when it has not been `seen_at` for a while.
    """

    key_hash = fields.CharField(max_length=64, primary_key=True)
    handle = fields.CharField(max_length=16, unique=True)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "models.Account", "sessions", on_delete=fields.CASCADE
    )
    account_id: int
    stage = fields.CharEnumField(SessionStage, max_length=32, default=SessionStage.OPEN)
    agent = fields.CharField(max_length=80, default="")
    created_at: datetime = fields.DatetimeField()
    seen_at: datetime = fields.DatetimeField()
    expires_at: datetime = fields.DatetimeField()

    class Meta:
        table = "session"


class Device(Model):
    """A browser from which this account has signed in before: what others try elsewhere does not hold it up."""

    key_hash = fields.CharField(max_length=64, primary_key=True)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "models.Account", "devices", on_delete=fields.CASCADE
    )
    account_id: int
    created_at: datetime = fields.DatetimeField()
    seen_at: datetime = fields.DatetimeField()

    class Meta:
        table = "device"


class Attempts(Model):
    """How often secrets were tried in a window of time, by whom (`key`: a keyed digest, never an address itself)."""

    key = fields.CharField(max_length=64, primary_key=True)
    since: datetime = fields.DatetimeField()
    count = fields.IntField()

    class Meta:
        table = "attempts"
