"""The files that an auditor takes away: the rows of the page, and the numbers of the queries."""

import csv
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
import time_machine
from httpx import Response
from python_calamine import CalamineWorkbook

from server.kit.clock import today
from server.operations import organizations
from server.operations.organizations import Rename
from server.queries import checklists, cycles
from server.queries import organizations as places
from server.queries.checklists import Status, Tally
from server.vocabulary import ItemState, Role, Timeliness
from tests.cast import actor
from tests.clients import signed_in

AUDITOR, SECRETARY, REVIEWER = Role.AUDITOR, Role.BRANCH_SECRETARY, Role.COMMUNITY_REVIEWER
KINDS = ["csv", "xlsx"]
STATUS = [
    "Level", "Code or number", "Name", "Due", "Handed in", "Approved", "To do", "In progress", "Submitted", "Returned",
    "Owed", "Late", "Missed", "Approved of due",
]  # fmt: skip


def table(answer: Response) -> list[list[Any]]:
    """What a reader's spreadsheet shows, from either kind of file."""
    assert answer.status_code == 200, answer.text
    if answer.headers["content-type"].startswith("text/csv"):
        assert answer.content.startswith(b"\xef\xbb\xbf")
        return list(csv.reader(StringIO(answer.content.decode("utf-8-sig"), newline="")))
    return CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()


async def counted(role: Role, within: str) -> Status:
    who = await actor(role)
    cycle = await cycles.main(who)
    assert cycle is not None
    return await checklists.status(who, await places.find(who, within), cycle)


def expected(status: Status) -> dict[tuple[str, str], list[int]]:
    """Every figure by level and code, straight from the queries."""
    rows: dict[tuple[str, str], Tally] = {("TOTAL", status.within.organization.code): status.total}
    rows |= {("THEME", theme.code): status.of_theme(theme) for theme in status.themes}
    rows |= {("MEASURE", str(m.number)): status.of_measure(m) for m in status.measures}
    rows |= {("COMMUNITY", place.code): status.of_community(place) for place in status.communities}
    rows |= {("BRANCH", branch.code): status.of_branch(branch) for branch in status.branches}
    return {key: figures(status, tally) for key, tally in rows.items()}


def figures(status: Status, tally: Tally) -> list[int]:
    by_state = [tally.states[state] for state in ItemState if state is not ItemState.APPROVED]
    clock = [status.owed_as(tally, term) for term in (Timeliness.LATE, Timeliness.MISSED)]
    return [tally.due, tally.done, tally.approved, *by_state, tally.owed, *clock]


def key(row: list[Any]) -> tuple[str, str]:
    number = row[1]
    return str(row[0]), str(int(number)) if isinstance(number, float) else str(number)


# --- the status


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("role", "query", "within", "rows"),
    [
        (AUDITOR, "", "HG", 1 + 5 + 19 + 3 + 16),
        (AUDITOR, "?within=HG-C8", "HG-C8", 1 + 5 + 19 + 1 + 5),
        (REVIEWER, "", "HG-LY", 1 + 5 + 19 + 1 + 6),
        (SECRETARY, "", "HG-LY-01-ZB", 1 + 5 + 19 + 1 + 1),
    ],
)
async def test_the_status_equals_the_queries(
    shared_street: str, kind: str, role: Role, query: str, within: str, rows: int, figure: Callable[[str], None]
) -> None:
    async with signed_in(role) as browser:
        headings, *lines = table(await browser.get(f"/status.{kind}{query}"))
    assert headings == STATUS
    assert {key(line): [int(n) for n in line[3:13]] for line in lines} == expected(await counted(role, within))
    assert len(lines) == rows
    for line in lines:
        assert float(line[13]) == round(int(line[5]) / int(line[3]), 4)
    if (role, kind, query) == (AUDITOR, "csv", ""):
        total = dict(zip(headings, lines[0], strict=True))
        figure(f"status.csv: {rows} rows equal the queries; approved {total['Approved']} of {total['Due']}")


async def test_the_numbers_of_an_xlsx_are_numbers(shared_street: str) -> None:
    async with signed_in(AUDITOR) as browser:
        _, *lines = table(await browser.get("/status.xlsx"))
    assert {type(value) for line in lines for value in line[3:]} == {float}
    assert [type(line[1]) for line in lines if line[0] == "MEASURE"] == [float] * 19


async def test_levels_are_the_same_words_in_every_language(shared_street: str) -> None:
    async with signed_in(AUDITOR, "zh") as browser:
        headings, *lines = table(await browser.get("/status.csv"))
    assert headings[:6] == ["层级", "编码或序号", "名称", "应完成", "已提交（含已通过）", "已通过"]
    assert len(set(headings)) == len(headings)
    assert Counter(line[0] for line in lines) == {"TOTAL": 1, "THEME": 5, "MEASURE": 19, "COMMUNITY": 3, "BRANCH": 16}


async def test_after_the_day_what_is_owed_is_late_then_missed(street: str) -> None:
    cycle = await cycles.main(await actor(AUDITOR))
    assert cycle is not None
    for day, column in [(cycle.due_on, None), (cycle.due_on + timedelta(days=1), 11), (cycle.closes_on, 11)]:
        with time_machine.travel(day, tick=False):
            async with signed_in(AUDITOR) as browser:
                _, total, *_ = table(await browser.get("/status.csv"))
        assert [total[11], total[12]] == [total[10] if column == 11 else "0", "0"]
    with time_machine.travel(cycle.closes_on + timedelta(days=1), tick=False):
        async with signed_in(AUDITOR) as browser:
            _, total, *_ = table(await browser.get("/status.csv"))
    assert [total[11], total[12]] == ["0", total[10]]


# --- the matrix


@pytest.mark.parametrize("kind", KINDS)
async def test_the_matrix_is_what_the_page_shows(shared_street: str, kind: str) -> None:
    async with signed_in(AUDITOR) as browser:
        headings, *lines, totals = table(await browser.get(f"/matrix.{kind}"))
        page = (await browser.get("/matrix")).text
    status = await counted(AUDITOR, "HG")
    assert headings[:4] == ["Community", "Code", "Branch", "1 每月组织一次集中学习"]
    assert len(lines) == 16
    assert [len(line) for line in lines] == [3 + 19 + 2] * 16
    labels = {state.en: state for state in ItemState}
    shown = {line[1]: Counter(labels[str(cell)] for cell in line[3:22]) for line in lines}
    assert shown == {branch.code: status.of_branch(branch).states for branch in status.branches}
    assert [int(n) for n in totals[3:22]] == [status.of_measure(m).approved for m in status.measures]
    assert [int(n) for n in totals[22:]] == [status.total.approved, status.total.due]
    assert f"{status.total.approved}/{status.total.due}" in page
    for line in lines:
        assert f"{int(line[22])}/{int(line[23])}" in page


@pytest.mark.parametrize("kind", KINDS)
async def test_the_matrix_is_filtered_as_the_page_is(shared_street: str, kind: str) -> None:
    async with signed_in(AUDITOR) as browser:
        headings, *lines, totals = table(await browser.get(f"/matrix.{kind}?state=RETURNED&within=HG-C8"))
    status = await counted(AUDITOR, "HG-C8")
    assert headings[22:] == ["Returned", "Due"]
    assert {cell for line in lines for cell in line[3:22]} == {"", "Returned"}
    assert sum(cell == "Returned" for line in lines for cell in line[3:22]) == status.total.states[ItemState.RETURNED]
    assert all("Returned" in line for line in lines)
    assert [int(n) for n in totals[22:]] == [status.total.states[ItemState.RETURNED], 95]
    assert totals[:3] == ["Total", "HG-C8", "示例社区八"]


# --- the file


async def test_a_file_is_named_after_what_it_holds(shared_street: str) -> None:
    quarter, day = f"{today().year}-Q{(today().month + 2) // 3}", today().isoformat()
    async with signed_in(AUDITOR) as browser:
        for address, name in {
            "/matrix.csv": f"matrix-{quarter}-{day}.csv",
            "/matrix.xlsx?within=HG-C8&state=RETURNED": f"matrix-{quarter}-HG-C8-RETURNED-{day}.xlsx",
            f"/status.csv?cycle={quarter}": f"status-{quarter}-{day}.csv",
            "/status.xlsx": f"status-{quarter}-{day}.xlsx",
        }.items():
            answer = await browser.get(address)
            assert answer.headers["content-disposition"] == f"attachment; filename*=UTF-8''{name}"
            assert answer.headers["cache-control"] == "no-store"
            assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("name", ["=1+1", "@SUM(1)", "+86", "-5"])
async def test_a_name_is_never_a_formula(street: str, name: str) -> None:
    draft = Rename.parse({"name": name, "expected_version": 1})
    _ = await organizations.rename(await actor(Role.STREET_ADMIN), "HG-LY-01-ZB", draft)
    async with signed_in(AUDITOR) as browser:
        for what, column in (("matrix", 2), ("status", 2)):
            texts = {str(line[column]) for line in table(await browser.get(f"/{what}.csv"))}
            assert f"'{name}" in texts
            assert name not in texts
            assert name in {line[column] for line in table(await browser.get(f"/{what}.xlsx"))}
