"""Bearer tokens, by which other systems call."""

from datetime import datetime, timedelta

from tortoise import fields

from server.kit.messages import say
from server.kit.refusals import Invalid
from server.models.accounts import Account
from server.models.base import Scoped
from server.models.organizations import Organization
from server.vocabulary import TokenState

TOKEN_NAME_LENGTH = 60
TOKEN_ID_LENGTH = 16
MOST_DAYS = 365
"""How far ahead a token may end."""
NOTED_EVERY = timedelta(minutes=1)
"""How exactly it is known when a token was last used."""


class ApiToken(Scoped):
    """A bearer token `qj_<id>_<secret><crc>`: the id finds it, the SHA-256 of the secret proves it.

    It speaks for `account`, but reaches no further than `organization` and does no more than its `scopes` say.
    """

    scope = "organization__path"

    id = fields.CharField(max_length=TOKEN_ID_LENGTH, primary_key=True)
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

    def state_at(self, instant: datetime) -> TokenState:
        if self.revoked_at:
            return TokenState.REVOKED
        return TokenState.EXPIRED if self.expires_at <= instant else TokenState.ACTIVE

    def is_stale_at(self, instant: datetime) -> bool:
        """Whether its use at this instant is to be noted."""
        return self.last_used_at is None or self.last_used_at + NOTED_EVERY <= instant

    def revoke(self, instant: datetime) -> None:
        """Raises Invalid for what opens nothing any more."""
        if self.state_at(instant) is not TokenState.ACTIVE:
            raise Invalid(say("This token has ended already; nothing is left to revoke."))
        self.revoked_at = instant
