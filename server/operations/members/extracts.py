"""All that is held on one person, to be handed over."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.access.actor import Actor
from server.kit.clock import now
from server.models.members import Member, Membership
from server.queries import members
from server.queries.members import Look


@dataclass(frozen=True, repr=False)
class Extract:
    """`document` is what a program reads; the rest is the same for a page."""

    member: Member
    phone: str | None
    id_number: str | None
    memberships: list[Membership]
    looks: list[Look]
    made_at: datetime
    made_by: str
    reason: str

    @property
    def document(self) -> dict[str, Any]:
        return {
            "made_at": self.made_at.isoformat(),
            "made_by": self.made_by,
            "reason": self.reason,
            "person": person(self.member) | {"phone": self.phone, "id_number": self.id_number},
            "memberships": [membership(row) for row in self.memberships],
            "looks": [look._asdict() | {"at": look.at.isoformat()} for look in self.looks],
        }


async def extract(actor: Actor, member: Member, reason: str) -> Extract:
    return Extract(
        member,
        member.opened("phone"),
        member.opened("id_number"),
        await members.all_memberships(member.id),
        await members.looks_at(member.id),
        now(),
        actor.name,
        reason,
    )


def person(member: Member) -> dict[str, object]:
    return {
        "id": member.id,
        "name": member.name,
        "pinyin": member.pinyin,
        "initials": member.initials,
        "stage": member.stage.value,
        "standing": member.standing.value,
        "joined_on": member.joined_on.isoformat() if member.joined_on else None,
        "origin": member.origin.value,
    }


def membership(row: Membership) -> dict[str, object]:
    return {
        "branch": row.branch.code,
        "branch_name": row.branch.name,
        "kind": row.kind.value,
        "from": row.valid_from.isoformat(),
        "to": row.last_day.isoformat() if row.last_day else None,
    }
