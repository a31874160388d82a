"""What the .json holds: the same rows, under the names that the interface for other systems uses."""

from collections.abc import Awaitable, Callable
from typing import Any

from server.queries import checklists
from server.queries.checklists import Debt, Tally
from server.views.checklists.choice import Choice
from server.views.checklists.matrix import Grid, Line
from server.views.checklists.sheets import levels
from server.vocabulary import Exclusion, ItemState

Document = dict[str, Any]


def head(choice: Choice) -> Document:
    """What was chosen."""
    within = {"code": choice.within.organization.code, "name": choice.within.name}
    state = choice.state.value if choice.state else None
    return {"cycle": choice.cycle.code, "within": within, "asOf": choice.status.day.isoformat(), "state": state}


async def status(choice: Choice) -> Document:
    rows = levels(choice.status)
    return {"rows": [{"level": level, "code": code, "name": name} | figures(t) for level, code, name, t in rows]}


def figures(tally: Tally) -> Document:
    return {
        "every": tally.every,
        "due": tally.due,
        "done": tally.done,
        "approved": tally.approved,
        "open": tally.open,
        "owed": tally.owed,
        "late": tally.late,
        "missed": tally.missed,
        "excluded": tally.excluded,
        "states": {state.value: tally.states[state] for state in ItemState},
        "exclusions": {why.value: tally.exclusions[why] for why in Exclusion},
        "ratio": tally.rounded,
    }


async def matrix(choice: Choice) -> Document:
    grid = Grid(choice.status, choice.state)
    measures = [{"number": m.number, "text": m.text, "theme": m.theme.code} for m in grid.status.measures]
    lines = [line_of(grid, line) for _, group in grid.groups for line in group]
    gone = [{"code": b.code, "name": b.name, "dissolvedOn": str(cell.gone_on)} for b, _, cell, _ in grid.gone]
    return {"measures": measures, "rows": lines, "total": figures(grid.status.total), "leftOut": gone}


def line_of(grid: Grid, line: Line) -> Document:
    numbers = [measure.number for measure in grid.status.measures]
    cells = {str(n): cell.mark.value for n, cell in zip(numbers, line.cells, strict=True) if cell}
    place = {"community": line.community.code if line.community else None}
    return place | {"code": line.branch.code, "name": line.branch.name, "cells": cells} | figures(line.tally)


async def missing(choice: Choice) -> Document:
    return {"rows": [debt_of(debt) for debt in await checklists.missing(choice.status)]}


def debt_of(debt: Debt) -> Document:
    row = debt.row
    return {
        "community": row.community.code if row.community else None,
        "branch": row.branch.code,
        "name": row.branch.name,
        "measure": row.measure.number,
        "state": row.cell.state.value,
        "timeliness": row.cell.clock.value,
        "owedSince": debt.since.isoformat(),
        "waitingDays": debt.waiting_days,
        "nextRole": debt.next_role.value,
        "nextPlace": debt.next_place.code,
    }


DOCUMENTS: dict[str, Callable[[Choice], Awaitable[Document]]] = {
    "matrix": matrix,
    "status": status,
    "missing": missing,
}
