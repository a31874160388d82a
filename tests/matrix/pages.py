"""Every page: who is shown what. A line for each route (and what it may be asked); an act's POST is in acts.py.

To add a route, add its line to PAGES: "METHOD path" → what is asked. An `Ask` is an address, in which {key} is the code
or id of each target of the kind `on`, and the rule by which the oracle answers; with `shows`, an answer has to hold a
word that was planted under that right at the target's place (else it would prove nothing).
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from httpx import Response

from server.kit.clock import today
from tests.matrix import oracle
from tests.matrix.asking import Desk, outcome, undone
from tests.matrix.canary import texts
from tests.matrix.ledger import Ledger
from tests.matrix.oracle import (
    ATTACH,
    DISSOLVE,
    ENROL,
    ESTABLISH,
    FORBIDDEN,
    GONE,
    HIDDEN,
    MOVE,
    NUMBERS_ONLY,
    PEOPLE,
    RENAME,
    REVIEW,
    SEES,
    TREE,
    UNAUTHENTICATED,
    WORK,
    Right,
)
from tests.matrix.places import OF, relation, within
from tests.matrix.readers import ROLES, SINGLE, Reader
from tests.matrix.world import LONG_AGO, Target, World

Rule = Callable[[Reader, Target | None], str]
Choose = Callable[[Target], bool]

YESTERDAY = today().fromordinal(today().toordinal() - 1)
LATELY = today() - LONG_AGO / 2
ABSENT = {"organization": "LG-Z"}
"""A code that there is not; for all that goes by a number, a number that there is not."""
NO_NUMBER = "99999999"


REACH, RELATIONS, STATES = 1, 2, 3
"""How deep a question goes: one target in reach and one out of it; one a relation; one a relation and state."""


class Ask(NamedTuple):
    rule: Rule
    on: str = ""
    query: str = ""
    """What follows the path."""
    shows: Right | None = None
    form: Mapping[str, str] | None = None
    depth: int = STATES
    """How many targets are worth asking about."""
    where: Choose = lambda _: True


# --- the rules by name


def to_all(reader: Reader, _: Target | None) -> str:
    return SEES


def to_the_known(reader: Reader, _: Target | None) -> str:
    return SEES if reader.known else UNAUTHENTICATED


def mine(*rights: Right, empty: str = SEES) -> Rule:
    """What begins at one's own places: `empty` for whoever has none."""

    def rule(reader: Reader, _: Target | None) -> str:
        found = oracle.reading_own(reader, rights)
        return empty if found == SEES and not reader.holds else found

    return rule


def sees(*rights: Right) -> Rule:
    """The first right shows that it is there, each of the others a part of the page."""
    return lambda reader, target: oracle.reading(reader, rights, places(target), is_gone(target))


def looks_back(*rights: Right) -> Rule:
    """On a day before it was dissolved."""
    return lambda reader, target: oracle.reading(reader, rights, places(target))


def counts_or_names(*rights: Right) -> Rule:
    return lambda reader, target: oracle.reading_people(reader, rights, places(target), is_gone(target))


def counted_or_named_once(*rights: Right) -> Rule:
    return lambda reader, target: oracle.reading_people(reader, rights, places(target))


def reviews(reader: Reader, target: Target | None) -> str:
    """The desk of those who review anything; what is laid on it they have to see."""
    if not reader.known:
        return UNAUTHENTICATED
    if not oracle.holds(reader, REVIEW):
        return FORBIDDEN
    return oracle.reading(reader, [WORK], target.places) if target else SEES


def places(target: Target | None) -> Iterable[str]:
    return target.places if target else ()


def is_gone(target: Target | None) -> bool:
    return target is not None and target.state in ("DISSOLVED", "LEFT")


def is_first(target: Target) -> bool:
    """One of the many items of a branch is enough."""
    return target.state == "SUBMITTED OPEN"


# --- the table

ITEM = Ask(sees(WORK, TREE), "item", shows=WORK)
ALIAS = ITEM._replace(depth=REACH)
WITHIN = Ask(sees(TREE, WORK), "organization", "?within={key}", depth=RELATIONS)
EXPORT = (Ask(mine(TREE, WORK, empty=HIDDEN)), WITHIN._replace(depth=REACH))

PAGES: dict[str, tuple[Ask, ...]] = {
    "GET /": (Ask(mine(WORK, TREE)),),
    "GET /login": (Ask(to_all),),
    "POST /login": (Ask(to_the_known, form={"login": "no.such.login", "password": "not a password"}),),
    "POST /logout": (Ask(to_the_known, form={}),),
    "POST /language": (Ask(to_all, form={"locale": "en", "back": "/"}),),
    "GET /organizations": (
        Ask(mine(TREE, WORK)),
        Ask(mine(TREE, WORK), query=f"?asOf={YESTERDAY}"),
        Ask(mine(TREE, WORK), "organization", "?search={key}", depth=RELATIONS),
    ),
    "GET /organizations/new": (Ask(sees(TREE, ESTABLISH), "organization", "?parent={key}"),),
    "GET /organizations/{code}": (
        Ask(sees(TREE, WORK), "organization", shows=TREE),
        Ask(looks_back(TREE, WORK), "organization", f"?asOf={YESTERDAY}", shows=TREE, depth=RELATIONS),
    ),
    "GET /organizations/{code}/below": (
        Ask(sees(TREE, WORK), "organization"),
        Ask(looks_back(TREE), "organization", f"?asOf={YESTERDAY}", depth=RELATIONS),
    ),
    "GET /organizations/{code}/rename": (Ask(sees(TREE, RENAME), "organization"),),
    "GET /organizations/{code}/move": (Ask(sees(TREE, MOVE), "organization"),),
    "GET /organizations/{code}/dissolve": (Ask(sees(TREE, DISSOLVE), "organization"),),
    "GET /organizations/{code}/members": (
        Ask(counts_or_names(TREE), "organization", shows=PEOPLE),
        Ask(counted_or_named_once(TREE), "organization", f"?asOf={YESTERDAY}", shows=PEOPLE, depth=RELATIONS),
        Ask(counts_or_names(TREE), "organization", "?search=canary", depth=RELATIONS),
    ),
    "GET /organizations/{code}/members/enrol": (Ask(sees(TREE, ENROL), "organization"),),
    "GET /organizations/{code}/members/attach": (
        Ask(sees(TREE, ATTACH), "organization"),
        Ask(sees(TREE, ATTACH), "organization", "?search=canary", depth=RELATIONS),
    ),
    "GET /checklists": (Ask(mine(TREE, WORK)), WITHIN),
    "GET /checklists/{id}": (Ask(sees(WORK, TREE), "checklist", shows=WORK),),
    "GET /checklist-items/{id}": (ITEM,),
    "GET /checklist-items/{id}/save": (ALIAS,),
    "GET /checklist-items/{id}/submit": (ALIAS,),
    "GET /checklist-items/{id}/withdraw": (ALIAS,),
    "GET /checklist-items/{id}/review": (ALIAS,),
    "GET /review": (
        Ask(reviews),
        Ask(reviews, "item", "?judged={key}", depth=RELATIONS, where=is_first),
        Ask(lambda reader, _: reviews(reader, None), "item", "?item={key}", depth=RELATIONS, where=is_first),
    ),
    "GET /matrix": (Ask(mine(TREE, WORK)), WITHIN._replace(query="?within={key}&state=SUBMITTED")),
    "GET /matrix.csv": EXPORT,
    "GET /matrix.xlsx": EXPORT,
    "GET /status.csv": EXPORT,
    "GET /status.xlsx": EXPORT,
    "GET /exhibit": (Ask(mine(TREE, empty=HIDDEN)),),
    "GET /graphql": (Ask(to_all, query="?query={viewer{name}}"),),
    "GET /healthz": (Ask(to_all),),
    "GET /readyz": (Ask(to_all),),
    "GET /static": (Ask(to_all, query="/app.css"),),
}

ELSEWHERE = {"POST /graphql": "all the fields and acts of the matrix"}
"""Routes that have no line above, and why."""


# --- asking


async def ask_all(desk: Desk, ledger: Ledger) -> None:
    for route, asks in PAGES.items():
        for ask in asks[:1] if desk.reader in SINGLE else asks:
            await ask_everywhere(desk, ledger, route, ask)


async def ask_everywhere(desk: Desk, ledger: Ledger, route: str, ask: Ask) -> None:
    """Of each target; now and then by HEAD as well."""
    method, path = route.split(" ")
    if not ask.on:
        for each in ("GET", "HEAD") if method == "GET" and path != "/graphql" else (method,):
            await check(desk, ledger, each, path, ask, None, None)
        return
    absent = await send(desk, method, path, ask, ABSENT.get(ask.on, NO_NUMBER))
    targets = [target for target in desk.world.of(ask.on) if ask.where(target)]
    for target in chosen(desk.reader, targets, ask.depth):
        await check(desk, ledger, method, path, ask, target, absent)
    if method == "GET" and ask.depth == STATES and desk.reader in ROLES:
        for target in chosen(desk.reader, targets, REACH):
            await check(desk, ledger, "HEAD", path, ask, target, None)


def chosen(reader: Reader, targets: Iterable[Target], depth: int = STATES) -> list[Target]:
    """The first of each sort; tokens with one scope, and those who hold nothing, are asked less."""
    first: dict[object, Target] = {}
    for target in targets:
        first.setdefault(sort(reader, target, depth if reader in ROLES else min(depth, RELATIONS)), target)
    return list(first.values())


def sort(reader: Reader, target: Target, depth: int) -> tuple[object, ...]:
    reached = oracle.reaches(reader, target.places)
    related = relation(reader.place, target.place) if reader.place and depth >= RELATIONS else ""
    state = (target.state, OF[target.place].kind if reached else "") if depth >= STATES else ()
    return reached, related, state


async def check(
    desk: Desk, ledger: Ledger, method: str, path: str, ask: Ask, target: Target | None, absent: Response | None
) -> None:
    answer = await send(desk, method, path, ask, target.key if target else "")
    expected = ask.rule(desk.reader, target)
    found = judged(desk, ask, target, expected, answer, absent)
    ledger.cell(desk.reader, f"{method} {path}{ask.query}", target, expected, found)


async def send(desk: Desk, method: str, path: str, ask: Ask, key: str) -> Response:
    """What changes something is undone."""
    address = re.sub(r"\{[a-z_]+\}", key, path) + ask.query.replace("{key}", key)
    if method in ("GET", "HEAD"):
        return await desk.page(method, address)
    async with undone():
        return await desk.page(method, address, ask.form or {})


def judged(
    desk: Desk, ask: Ask, target: Target | None, expected: str, answer: Response, absent: Response | None
) -> str:
    """What the answer amounts to."""
    code = outcome(answer)
    if code == "OK":
        if expected == HIDDEN and not desk.reader.holds and alike(answer, absent, target):
            return HIDDEN  # to whoever has no place at all, everything says that there is nothing
        return shown(desk, ask, target, expected, answer)
    if code == "NOT_FOUND":
        if expected == GONE or absent is None or target is None:
            return expected if expected in (GONE, HIDDEN) else HIDDEN
        return HIDDEN if alike(answer, absent, target) else GONE
    return code


def shown(desk: Desk, ask: Ask, target: Target | None, expected: str, answer: Response) -> str:
    """Whether there is on the page what has to be, and not what must not be."""
    if not ask.shows or not answer.content:
        return expected if expected in (SEES, NUMBERS_ONLY) else SEES
    said = "\n".join(texts(answer)).lower()
    planted = words_of(desk.world, ask.shows, target)
    if any(word in said for word in planted):
        return SEES
    return NUMBERS_ONLY if expected == NUMBERS_ONLY or not planted else "SEES NOTHING"


def words_of(world: World, right: Right, target: Target | None) -> list[str]:
    """Planted under this right, at the target's places and below them."""
    tops = target.places if target else ("",)
    return [
        word
        for word, ((name, place), *_) in world.words.items()
        if name == right.name and any(not top or within(place, top) for top in tops)
    ]


def alike(answer: Response, absent: Response | None, target: Target | None) -> bool:
    """Whether it is, but for the name that was asked for, the answer for what there is not."""
    if absent is None or target is None:
        return True
    asked = re.compile(rf"[0-9a-f]{{32}}|(?<![\w-])(?:{re.escape(target.key)}|{NO_NUMBER}|LG-Z)(?![\w-])")
    ours, theirs = ((a.status_code, sorted(a.headers), asked.sub("", a.text)) for a in (answer, absent))
    return ours == theirs
