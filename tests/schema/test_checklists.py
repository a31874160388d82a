"""The story of an item through door 1, and counts that agree with the rows counted."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from server.kit.clock import today
from server.schema.ids import global_id
from server.vocabulary import ItemState, Role
from tests.conftest import Figure
from tests.schema.conftest import Door, item_id, rows

SECRETARY, REVIEWER, AUDITOR = Role.BRANCH_SECRETARY, Role.COMMUNITY_REVIEWER, Role.AUDITOR

ITEM = "state doneOn summary remark submittedBy reviewedBy version"
EMOJI = "学习一次🎉，👩‍👩‍👧‍👦 34 人；𠮷田。"

COMPLETION = """
query($within: String!, $cycle: String) {
  completion(within: $within, cycle: $cycle) {
    within { code }
    cycle { code dueOn closesOn timeliness }
    total { ...tally }
    themes { theme { code measures { number } } tally { ...tally } }
    measures { measure { number themeCode } tally { ...tally } }
    branches { place { code kind } tally { ...tally } }
    communities { place { code kind } tally { ...tally } }
  }
}
fragment tally on Tally { due done approved owed dueSoon late missed states { state count } }
"""


async def act(door: Door, verb: str, role: Role, **fields: Any) -> dict[str, Any]:
    kind = f"{verb[0].upper()}{verb[1:]}Input"
    data = await door.data(f"mutation($i: {kind}!) {{ {verb}(input: $i) {{ {ITEM} }} }}", role, i=fields)
    found: dict[str, Any] = data[verb]
    return found


async def test_an_item_is_saved_submitted_withdrawn_returned_and_approved(door: Door) -> None:
    key, day = await item_id(), today().isoformat()
    saved = await act(door, "saveChecklistItem", SECRETARY, id=key, summary=EMOJI, expectedVersion=1)
    assert saved == saved | {"state": "IN_PROGRESS", "summary": EMOJI, "doneOn": None, "version": 2}
    sent = {"id": key, "summary": EMOJI, "doneOn": day}
    submitted = await act(door, "submitChecklistItem", SECRETARY, **sent, expectedVersion=2)
    assert submitted == submitted | {"state": "SUBMITTED", "doneOn": day, "submittedBy": "深坑支部书记（示例）"}
    withdrawn = await act(door, "withdrawChecklistItem", SECRETARY, id=key, expectedVersion=3)
    assert withdrawn == withdrawn | {"state": "IN_PROGRESS", "submittedBy": None}
    _ = await act(door, "submitChecklistItem", SECRETARY, **sent, expectedVersion=4)
    verdict = {"id": key, "verdict": "RETURN", "remark": "请补充。"}
    returned = await act(door, "reviewChecklistItem", REVIEWER, **verdict, expectedVersion=5)
    assert returned == returned | {"state": "RETURNED", "remark": "请补充。", "reviewedBy": "六约社区审核员（示例）"}
    _ = await act(door, "submitChecklistItem", SECRETARY, **sent, expectedVersion=6)
    approved = await act(door, "reviewChecklistItem", REVIEWER, id=key, verdict="APPROVE", expectedVersion=7)
    assert approved == approved | {"state": "APPROVED", "remark": "", "version": 8}


async def test_instants_are_in_utc_in_one_form(reader: Door) -> None:
    query = "{ checklistItems(first: 1, state: APPROVED) { edges { node { submittedAt reviewedAt } } } }"
    [edge] = (await reader.data(query))["checklistItems"]["edges"]
    for instant in edge["node"].values():
        assert len(instant) == len("2026-11-23T05:18:36.000Z")
        assert instant.endswith("Z")


async def test_items_are_filtered_by_place_cycle_and_state(reader: Door) -> None:
    query = """
    query($within: String, $cycle: String, $state: ItemState) {
      checklistItems(first: 1, within: $within, cycle: $cycle, state: $state) { totalCount }
    }
    """
    for wanted, count in [
        ({}, 304),
        ({"within": "HG-LY"}, 6 * 19),
        ({"within": "HG-LY-01-ZB"}, 19),
        ({"within": "HG-YJ"}, 0),
        ({"within": "HG-LY-01", "state": "TODO"}, 19),
        ({"within": "HG-LY-01", "state": "APPROVED"}, 0),
        ({"cycle": (await cycle())["code"]}, 304),
    ]:
        assert (await reader.data(query, AUDITOR, **wanted))["checklistItems"]["totalCount"] == count


async def cycle() -> dict[str, Any]:
    [found] = await rows("SELECT code, due_on, closes_on FROM cycle")
    return found


def summed(rows_of_tallies: list[dict[str, Any]]) -> dict[str, Any]:
    """One tally out of many."""
    tallies = [row["tally"] for row in rows_of_tallies]
    total: dict[str, Any] = {name: sum(t[name] for t in tallies) for name in tallies[0] if name != "states"}
    counts: Counter[str] = Counter()
    for tally in tallies:
        counts.update({entry["state"]: entry["count"] for entry in tally["states"]})
    return total | {"states": [{"state": state.value, "count": counts[state.value]} for state in ItemState]}


@pytest.mark.parametrize(
    ("role", "within", "branches", "communities"),
    [
        (Role.STREET_ADMIN, "HG", 16, {"HG-LY", "HG-C7", "HG-C8"}),
        (AUDITOR, "HG-C7", 5, {"HG-C7"}),
        (REVIEWER, "HG-LY", 6, {"HG-LY"}),
        (SECRETARY, "HG-LY-01-ZB", 1, {"HG-LY"}),
    ],
)
async def test_completion_adds_up_to_the_items(
    reader: Door,
    role: Role,
    within: str,
    branches: int,
    communities: set[str],
    figure: Figure,
) -> None:
    found = (await reader.data(COMPLETION, role, within=within))["completion"]
    assert [len(found["themes"]), len(found["measures"]), len(found["branches"])] == [5, 19, branches]
    assert {row["place"]["code"] for row in found["communities"]} == communities
    for split in ("themes", "measures", "branches", "communities"):
        assert summed(found[split]) == found["total"], split
    items = await rows(
        "SELECT i.state, count(*) FROM checklist_item i JOIN checklist c ON c.id = i.checklist_id JOIN organization b"
        " ON b.id = c.branch_id JOIN organization top ON b.path LIKE top.path || '%' WHERE top.code = $1 GROUP BY 1",
        within,
    )
    counted = {row["state"]: row["count"] for row in items}
    total = found["total"]
    assert {entry["state"]: entry["count"] for entry in total["states"] if entry["count"]} == counted
    assert total["due"] == sum(counted.values()) == branches * 19
    assert total["owed"] == sum(counted.get(state, 0) for state in ("TODO", "IN_PROGRESS", "RETURNED"))
    assert total["done"] == total["due"] - total["owed"]
    assert total["approved"] == counted.get("APPROVED", 0)
    figure(f"{within}: {total['done']} of {total['due']} done, {total['approved']} approved")


async def test_what_is_owed_is_late_after_the_due_day_and_missed_after_the_last(reader: Door) -> None:
    days = await cycle()
    wanted = {"within": "HG", "cycle": days["code"]}
    for day, clock, name in [
        (days["due_on"] - timedelta(days=30), "ON_TIME", None),
        (days["due_on"], "DUE_SOON", "dueSoon"),
        (days["due_on"] + timedelta(days=1), "LATE", "late"),
        (days["closes_on"] + timedelta(days=1), "MISSED", "missed"),
    ]:
        with time_machine.travel(noon(day)):
            found = (await reader.data(COMPLETION, **wanted))["completion"]
        total = found["total"]
        assert found["cycle"]["timeliness"] == clock
        assert {n for n in ("dueSoon", "late", "missed") if total[n]} == ({name} if name else set())
        assert total[name] == total["owed"] if name else True


def noon(day: date) -> str:
    return f"{day.isoformat()}T12:00:00+08:00"


async def test_without_an_open_cycle_there_is_nothing_to_count(reader: Door) -> None:
    with time_machine.travel(noon((await cycle())["closes_on"] + timedelta(days=1))):
        assert (await reader.data(COMPLETION, within="HG"))["completion"] is None


async def test_the_checklist_of_a_branch(reader: Door) -> None:
    query = """
    query($cycle: String) {
      organization(code: "HG-LY-01-ZB") { ... on Branch { checklists(cycle: $cycle) {
        branchCode branch { code } cycle { code template { code themes { grasp lift measures { number text } } } }
        items { state timeliness measure { number themeCode frequency origin } checklist { branchName } }
      } } }
    }
    """
    code = (await cycle())["code"]
    [found] = (await reader.data(query, SECRETARY, cycle=code))["organization"]["checklists"]
    assert [item["measure"]["number"] for item in found["items"]] == list(range(1, 20))
    assert found["branchCode"] == found["branch"]["code"] == "HG-LY-01-ZB"
    themes = found["cycle"]["template"]["themes"]
    assert [len(theme["measures"]) for theme in themes] == [4, 4, 4, 4, 3]
    assert {item["measure"]["origin"] for item in found["items"]} == {"SYNTHETIC"}
    for unknown in ("1999-Q1", "\x00"):
        assert (await reader.data(query, SECRETARY, cycle=unknown))["organization"]["checklists"] == []


async def test_a_foreign_item_is_like_an_absent_one(reader: Door) -> None:
    save = "mutation($id: ID!) { saveChecklistItem(input: {id: $id, expectedVersion: 1}) { id } }"
    answers = []
    for key in (await item_id("HG-C7-01-ZB"), global_id("ChecklistItem", 2_000_000_000)):
        error = await reader.refusal(save, SECRETARY, id=key)
        error["extensions"].pop("requestId")
        answers.append(error)
    assert answers[0] == answers[1]
    assert answers[0]["extensions"]["code"] == "NOT_FOUND"
