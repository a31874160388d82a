"""Checklist templates: five themes, nineteen measures, in versions that never change once published."""

from datetime import date, datetime
from typing import Any

from tortoise import fields
from tortoise.models import Model

from server.kit.messages import say
from server.kit.refusals import invalid
from server.vocabulary import Frequency, Origin, VersionState


class Template(Model):
    """A checklist that branches work through, cycle after cycle."""

    id = fields.IntField(primary_key=True)
    code = fields.CharField(max_length=32, unique=True)
    title = fields.CharField(max_length=120)
    programme = fields.CharField(max_length=120, default="")
    notice = fields.TextField(default="")
    origin = fields.CharEnumField(Origin, max_length=32, default=Origin.RECORDED)
    source = fields.CharField(max_length=120, default="")

    class Meta:
        table = "template"


class TemplateVersion(Model):
    id = fields.IntField(primary_key=True)
    template: fields.ForeignKeyRelation[Template] = fields.ForeignKeyField(
        "models.Template", "versions", on_delete=fields.RESTRICT
    )
    template_id: int
    number = fields.IntField()
    state = fields.CharEnumField(VersionState, max_length=32, default=VersionState.DRAFT)
    published_at: datetime | None = fields.DatetimeField(null=True)

    themes: fields.ReverseRelation["Theme"]

    class Meta:
        table = "template_version"

    def publish(self, at: datetime) -> None:
        if self.state is not VersionState.DRAFT:
            raise invalid(version=say("Only a draft can be published; this version is: {state}.", state=self.state))
        self.state, self.published_at = VersionState.PUBLISHED, at

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

    def window(self, starts_on: date, ends_on: date) -> tuple[date, date]:
        """The days [first, last] on which this may be done, for a cycle of these bounds: a yearly one has the year."""
        if self.frequency is Frequency.YEARLY:
            return date(starts_on.year, 1, 1), date(ends_on.year, 12, 31)
        return starts_on, ends_on
