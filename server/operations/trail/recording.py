"""Writing down who did what."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tortoise.models import Model

from server.access.actor import Actor
from server.kit.canonical import SALT, plain, salted
from server.kit.clock import now
from server.models.trail import TrailEntry, TrailSalt


@dataclass(frozen=True)
class Personal:
    """A value that belongs to a person, so that it may have to be forgotten: name, phone, ID number …

    The trail holds `{"sha256": hex(SHA-256(salt ‖ value))}` of it; the salt, 32 random bytes, stands in `trail_salt`
    and goes when the person is erased. Then the entry is still what was signed, and its digest says nothing any more.
    A value that is None is written as null: that there was none is nobody's secret.
    """

    value: object
    member_id: int | None


async def record(
    actor: Actor,
    deed: str,
    subject: Model,
    path: str,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    """Write down who did `deed` to `subject`, which lies at `path`, and the fields that it changed.

    What belongs to a person is given as `Personal`. Numbers that JSON cannot keep exactly become text.
    """
    salts: list[TrailSalt] = []
    entry = await TrailEntry.create(
        at=now(),
        account_id=actor.account_id,
        account_name=actor.name,
        roles=sorted({grant.role.value for grant in actor.grants}),
        token_id=actor.token_id,
        request_id=actor.request_id,
        deed=deed,
        subject_kind=subject._meta.db_table,
        subject_id=str(subject.pk),
        path=path,
        before=kept("before", before, salts),
        after=kept("after", after, salts),
    )
    for salt in salts:
        salt.entry_id = entry.id
    await TrailSalt.bulk_create(salts)


async def forget(member_id: int) -> None:
    """Make every digest in the trail that stands for something of this member mean nothing."""
    _ = await TrailSalt.filter(member_id=member_id).delete()


def kept(side: str, values: Mapping[str, object] | None, salts: list[TrailSalt]) -> dict[str, Any]:
    """Values as the trail holds them; the salts that this takes are added to `salts`."""
    return {name: digested(f"{side}.{name}", value, salts) for name, value in (values or {}).items()}


def digested(field: str, value: object, salts: list[TrailSalt]) -> object:
    if not isinstance(value, Personal):
        return plain(value)
    if value.value is None:
        return None
    salt = secrets.token_bytes(SALT)
    salts.append(TrailSalt(field=field, salt=salt.hex(), member_id=value.member_id))
    return {"sha256": salted(salt, value.value)}
