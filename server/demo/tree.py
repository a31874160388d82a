"""The nine communities of 2019, the sixteen residents' groups, and the branches."""

from datetime import date

from server.access.actor import Actor
from server.demo.facts import Fact, Street, source
from server.operations import organizations
from server.operations.organizations import Establish, Provenance
from server.vocabulary import OrganizationKind, Origin, Sector

SINCE = date(2019, 1, 1)
"""The article tells of 2019 and names no founding days, so this one is an assumption for all."""

ASSUMED = Provenance(Origin.SYNTHETIC)


async def establish(actor: Actor, street: Street) -> None:
    await add(actor, street, kind="STREET", party_name=street.party_name, party_body=street.party_body)
    for community in street.communities:
        await add(
            actor,
            community,
            kind="COMMUNITY",
            parent=street.code,
            party_name=community.party_name,
            party_body="COMMITTEE",
            community_type=community.type,
        )
        await add_branch(actor, f"{community.code}-ZB", f"{community.name}党支部", community.code, Sector.COMMUNITY)
    for group in street.resident_groups:
        await add(actor, group, kind="RESIDENT_GROUP", parent=group.community)
        await add_branch(actor, f"{group.code}-ZB", f"{group.name}党支部", group.code, Sector.RESIDENT_GROUP)
    for branch in street.branches:
        await add(actor, branch, kind="BRANCH", parent=branch.parent, branch_type=branch.type, sector=branch.sector)


async def add(actor: Actor, fact: Fact, **fields: str) -> None:
    draft = Establish.parse({"code": fact.code, "name": fact.name, "established_on": SINCE, **fields})
    _ = await organizations.establish(actor, draft, Provenance(Origin[fact.origin], source(fact), fact.note))


async def add_branch(actor: Actor, code: str, name: str, parent: str, sector: Sector) -> None:
    """A branch that the sources imply but do not name."""
    fields = {"kind": OrganizationKind.BRANCH, "branch_type": "BRANCH", "sector": sector, "established_on": SINCE}
    _ = await organizations.establish(
        actor, Establish.parse({"code": code, "name": name, "parent": parent, **fields}), ASSUMED
    )
