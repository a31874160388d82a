"""A subdistrict with branches that fill one checklist, made by operations in a fraction of a second.

world = await branches.made(count=2, rules={1: {"kind": "STUDY"}})
world.secretary(0), world.reviewer, await world.item(measure=1, branch=0)
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from server.access.actor import Actor, Grant
from server.models.accounts import Account
from server.models.checklists import ChecklistItem
from server.models.organizations import Organization
from server.operations import cycles, organizations, templates
from server.operations.cycles import OpenCycle
from server.operations.organizations import Establish
from server.operations.templates import Whole
from server.vocabulary import Role, Sector

FIRST, LAST, CLOSES = date(2026, 10, 1), date(2026, 12, 31), date(2027, 1, 10)
BOSS = Actor.installation()


@dataclass
class Branches:
    rows: list[Organization]
    secretaries: list[Actor]
    reviewer: Actor
    places: dict[str, Organization] = field(default_factory=dict)

    def secretary(self, number: int = 0) -> Actor:
        return self.secretaries[number]

    async def item(self, measure: int = 1, branch: int = 0) -> ChecklistItem:
        return await ChecklistItem.get(measure__number=measure, checklist__branch_id=self.rows[branch].id)


async def made(count: int = 1, rules: Mapping[int, Mapping[str, Any]] | None = None, measures: int = 5) -> Branches:
    """Call it on a day of the fourth quarter of 2026."""
    street = await place("ST", "STREET", None)
    community = await place("ST-C", "COMMUNITY", street.code, community_type="URBAN")
    rows = [
        await place(f"ST-C-{n}", "BRANCH", community.code, branch_type="BRANCH", sector="RESIDENT_GROUP")
        for n in range(count)
    ]
    await template(street, rules, measures)
    await cycle(street)
    secretaries = [await somebody(Role.BRANCH_SECRETARY, row) for row in rows]
    return Branches(rows, secretaries, await somebody(Role.COMMUNITY_REVIEWER, community), {"street": street})


# --- its parts, for worlds of another shape


async def place(code: str, kind: str, parent: str | None, **fields: str) -> Organization:
    given = {"code": code, "name": f"{code}的名称", "kind": kind, "parent": parent, "established_on": "2019-01-01"}
    placement = await organizations.establish(BOSS, Establish.parse(given | fields))
    return await Organization.get(id=placement.organization_id)


async def template(
    street: Organization, rules: Mapping[int, Mapping[str, Any]] | None = None, measures: int = 5
) -> None:
    asked = [
        {"number": n, "text": f"举措{n}", "frequency": "QUARTERLY", "evidence_rule": (rules or {}).get(n, {})}
        for n in range(1, measures + 1)
    ]
    theme = {"code": "ONE", "grasp": "抓一抓", "lift": "提一提", "measures": asked}
    draft = {"organization": street.code, "code": "FORM", "title": "清单", "themes": [theme]}
    _ = await templates.publish_whole(BOSS, Whole.parse(draft))


async def cycle(street: Organization, code: str = "2026-Q4", **days: date) -> None:
    """Of the template above; the days are those of the fourth quarter of 2026, where no others are given."""
    days = {"starts_on": FIRST, "ends_on": LAST, "opens_on": FIRST, "due_on": LAST, "closes_on": CLOSES} | days
    opened = OpenCycle(organization=street.code, template="FORM", sector=Sector.RESIDENT_GROUP, code=code, **days)
    _ = await cycles.open_cycle(BOSS, opened)


async def somebody(role: Role, at: Organization) -> Actor:
    """An account that nobody can sign in with, and its grant."""
    account = await Account.create(login=f"{role.value.lower()}.{at.id}", name=f"{at.code} {role.value}", home=at)
    return Actor(account.id, account.name, (Grant(role, at.id, at.path),))
