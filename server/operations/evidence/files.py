"""Adding files: each is judged by its content, cleaned and stored under its hash before a row speaks of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from server.access.actor import Actor
from server.kit import uploads
from server.kit.clock import now, today
from server.kit.messages import Message, say
from server.kit.refusals import Invalid, invalid
from server.kit.text import printable
from server.kit.transactions import unit_of_work
from server.kit.uploads import Source, Upload
from server.models.evidence import Blob, Evidence
from server.operations.evidence.adding import add, check_new, find_owed
from server.operations.evidence.drafts import Attach
from server.queries import evidence
from server.storage import store
from server.vocabulary import EvidenceKind

MOST_FILES = 10


class Sent(NamedTuple):
    """A file as somebody sends it; its name is believed in nothing."""

    name: str
    source: Source


@dataclass(frozen=True)
class Attached:
    """What was kept, and why each of the others was not."""

    pieces: list[Evidence]
    complaints: list[Message]


async def attach(actor: Actor, item_id: int, draft: Attach, files: Sequence[Sent]) -> Attached:
    """Add files, each judged alone. Raises NotFound, Forbidden, and Invalid if none of them can be kept."""
    await look_first(actor, item_id, draft)
    if not files:
        raise invalid(file=say("Choose a file first."))
    if len(files) > MOST_FILES:
        raise invalid(file=say("Choose at most {count} files at once.", count=MOST_FILES))
    kept, complaints = [], []
    for file in files:
        try:
            kept.append(await stored(file))
        except Invalid as refusal:
            complaints.append(about(printable(file.name, 60), refusal))
    pieces, others = await add_files(actor, item_id, draft, kept) if kept else ([], [])
    complaints += others
    if not pieces:
        raise none_of_them(complaints)
    return Attached(pieces, complaints)


async def look_first(actor: Actor, item_id: int, draft: Attach) -> None:
    """Nothing is judged or stored for somebody who may not add it. Raises NotFound, Forbidden, Invalid."""
    item = await find_owed(actor, item_id, lock=False)
    item.check_day(draft.effective_on, today(), "effective_on")


async def stored(file: Sent) -> Upload:
    """Raises Invalid for what is not taken. The path that it names is gone."""
    async with uploads.taken(file.name, file.source) as upload:
        _ = await store().put(upload.path, upload.sha256)
        return upload


@unit_of_work()
async def add_files(
    actor: Actor, item_id: int, draft: Attach, files: Sequence[Upload]
) -> tuple[list[Evidence], list[Message]]:
    """What was added, and what is here already. Raises NotFound, Forbidden, Invalid."""
    item = await find_owed(actor, item_id)
    item.check_day(draft.effective_on, today(), "effective_on")
    pieces, complaints = [], []
    for upload in files:
        try:
            await check_new(item, upload.sha256, "file")
        except Invalid as refusal:
            complaints.append(about(upload.name, refusal))
            continue
        await know(upload)
        piece = Evidence(
            item=item,
            kind=EvidenceKind.FILE,
            title=upload.name,
            blob_id=upload.sha256,
            effective_on=draft.effective_on,
            sha256=upload.sha256,
        )
        await add(actor, item, piece)
        pieces.append(piece)
    return [await evidence.find(actor, piece.id) for piece in pieces], complaints


async def know(upload: Upload) -> None:
    """One row for the same bytes, whoever sends them."""
    if await evidence.blob(upload.sha256) is None:
        _ = await Blob.create(sha256=upload.sha256, media_type=upload.media_type, size=upload.size, received_at=now())


def none_of_them(complaints: Sequence[Message]) -> Invalid:
    """What is wrong with each file; the first is said at the field."""
    first, *others = complaints
    fields = {"file": first} | {f"file.{number}": each for number, each in enumerate(others, start=2)}
    return Invalid(say("None of these files can be kept.") if others else first, fields)


def about(name: str, refusal: Invalid) -> Message:
    return say("{name}: {why}", name=name, why=refusal.message)
