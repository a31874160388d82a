"""One choice of cycle, place and day, asked at every door: the figures are the same to the digit."""

import csv
import re
from datetime import timedelta
from html import unescape
from io import BytesIO, StringIO
from typing import Any

import time_machine
from python_calamine import CalamineWorkbook

from server.kit.clock import today
from server.models.checklists import ChecklistItem
from server.models.members import Membership
from server.operations import checklists as operations
from server.operations import organizations
from server.operations.checklists import Declare, Review
from server.operations.organizations import Dissolve, Move
from server.vocabulary import Exclusion, ItemState, Role, Verdict
from tests.cast import actor
from tests.clients import Browser, signed_in
from tests.conftest import Figure, Login

Figures = dict[tuple[str, str], tuple[Any, ...]]
"""By level and code: due, approved, open, left out, all, ratio, then every state and every exclusion."""

TALLY = "every due approved open excluded states { state count } exclusions { reason count } ratio { value }"
COMPLETION = f"""query($within: String!, $day: Date) {{ completion(within: $within, asOf: $day) {{
  within {{ code }} total {{ {TALLY} }}
  themes {{ theme {{ code }} tally {{ {TALLY} }} }} measures {{ measure {{ number }} tally {{ {TALLY} }} }}
  branches {{ place {{ code }} tally {{ {TALLY} }} }} communities {{ place {{ code }} tally {{ {TALLY} }} }}
  rollUp {{ community {{ code }} tally {{ approved due }} themes {{ theme {{ code }} tally {{ approved due }} }} }}
  leftOut {{ branch {{ code }} measure {{ number }} reason words dissolvedOn }}
}} }}"""
STATES = [*ItemState]


async def test_five_doors_agree(street: str, logins: dict[str, Login], figure: Figure) -> None:
    """On a day before a branch was dissolved and a group moved, and today; for the street and for a community."""
    first = today()
    await declare_not_applicable(2)
    with time_machine.travel(first + timedelta(days=3)):
        await dissolve_and_move()
        token = logins[Role.AUDITOR].token
        async with signed_in(Role.AUDITOR) as browser:
            then = [await agree(browser, token, within, str(first)) for within in ("HG", "HG-LY")]
            now = [await agree(browser, token, within, "") for within in ("HG", "HG-LY")]
    assert [(due, left) for due, left in then] == [(302, 2), (112, 2)]
    assert [(due, left) for due, left in now] == [(283, 21), (76, 19)]
    figure(f"status: 5 doors agree (API, page, .xlsx, .csv, .json) on 2 days at 2 places: {then} then, {now} now")


async def declare_not_applicable(count: int) -> None:
    secretary, reviewer = await actor(Role.BRANCH_SECRETARY), await actor(Role.COMMUNITY_REVIEWER)
    items = ChecklistItem.filter(checklist__branch__code="HG-LY-01-ZB").order_by("measure__number")
    for item in await items.limit(count):
        _ = await operations.declare(secretary, item.id, Declare(reason="没有发展对象", expected_version=1))
        _ = await operations.review(reviewer, item.id, Review(verdict=Verdict.APPROVE, expected_version=2))


async def dissolve_and_move() -> None:
    _ = await Membership.filter(branch__code="HG-LY-02-ZB").delete()
    admin = await actor(Role.STREET_ADMIN)
    _ = await organizations.dissolve(admin, "HG-LY-02-ZB", Dissolve(reason="并入深坑", expected_version=1))
    _ = await organizations.move(admin, "HG-LY-01", Move(parent="HG-C7", expected_version=1))


async def agree(browser: Browser, token: str, within: str, day: str) -> tuple[int, int]:
    """Due and left out, as everybody says."""
    query = f"?within={within}&asOf={day}"
    sent = {"query": COMPLETION, "variables": {"within": within, "day": day or None}}
    answer = (await browser.post("/graphql", json=sent, headers={"authorization": f"Bearer {token}"})).json()
    said: dict[str, Any] = answer["data"]["completion"]
    expected = of_completion(said)
    assert of_rows(list(csv.reader(StringIO((await browser.get(f"/status.csv{query}")).text[1:])))) == expected
    workbook = CalamineWorkbook.from_filelike(BytesIO((await browser.get(f"/status.xlsx{query}")).content))
    assert of_rows(workbook.get_sheet_by_index(0).to_python()) == expected
    assert of_document((await browser.get(f"/status.json{query}")).json()) == expected
    await pages_agree(browser, query, said, expected)
    total = expected["TOTAL", within]
    return total[0], total[3]


async def pages_agree(browser: Browser, query: str, said: dict[str, Any], expected: Figures) -> None:
    """Every ratio on the roll-up and the matrix; behind the total, every row that is left out."""
    page = (await browser.get(f"/roll-up{query}")).text
    parts = [[*line["themes"], line] for line in said["rollUp"]] + [[*said["themes"], {"tally": said["total"]}]]
    ratios = [f"{each['tally']['approved']}/{each['tally']['due']}" for line in parts for each in line]
    shown = re.findall(r'<span class="num">(\d+/\d+)</span>|<td[^>]*><span class="soft">(—)</span>', page)
    assert [ratio or "0/0" for ratio, _ in shown] == ratios
    matrix = (await browser.get(f"/matrix{query}")).text
    for (level, code), figures in expected.items():
        if level == "BRANCH" and figures[0]:
            assert f'branch={code}">{figures[1]}/{figures[0]}</a>' in unescape(matrix), code
        if level == "MEASURE":
            assert f'measure={code}">{figures[1]}</a>' in unescape(matrix)
    opened = (await browser.get(f"/status{query}")).text
    _, _, left = opened.partition("Left out, with the reason")
    assert left.count('href="/checklist-items/') == len(said["leftOut"]) == said["total"]["excluded"]
    assert all(each["words"] if each["reason"] == "NOT_APPLICABLE" else each["dissolvedOn"] for each in said["leftOut"])


def of_completion(said: dict[str, Any]) -> Figures:
    rows = [("TOTAL", said["within"]["code"], said["total"])]
    rows += [("THEME", each["theme"]["code"], each["tally"]) for each in said["themes"]]
    rows += [("MEASURE", str(each["measure"]["number"]), each["tally"]) for each in said["measures"]]
    rows += [("COMMUNITY", each["place"]["code"], each["tally"]) for each in said["communities"]]
    rows += [("BRANCH", each["place"]["code"], each["tally"]) for each in said["branches"]]
    return {(level, code): of_tally(tally) for level, code, tally in rows}


def of_tally(tally: dict[str, Any]) -> tuple[Any, ...]:
    states = {each["state"]: each["count"] for each in tally["states"]}
    reasons = {each["reason"]: each["count"] for each in tally["exclusions"]}
    counts = [tally[name] for name in ("due", "approved", "open", "excluded", "every")]
    ratio = tally["ratio"]["value"] if tally["ratio"] else None
    return (*counts, ratio, *(states[state] for state in STATES), *(reasons[why] for why in Exclusion))


def of_rows(table: list[list[Any]]) -> Figures:
    """Of a sheet, by the English headings."""
    headings, *lines = table
    found: Figures = {}
    for line in lines:
        row = dict(zip(headings, line, strict=True))
        code = row["Code or number"]
        names = ["Due", "Approved", "Not approved yet", "Left out", "All items"]
        counts = [int(row[name]) for name in [*names, *(s.en for s in STATES), *(why.en for why in Exclusion)]]
        ratio = float(row["Approved of due"]) if row["Approved of due"] != "" else None
        key = str(int(code)) if isinstance(code, float) else code
        found[row["Level"], key] = (*counts[:5], ratio, *counts[5:])
    return found


def of_document(said: dict[str, Any]) -> Figures:
    found: Figures = {}
    for row in said["rows"]:
        counts = [row[name] for name in ("due", "approved", "open", "excluded", "every")]
        states = [row["states"][state] for state in STATES]
        reasons = [row["exclusions"][why] for why in Exclusion]
        found[row["level"], str(row["code"])] = (*counts, row["ratio"], *states, *reasons)
    return found
