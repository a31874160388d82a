"""What rows have in common: a place in the tree, a version, a span of days."""

from datetime import date, timedelta
from typing import Any, ClassVar

from tortoise import fields
from tortoise.expressions import Q
from tortoise.models import Model

from server.kit.messages import Message, say
from server.kit.refusals import Conflict


class Scoped(Model):
    """A row that belongs to a place: `scope` is the column that holds the place's path.

    `access/scope.py` says what it takes to see the rows of each such table.
    """

    scope: ClassVar[str]

    class Meta:
        abstract = True


class Versioned(Model):
    """A row that is edited by people: whoever saves names the version that they saw."""

    version = fields.IntField(default=1)

    class Meta:
        abstract = True

    def advance(self, expected: int) -> None:
        """Count one change up; raises Conflict when `expected` is not the version of this row."""
        if expected != self.version:
            raise Conflict(
                say("Somebody else changed this meanwhile. Look at what it holds now, then save again."),
                self.current(),
                self.version,
            )
        self.version += 1

    def current(self) -> dict[str, Message]:
        """The values that a stale edit competes with, by field."""
        return {}


class Dated(Model):
    """A row that holds from a day on, until the day before `valid_to` (null: no end yet)."""

    valid_from: date = fields.DateField()
    valid_to: date | None = fields.DateField(null=True)

    class Meta:
        abstract = True

    @property
    def last_day(self) -> date | None:
        """The last day on which it held; the first, for what was replaced on the day on which it began."""
        return max(self.valid_from, self.valid_to - timedelta(days=1)) if self.valid_to else None


def holding_on(day: date, relation: str = "") -> Q:
    """Dated rows that hold on `day`; `relation` ("placements__") reaches them from another table."""
    begun: dict[str, Any] = {f"{relation}valid_from__lte": day}
    endless: dict[str, Any] = {f"{relation}valid_to__isnull": True}
    ends_later: dict[str, Any] = {f"{relation}valid_to__gt": day}
    return Q(**begun) & (Q(**endless) | Q(**ends_later))
