"""Records of what a branch did: entered once, used as evidence wherever a rule or a person finds that it fits."""

from datetime import date, datetime
from hashlib import sha256

from tortoise import fields

from server.kit.canonical import canonical, plain
from server.kit.messages import Message, say
from server.kit.refusals import invalid
from server.models.accounts import Account
from server.models.base import Scoped, Versioned
from server.models.organizations import Organization
from server.vocabulary import Origin, RecordKind

TOPIC_LENGTH = 60
TITLE_LENGTH = 120
SUMMARY_LENGTH = 2000


class Record(Scoped, Versioned):
    """A meeting, a service, a solved problem: on a day, about a topic, with how many people took part."""

    scope = "branch__path"

    id = fields.IntField(primary_key=True)
    branch: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "models.Organization", "records", on_delete=fields.RESTRICT
    )
    branch_id: int
    kind = fields.CharEnumField(RecordKind, max_length=32)
    held_on: date = fields.DateField()
    topic = fields.CharField(max_length=TOPIC_LENGTH, default="")
    title = fields.CharField(max_length=TITLE_LENGTH)
    summary = fields.TextField(default="")
    attendance: int | None = fields.IntField(null=True)
    entered_by: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "models.Account", "records", null=True, on_delete=fields.RESTRICT
    )
    entered_by_id: int | None
    entered_at: datetime = fields.DatetimeField()
    withdrawn_at: datetime | None = fields.DatetimeField(null=True)
    withdrawn_because = fields.TextField(default="")
    origin = fields.CharEnumField(Origin, max_length=32, default=Origin.RECORDED)

    class Meta:
        table = "record"

    def current(self) -> dict[str, Message]:
        values = {"held_on": self.held_on, "topic": self.topic, "title": self.title, "summary": self.summary}
        return {name: say("Now: {value}", value=value or "—") for name, value in values.items()}

    def check_standing(self) -> None:
        """Raises Invalid (record) for one that has been withdrawn."""
        if self.withdrawn_at:
            raise invalid(record=say("This record has been withdrawn; enter it again if it was right."))

    @property
    def said(self) -> str:
        """What an item may begin with: the day, the title, and what came of it."""
        return f"{self.held_on} {self.title}" + (f"\n{self.summary}" if self.summary else "")

    @property
    def digest(self) -> str:
        """SHA-256 of what it says: a correction makes another one."""
        said = {
            "v": 1,
            "record": self.id,
            "kind": self.kind,
            "held_on": self.held_on,
            "topic": self.topic,
            "title": self.title,
            "summary": self.summary,
            "attendance": self.attendance,
            "withdrawn": self.withdrawn_at is not None,
        }
        return sha256(canonical(plain(said))).hexdigest()
