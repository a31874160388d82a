"""Seals: what a cycle held, in a place, on the day on which it was closed for good."""

from datetime import datetime

from tortoise import fields

from server.models.accounts import Account
from server.models.base import Scoped
from server.models.cycles import Cycle
from server.models.organizations import Organization


class Seal(Scoped):
    """The signed Merkle root over `leaves`: item id and hash of what it said, in the order of item ids.

    It never changes; an item that says something else afterwards shows as changed after the seal.
    """

    scope = "organization__path"

    id = fields.IntField(primary_key=True)
    cycle: fields.ForeignKeyRelation[Cycle] = fields.ForeignKeyField("models.Cycle", "seals", on_delete=fields.RESTRICT)
    cycle_id: int
    organization: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "models.Organization", "seals", on_delete=fields.RESTRICT
    )
    organization_id: int
    leaves: list[list[str]] = fields.JSONField(default=list)
    root = fields.CharField(max_length=64)
    key_id = fields.CharField(max_length=32)
    signature = fields.CharField(max_length=100)
    sealed_at: datetime = fields.DatetimeField()
    sealed_by: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "models.Account", "seals", on_delete=fields.RESTRICT
    )
    sealed_by_id: int

    class Meta:
        table = "seal"
