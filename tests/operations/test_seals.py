"""Seals: made once, by somebody who had no part in it; what changes afterwards shows."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from server.kit.clock import now, today
from server.kit.refusals import Conflict, Forbidden, Invalid
from server.models.checklists import ChecklistItem
from server.models.seals import Seal
from server.models.trail import TrailEntry
from server.operations import seals
from server.operations.seals import SealCycle
from server.queries import seals as queries
from server.vocabulary import ItemState, Role
from tests.acts.seals import close, quarter
from tests.cast import actor, deeds

DRAFT = SealCycle(cycle=quarter(), organization="HG")


async def test_a_cycle_whose_items_are_all_approved_is_sealed(street: str) -> None:
    sealer = await actor(Role.STREET_REVIEWER)
    reviewer, secretary = await actor(Role.COMMUNITY_REVIEWER), await actor(Role.BRANCH_SECRETARY)
    _ = await ChecklistItem.filter(state__not=ItemState.APPROVED).update(
        state=ItemState.APPROVED,
        done_on=today(),
        summary="已完成",
        filled_by_id=secretary.account_id,
        submitted_by_id=secretary.account_id,
        submitted_at=now(),
        reviewed_by_id=reviewer.account_id,
        reviewed_at=now(),
    )
    seal = await seals.seal(sealer, DRAFT)
    assert len(seal.leaves) == await ChecklistItem.all().count() == 304
    found = await queries.inspect(sealer, seal)
    assert (found.changed, found.holds) == ([], True)
    entry = await TrailEntry.get(deed="cycle.sealed")
    assert (entry.after["root"], entry.after["items"]) == (seal.root, 304)


async def test_what_changes_after_the_seal_shows(street: str) -> None:
    sealer = await actor(Role.STREET_REVIEWER)
    _ = await close()
    seal = await seals.seal(sealer, DRAFT)
    item = await ChecklistItem.get(id=int(seal.leaves[7][0]))
    item.summary = "事后补写"
    await item.save(update_fields=["summary"])
    found = await queries.inspect(sealer, await queries.find(sealer, seal.id))
    assert ([changed.id for changed in found.changed], found.holds) == ([item.id], True)
    assert (await Seal.get(id=seal.id)).root == seal.root


async def test_a_seal_that_was_changed_is_broken(street: str) -> None:
    sealer = await actor(Role.STREET_REVIEWER)
    _ = await close()
    seal = await seals.seal(sealer, DRAFT)
    seal.leaves[0][1], seal.leaves[1][1] = seal.leaves[1][1], seal.leaves[0][1]
    assert not (await queries.inspect(sealer, seal)).holds
    whole = await queries.find(sealer, seal.id)
    whole.sealed_at += timedelta(seconds=1)
    assert not (await queries.inspect(sealer, whole)).holds
    unknown = await queries.find(sealer, seal.id)
    unknown.key_id = "0" * 32
    assert not (await queries.inspect(sealer, unknown)).holds


@pytest.mark.parametrize("column", ["filled_by_id", "submitted_by_id", "reviewed_by_id"])
async def test_whoever_had_a_hand_in_it_cannot_seal(street: str, column: str) -> None:
    """Preparer, reviewer and sealer are three people."""
    sealer = await actor(Role.STREET_REVIEWER)
    _ = await close()
    _ = await ChecklistItem.filter(checklist__branch__code="HG-LY-01-ZB", measure__number__lte=2).update(
        **{column: sealer.account_id}
    )
    before = await deeds()
    with pytest.raises(Forbidden, match="of these items") as refusal:
        _ = await seals.seal(sealer, DRAFT)
    assert refusal.value.message.params == {"count": 2}
    assert (await Seal.all().count(), await deeds()) == (0, before)
    elsewhere = await seals.seal(sealer, SealCycle(cycle=quarter(), organization="HG-C8"))
    assert elsewhere.organization.code == "HG-C8"


async def test_a_running_cycle_is_not_sealed(street: str) -> None:
    sealer = await actor(Role.STREET_REVIEWER)
    before = await deeds()
    with pytest.raises(Invalid) as refusal:
        _ = await seals.seal(sealer, DRAFT)
    assert set(refusal.value.fields) == {"cycle"}
    assert (await Seal.all().count(), await deeds()) == (0, before)
    with time_machine.travel(datetime.now(UTC) + timedelta(days=200)):
        assert (await seals.seal(sealer, DRAFT)).cycle.is_past(today())


async def test_a_seal_is_made_once(street: str) -> None:
    sealer = await actor(Role.STREET_REVIEWER)
    _ = await close()
    _ = await seals.seal(sealer, DRAFT)
    with pytest.raises(Invalid, match="It was sealed here"):
        _ = await seals.seal(sealer, DRAFT)
    assert await Seal.all().count() == 1


async def test_what_is_sealed_is_what_was_seen(street: str) -> None:
    sealer = await actor(Role.STREET_REVIEWER)
    _ = await close()
    with pytest.raises(Conflict):
        _ = await seals.seal(sealer, DRAFT.model_copy(update={"expected_root": "0" * 64}))
    assert await Seal.all().count() == 0


async def test_nobody_else_sees_or_makes_one(street: str) -> None:
    sealer = await actor(Role.STREET_REVIEWER)
    _ = await close()
    _ = await seals.seal(sealer, DRAFT)
    assert await queries.all_of(await actor(Role.COMMUNITY_REVIEWER)).count() == 0
    assert await queries.all_of(await actor(Role.AUDITOR)).count() == 1
    stranger = replace(sealer, grants=())
    with pytest.raises(Invalid):
        _ = await seals.seal(stranger, SealCycle(cycle=quarter(), organization="HG-LY"))
