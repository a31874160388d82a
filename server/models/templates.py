"""Checklist templates: five themes, nineteen measures, in versions that never change once published."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Self

from tortoise import fields
from tortoise.models import Model

from server.kit.messages import Message, say
from server.kit.periods import Span, months_of, quarters_of, years_of
from server.kit.refusals import invalid
from server.models.accounts import Account
from server.models.base import Scoped, Versioned
from server.models.organizations import Organization
from server.vocabulary import Frequency, Origin, RecordKind, VersionState


class Template(Scoped):
    """A checklist that branches work through, cycle after cycle: of a place, for the branches below it."""

    scope = "organization__path"

    id = fields.IntField(primary_key=True)
    code = fields.CharField(max_length=32)
    organization: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "models.Organization", "templates", on_delete=fields.RESTRICT
    )
    organization_id: int
    title = fields.CharField(max_length=120)
    programme = fields.CharField(max_length=120, default="")
    notice = fields.TextField(default="")
    origin = fields.CharEnumField(Origin, max_length=32, default=Origin.RECORDED)
    source = fields.CharField(max_length=120, default="")

    versions: fields.ReverseRelation["TemplateVersion"]

    class Meta:
        table = "template"


class TemplateVersion(Scoped, Versioned):
    """One wording of a template. It is written as a draft; once published it never changes, only retires."""

    scope = "template__organization__path"

    id = fields.IntField(primary_key=True)
    template: fields.ForeignKeyRelation[Template] = fields.ForeignKeyField(
        "models.Template", "versions", on_delete=fields.RESTRICT
    )
    template_id: int
    number = fields.IntField()
    state = fields.CharEnumField(VersionState, max_length=32, default=VersionState.DRAFT)
    published_at: datetime | None = fields.DatetimeField(null=True)
    published_by: fields.ForeignKeyNullableRelation[Account] = fields.ForeignKeyField(
        "models.Account", "published_versions", null=True, on_delete=fields.RESTRICT
    )
    published_by_id: int | None
    reason = fields.TextField(default="")
    """Why it asks for more time than the place's budget, if it does."""
    retired_at: datetime | None = fields.DatetimeField(null=True)
    retired_because = fields.TextField(default="")

    themes: fields.ReverseRelation["Theme"]

    class Meta:
        table = "template_version"

    def publish(self, by: int | None, reason: str, at: datetime) -> None:
        self.check_draft(say("Only a draft can be published; this version is: {state}.", state=self.state))
        self.state, self.published_at, self.published_by_id = VersionState.PUBLISHED, at, by
        self.reason = reason

    def retire(self, because: str, at: datetime) -> None:
        """No cycle is opened with it any more; those that run go on."""
        self.check_published()
        self.state, self.retired_because, self.retired_at = VersionState.RETIRED, because, at

    def check_draft(self, said: Message) -> None:
        if self.state is not VersionState.DRAFT:
            raise invalid(version=said)

    def check_published(self) -> None:
        if self.state is not VersionState.PUBLISHED:
            raise invalid(version=say("Publish this version before a cycle is opened with it."))


class Theme(Model):
    """One of the five pairs: what is grasped (抓思想建设) and what it lifts (提升引领力)."""

    id = fields.IntField(primary_key=True)
    version: fields.ForeignKeyRelation[TemplateVersion] = fields.ForeignKeyField(
        "models.TemplateVersion", "themes", on_delete=fields.RESTRICT
    )
    version_id: int
    position = fields.IntField()
    code = fields.CharField(max_length=32)
    grasp = fields.CharField(max_length=60)
    lift = fields.CharField(max_length=60)
    origin = fields.CharEnumField(Origin, max_length=32, default=Origin.RECORDED)

    measures: fields.ReverseRelation["Measure"]

    class Meta:
        table = "theme"


class Measure(Model):
    """One thing that a branch does: every month, quarter or year."""

    id = fields.IntField(primary_key=True)
    theme: fields.ForeignKeyRelation[Theme] = fields.ForeignKeyField(
        "models.Theme", "measures", on_delete=fields.RESTRICT
    )
    theme_id: int
    number = fields.IntField()
    text = fields.CharField(max_length=200)
    guidance = fields.TextField(default="")
    frequency = fields.CharEnumField(Frequency, max_length=32)
    evidence_rule: dict[str, Any] = fields.JSONField(default=dict)
    estimated_minutes: int | None = fields.IntField(null=True)
    origin = fields.CharEnumField(Origin, max_length=32, default=Origin.RECORDED)

    class Meta:
        table = "measure"

    @property
    def rule(self) -> "EvidenceRule":
        return EvidenceRule.of(self.evidence_rule)

    def periods(self, starts_on: date, ends_on: date) -> list[Span]:
        """The stretches of a cycle of these bounds in each of which this is due once: months, quarters or the year."""
        within = {Frequency.MONTHLY: months_of, Frequency.QUARTERLY: quarters_of, Frequency.YEARLY: years_of}
        return within[self.frequency](starts_on, ends_on)

    def window(self, starts_on: date, ends_on: date) -> tuple[date, date]:
        """The days [first, last] on which this may be done, for a cycle of these bounds: a yearly one has the year."""
        if self.frequency is Frequency.YEARLY:
            return date(starts_on.year, 1, 1), date(ends_on.year, 12, 31)
        return starts_on, ends_on


@dataclass(frozen=True)
class EvidenceRule:
    """What shows that a measure was done: records of a kind, about a topic, so many in each of its periods.

    Records that fit are proposed. `required`: without so many pieces of evidence nothing can be submitted.
    """

    kind: RecordKind | None = None
    topic: str = ""
    at_least: int = 1
    required: bool = False

    @classmethod
    def of(cls, rule: Mapping[str, Any]) -> Self:
        kind = rule.get("kind")
        return cls(
            RecordKind[kind] if kind else None,
            rule.get("topic", ""),
            rule.get("at_least", 1),
            rule.get("required", False),
        )

    @property
    def proposes(self) -> bool:
        """Whether records can be found by it."""
        return self.kind is not None or bool(self.topic)

    @property
    def asks(self) -> bool:
        """Whether it wants anything to be shown."""
        return self.required or self.proposes
