"""People of the Party, and the branches that they belong to."""

from datetime import date
from typing import Any, Self

from tortoise import fields

from server import keys
from server.kit import reading
from server.kit.identity import mask_id_number, mask_phone
from server.kit.messages import Message, say
from server.kit.refusals import invalid
from server.kit.sealing import blind_index, seal, unseal
from server.models.base import Dated, Scoped, Versioned
from server.models.organizations import Organization
from server.vocabulary import MembershipKind, MemberStage, OrganizationKind, Origin, Standing

NAME_LENGTH = 60
ERASED = "已删除（Erased）"
"""What stands instead of the name of somebody who was erased."""
MASKS = {"phone": mask_phone, "id_number": mask_id_number}
"""The sealed fields, and the one form in which each is shown."""


class Member(Versioned):
    """One person. The pinyin keys are computed, and may be corrected: as a surname 曾 is zeng, not ceng.

    Phone and ID number are sealed; their `_index` is a keyed digest, to look one up by the whole of it, and their
    `_masked` form is what is shown. An erased member keeps only what the branch's numbers need.
    """

    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=NAME_LENGTH)
    pinyin = fields.CharField(max_length=400)
    initials = fields.CharField(max_length=120)
    stage = fields.CharEnumField(MemberStage, max_length=32)
    standing = fields.CharEnumField(Standing, max_length=32, default=Standing.ACTIVE)
    joined_on: date | None = fields.DateField(null=True)
    phone = fields.CharField(max_length=400, null=True)
    phone_index = fields.CharField(max_length=64, null=True)
    phone_masked = fields.CharField(max_length=30, default="")
    id_number = fields.CharField(max_length=400, null=True)
    id_number_index = fields.CharField(max_length=64, null=True)
    id_number_masked = fields.CharField(max_length=30, default="")
    erased_on: date | None = fields.DateField(null=True)
    origin = fields.CharEnumField(Origin, max_length=32, default=Origin.RECORDED)

    memberships: fields.ReverseRelation["Membership"]

    class Meta:
        table = "member"

    @classmethod
    def _init_from_db(cls, **values: Any) -> Self:
        """Every person that a request loads is noted: the trail says who was looked at."""
        reading.note(values.get("id"))
        return super()._init_from_db(**values)

    def current(self) -> dict[str, Message]:
        held = {"name": self.name, "joined_on": self.joined_on or "—"}
        masked = {field: getattr(self, f"{field}_masked") or "—" for field in MASKS}
        return {field: say("Now: {value}", value=value) for field, value in (held | masked).items()}

    def check_held(self) -> None:
        """Raises Invalid for somebody who was erased."""
        if self.erased_on:
            raise invalid(id=say("This person was erased on {day}; nothing is held any more.", day=self.erased_on))

    def keep(self, field: str, value: str | None) -> None:
        """Keep a phone or an ID number, or none: sealed, to be found by the whole of it, and shown masked."""
        ring = keys.ring()
        setattr(self, field, seal(ring.sealer, value, place(field, self.id)) if value else None)
        setattr(self, f"{field}_index", blind_index(ring.index, field, value) if value else None)
        setattr(self, f"{field}_masked", MASKS[field](value) if value else "")

    def opened(self, field: str) -> str | None:
        """A sealed field in clear: for `reveal` and `export` alone. Raises Unsealable."""
        sealed: str | None = getattr(self, field)
        return unseal(keys.ring().openers, sealed, place(field, self.id)) if sealed else None

    def erase(self, day: date, expected: int) -> None:
        """What remains is what the numbers of past days need. Raises Conflict."""
        self.advance(expected)
        self.name, self.pinyin, self.initials, self.joined_on, self.erased_on = ERASED, "", "", None, day
        for field in MASKS:
            self.keep(field, None)


class Membership(Scoped, Dated):
    """That a member belongs to a branch. At most one HOME at a time; a temporary branch has TEMPORARY ones only."""

    scope = "branch__path"

    id = fields.IntField(primary_key=True)
    member: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField(
        "models.Member", "memberships", on_delete=fields.RESTRICT
    )
    member_id: int
    branch: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "models.Organization", "memberships", on_delete=fields.RESTRICT
    )
    branch_id: int
    kind = fields.CharEnumField(MembershipKind, max_length=32)

    class Meta:
        table = "membership"


def place(field: str, member_id: int) -> str:
    """Where a sealed value stands: it opens nowhere else."""
    return f"member.{field}:{member_id}"


def check_membership(branch: Organization, kind: MembershipKind) -> None:
    """Raises Invalid (branch) if `branch` cannot hold a membership of this kind."""
    if branch.kind is not OrganizationKind.BRANCH:
        raise invalid(branch=say("{name} is not a branch; choose a branch.", name=branch.name))
    branch.check_alive("branch")
    if kind is MembershipKind.HOME and branch.is_temporary:
        raise invalid(
            branch=say("{name} is a temporary branch; its members keep their home branch elsewhere.", name=branch.name)
        )
    if kind is MembershipKind.TEMPORARY and not branch.is_temporary:
        raise invalid(
            branch=say("{name} is not a temporary branch; only those take members for a task.", name=branch.name)
        )
