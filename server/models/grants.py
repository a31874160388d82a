"""What accounts are trusted with: a role, at a place, for a span of days."""

from tortoise import fields

from server.models.accounts import Account
from server.models.base import Dated, Scoped
from server.models.organizations import Organization
from server.vocabulary import Role


class Grant(Scoped, Dated):
    """A role, held at an organization and below, for a span of days.

    A `delegable` one can be passed on for a while by whoever holds it; what came so has a `source`, and holds only
    while the source does.
    """

    scope = "organization__path"

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
    delegable = fields.BooleanField(default=False)
    source: fields.ForeignKeyNullableRelation["Grant"] = fields.ForeignKeyField(
        "models.Grant", "delegations", null=True, on_delete=fields.RESTRICT
    )
    source_id: int | None

    class Meta:
        table = "account_grant"
