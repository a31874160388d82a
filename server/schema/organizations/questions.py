"""What the fields of an organization ask, for all the organizations of a level at once."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from server.access.actor import Actor
from server.kit.paging import Slice
from server.queries import members, organizations

if TYPE_CHECKING:
    from server.models.organizations import Placement


async def standing(actor: Actor, keys: Sequence[int], day: date) -> "dict[int, Placement | None]":
    found = await organizations.find_many(actor, keys, day)
    return {key: found.get(key) for key in keys}


async def addresses(
    _: Actor, rows: "Sequence[Placement]", day: date
) -> "dict[Placement, list[organizations.PlaceName]]":
    found = await organizations.addresses(rows, day)
    return {row: found[row.id] for row in rows}


async def member_counts(_: Actor, rows: "Sequence[Placement]", day: date) -> "dict[Placement, int]":
    found = await members.counts(rows, day)
    return {row: found[row.id] for row in rows}


async def pages_below(
    _: Actor, tops: "Sequence[Placement]", day: date, first: int, after: str | None
) -> "dict[Placement, Slice[Placement]]":
    found = await organizations.pages_below(tops, day, first, after)
    return {top: found[top.id] for top in tops}


async def counts_below(_: Actor, tops: "Sequence[Placement]", day: date) -> "dict[Placement, int]":
    found = await organizations.counts_below(tops, day)
    return {top: found[top.id] for top in tops}
