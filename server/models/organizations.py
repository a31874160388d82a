"""The tree of organizations, and how it stood on any day."""

from datetime import date
from typing import Any

from tortoise import fields
from tortoise.models import Model

from server.kit.messages import Message, say
from server.kit.paths import within
from server.kit.refusals import Invalid, invalid
from server.models.base import Dated, Scoped, Versioned
from server.vocabulary import (
    BRANCHES_BELOW,
    PLACES_BELOW,
    TEMPORARY,
    TYPE_CODES,
    BranchType,
    CommunityType,
    OrganizationKind,
    Origin,
    PartyBody,
    PlacementCause,
    Sector,
)

NAME_LENGTH = 60
CODE_LENGTH = 32
PATH_LENGTH = 200
MOST_MINUTES = 60_000
"""Of a budget: more than a month has."""


class Organization(Scoped, Versioned):
    """A district, street, community, residents' group or branch, as it stands today.

    A place is led by the Party body `party_name`; a branch has a type and a sector instead. `code` is the key
    that other systems hold, and never changes. `name`, `parent` and `path` repeat the placement that holds now.
    """

    scope = "path"

    id = fields.IntField(primary_key=True)
    code = fields.CharField(max_length=CODE_LENGTH, unique=True)
    kind = fields.CharEnumField(OrganizationKind, max_length=32)
    party_body = fields.CharEnumField(PartyBody, max_length=32, null=True)
    branch_type = fields.CharEnumField(BranchType, max_length=32, null=True)
    sector = fields.CharEnumField(Sector, max_length=32, null=True)
    community_type = fields.CharEnumField(CommunityType, max_length=32, null=True)
    name = fields.CharField(max_length=NAME_LENGTH)
    party_name = fields.CharField(max_length=NAME_LENGTH, default="")
    parent: fields.ForeignKeyNullableRelation["Organization"] = fields.ForeignKeyField(
        "models.Organization", "children", null=True, on_delete=fields.RESTRICT
    )
    parent_id: int | None
    path = fields.CharField(max_length=PATH_LENGTH)
    established_on: date = fields.DateField()
    dissolved_on: date | None = fields.DateField(null=True)
    minutes_a_month: int | None = fields.IntField(null=True)
    """How long checklists may keep one branch here busy in a month; more needs a reason."""
    origin = fields.CharEnumField(Origin, max_length=32, default=Origin.RECORDED)
    source = fields.CharField(max_length=120, default="")
    note = fields.TextField(default="")
    external_refs: dict[str, str] = fields.JSONField(default=dict)

    placements: fields.ReverseRelation["Placement"]

    class Meta:
        table = "organization"

    @property
    def short_name(self) -> str:
        """The name for a table whose rows are all alike: 深坑 of 深坑居民小组党支部."""
        return self.name.removesuffix("居民小组党支部")

    @property
    def is_temporary(self) -> bool:
        return self.branch_type in TEMPORARY

    @property
    def kinds_below(self) -> list[OrganizationKind]:
        """What may lie directly below it, from the top of the tree down."""
        return [kind for kind in OrganizationKind if kind in PLACES_BELOW[self.kind]]

    @property
    def branch_types_below(self) -> list[BranchType]:
        """The types that a branch directly below it may have."""
        return [kind for kind in BranchType if kind in BRANCHES_BELOW.get(self.branch_type, ())]

    @property
    def may_hold_any(self) -> bool:
        """Whether anything at all may lie below it."""
        return self.kind is not OrganizationKind.BRANCH or bool(BRANCHES_BELOW.get(self.branch_type))

    @property
    def type_code(self) -> str | None:
        """The national code of the Party body or branch type: 611, 631, 932 …"""
        body = self.branch_type or self.party_body
        return TYPE_CODES.get(body) if body else None

    def current(self) -> dict[str, Message]:
        values = {"name": self.name, "party_name": self.party_name, "minutes_a_month": self.minutes_a_month or "—"}
        return {field: say("Now: {value}", value=value) for field, value in values.items()}

    def check_shape(self) -> None:
        """Raises Invalid for fields that this kind of organization needs, or cannot have."""
        is_branch = self.kind is OrganizationKind.BRANCH
        complaints: dict[str, Message] = {}
        for field in ("branch_type", "sector"):
            if is_branch and not getattr(self, field):
                complaints[field] = say("A branch needs this; choose one.")
            if not is_branch and getattr(self, field):
                complaints[field] = say("Only a branch has this; leave it empty.")
        for field in ("party_body", "party_name"):
            if is_branch and getattr(self, field):
                complaints[field] = say("A branch is itself the Party body; leave this empty.")
        if self.kind is not OrganizationKind.COMMUNITY and self.community_type:
            complaints["community_type"] = say("Only a community has this; leave it empty.")
        if complaints:
            raise Invalid(say("Some fields need another look."), complaints)

    def rename(self, name: str, party_name: str, expected: int) -> None:
        """Raises Conflict, or Invalid when nothing would change."""
        self.advance(expected)
        if (name, party_name) == (self.name, self.party_name):
            raise invalid(name=say("It is called that already; write the new name."))
        self.name, self.party_name = name, party_name

    def dissolve(self, on: date, expected: int) -> None:
        self.advance(expected)
        self.dissolved_on = on

    def budget(self, minutes: int | None, expected: int) -> None:
        """Raises Conflict, or Invalid where no branch could keep to it."""
        self.advance(expected)
        if self.kind is OrganizationKind.BRANCH:
            raise invalid(minutes_a_month=say("A budget is set for a place with branches below; choose one above."))
        self.minutes_a_month = minutes

    def check_alive(self, field: str) -> None:
        """Raises Invalid (`field`) for an organization that has been dissolved."""
        if self.dissolved_on:
            raise invalid(
                **{field: say("{name} was dissolved on {day}; choose another.", name=self.name, day=self.dissolved_on)}
            )

    def check_may_hold(self, child: "Organization", field: str) -> None:
        """Raises Invalid (`field`) if `child` may not lie directly below this."""
        if not may_hold(self.kind, self.branch_type, child.kind, child.branch_type):
            raise forbidden_child(self, child, field)

    def check_may_move_below(self, parent: "Organization") -> None:
        """Raises Invalid (parent) for a cycle, a forbidden parent, or no change."""
        if within(parent.path, self.path):
            raise invalid(
                parent=say("{name} lies within what you are moving; choose another parent.", name=parent.name)
            )
        if parent.id == self.parent_id:
            raise invalid(parent=say("It lies below {name} already; choose another parent.", name=parent.name))
        parent.check_may_hold(self, "parent")


class Placement(Scoped, Dated):
    """Where an organization stood in the tree, and under which name, from one day until another.

    `cause` began it, under the instrument (文号) named; `pinyin` and `initials` find the name from a Latin keyboard.
    """

    scope = "path"

    id = fields.IntField(primary_key=True)
    organization: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "models.Organization", "placements", on_delete=fields.RESTRICT
    )
    organization_id: int
    parent: fields.ForeignKeyNullableRelation[Organization] = fields.ForeignKeyField(
        "models.Organization", "placements_below", null=True, on_delete=fields.RESTRICT
    )
    parent_id: int | None
    name = fields.CharField(max_length=NAME_LENGTH)
    party_name = fields.CharField(max_length=NAME_LENGTH, default="")
    pinyin = fields.CharField(max_length=400)
    initials = fields.CharField(max_length=120)
    path = fields.CharField(max_length=PATH_LENGTH)
    cause = fields.CharEnumField(PlacementCause, max_length=32)
    instrument_no = fields.CharField(max_length=80, default="")

    class Meta:
        table = "placement"


class Lineage(Model):
    """That one organization came out of another: merged, split or upgraded by an act of reorganisation."""

    id = fields.IntField(primary_key=True)
    predecessor: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "models.Organization", "successions", on_delete=fields.RESTRICT
    )
    predecessor_id: int
    successor: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "models.Organization", "descents", on_delete=fields.RESTRICT
    )
    successor_id: int
    cause = fields.CharEnumField(PlacementCause, max_length=32)
    effective_on: date = fields.DateField()
    instrument_no = fields.CharField(max_length=80, default="")

    class Meta:
        table = "lineage"


def may_hold(
    parent: OrganizationKind | None,
    parent_type: BranchType | None,
    child: OrganizationKind,
    child_type: BranchType | None,
) -> bool:
    """Whether the one may lie directly below the other (None: the top of the tree)."""
    if child not in PLACES_BELOW[parent]:
        return False
    return child_type is None or child_type in BRANCHES_BELOW.get(parent_type, frozenset())


def forbidden_child(parent: Organization | None, child: Organization, field: str) -> Invalid:
    what: dict[str, Any] = {"child": child.branch_type or child.kind, "name": parent.name if parent else "—"}
    return invalid(**{field: say("{child} may not lie directly below {name}; choose another parent.", **what)})
