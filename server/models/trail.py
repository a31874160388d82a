"""The trail: who did what to which row, written in the transaction of the change itself."""

from datetime import datetime
from typing import Any

from tortoise import fields

from server.models.base import Scoped


class TrailEntry(Scoped):
    """One act. `path` is where its subject lay at that moment; `before` and `after` hold the changed fields."""

    scope = "path"

    id = fields.BigIntField(primary_key=True)
    at: datetime = fields.DatetimeField()
    account_id: int | None = fields.IntField(null=True)
    account_name = fields.CharField(max_length=60)
    token_id = fields.CharField(max_length=16, default="")
    request_id = fields.CharField(max_length=40, default="")
    deed = fields.CharField(max_length=60)
    subject_kind = fields.CharField(max_length=40)
    subject_id = fields.IntField()
    path = fields.CharField(max_length=200)
    before: dict[str, Any] = fields.JSONField(default=dict)
    after: dict[str, Any] = fields.JSONField(default=dict)

    class Meta:
        table = "trail"
