"""Notices by mail: which went out, so that nobody gets more than one a day."""

from datetime import date, datetime

from tortoise import fields
from tortoise.models import Model

from server.models.accounts import Account


class Mailing(Model):
    """The notice of one day to one account; claimed before it is sent, `sent_at` when the mail server took it."""

    id = fields.IntField(primary_key=True)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "models.Account", "mailings", on_delete=fields.CASCADE
    )
    account_id: int
    day: date = fields.DateField()
    notices = fields.IntField()
    claimed_at: datetime = fields.DatetimeField()
    sent_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "mailing"
