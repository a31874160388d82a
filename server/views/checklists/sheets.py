"""The tables behind the .csv and the .xlsx: headings in the reader's language, levels in words for programs."""

from collections.abc import Awaitable, Callable

from server.kit.messages import Message, say, translate
from server.kit.sheets import Row, Sheet
from server.queries import checklists
from server.queries.checklists import Debt, Status, Tally
from server.views.checklists.choice import Choice
from server.views.checklists.matrix import Grid, Line
from server.vocabulary import Exclusion, ItemState, Timeliness

OTHER_STATES = [state for state in ItemState if state is not ItemState.APPROVED]
CLOCKS = (Timeliness.LATE, Timeliness.MISSED)


# ── the matrix: a line a branch, a column a measure, totals last ──────────────────────────────────────


async def matrix(locale: str, choice: Choice) -> Sheet:
    grid = Grid(choice.status, choice.state)
    places = told(locale, say("Community"), say("Code"), say("Branch"))
    measures = [f"{measure.number} {measure.text}" for measure in grid.status.measures]
    totals = [grid.counted.label(locale), *told(locale, say("Due"))]
    lines = [matrix_row(locale, grid, line) for _, group in grid.groups for line in group]
    title = translate(locale, say("Matrix"))
    return Sheet(title, [*places, *measures, *totals], [*lines, matrix_totals(locale, choice, grid)])


def matrix_row(locale: str, grid: Grid, line: Line) -> Row:
    marks = [cell.mark.label(locale) if cell else None for cell in line.cells]
    community = line.community.name if line.community else None
    return [community, line.branch.code, line.branch.name, *marks, grid.figure(line.tally), line.tally.due]


def matrix_totals(locale: str, choice: Choice, grid: Grid) -> Row:
    status = grid.status
    figures = [grid.figure(status.of_measure(measure)) for measure in status.measures]
    names = [*told(locale, say("Total")), choice.within.organization.code, choice.within.name]
    return [*names, *figures, grid.figure(status.total), status.total.due]


# ── the status: a line for whatever is counted, from the whole down to a branch ───────────────────────


async def status(locale: str, choice: Choice) -> Sheet:
    names = told(locale, say("Level"), say("Code or number"), say("Name"), say("Due"), say("Handed in"))
    states = [state.label(locale) for state in (ItemState.APPROVED, *OTHER_STATES)]
    owed = [*told(locale, say("Owed")), *(clock.label(locale) for clock in CLOCKS)]
    ratio = told(locale, say("Approved of due"))
    rest = told(locale, say("All items"), say("Not approved yet"), say("Left out"))
    headings = [*names, *states, *owed, *ratio, *rest, *(why.label(locale) for why in Exclusion)]
    title = translate(locale, say("Status"))
    rows = [status_row(*row) for row in levels(choice.status)]
    return Sheet(title, headings, rows, frozenset({len(names) + len(states) + len(owed)}))


def levels(status: Status) -> list[tuple[str, str | int, str, Tally]]:
    """The level is the same word in every language, so that programs can go by it; dissolved branches come last."""
    top = status.within
    branches = [*status.branches, *status.left_out]
    return [
        ("TOTAL", top.organization.code, top.name, status.total),
        *(("THEME", t.code, f"{t.grasp} {t.lift}", status.of_theme(t)) for t in status.themes),
        *(("MEASURE", m.number, m.text, status.of_measure(m)) for m in status.measures),
        *(("COMMUNITY", c.code, c.name, status.of_community(c)) for c in status.communities),
        *(("BRANCH", b.code, b.name, status.of_branch(b)) for b in branches),
    ]


def status_row(level: str, code: str | int, name: str, tally: Tally) -> Row:
    states = [tally.states[state] for state in OTHER_STATES]
    owed = [tally.owed, *(tally.clocks[clock] for clock in CLOCKS)]
    rest = [tally.every, tally.open, tally.excluded, *(count for _, count in tally.by_exclusion)]
    return [level, code, name, tally.due, tally.done, tally.approved, *states, *owed, tally.rounded, *rest]


# ── what is missing: a line an item, the longest overdue first ────────────────────────────────────────


async def missing(locale: str, choice: Choice) -> Sheet:
    place = told(locale, say("Community"), say("Code"), say("Branch"), say("Number"), say("Measure"))
    since = told(locale, say("State"), say("Time"), say("Owed since"), say("Days"))
    following = told(locale, say("Who is next"), say("Where"))
    rows = [missing_row(locale, debt) for debt in await checklists.missing(choice.status)]
    return Sheet(translate(locale, say("Missing")), [*place, *since, *following], rows)


def missing_row(locale: str, debt: Debt) -> Row:
    row = debt.row
    community = row.community.name if row.community else None
    place: Row = [community, row.branch.code, row.branch.name, row.measure.number, row.measure.text]
    state: Row = [row.cell.state.label(locale), row.cell.clock.label(locale), debt.since, debt.waiting_days]
    return [*place, *state, debt.next_role.label(locale), debt.next_place.name]


SHEETS: dict[str, Callable[[str, Choice], Awaitable[Sheet]]] = {"matrix": matrix, "status": status, "missing": missing}


def told(locale: str, *messages: Message) -> list[str]:
    return [translate(locale, message) for message in messages]
