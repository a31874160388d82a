"""The trail: who did what to which row, written in the transaction of the change itself, then given a place for good.

Everything here but `TrailPending` and `TrailSalt` is only ever inserted: the database refuses the rest.
"""

from datetime import UTC, datetime
from typing import Any

from tortoise import fields
from tortoise.models import Model

from server.kit.canonical import canonical
from server.kit.merkle import leaf_hash
from server.kit.verify import Checkpoint, strict_base64
from server.models.base import Scoped

FORM = 1
"""Of a leaf; another form will have another number."""


class TrailEntry(Scoped):
    """One act. `path` is where its subject lay at that moment; `before` and `after` hold the changed fields.

    Of a personal value only a salted digest stands there. `roles` are those that the account held.
    """

    scope = "path"

    id = fields.BigIntField(primary_key=True)
    at: datetime = fields.DatetimeField()
    account_id: int | None = fields.IntField(null=True)
    account_name = fields.CharField(max_length=60)
    roles: list[str] = fields.JSONField(default=list)
    token_id = fields.CharField(max_length=16, default="")
    request_id = fields.CharField(max_length=40, default="")
    deed = fields.CharField(max_length=60)
    subject_kind = fields.CharField(max_length=40)
    subject_id = fields.CharField(max_length=40)
    path = fields.CharField(max_length=200)
    before: dict[str, Any] = fields.JSONField(default=dict)
    after: dict[str, Any] = fields.JSONField(default=dict)

    class Meta:
        table = "trail"

    def leaf(self) -> bytes:
        """What the entry says, as canonical JSON: the leaf of the tree, and the line of an export.

        Raises ValueError for what only a hand in the database can have written.
        """
        return canonical(
            {
                "v": FORM,
                "id": self.id,
                "at": written(self.at),
                "account": self.account_id,
                "account_name": self.account_name,
                "roles": self.roles,
                "token": self.token_id,
                "request": self.request_id,
                "deed": self.deed,
                "subject": {"kind": self.subject_kind, "id": self.subject_id},
                "path": self.path,
                "before": self.before,
                "after": self.after,
            }
        )

    def leaf_hash(self) -> bytes:
        """Raises ValueError."""
        return leaf_hash(self.leaf())


class TrailSalt(Model):
    """What a salted digest in the trail was made with; without it the digest says nothing of anybody any more.

    `field` is "before.phone" or "after.phone", `salt` 32 bytes in hex, `member_id` whose value it is.
    """

    id = fields.BigIntField(primary_key=True)
    entry_id = fields.BigIntField()
    field = fields.CharField(max_length=60)
    salt = fields.CharField(max_length=64)
    member_id: int | None = fields.IntField(null=True)

    class Meta:
        table = "trail_salt"


class TrailPending(Model):
    """An entry that was committed and waits for its place; a trigger on `trail` writes it."""

    entry_id = fields.BigIntField(primary_key=True, generated=False)

    class Meta:
        table = "trail_pending"


class TrailLeaf(Model):
    """The place of an entry, counted from 0 without a gap, and the hash of what it said."""

    position = fields.BigIntField(primary_key=True, generated=False)
    entry_id = fields.BigIntField(unique=True)
    hash = fields.CharField(max_length=64)

    class Meta:
        table = "trail_leaf"


class TrailNode(Model):
    """The hash of a complete subtree of 2^level leaves, the `number`-th of its level; `id` is "level/number"."""

    id = fields.CharField(max_length=30, primary_key=True)
    hash = fields.CharField(max_length=64)

    class Meta:
        table = "trail_node"


class TrailCheckpoint(Model):
    """The root of the first `size` entries, signed.

    `key_id` is the fingerprint of the public key.
    """

    size = fields.BigIntField(primary_key=True, generated=False)
    root = fields.CharField(max_length=64)
    at: datetime = fields.DatetimeField()
    key_id = fields.CharField(max_length=32)
    signature = fields.CharField(max_length=100)

    class Meta:
        table = "trail_checkpoint"

    def note(self, origin: str) -> Checkpoint:
        """What is signed, and its signature. Raises ValueError."""
        signature = strict_base64(self.signature)
        if signature is None:
            raise ValueError(self.signature)
        return Checkpoint(written(self.at), self.key_id, origin, bytes.fromhex(self.root), signature, self.size)


def written(instant: datetime) -> str:
    """An instant as the trail writes it: UTC, with microseconds."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
