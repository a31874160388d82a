"""The matrix and the status as files: the rows that the page shows, for the same choice of cycle, place and state."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from server.kit.clock import today
from server.kit.messages import Message, say, translate
from server.kit.refusals import NotFound
from server.kit.sheets import CSV, XLSX, Row, Sheet, as_csv, as_xlsx
from server.queries.checklists import Status, Tally
from server.views.checklists.choice import Choice, choose
from server.views.checklists.matrix import Grid, Line
from server.vocabulary import ItemState, Timeliness


async def matrix_csv(request: Request) -> Response:
    choice = await chosen(request)
    return download(as_csv(matrix(request, choice)), CSV, file_name("matrix", choice, "csv"))


async def matrix_xlsx(request: Request) -> Response:
    choice = await chosen(request)
    return download(as_xlsx(matrix(request, choice)), XLSX, file_name("matrix", choice, "xlsx"))


async def status_csv(request: Request) -> Response:
    choice = await chosen(request)
    return download(as_csv(status(request, choice)), CSV, file_name("status", choice, "csv"))


async def status_xlsx(request: Request) -> Response:
    choice = await chosen(request)
    return download(as_xlsx(status(request, choice)), XLSX, file_name("status", choice, "xlsx"))


async def chosen(request: Request) -> Choice:
    """Raises NotFound where there is nothing to export."""
    if choice := await choose(request):
        return choice
    raise NotFound(say("No cycle is open to you yet, so there is nothing to export."))


# ── the matrix: a line a branch, a column a measure, totals last ──────────────────────────────────────


def matrix(request: Request, choice: Choice) -> Sheet:
    locale, grid = request.state.locale, Grid(choice.status, choice.state)
    places = told(locale, say("Community"), say("Code"), say("Branch"))
    measures = [f"{measure.number} {measure.text}" for measure in grid.status.measures]
    totals = [grid.counted.label(locale), *told(locale, say("Due"))]
    lines = [matrix_row(locale, grid, line) for _, group in grid.groups for line in group]
    title = translate(locale, say("Matrix"))
    return Sheet(title, [*places, *measures, *totals], [*lines, matrix_totals(locale, choice, grid)])


def matrix_row(locale: str, grid: Grid, line: Line) -> Row:
    states = [cell.state.label(locale) if cell else None for cell in line.cells]
    community = line.community.name if line.community else None
    return [community, line.branch.code, line.branch.name, *states, grid.figure(line.tally), line.tally.due]


def matrix_totals(locale: str, choice: Choice, grid: Grid) -> Row:
    status = grid.status
    figures = [grid.figure(status.of_measure(measure)) for measure in status.measures]
    names = [*told(locale, say("Total")), choice.within.organization.code, choice.within.name]
    return [*names, *figures, grid.figure(status.total), status.total.due]


# ── the status: a line for whatever is counted, from the whole down to a branch ───────────────────────

OTHER_STATES = [state for state in ItemState if state is not ItemState.APPROVED]
CLOCKS = (Timeliness.LATE, Timeliness.MISSED)


def status(request: Request, choice: Choice) -> Sheet:
    locale = request.state.locale
    names = told(locale, say("Level"), say("Code or number"), say("Name"), say("Due"), say("Handed in"))
    states = [state.label(locale) for state in (ItemState.APPROVED, *OTHER_STATES)]
    owed = [*told(locale, say("Owed")), *(clock.label(locale) for clock in CLOCKS)]
    headings = [*names, *states, *owed, *told(locale, say("Approved of due"))]
    title = translate(locale, say("Status"))
    return Sheet(title, headings, status_rows(choice.status), frozenset({len(headings) - 1}))


def status_rows(status: Status) -> list[Row]:
    """The level is the same word in every language, so that programs can go by it."""
    top = status.within
    return [
        status_row(status, "TOTAL", top.organization.code, top.name, status.total),
        *(status_row(status, "THEME", t.code, f"{t.grasp} {t.lift}", status.of_theme(t)) for t in status.themes),
        *(status_row(status, "MEASURE", m.number, m.text, status.of_measure(m)) for m in status.measures),
        *(status_row(status, "COMMUNITY", c.code, c.name, status.of_community(c)) for c in status.communities),
        *(status_row(status, "BRANCH", b.code, b.name, status.of_branch(b)) for b in status.branches),
    ]


def status_row(status: Status, level: str, code: str | int, name: str, tally: Tally) -> Row:
    states = [tally.states[state] for state in OTHER_STATES]
    owed = [tally.owed, *(tally.clocks[clock] for clock in CLOCKS)]
    ratio = None if tally.ratio is None else round(tally.ratio, 4)
    return [level, code, name, tally.due, tally.done, tally.approved, *states, *owed, ratio]


def told(locale: str, *messages: Message) -> list[str]:
    return [translate(locale, message) for message in messages]


# ── the file ──────────────────────────────────────────────────────────────────────────────────────────


def file_name(what: str, choice: Choice, ending: str) -> str:
    parts = [what, choice.cycle.code, choice.asked["within"], choice.asked["state"], today().isoformat()]
    return "-".join(part for part in parts if part) + f".{ending}"


def download(content: bytes, kind: str, name: str) -> Response:
    headers = {"content-disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
    return Response(content, media_type=kind, headers=headers)
