"""The evidence of items, what their rules still miss, and the records that a rule proposes."""

import logging
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from server.access.actor import Actor
from server.access.scope import having_id, visible
from server.kit.messages import say
from server.kit.refusals import NotFound
from server.models.checklists import ChecklistItem, coverage
from server.models.evidence import Blob, Evidence
from server.models.records import Record
from server.storage import Blob as Kept
from server.storage import Damaged, Missing, store
from server.vocabulary import ItemState

ROWS = (
    "item__checklist__branch",
    "item__checklist__cycle",
    "item__measure",
    "record__branch",
    "record__entered_by",
    "blob",
    "added_by",
    "removed_by",
)
ORDER = ("effective_on", "id")


log = logging.getLogger("qiangji")


def all_of(actor: Actor) -> QuerySet[Evidence]:
    return visible(actor, Evidence).select_related(*ROWS).order_by(*ORDER)


async def find(actor: Actor, evidence_id: int) -> Evidence:
    """Raises NotFound."""
    if piece := await all_of(actor).filter(having_id(evidence_id)).first():
        return piece
    raise NotFound(say("There is no such evidence here for you; open it from its checklist item."))


async def find_file(actor: Actor, evidence_id: int) -> tuple[Evidence, Blob]:
    """One that is a file, also when it was removed since, and what is known of its bytes. Raises NotFound."""
    piece = await find(actor, evidence_id)
    if piece.blob:
        return piece, piece.blob
    raise NotFound(say("There is no such evidence here for you; open it from its checklist item."))


async def of_record(actor: Actor, record: Record) -> list[Evidence]:
    """Where a record is used as evidence, or was."""
    return await all_of(actor).filter(record_id=record.id)


async def uses_of(actor: Actor, record_ids: Sequence[int]) -> dict[int, int]:
    """Under how many measures each of these records is used."""
    rows = visible(actor, Evidence).filter(record_id__in=list(record_ids), removed_at__isnull=True)
    found: list[Any] = await rows.values_list("record_id", flat=True)
    return Counter(found)


async def of_item(actor: Actor, item: ChecklistItem) -> list[Evidence]:
    """Everything that was ever added, also what was removed, by the day on which it happened."""
    return await all_of(actor).filter(item_id=item.id)


async def of_items(actor: Actor, item_ids: Sequence[int]) -> dict[int, list[Evidence]]:
    """The same for many items, by their ids."""
    found: dict[int, list[Evidence]] = defaultdict(list)
    for piece in await all_of(actor).filter(item_id__in=list(item_ids)):
        found[piece.item_id].append(piece)
    return found


async def handled_by(account_id: int | None, item_ids: Sequence[int]) -> set[int]:
    """The items (ids) to which this account has added evidence, or from which it has taken some off."""
    if account_id is None:
        return set()
    rows = Evidence.filter(Q(added_by_id=account_id) | Q(removed_by_id=account_id), item_id__in=list(item_ids))
    found: list[Any] = await rows.values_list("item_id", flat=True)
    return set(found)


async def is_clean(actor: Actor, item: ChecklistItem) -> bool:
    """Whether it waits, applies, and has all the evidence that its rule asks for or could propose."""
    return fits_its_rule(item, await of_item(actor, item))


def fits_its_rule(item: ChecklistItem, pieces: Sequence[Evidence]) -> bool:
    if item.state is not ItemState.SUBMITTED or item.not_applicable:
        return False
    return not item.measure.rule.asks or all(part.is_covered for part in coverage(item, pieces))


async def clean_among(actor: Actor, items: Sequence[ChecklistItem]) -> list[ChecklistItem]:
    """Those that wait and fit their rule: they may be approved together."""
    pieces = await of_items(actor, [item.id for item in items])
    return [item for item in items if fits_its_rule(item, pieces.get(item.id, []))]


async def content(piece: Evidence) -> Kept:
    """The bytes of a file, once all of them have been read and found to be what was added. Raises NotFound."""
    try:
        return await store().open(piece.sha256)
    except (Missing, Damaged):
        log.exception("evidence is not what it was")
        raise NotFound(
            say("This file is missing or damaged in the store, so it is not given out; tell whoever runs the program.")
        ) from None


async def blob(sha256: str) -> Blob | None:
    """What is known of bytes that are kept already."""
    return await Blob.get_or_none(sha256=sha256)
