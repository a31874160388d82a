"""What auditors ask of a past day: who owed what, what changed, and how cycle followed cycle."""

from datetime import timedelta
from typing import Any

import time_machine

from server.kit.clock import today
from server.vocabulary import Role
from tests.schema.conftest import Door, rows

MISSING = """query($first: Int!, $after: String, $within: String!) {
  missing(within: $within, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor }
    edges { node { itemId branch { code } measure { number } state timeliness owedSince waitingDays nextRole
      nextPlace { code } } }
  } }"""
COMPARISON = """query($from: Date!, $to: Date!) { comparison(within: "HG-LY", from: $from, to: $to) {
  before { asOf total { approved every } } after { asOf total { approved every } }
  changes { itemId before { state } after { state exclusion } } } }"""


async def test_who_owes_what_page_by_page(door: Door) -> None:
    """The longest overdue first; each with who is next."""
    [extended] = await rows("SELECT id FROM organization WHERE code = 'HG-C8-02-ZB'")
    _ = await rows("UPDATE checklist SET due_on = due_on - 20 WHERE branch_id = $1 RETURNING id", extended["id"])
    [due] = await rows("SELECT due_on FROM cycle")
    with time_machine.travel(f"{due['due_on'] - timedelta(days=3)}T12:00:00+08:00"):
        found, after = [], None
        while True:
            page = (await door.data(MISSING, Role.AUDITOR, within="HG", first=100, after=after))["missing"]
            found += [edge["node"] for edge in page["edges"]]
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                break
    [counted] = await rows("SELECT count(*) FROM checklist_item WHERE state <> 'APPROVED'")
    assert len({node["itemId"] for node in found}) == len(found) == page["totalCount"] == counted["count"]
    late = [node for node in found if node["timeliness"] == "LATE"]
    assert late == found[: len(late)]
    assert {node["branch"]["code"] for node in late} == {"HG-C8-02-ZB"}
    assert {node["waitingDays"] for node in late} == {16}
    rest = [node["owedSince"] for node in found[len(late) :]]
    assert rest == sorted(rest)
    following = {node["state"]: (node["nextRole"], node["nextPlace"]["code"].count("-")) for node in found}
    assert following["SUBMITTED"] == ("COMMUNITY_REVIEWER", 1)
    assert following["TODO"] == following["RETURNED"] == ("BRANCH_SECRETARY", 3)


async def test_two_days_and_a_trend(door: Door) -> None:
    first = today()
    [item] = await rows(
        "SELECT i.id FROM checklist_item i JOIN checklist c ON c.id = i.checklist_id JOIN organization b"
        " ON b.id = c.branch_id WHERE b.code = 'HG-LY-01-ZB' ORDER BY i.id LIMIT 1"
    )
    values = {"from": str(first), "to": str(first + timedelta(days=1))}
    with time_machine.travel(first + timedelta(days=1)):
        _ = await rows(
            "INSERT INTO transition (item_id, at, verb, was, state, not_applicable, name, words, fields_bound, digest)"
            " VALUES ($1, now() + interval '1 day', 'SAVE', 'TODO', 'IN_PROGRESS', false, 'n', '', '{}', '')"
            " RETURNING id",
            item["id"],
        )
        _ = await rows("UPDATE checklist_item SET state = 'IN_PROGRESS' WHERE id = $1 RETURNING id", item["id"])
        found = (await door.data(COMPARISON, Role.AUDITOR, **values))["comparison"]
        trend = await door.data('{ trend(within: "HG-LY", template: "WUZHUAWUTI") { asOf tally { every } } }')
        refused = await door.refusal(COMPARISON, Role.AUDITOR, **{"from": values["to"], "to": values["from"]})
    [change] = found["changes"]
    assert (change["before"]["state"], change["after"]["state"]) == ("TODO", "IN_PROGRESS")
    assert [found[day]["asOf"] for day in ("before", "after")] == [values["from"], values["to"]]
    assert found["before"]["total"] == found["after"]["total"]
    assert trend["trend"] == [{"asOf": values["to"], "tally": {"every": 114}}]
    assert told(refused) == {"to"}


def told(error: dict[str, Any]) -> set[str]:
    return set(error["extensions"]["fields"])
