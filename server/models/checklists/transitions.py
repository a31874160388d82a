"""What moved an item, and what exactly an approval approved: rows that are only ever added."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from tortoise import fields

from server.kit.canonical import canonical, plain
from server.models.accounts import Account
from server.models.base import Scoped
from server.models.checklists.items import ChecklistItem
from server.vocabulary import ItemState, ItemVerb, Role

if TYPE_CHECKING:
    from server.models.evidence import Evidence


@dataclass(frozen=True)
class Hand:
    """Who acts, under the name and in the role of that moment."""

    account_id: int | None
    name: str
    role: Role | None


class Transition(Scoped):
    """One move of one item: by whom, in which role, with which words.

    `fields_bound` are the digests of what an approval approved.
    """

    scope = "item__checklist__branch__path"

    id = fields.IntField(primary_key=True)
    item: fields.ForeignKeyRelation[ChecklistItem] = fields.ForeignKeyField(
        "models.ChecklistItem", "transitions", on_delete=fields.RESTRICT
    )
    item_id: int
    at: datetime = fields.DatetimeField()
    verb = fields.CharEnumField(ItemVerb, max_length=32)
    was = fields.CharEnumField(ItemState, max_length=32)
    state = fields.CharEnumField(ItemState, max_length=32)
    not_applicable = fields.BooleanField()
    account: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "models.Account", "transitions", null=True, on_delete=fields.RESTRICT
    )
    account_id: int | None
    name = fields.CharField(max_length=80)
    role = fields.CharEnumField(Role, max_length=32, null=True)
    words = fields.TextField(default="")
    fields_bound: dict[str, str] = fields.JSONField(default=dict)
    digest = fields.CharField(max_length=64, default="")

    class Meta:
        table = "transition"

    def overtaken(self, current: Mapping[str, str]) -> list[str]:
        """The fields that say something else than what was approved."""
        return [name for name, digest in self.fields_bound.items() if current.get(name) != digest]


def digests_of(item: ChecklistItem, evidence: Iterable["Evidence"]) -> dict[str, str]:
    """A digest for every field that an approval binds; of evidence, in whatever order it was added."""
    said: dict[str, Any] = {
        "done_on": item.done_on,
        "summary": item.summary,
        "not_applicable": item.not_applicable,
        "reason": item.reason,
        "evidence": sorted(piece.stands_as for piece in evidence if piece.removed_at is None),
    }
    return {name: sha256(canonical(plain(value))).hexdigest() for name, value in said.items()}


def approval_of(item: ChecklistItem, evidence: Iterable["Evidence"], hand: Hand) -> dict[str, Any]:
    """What an approval is kept with: the digest of each field, and of it all with who approved."""
    bound = digests_of(item, evidence)
    return {"fields_bound": bound, "digest": digest_of(item, bound, hand)}


def digest_of(item: ChecklistItem, bound: Mapping[str, str], hand: Hand) -> str:
    said = {
        "v": 1,
        "item": item.id,
        "branch": item.checklist.branch.code,
        "measure": item.measure.number,
        "fields": dict(bound),
        "remark": item.remark,
        "account": hand.account_id,
        "name": hand.name,
        "role": hand.role,
        "at": item.reviewed_at,
    }
    return sha256(canonical(plain(said))).hexdigest()
