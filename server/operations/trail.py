"""The record of an act, in the transaction of the act."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from hashlib import sha256
from typing import Any

from tortoise.models import Model

from server.access.actor import Actor
from server.kit.clock import now
from server.models.trail import TrailEntry, TrailSalt


@dataclass(frozen=True)
class Personal:
    """A value of which the trail holds only a salted digest; the salt goes when the member is erased."""

    value: str
    member_id: int


async def record(
    actor: Actor,
    deed: str,
    subject: Model,
    path: str,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    """Write down who did `deed` to `subject`, which lies at `path`, and the fields that it changed."""
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
        before=plain(before, "before", salts),
        after=plain(after, "after", salts),
    )
    for salt in salts:
        salt.entry_id = entry.id
    if salts:
        await TrailSalt.bulk_create(salts)


def plain(values: Mapping[str, object] | None, side: str, salts: list[TrailSalt]) -> dict[str, Any]:
    """Values as JSON can hold them."""
    return {name: simple(value, f"{side}.{name}", salts) for name, value in (values or {}).items()}


def simple(value: object, field: str, salts: list[TrailSalt]) -> object:
    match value:
        case Personal():
            salt = secrets.token_bytes(32)
            salts.append(TrailSalt(entry_id=0, field=field, salt=salt.hex(), member_id=value.member_id))
            return {"sha256": sha256(salt + value.value.encode()).hexdigest()}
        case Enum():
            return value.value
        case date() | datetime():
            return value.isoformat()
        case _:
            return value
