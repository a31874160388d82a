"""What everybody should get, written down from the documents and apart from the program: it imports none of it.

Sources: "Who may do what" in the design of the domain, the table of permits in docs/rooms.md, decisions 3 (an address
is public to those who see the organization), 4 and 6. An auditor reads this file, and need not read the program.

A reader sees what lies at and below the place of the role, on the days on which the grant holds. What is outside is
HIDDEN: the answer is the one for what does not exist. What is inside, and not for this role, is FORBIDDEN.
"""

from collections.abc import Iterable
from typing import NamedTuple

from tests.matrix.places import OF, within
from tests.matrix.readers import Reader

SEES = "SEES"
NUMBERS_ONLY = "NUMBERS_ONLY"
HIDDEN = "HIDDEN"
GONE = "GONE"
"""It stands nowhere any more, and is not to be asked for by a page of today."""
FORBIDDEN = "FORBIDDEN"
UNAUTHENTICATED = "UNAUTHENTICATED"
ALLOWED = "ALLOWED"
REFUSED_BY_STATE = "REFUSED_BY_STATE"


class Right(NamedTuple):
    name: str
    scope: str
    """What a token needs besides."""
    roles: frozenset[str]


def right(name: str, scope: str, *roles: str) -> Right:
    return Right(name, scope, frozenset(roles))


EVERY = (
    "STREET_ADMIN",
    "STREET_REVIEWER",
    "COMMUNITY_REVIEWER",
    "BRANCH_SECRETARY",
    "BRANCH_EDITOR",
    "AUDITOR",
    "SECURITY_ADMIN",
    "SYSTEM",
)
WORKERS = ("STREET_ADMIN", "STREET_REVIEWER", "COMMUNITY_REVIEWER", "BRANCH_SECRETARY", "BRANCH_EDITOR")
KEEPERS = ("STREET_ADMIN", "BRANCH_SECRETARY")
"""Of the roll of members."""

# What can be seen.
TREE = right("tree", "organizations:read", *EVERY)
WORK = right("status", "checklists:read", *EVERY)
PEOPLE = right("member:read", "members:read", *WORKERS, "SYSTEM")
ACCOUNTS = right("account:read", "accounts:read", "SECURITY_ADMIN", "STREET_ADMIN")
TRAIL = right("trail:read", "trail:read", "AUDITOR", "SYSTEM")

# What can be done.
ESTABLISH = right("organization:establish", "organizations:write", "STREET_ADMIN")
RENAME = right("organization:rename", "organizations:write", "STREET_ADMIN")
MOVE = right("organization:move", "organizations:write", "STREET_ADMIN")
BUDGET = right("organization:budget", "organizations:write", "STREET_ADMIN")
DISSOLVE = right("organization:dissolve", "organizations:write", "STREET_ADMIN")
ENROL = right("member:enrol", "members:write", *KEEPERS)
ATTACH = right("member:attach", "members:write", *KEEPERS)
DRAFT = right("template:draft", "checklists:write", "STREET_ADMIN")
PUBLISH = right("template:publish", "checklists:write", "STREET_ADMIN")
RETIRE = right("template:retire", "checklists:write", "STREET_ADMIN")
SAVE = right("checklist:save", "checklists:write", "BRANCH_SECRETARY", "BRANCH_EDITOR")
SUBMIT = right("checklist:submit", "checklists:write", "BRANCH_SECRETARY")
WITHDRAW = right("checklist:withdraw", "checklists:write", "BRANCH_SECRETARY")
DECLARE = right("checklist:declare", "checklists:write", "BRANCH_SECRETARY")
REOPEN = right("checklist:reopen", "checklists:write", "STREET_REVIEWER")
REVIEW = right("checklist:review", "checklists:write", "COMMUNITY_REVIEWER")
ADD_EVIDENCE = right("evidence:add", "checklists:write", "BRANCH_SECRETARY", "BRANCH_EDITOR")
REMOVE_EVIDENCE = right("evidence:remove", "checklists:write", "BRANCH_SECRETARY", "BRANCH_EDITOR")
ENTER_RECORD = right("record:enter", "checklists:write", "BRANCH_SECRETARY", "BRANCH_EDITOR")
CORRECT_RECORD = right("record:correct", "checklists:write", "BRANCH_SECRETARY", "BRANCH_EDITOR")
WITHDRAW_RECORD = right("record:withdraw", "checklists:write", "BRANCH_SECRETARY")
OPEN = right("cycle:open", "checklists:write", "STREET_ADMIN")
JOIN = right("cycle:join", "checklists:write", "STREET_ADMIN")
EXTEND = right("checklist:extend", "checklists:write", "STREET_ADMIN", "STREET_REVIEWER")
ACCEPT = right("checklist:accept", "checklists:write", "STREET_REVIEWER")
SEAL = right("cycle:seal", "checklists:write", "STREET_REVIEWER")
REVEAL = right("member:reveal", "members:personal", *KEEPERS, "SYSTEM")
CORRECT = right("member:correct", "members:personal", *KEEPERS)
EXPORT = right("member:export", "members:personal", *KEEPERS)
ERASE = right("member:erase", "members:personal", "STREET_ADMIN")
INVITE = right("account:invite", "accounts:write", "SECURITY_ADMIN")
RESET = right("account:reset", "accounts:write", "SECURITY_ADMIN")
DISABLE = right("account:disable", "accounts:write", "SECURITY_ADMIN")
GIVE = right("grant:give", "accounts:write", "SECURITY_ADMIN", "STREET_ADMIN")
END = right("grant:end", "accounts:write", "SECURITY_ADMIN", "STREET_ADMIN")
DELEGATE = right("grant:delegate", "accounts:write", *WORKERS)
ISSUE = right("token:issue", "accounts:write", "SECURITY_ADMIN")
REVOKE = right("token:revoke", "accounts:write", "SECURITY_ADMIN")
EXPORT_TRAIL = right("trail:export", "trail:read", "AUDITOR", "SYSTEM")

OWED = frozenset({"TODO", "IN_PROGRESS", "RETURNED"})
"""States of an item in which the branch has to act next."""


# --- who reaches what


def in_scope(reader: Reader, wanted: Right) -> bool:
    return reader.scopes is None or wanted.scope in reader.scopes


def reaches(reader: Reader, places: Iterable[str]) -> bool:
    """Whether one of these places is the reader's, or lies below it; a dissolved place keeps nobody in office."""
    return reader.holds and bool(reader.place) and any(within(code, reader.place) for code in places)


def has(reader: Reader, wanted: Right, places: Iterable[str]) -> bool:
    return reader.known and in_scope(reader, wanted) and reader.role in wanted.roles and reaches(reader, places)


def holds(reader: Reader, wanted: Right) -> bool:
    """Anywhere at all."""
    return has(reader, wanted, [reader.place])


# --- what is read


def reading(reader: Reader, wanted: Iterable[Right], places: Iterable[str], gone: bool = False) -> str:
    """Of something at `places`, among other things: the first right says if it is there, each needs its own."""
    first, *rest = wanted
    places = list(places)
    if not reader.known:
        return UNAUTHENTICATED
    if not in_scope(reader, first):
        return FORBIDDEN
    if not has(reader, first, places):
        return HIDDEN
    if gone:
        return GONE
    return SEES if all(has(reader, other, places) for other in rest) else FORBIDDEN


def reading_list(
    reader: Reader, listed: Right, wanted: Iterable[Right], places: Iterable[str], gone: bool = False
) -> str:
    """What lies at a place, as a list: empty for whoever sees the place and not what is `listed`.

    A token has to say what it came for.
    """
    found = reading(reader, wanted, places, gone)
    if found != SEES or has(reader, listed, places):
        return found
    return NUMBERS_ONLY if in_scope(reader, listed) else FORBIDDEN


def at_desk(reader: Reader, desk: Right, wanted: Iterable[Right] = (), places: Iterable[str] | None = None) -> str:
    """A page for whoever holds `desk` anywhere; what is laid on it (`wanted`, at `places`) they have to see."""
    if not reader.known:
        return UNAUTHENTICATED
    if not holds(reader, desk):
        return FORBIDDEN
    if places is None:
        return SEES if all(in_scope(reader, other) for other in wanted) else FORBIDDEN
    return reading(reader, wanted, places)


def reading_own(reader: Reader, wanted: Iterable[Right]) -> str:
    """What begins at the reader's own places: there is always an answer, of nothing if need be."""
    if not reader.known:
        return UNAUTHENTICATED
    return SEES if all(in_scope(reader, other) for other in wanted) else FORBIDDEN


def at_home(reader: Reader, *, done: str = SEES) -> str:
    """Somebody's own account, at a browser: a program has none. `done` is how it ends."""
    if not reader.known:
        return UNAUTHENTICATED
    return done if reader.signs_in else FORBIDDEN


def holding(reader: Reader, owner: str, *, program: bool) -> bool:
    """Whether a grant of `owner` is the reader's own, and holds or is to come; a token shows those where it reaches."""
    own = reader.known and in_scope(reader, ACCOUNTS) and owner == reader.account and reader.name != "ended"
    return own and (reader.holds or not program)


# --- what is done


def doing(reader: Reader, seen: Right, wanted: Right, places: Iterable[str], *, fits: bool, gone: bool = False) -> str:
    """An act on something that is `seen` by the one right and changed by the other; `fits`: its state allows it."""
    if not reader.known:
        return UNAUTHENTICATED
    if not in_scope(reader, seen):
        return FORBIDDEN
    if not has(reader, seen, places):
        return HIDDEN
    if gone:
        return GONE
    if not has(reader, wanted, places):
        return FORBIDDEN
    return ALLOWED if fits else REFUSED_BY_STATE


def giving(reader: Reader, seen: Right, wanted: Right, role: str, places: Iterable[str], *, fits: bool) -> str:
    """Giving or ending a role: an administrator decides on the Party's work, but not on other administrators."""
    found = doing(reader, seen, wanted, places, fits=fits)
    theirs = reader.role == "STREET_ADMIN" and role not in WORKERS[1:]
    return FORBIDDEN if found in (ALLOWED, REFUSED_BY_STATE) and theirs else found


def passing_on(reader: Reader, owner: str, places: Iterable[str], *, program: bool = False) -> str:
    """A role that one holds oneself, passed on for a while."""
    if not reader.known:
        return UNAUTHENTICATED
    if not in_scope(reader, ACCOUNTS):
        return FORBIDDEN
    if not holding(reader, owner, program=program):
        return HIDDEN
    return ALLOWED if has(reader, DELEGATE, places) else FORBIDDEN


# --- which words may be read


def may_read(reader: Reader, alternatives: Iterable[tuple[str, str]]) -> bool:
    """A planted word stands in several places (right, code): to be allowed one of them is enough."""
    return any(has(reader, RIGHTS[name], [code]) for name, code in alternatives)


RIGHTS = {found.name: found for found in (TREE, WORK, PEOPLE, ACCOUNTS, TRAIL, EXPORT, DELEGATE)}


def alive(code: str) -> bool:
    return not OF[code].gone
