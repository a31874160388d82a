"""Sealed values under the newest key: a batch at a time, each in a transaction of its own."""

from collections.abc import Sequence
from typing import Any

from tortoise.expressions import Q
from tortoise.models import Model

from server import keys
from server.kit.sealing import key_of, seal, unseal
from server.kit.transactions import unit_of_work
from server.models.accounts import Account
from server.models.members import Member

SEALED: dict[type[Model], tuple[str, ...]] = {Member: ("phone", "id_number"), Account: ("totp",)}
"""Every sealed column; its values are bound to "table.column:id"."""
BATCH = 200


async def reseal() -> int:
    """Seal everything again that an older key has sealed; how many values. Cut short, it goes on where it was.

    Raises Unsealable.
    """
    done = 0
    for model in SEALED:
        while count := await reseal_batch(model):
            done += count
    return done


@unit_of_work()
async def reseal_batch(model: type[Model]) -> int:
    """The next rows that an older key has sealed; how many values of them. Raises Unsealable."""
    ring, done = keys.ring(), 0
    for row in await model.filter(sealed_otherwise(model, ring.sealer.id)).order_by("id").limit(BATCH):
        columns = [c for c in SEALED[model] if (held := getattr(row, c)) and key_of(held) != ring.sealer.id]
        for column in columns:
            place = f"{model._meta.db_table}.{column}:{row.pk}"
            setattr(row, column, seal(ring.sealer, unseal(ring.openers, getattr(row, column), place), place))
        await row.save(update_fields=columns)
        done += len(columns)
    return done


async def sealed_by(key_id: str) -> int:
    """In how many rows something is sealed by this key."""
    return sum([await model.filter(starting(SEALED[model], f"{key_id}:")).count() for model in SEALED])


def sealed_otherwise(model: type[Model], key_id: str) -> Q:
    """Rows with a value that another key has sealed; what is absent, SQL counts on neither side."""
    return Q(*(~starting([column], f"{key_id}:") for column in SEALED[model]), join_type=Q.OR)


def starting(columns: Sequence[str], start: str) -> Q:
    """Rows with such a start in one of the columns."""
    starts: list[dict[str, Any]] = [{f"{column}__startswith": start} for column in columns]
    return Q(*(Q(**each) for each in starts), join_type=Q.OR)
