"""Bearer tokens, by which other systems call."""

from datetime import datetime

from tortoise import fields

from server.models.accounts import Account
from server.models.base import Scoped
from server.models.organizations import Organization

TOKEN_NAME_LENGTH = 60


class ApiToken(Scoped):
    """A bearer token `qj_<id>_<secret><crc>`: the id finds it, the SHA-256 of the secret proves it.

    It speaks for `account`, but reaches no further than `organization` and does no more than its `scopes` say.
    """

    scope = "organization__path"

    id = fields.CharField(max_length=16, primary_key=True)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "models.Account", "tokens", on_delete=fields.CASCADE
    )
    account_id: int
    organization: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "models.Organization", "tokens", on_delete=fields.RESTRICT
    )
    organization_id: int
    name = fields.CharField(max_length=TOKEN_NAME_LENGTH)
    scopes: list[str] = fields.JSONField(default=list)
    trusted_documents_only = fields.BooleanField(default=False)
    secret_hash = fields.CharField(max_length=64)
    created_at: datetime = fields.DatetimeField()
    expires_at: datetime = fields.DatetimeField()
    last_used_at: datetime | None = fields.DatetimeField(null=True)
    revoked_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "api_token"
