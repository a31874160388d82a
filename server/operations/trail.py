"""The record of an act, in the transaction of the act."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any

from tortoise.models import Model

from server.access.actor import Actor
from server.kit.clock import now
from server.models.trail import TrailEntry


async def record(
    actor: Actor,
    deed: str,
    subject: Model,
    path: str,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    """Write down who did `deed` to `subject`, which lies at `path`, and the fields that it changed."""
    _ = await TrailEntry.create(
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
        before=plain(before),
        after=plain(after),
    )


def plain(values: Mapping[str, object] | None) -> dict[str, Any]:
    """Values as JSON can hold them."""
    return {name: simple(value) for name, value in (values or {}).items()}


def simple(value: object) -> object:
    match value:
        case Enum():
            return value.value
        case date() | datetime():
            return value.isoformat()
        case _:
            return value
