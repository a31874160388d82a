"""Seals: what a cycle held, in a place, on the day on which it was closed for good."""

from base64 import b64encode
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from tortoise import fields

from server.kit.canonical import canonical, plain
from server.kit.merkle import Frontier, leaf_hash
from server.models.accounts import Account
from server.models.base import Scoped
from server.models.checklists import ChecklistItem
from server.models.cycles import Cycle
from server.models.evidence import Evidence
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

    def text(self, origin: str) -> bytes:
        """What is signed: origin, whose cycle over which place, how many items, the root, the time; a line each."""
        root, at = b64encode(bytes.fromhex(self.root)).decode(), plain(self.sealed_at)
        what = f"seal {self.cycle.organization.code}/{self.cycle.code} {self.organization.code}"
        return f"{origin}\n{what}\n{len(self.leaves)}\n{root}\n{at}\n".encode()


def leaf_of(item: ChecklistItem, pieces: Iterable[Evidence], approval: str) -> list[str]:
    """The id of an item and the hash of what it says, its evidence and its approval (a digest, or "").

    Long texts go in as their SHA-256.
    """
    said = {
        "v": 2,
        "item": item.id,
        "branch": item.checklist.branch.code,
        "measure": item.measure.number,
        "state": item.state,
        "done_on": item.done_on,
        "summary": sha256(item.summary.encode()).hexdigest(),
        "not_applicable": item.not_applicable,
        "reason": sha256(item.reason.encode()).hexdigest(),
        "remark": sha256(item.remark.encode()).hexdigest(),
        "evidence": sorted(piece.stands_as for piece in pieces if piece.removed_at is None),
        "approval": approval,
        "filled_by": item.filled_by_id,
        "submitted_by": item.submitted_by_id,
        "submitted_at": item.submitted_at,
        "reviewed_by": item.reviewed_by_id,
        "reviewed_at": item.reviewed_at,
    }
    return [str(item.id), leaf_hash(canonical(plain(said))).hex()]


def root_of(leaves: Iterable[list[str]]) -> str:
    """The Merkle root over the hashes of leaves."""
    tree = Frontier()
    for _, hashed in leaves:
        _ = tree.add(bytes.fromhex(hashed))
    return tree.root.hex()
