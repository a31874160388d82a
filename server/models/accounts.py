"""People and systems that use the program, and the one-time links by which they come in."""

from datetime import datetime
from typing import TYPE_CHECKING

from tortoise import fields
from tortoise.models import Model

from server.kit.messages import say
from server.kit.refusals import Invalid
from server.models.base import Scoped, Versioned
from server.models.organizations import Organization
from server.vocabulary import AccountState, LinkKind

if TYPE_CHECKING:
    from server.models.grants import Grant

LOGIN_LENGTH = 60
ACCOUNT_NAME_LENGTH = 60


class Account(Scoped, Versioned):
    """Somebody who may sign in (with a password, or through OIDC) or call (with a token).

    `home` is the place whose security administrator looks after it; none: the installation's own. `totp` is the
    sealed secret of the second factor, which counts from `totp_since` on; `totp_step` is the last step that was used.
    `former_passwords` are hashes, the newest first.
    """

    scope = "home__path"

    id = fields.IntField(primary_key=True)
    login = fields.CharField(max_length=LOGIN_LENGTH, unique=True)
    name = fields.CharField(max_length=ACCOUNT_NAME_LENGTH)
    email = fields.CharField(max_length=254, null=True)
    """Where the daily notice goes; none: it goes nowhere."""
    home: fields.ForeignKeyNullableRelation[Organization] = fields.ForeignKeyField(
        "models.Organization", "accounts", null=True, on_delete=fields.RESTRICT
    )
    home_id: int | None
    password_hash = fields.CharField(max_length=200, null=True)
    password_set_at: datetime | None = fields.DatetimeField(null=True)
    former_passwords: list[str] = fields.JSONField(default=list)
    totp = fields.CharField(max_length=400, null=True)
    totp_since: datetime | None = fields.DatetimeField(null=True)
    totp_step = fields.BigIntField(default=0)
    oidc_subject = fields.CharField(max_length=255, null=True, unique=True)
    locale = fields.CharField(max_length=8, default="")
    active = fields.BooleanField(default=True)
    is_demonstration = fields.BooleanField(default=False)

    grants: fields.ReverseRelation["Grant"]

    class Meta:
        table = "account"

    @property
    def can_sign_in(self) -> bool:
        """With a password, or through the identity provider; else it only calls, with a token."""
        return bool(self.password_hash or self.oidc_subject)

    @property
    def state(self) -> AccountState:
        if not self.active:
            return AccountState.DISABLED
        return AccountState.ACTIVE if self.can_sign_in else AccountState.PENDING

    def disable(self, expected: int) -> None:
        """Raises Conflict, or Invalid when it is disabled already."""
        self.advance(expected)
        if not self.active:
            raise Invalid(say("{name} is disabled already.", name=self.name))
        self.active = False

    def enable(self, expected: int) -> None:
        """Raises Conflict, or Invalid when it is not disabled."""
        self.advance(expected)
        if self.active:
            raise Invalid(say("{name} is not disabled.", name=self.name))
        self.active = True

    def drop_password(self) -> None:
        """Nothing lets its owner in until another is chosen; the old one stays one that was had before."""
        if self.password_hash:
            self.former_passwords = [self.password_hash, *self.former_passwords]
        self.password_hash, self.oidc_subject = None, None

    def drop_second_factor(self) -> None:
        self.totp, self.totp_since, self.totp_step = None, None, 0


class AccountLink(Model):
    """A one-time link, for an invitation or a new password. The address holds 256 random bits, the table their hash."""

    id = fields.IntField(primary_key=True)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "models.Account", "links", on_delete=fields.CASCADE
    )
    account_id: int
    kind = fields.CharEnumField(LinkKind, max_length=32)
    key_hash = fields.CharField(max_length=64, unique=True)
    created_at: datetime = fields.DatetimeField()
    expires_at: datetime = fields.DatetimeField()
    used_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "account_link"


class RecoveryCode(Model):
    """A code that stands in for the second factor, once."""

    id = fields.IntField(primary_key=True)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "models.Account", "recovery_codes", on_delete=fields.CASCADE
    )
    account_id: int
    code_hash = fields.CharField(max_length=64)
    used_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "recovery_code"
