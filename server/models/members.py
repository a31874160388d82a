"""People of the Party, and the branches that they belong to."""

from datetime import date

from tortoise import fields

from server.kit.messages import say
from server.kit.refusals import invalid
from server.models.base import Dated, Scoped, Versioned
from server.models.organizations import Organization
from server.vocabulary import MembershipKind, MemberStage, OrganizationKind, Origin, Standing

NAME_LENGTH = 60


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
