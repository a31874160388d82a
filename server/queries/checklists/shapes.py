"""What can be asked of checklists in one statement."""

from server.models.checklists import OWED, Checklist, ChecklistItem, Extension, Transition
from server.models.cycles import SOON, Cycle
from server.queries.organizations.shapes import NAMED, among
from server.queries.shapes.parameters import Argument, code, word_of
from server.queries.shapes.shape import (
    Field,
    Key,
    Lookup,
    Many,
    One,
    Page,
    Place,
    Shape,
    day,
    instant,
    key,
    number,
    text,
    word,
)

CHECKLIST = "checklist {t} JOIN cycle {t}c ON {t}c.id = {t}.cycle_id JOIN organization {t}b ON {t}b.id = {t}.branch_id"
ITEM = (
    "checklist_item {t} JOIN checklist {t}k ON {t}k.id = {t}.checklist_id"
    " JOIN organization {t}b ON {t}b.id = {t}k.branch_id JOIN measure {t}n ON {t}n.id = {t}.measure_id"
    " LEFT JOIN account {t}s ON {t}s.id = {t}.submitted_by_id LEFT JOIN account {t}r ON {t}r.id = {t}.reviewed_by_id"
)
STATE = """CASE
    WHEN {t}.locked_at IS NOT NULL THEN 'LOCKED' WHEN {t}.accepted_at IS NOT NULL THEN 'ACCEPTED'
    WHEN (SELECT bool_and({t}_i.state = 'APPROVED') FROM checklist_item {t}_i WHERE {t}_i.checklist_id = {t}.id)
    THEN 'READY' ELSE 'OPEN' END"""


def clock(due_on: str, closes_on: str) -> str:
    """As `server.models.cycles.timeliness` tells it."""
    soon = f"{{today}} >= {due_on} - {SOON.days}"
    return (
        f"CASE WHEN {{today}} > {closes_on} THEN 'MISSED' WHEN {{today}} > {due_on} THEN 'LATE'"
        f" WHEN {soon} THEN 'DUE_SOON' ELSE 'ON_TIME' END"
    )


SHAPES = {
    "Cycle": Shape(
        "cycle {t}",
        {
            "id": key("Cycle", "{t}.id"),
            "code": text("{t}.code"),
            "starts_on": day("{t}.starts_on"),
            "ends_on": day("{t}.ends_on"),
            "opens_on": day("{t}.opens_on"),
            "due_on": day("{t}.due_on"),
            "closes_on": day("{t}.closes_on"),
            "timeliness": word(clock("{t}.due_on", "{t}.closes_on")),
            "sector": word("{t}.selector ->> 'sector'"),
        },
        Cycle,
        (
            Place(
                "{t}_b.path",
                today=True,
                through="EXISTS (SELECT FROM checklist {t}_k JOIN organization {t}_b ON {t}_b.id = {t}_k.branch_id"
                " WHERE {t}_k.cycle_id = {t}.id AND {reached})",
            ),
        ),
    ),
    "Checklist": Shape(
        CHECKLIST,
        {
            "id": key("Checklist", "{t}.id"),
            "branch_code": text("{t}b.code"),
            "branch_name": text("{t}b.name"),
            "assigned_on": day("{t}.assigned_on"),
            "due_on": day("{t}.due_on"),
            "closes_on": day("{t}.closes_on"),
            "accepted_at": instant("{t}.accepted_at"),
            "accepted_by": text("nullif({t}.accepted_name, '')"),
            "accepted_role": word("nullif({t}.accepted_role, '')"),
            "locked_at": instant("{t}.locked_at"),
            "version": number("{t}.version"),
            "state": word(STATE),
            "extensions": Many(("Extension",), "{t}.checklist_id = {p}.id", "{t}.id"),
            "cycle": One(("Cycle",), joined="{t}.id = {p}.cycle_id"),
            "branch": One(("Branch",), "{t}.organization_id = {p}.branch_id", today=True),
            "items": Many(("ChecklistItem",), "{t}.checklist_id = {p}.id", "{t}n.number, {t}.id"),
        },
        Checklist,
        (Place("{t}b.path", today=True),),
    ),
    "Extension": Shape(
        "extension {t} JOIN checklist {t}k ON {t}k.id = {t}.checklist_id"
        " JOIN organization {t}b ON {t}b.id = {t}k.branch_id LEFT JOIN account {t}a ON {t}a.id = {t}.given_by_id",
        {
            "due_on": day("{t}.due_on"),
            "closes_on": day("{t}.closes_on"),
            "reason": text("{t}.reason"),
            "given_at": instant("{t}.given_at"),
            "given_by": text("{t}a.name"),
        },
        Extension,
        (Place("{t}b.path", today=True),),
    ),
    "ChecklistItem": Shape(
        ITEM,
        {
            "id": key("ChecklistItem", "{t}.id"),
            "measure": One(("Measure",), joined="{t}.id = {p}.measure_id"),
            "state": word("{t}.state"),
            "timeliness": word(
                f"CASE WHEN {{t}}.state IN ({among(OWED)}) THEN {clock('{t}k.due_on', '{t}k.closes_on')}"
                " ELSE 'ON_TIME' END"
            ),
            "done_on": day("{t}.done_on"),
            "summary": text("{t}.summary"),
            "not_applicable": number("{t}.not_applicable"),
            "reason": text("{t}.reason"),
            "locked": number("{t}k.locked_at IS NOT NULL AND coalesce({t}.reopened_at < {t}k.locked_at, true)"),
            "remark": text("{t}.remark"),
            "submitted_by": text("{t}s.name"),
            "submitted_at": instant("{t}.submitted_at"),
            "reviewed_by": text("{t}r.name"),
            "reviewed_at": instant("{t}.reviewed_at"),
            "version": number("{t}.version"),
            "transitions": Many(("Transition",), "{t}.item_id = {p}.id", "{t}.id"),
            "checklist": One(("Checklist",), joined="{t}.id = {p}.checklist_id"),
        },
        ChecklistItem,
        (Place("{t}b.path", today=True),),
    ),
    "Transition": Shape(
        "transition {t} JOIN checklist_item {t}i ON {t}i.id = {t}.item_id"
        " JOIN checklist {t}k ON {t}k.id = {t}i.checklist_id JOIN organization {t}b ON {t}b.id = {t}k.branch_id",
        {
            "verb": word("{t}.verb"),
            "was": word("{t}.was"),
            "state": word("{t}.state"),
            "at": instant("{t}.at"),
            "name": text("{t}.name"),
            "role": word("{t}.role"),
            "words": text("{t}.words"),
            "digest": word("{t}.digest"),
        },
        Transition,
        (Place("{t}b.path", today=True),),
    ),
    "Measure": Shape(
        "measure {t} JOIN theme {t}h ON {t}h.id = {t}.theme_id",
        {
            "number": number("{t}.number"),
            "text": text("{t}.text"),
            "guidance": text("{t}.guidance"),
            "frequency": word("{t}.frequency"),
            "estimated_minutes": number("{t}.estimated_minutes"),
            "origin": word("{t}.origin"),
            "theme_code": text("{t}h.code"),
        },
    ),
}

ROOTS: dict[str, Field] = {
    "checklist_items": Page(
        ("ChecklistItem",),
        "{t}b.dissolved_on IS NULL",
        {
            "checklist__branch__code": Key("{t}b.code"),
            "measure__number": Key("{t}n.number", "int"),
            "id": Key("{t}.id", "int"),
        },
        optional={
            "within": "{t}b.path >= {within} AND {t}b.path < left({within}, -1) || '0'",
            "cycle": "{t}k.cycle_id = {cycle}",
            "state": "{t}.state = {state}",
        },
        lookups={
            "within": NAMED,
            "cycle": Lookup(("Cycle",), "{t}.code = {cycle_code}", "{t}.id", "{t}.starts_on DESC, {t}.id"),
        },
        parameters={
            "code": Argument("within", read_as=code),
            "cycle_code": Argument("cycle", read_as=code),
            "state": Argument("state", read_as=word_of),
        },
    )
}
