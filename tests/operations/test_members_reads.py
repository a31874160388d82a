"""Whoever reads of people leaves one entry, before the answer goes out; without the entry there is no answer."""

import pytest

from server.models.members import Member, Membership
from server.models.trail import TrailEntry
from server.operations import members as operations
from server.operations import trail
from server.schema.ids import global_id
from server.vocabulary import MembershipKind, Role
from tests.cast import actor
from tests.clients import HTMX, signed_in

BRANCH = "/organizations/HG-LY-01-ZB/members"


async def reads() -> list[TrailEntry]:
    return await TrailEntry.filter(deed="member.read").order_by("id")


async def home() -> Membership:
    found = (
        await Membership.filter(branch__code="HG-LY-01-ZB", kind=MembershipKind.HOME).select_related("branch").first()
    )
    assert found is not None
    return found


async def test_every_request_that_loads_people_is_one_entry(street: str) -> None:
    membership = await home()
    key = membership.member_id
    node = f'{{ node(id: "{global_id("Member", key)}") {{ id }} }}'
    roster = '{ organization(code: "HG-LY-01-ZB") { members(first: 100) { edges { node { name } } } } }'
    async with signed_in(Role.BRANCH_SECRETARY) as browser:
        assert await reads() == []
        for count, ask in enumerate(
            (
                browser.get(BRANCH),
                browser.get(BRANCH, headers=HTMX),
                browser.get(f"/members/{key}"),
                browser.post("/graphql", json={"query": node}),
                browser.post("/graphql", json={"query": roster}),
                browser.post(f"/members/{key}/reveal", data={"reason": "核对身份"}),
            ),
            start=1,
        ):
            answer = await ask
            assert answer.status_code == 200
            assert len(await reads()) == count
    entries = await reads()
    everybody = sorted(await Membership.filter(branch__code="HG-LY-01-ZB").values_list("member_id", flat=True))
    assert [entry.after["count"] for entry in entries] == [36, 36, 1, 1, 36, 1]
    assert entries[0].after["members"] == everybody
    assert entries[2].after["members"] == [key]
    secretary = await actor(Role.BRANCH_SECRETARY)
    assert {(entry.account_id, entry.path) for entry in entries} == {(secretary.account_id, membership.branch.path)}
    assert len({entry.request_id for entry in entries}) == 6


async def test_numbers_and_other_pages_are_no_reads_of_people(street: str) -> None:
    async with signed_in(Role.AUDITOR) as browser:
        for path in ("/", BRANCH, "/organizations", "/matrix", "/organizations/HG-LY-01-ZB"):
            assert (await browser.get(path)).status_code == 200
    assert await reads() == []


async def test_a_read_that_cannot_be_written_is_not_answered(street: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the trail cannot be written")

    member = await Member.get(id=(await home()).member_id)
    node = f'{{ node(id: "{global_id("Member", member.id)}") {{ ... on Member {{ name }} }} }}'
    async with signed_in(Role.BRANCH_SECRETARY) as browser:
        monkeypatch.setattr(trail, "record", broken)
        for answer in (
            await browser.get(BRANCH),
            await browser.get(f"/members/{member.id}", headers=HTMX),
            await browser.post("/graphql", json={"query": node}),
        ):
            assert answer.status_code == 500
            assert member.name not in answer.text
            assert member.phone_masked not in answer.text
    assert await reads() == []


async def test_an_entry_holds_a_hundred_people_and_the_count(street: str) -> None:
    await operations.record_reads(await actor(Role.STREET_ADMIN), range(1, 251))
    entries = await reads()
    assert [len(entry.after["members"]) for entry in entries] == [100, 100, 50]
    assert {entry.after["count"] for entry in entries} == {250}
    assert sorted(key for entry in entries for key in entry.after["members"]) == list(range(1, 251))
