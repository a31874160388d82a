"""How an act shows in the tree: placements end and begin."""

from datetime import date

from tortoise import connections

from server.access.scope import in_subtree
from server.kit.paths import below, join, replanted
from server.kit.text import search_keys
from server.models.organizations import Organization, Placement
from server.queries import organizations
from server.vocabulary import PlacementCause


async def next_id() -> int:
    """The id of the next organization."""
    rows = await connections.get("default").execute_query_dict("SELECT nextval('organization_id_seq') AS id")
    return int(rows[0]["id"])


async def place(organization: Organization, since: date, cause: PlacementCause) -> Placement:
    """Begin a placement that says what `organization` says now."""
    placement = Placement(
        organization=organization,
        parent_id=organization.parent_id,
        name=organization.name,
        party_name=organization.party_name,
        **search_keys(organization.name)._asdict(),
        path=organization.path,
        cause=cause,
        valid_from=since,
    )
    await placement.save()
    return placement


async def replace(organization: Organization, cause: PlacementCause, day: date) -> Placement:
    """End on `day` the placement that holds, and begin the next."""
    await Placement.filter(organization_id=organization.id, valid_to__isnull=True).update(valid_to=day)
    return await place(organization, day, cause)


async def transplant(organization: Organization, parent: Organization, day: date) -> Placement:
    """Give `organization` and everything below it the paths under `parent`, from `day` and on the rows of the tree."""
    old, new = organization.path, join(parent.path, organization.id)
    moved = Placement.filter(in_subtree("path", old), valid_to__isnull=True)
    placements = await moved.select_related("organization").order_by("path")
    await moved.update(valid_to=day)
    organization.parent_id = parent.id
    await organization.save(update_fields=["parent_id", "version"])
    await rewrite_paths(old, new)
    organization.path = new
    begun = [moved_placement(p, replanted(p.path, old, new), day) for p in placements]
    begun[0].parent_id = parent.id  # in the order of paths the top comes first
    await Placement.bulk_create(begun)
    return await organizations.current_placement(organization)


def moved_placement(was: Placement, path: str, day: date) -> Placement:
    """What `was` said, under another path from `day` on."""
    return Placement(
        organization_id=was.organization_id,
        parent_id=was.parent_id,
        name=was.name,
        party_name=was.party_name,
        pinyin=was.pinyin,
        initials=was.initials,
        path=path,
        cause=PlacementCause.MOVE,
        valid_from=day,
    )


async def rewrite_paths(old: str, new: str) -> None:
    """Also of what was dissolved below: its history is reached through the place where it lay."""
    low, high = below(old)
    await connections.get("default").execute_query(
        "UPDATE organization SET path = $1 || substr(path, $2) WHERE path >= $3 AND path < $4",
        [new, len(old) + 1, low, high],
    )
