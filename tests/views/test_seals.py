"""Seals on pages."""

from server.models.checklists import ChecklistItem
from server.models.seals import Seal
from server.vocabulary import Role
from tests.acts.seals import SEAL, close
from tests.clients import signed_in


async def test_a_seal_is_made_listed_and_shown_with_what_changed(street: str) -> None:
    _ = await close()
    async with signed_in(Role.STREET_REVIEWER) as client:
        form = await client.get("/seals/new")
        assert '<option value="HG-LY">' in form.text
        assert (await client.post("/seals/new", data=SEAL)).headers["location"] == "/seals"
        seal = await Seal.get()
        listed, shown = await client.get("/seals"), await client.get(f"/seals/{seal.id}")
        assert f'href="/seals/{seal.id}"' in listed.text
        assert "The seal is whole" in shown.text
        assert "still says what was sealed" in shown.text
        _ = await ChecklistItem.filter(id=int(seal.leaves[0][0])).update(remark="事后")
        changed = await client.get(f"/seals/{seal.id}")
        again = await client.post("/seals/new", data=SEAL)
    assert f'href="/checklist-items/{seal.leaves[0][0]}"' in changed.text
    assert 'id="cycle-complaint"' in again.text
    assert await Seal.all().count() == 1


async def test_others_look_and_do_not_seal(street: str) -> None:
    async with signed_in(Role.AUDITOR) as client:
        listed, form = await client.get("/seals"), await client.get("/seals/new")
    assert "/seals/new" not in listed.text
    assert form.status_code == 403
