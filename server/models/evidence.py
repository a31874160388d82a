"""Evidence: files, links and records that show what an item says. Nothing is overwritten, nothing deleted."""

from datetime import date, datetime

from tortoise import fields
from tortoise.models import Model

from server.kit.messages import say
from server.kit.refusals import invalid
from server.models.accounts import Account
from server.models.base import Scoped
from server.models.checklists import ChecklistItem
from server.models.records import Record
from server.vocabulary import EvidenceKind

TITLE_LENGTH = 200
ADDRESS_LENGTH = 500
REASON_LENGTH = 300


class Blob(Model):
    """Bytes that are kept once, wherever they were sent from; the store holds them under this hash."""

    sha256 = fields.CharField(max_length=64, primary_key=True)
    media_type = fields.CharField(max_length=120)
    size = fields.BigIntField()
    received_at: datetime = fields.DatetimeField()

    class Meta:
        table = "blob"


class Evidence(Scoped):
    """One piece of evidence of one item. `sha256`: of the file, of the address, of what the record said then."""

    scope = "item__checklist__branch__path"

    id = fields.IntField(primary_key=True)
    item: fields.ForeignKeyRelation[ChecklistItem] = fields.ForeignKeyField(
        "models.ChecklistItem", "evidence", on_delete=fields.RESTRICT
    )
    item_id: int
    kind = fields.CharEnumField(EvidenceKind, max_length=32)
    title = fields.CharField(max_length=TITLE_LENGTH)
    address = fields.CharField(max_length=ADDRESS_LENGTH, default="")
    blob: fields.ForeignKeyNullableRelation[Blob] = fields.ForeignKeyField(
        "models.Blob", "evidence", null=True, on_delete=fields.RESTRICT
    )
    blob_id: str | None
    record: fields.ForeignKeyNullableRelation[Record] = fields.ForeignKeyField(
        "models.Record", "evidence", null=True, on_delete=fields.RESTRICT
    )
    record_id: int | None
    effective_on: date = fields.DateField()
    received_at: datetime = fields.DatetimeField()
    sha256 = fields.CharField(max_length=64)
    added_by: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "models.Account", "evidence", null=True, on_delete=fields.RESTRICT
    )
    added_by_id: int | None
    removed_at: datetime | None = fields.DatetimeField(null=True)
    removed_by: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "models.Account", "removed_evidence", null=True, on_delete=fields.RESTRICT
    )
    removed_by_id: int | None
    removed_because = fields.TextField(default="")

    class Meta:
        table = "evidence"

    @property
    def is_overtaken(self) -> bool:
        """Whether its record was corrected or withdrawn since it was added."""
        return self.record is not None and self.record.digest != self.sha256

    @property
    def counts(self) -> bool:
        """Whether it shows anything: it was not removed, and its record was not withdrawn."""
        return self.removed_at is None and not (self.record and self.record.withdrawn_at)

    @property
    def shown_on(self) -> date:
        """The day that it shows: of a record the one that it names now."""
        return self.record.held_on if self.record else self.effective_on

    @property
    def stands_as(self) -> list[str]:
        """What an approval binds of it; a record that was corrected since stands as something else."""
        current = self.record.digest if self.record else self.sha256
        return [self.kind.value, current, self.effective_on.isoformat(), self.title]

    def remove(self, because: str, by: int | None, at: datetime) -> None:
        """Take it off the item; it stays readable, with who removed it and why."""
        if self.removed_at:
            raise invalid(evidence=say("It has been removed already."))
        self.removed_because, self.removed_by_id, self.removed_at = because, by, at
