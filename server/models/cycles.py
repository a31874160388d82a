"""Cycles: a published checklist, for a period, over the branches that a selector picks."""

from datetime import date, timedelta
from typing import Any

from tortoise import fields

from server.models.base import Scoped
from server.models.organizations import Organization
from server.models.templates import TemplateVersion
from server.vocabulary import Sector, Timeliness

CODE_LENGTH = 32
SOON = timedelta(days=7)


class Cycle(Scoped):
    """A period (2026-Q4, from `starts_on` to `ends_on`, both counted) and the days of its course.

    It can be filled from `opens_on` to `closes_on`; after `due_on` what is missing is late. Seen by
    everyone who sees one of its checklists. `selector` says which branches it was opened over.
    """

    scope = "checklists__branch__path"

    id = fields.IntField(primary_key=True)
    code = fields.CharField(max_length=CODE_LENGTH)
    organization: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "models.Organization", "cycles", on_delete=fields.RESTRICT
    )
    organization_id: int
    template_version: fields.ForeignKeyRelation[TemplateVersion] = fields.ForeignKeyField(
        "models.TemplateVersion", "cycles", on_delete=fields.RESTRICT
    )
    template_version_id: int
    selector: dict[str, Any] = fields.JSONField(default=dict)
    starts_on: date = fields.DateField()
    ends_on: date = fields.DateField()
    opens_on: date = fields.DateField()
    due_on: date = fields.DateField()
    closes_on: date = fields.DateField()

    class Meta:
        table = "cycle"

    @property
    def sector(self) -> Sector:
        """Of the branches that it is for."""
        return Sector[self.selector["sector"]]

    @property
    def without(self) -> list[str]:
        """The codes of the branches that were left out when it was opened."""
        return list(self.selector.get("without", []))

    @property
    def name(self) -> str:
        """Among those of all places: HG/2026-Q4. Its organization has to be there."""
        return f"{self.organization.code}/{self.code}"

    def is_running(self, today: date) -> bool:
        return self.opens_on <= today <= self.closes_on

    def is_past(self, today: date) -> bool:
        return today > self.closes_on

    def timeliness(self, today: date) -> Timeliness:
        """What the clock says of work in this cycle that is still owed on this day, where nobody has longer."""
        return timeliness(self.due_on, self.closes_on, today)


def timeliness(due_on: date, closes_on: date, day: date) -> Timeliness:
    """What the clock says, on `day`, of work that is owed: a day counts until its midnight at home."""
    if day > closes_on:
        return Timeliness.MISSED
    if day > due_on:
        return Timeliness.LATE
    return Timeliness.DUE_SOON if day >= due_on - SOON else Timeliness.ON_TIME
