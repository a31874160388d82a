"""Every page: who is shown what. A line for each route (and what it may be asked); an act's POST is in acts.py.

To add a route, add its line to PAGES: "METHOD path" → what is asked. An `Ask` is an address, in which {key} is the code
or id of each target of the kind `on`, and the rule by which the oracle answers; with `shows`, an answer has to hold a
word that was planted under that right at the target's place (else it would prove nothing).
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from httpx import Response

from server.kit.clock import today
from server.views.trail import feed
from tests.matrix import oracle
from tests.matrix.asking import Desk, outcome, undone
from tests.matrix.canary import texts
from tests.matrix.ledger import Ledger
from tests.matrix.oracle import (
    ACCEPT,
    ACCOUNTS,
    ADD_EVIDENCE,
    ATTACH,
    BUDGET,
    CORRECT,
    CORRECT_RECORD,
    DISABLE,
    DISSOLVE,
    DRAFT,
    END,
    ENROL,
    ENTER_RECORD,
    ERASE,
    ESTABLISH,
    EXPORT,
    EXPORT_TRAIL,
    EXTEND,
    GIVE,
    GONE,
    HIDDEN,
    INVITE,
    ISSUE,
    JOIN,
    MOVE,
    NUMBERS_ONLY,
    OPEN,
    PEOPLE,
    PUBLISH,
    RENAME,
    RESET,
    RETIRE,
    REVEAL,
    REVIEW,
    REVOKE,
    SEAL,
    SEES,
    TRAIL,
    TREE,
    UNAUTHENTICATED,
    WITHDRAW_RECORD,
    WORK,
    Right,
)
from tests.matrix.places import OF, relation, within
from tests.matrix.readers import BY_ACCOUNT, ROLES, SINGLE, Reader
from tests.matrix.world import LONG_AGO, Target, World, of

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
    form: "Mapping[str, str] | Callable[[World, Target | None], Mapping[str, str]] | None" = None
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
    return lambda reader, target: oracle.reading_list(reader, PEOPLE, rights, places(target), is_gone(target))


def counted_or_named_once(*rights: Right) -> Rule:
    return lambda reader, target: oracle.reading_list(reader, PEOPLE, rights, places(target))


def at_desk(desk: Right, *rights: Right) -> Rule:
    """For whoever holds this anywhere; of what is laid on it, each of the other rights shows a part."""
    return lambda reader, target: oracle.at_desk(reader, desk, rights, target.places if target else None)


def at_home(done: str = SEES) -> Rule:
    """One's own account."""
    return lambda reader, _: oracle.at_home(reader, done=done)


def always(found: str) -> Rule:
    return lambda reader, target: found


def behind_a_link(done: str) -> Rule:
    """For whoever holds its key, while it counts: it is sent to nobody else."""
    return lambda reader, target: done if target and target.state == "WAITING" else HIDDEN


def ends(reader: Reader, target: Target | None) -> str:
    """The form by which a role is taken back."""
    assert target is not None
    found = oracle.giving(reader, ACCOUNTS, END, role_of(target), target.places, fits=True)
    return SEES if found == oracle.ALLOWED else found


def passes_on(reader: Reader, target: Target | None) -> str:
    assert target is not None
    found = oracle.passing_on(reader, owner(target), target.places)
    return SEES if found == oracle.ALLOWED else found


def refused_as(*rights: Right) -> Rule:
    """Whoever sees it is told what is wrong with the form."""
    return lambda reader, target: "INVALID" if (found := sees(*rights)(reader, target)) == SEES else found


def adds_nothing(reader: Reader, target: Target | None) -> str:
    """A form without a file, for whoever may add one."""
    found = oracle.doing(reader, WORK, ADD_EVIDENCE, places(target), fits=False)
    return "INVALID" if found == oracle.REFUSED_BY_STATE else found


def finds_by_number(reader: Reader, target: Target | None) -> str:
    """Whoever may not reveal a number cannot try one out either."""
    if not target:
        return oracle.reading_own(reader, [PEOPLE])
    found = oracle.reading(reader, [PEOPLE, REVEAL], target.places)
    tries = found == oracle.FORBIDDEN and oracle.in_scope(reader, PEOPLE)
    return HIDDEN if tries or (found == SEES and target.state == "LEFT") else found


def number(world: World, target: Target | None) -> Mapping[str, str]:
    """The phone of somebody, or one that nobody has."""
    return {"number": world.held[f"member {target.key}"][0] if target else "10099999999"}


ROLE_AT = {"BRANCH": "BRANCH_SECRETARY", "COMMUNITY": "COMMUNITY_REVIEWER"}


def role_of(grant: Target) -> str:
    """Which role it gives."""
    found = BY_ACCOUNT.get(owner(grant))
    return found.role if found else ROLE_AT.get(OF[grant.place].kind, "AUDITOR")


def owner(target: Target) -> str:
    """The reader to whom it belongs, by account; "" for what is somebody else's."""
    return target.state.removeprefix("OF ") if target.state.startswith("OF ") else ""


def places(target: Target | None) -> Iterable[str]:
    return target.places if target else ()


def is_gone(target: Target | None) -> bool:
    return target is not None and target.state == "DISSOLVED"


def is_file(evidence: Target) -> bool:
    return evidence.state.startswith("FILE")


def is_first(target: Target) -> bool:
    """One of the many items of a branch is enough."""
    return target.state == "SUBMITTED OPEN"


# --- the table

ITEM = Ask(sees(WORK), "item", depth=RELATIONS)
"""Leads to its checklist."""
ALIAS = ITEM._replace(depth=REACH)
WITHIN = Ask(sees(TREE, WORK), "organization", "?within={key}", depth=RELATIONS)
FILE = (Ask(mine(TREE, WORK, empty=HIDDEN)), WITHIN._replace(depth=REACH))
STATUS = (Ask(mine(TREE, WORK)), WITHIN._replace(depth=REACH))
THEN = Ask(looks_back(TREE, WORK), "organization", f"?within={{key}}&asOf={YESTERDAY}", depth=REACH)
LOOKED_AFTER = Ask(at_desk(ACCOUNTS, TREE), "organization", "?within={key}", depth=RELATIONS)
WRONG = {"current": "not the password", "password": "nor is this one"}
NOT_OFFERED = (Ask(lambda reader, _: HIDDEN if reader.known else UNAUTHENTICATED),)
"""Here nobody signs in through an identity provider; tests/oidc does."""
REDIRECTED = (Ask(to_the_known),)
"""Asked for by its address, a button only leads back to its page."""

PAGES: dict[str, tuple[Ask, ...]] = {
    "GET /readyz": (Ask(to_all),),  # first: nobody gives the entries of this run their places, which it complains of
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
    "GET /organizations/{code}/rename": (Ask(sees(TREE, RENAME), "organization", depth=RELATIONS),),
    "GET /organizations/{code}/move": (Ask(sees(TREE, MOVE), "organization", depth=RELATIONS),),
    "GET /organizations/{code}/dissolve": (Ask(sees(TREE, DISSOLVE), "organization", depth=RELATIONS),),
    "GET /organizations/{code}/budget": (Ask(sees(TREE, BUDGET), "organization", depth=RELATIONS),),
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
    "GET /templates": (Ask(mine(WORK)),),
    "GET /templates/new": (Ask(at_desk(DRAFT)),),
    "GET /templates/{id}": (
        Ask(sees(WORK), "template", "?version=2", shows=WORK, where=lambda target: target.state == "DRAFTED"),
    ),
    "GET /templates/{id}/revise": (Ask(sees(WORK, DRAFT), "template", depth=RELATIONS),),
    "GET /template-versions/{id}/edit": (Ask(sees(WORK, DRAFT), "version"),),
    "GET /template-versions/{id}/publish": (Ask(sees(WORK, PUBLISH), "version"),),
    "GET /template-versions/{id}/retire": (Ask(sees(WORK, RETIRE), "version"),),
    "GET /template-versions/{id}/diff": (Ask(sees(WORK), "version", depth=RELATIONS),),
    "GET /checklists": (Ask(mine(TREE, WORK)), WITHIN),
    "GET /checklists/{id}": (Ask(sees(WORK, TREE), "checklist", shows=WORK),),
    "GET /checklists/{id}/extend": (Ask(sees(WORK, TREE, EXTEND), "checklist", depth=RELATIONS),),
    "GET /checklists/{id}/accept": (Ask(sees(WORK, TREE, ACCEPT), "checklist", depth=RELATIONS),),
    "GET /cycles": (Ask(mine(WORK)),),
    "GET /cycles/new": (Ask(at_desk(OPEN, TREE, WORK)),),
    "GET /cycles/{id}": (Ask(sees(WORK, TREE), "cycle", shows=WORK),),
    "GET /cycles/{id}/join": (Ask(sees(WORK, TREE, JOIN), "cycle"),),
    "GET /checklist-items/{id}": (ITEM,),
    "GET /checklist-items/{id}/save": (ALIAS,),
    "GET /checklist-items/{id}/submit": (ALIAS,),
    "GET /checklist-items/{id}/withdraw": (ALIAS,),
    "GET /checklist-items/{id}/review": (ALIAS,),
    "GET /checklist-items/{id}/declare": (ALIAS,),
    "GET /checklist-items/{id}/reopen": (ALIAS,),
    "GET /review/together": (Ask(at_desk(REVIEW, WORK)),),
    **{f"GET /checklist-items/{{id}}/{verb}": (ALIAS,) for verb in ("evidence", "link", "cite")},
    "POST /checklist-items/{id}/evidence": (
        Ask(adds_nothing, "item", form={"effective_on": YESTERDAY.isoformat()}, depth=RELATIONS),
    ),
    "POST /checklist-items/{id}/cite": (Ask(refused_as(WORK, TREE), "item", form={"records": ""}, depth=RELATIONS),),
    "GET /evidence/{id}/remove": (Ask(sees(WORK), "evidence", depth=REACH),),
    "GET /evidence/{id}/file": (Ask(sees(WORK), "evidence", shows=WORK, where=is_file),),
    "GET /records": (Ask(mine(WORK, TREE)), WITHIN),
    "GET /records/new": (Ask(at_desk(ENTER_RECORD, TREE)),),
    "GET /records/{id}": (Ask(sees(WORK), "record", shows=WORK),),
    "GET /records/{id}/correct": (Ask(sees(WORK, CORRECT_RECORD), "record", depth=RELATIONS),),
    "GET /records/{id}/withdraw": (Ask(sees(WORK, WITHDRAW_RECORD), "record", depth=RELATIONS),),
    "GET /records/{id}/cite": (Ask(sees(WORK), "record", depth=REACH),),
    "GET /review": (
        Ask(at_desk(REVIEW)),
        Ask(at_desk(REVIEW, WORK), "item", "?judged={key}", depth=RELATIONS, where=is_first),
        Ask(lambda reader, _: oracle.at_desk(reader, REVIEW), "item", "?item={key}", depth=RELATIONS, where=is_first),
    ),
    "GET /matrix": (Ask(mine(TREE, WORK)), WITHIN._replace(query="?within={key}&state=SUBMITTED")),
    "GET /matrix/cells/{id}": (ALIAS,),
    "GET /roll-up": (*STATUS, THEN),
    "GET /status": (*STATUS, THEN),
    "GET /missing": (*STATUS, THEN),
    "GET /comparison": STATUS,
    "GET /trend": STATUS,
    **{f"GET /{what}.{ending}": FILE for what in ("matrix", "status", "missing") for ending in ("csv", "xlsx", "json")},
    "GET /account": (Ask(at_home()),),
    "GET /account/password": (Ask(at_home()),),
    "POST /account/password": (Ask(at_home("INVALID"), form=WRONG),),
    "GET /account/second-factor": (Ask(at_home()),),
    "GET /account/second-factor/prepare": REDIRECTED,
    "POST /account/second-factor/prepare": (Ask(at_home("INVALID")),),
    "GET /account/second-factor/enrol": (Ask(at_home()),),
    "POST /account/second-factor/enrol": (Ask(at_home("INVALID"), form={"code": "000000"}),),
    "GET /account/second-factor/recovery-codes": (Ask(at_home()),),
    "POST /account/second-factor/recovery-codes": (Ask(at_home("INVALID"), form=WRONG),),
    "GET /account/second-factor/remove": (Ask(at_home()),),
    "POST /account/second-factor/remove": (Ask(at_home("INVALID"), form=WRONG),),
    "GET /account/notices": (Ask(at_home()),),
    "POST /account/notices": (Ask(at_home("INVALID"), form={"email": "not an address"}),),
    "GET /account/notices/unsubscribe": REDIRECTED,
    "POST /account/notices/unsubscribe": (Ask(at_home(), form={}),),
    "GET /account/sessions/revoke-others": REDIRECTED,
    "POST /account/sessions/revoke-others": (Ask(at_home()),),
    "GET /account/sessions/{handle}/revoke": (Ask(to_the_known, "session", depth=REACH),),
    "GET /account/oidc/link": NOT_OFFERED,
    "POST /account/oidc/link": NOT_OFFERED,
    "POST /account/oidc/unlink": (Ask(at_home()),),
    "GET /login/code": (Ask(always(UNAUTHENTICATED)),),
    "POST /login/code": (Ask(always(UNAUTHENTICATED), form={"code": "000000"}),),
    "GET /join/{key}": (Ask(behind_a_link(SEES), "link"),),
    "POST /join/{key}": (Ask(behind_a_link("INVALID"), "link", form={"password": "short"}),),
    "GET /oidc/begin": (Ask(always(HIDDEN)),),
    "GET /oidc/callback": (Ask(always(HIDDEN)),),
    "GET /accounts": (Ask(at_desk(ACCOUNTS), shows=ACCOUNTS), Ask(at_desk(ACCOUNTS), query="?search=canary")),
    "GET /accounts/invite": (Ask(at_desk(INVITE)),),
    "GET /accounts/{id}": (Ask(sees(ACCOUNTS), "account", shows=ACCOUNTS),),
    "GET /accounts/{id}/reset": (Ask(sees(ACCOUNTS, RESET), "account", depth=RELATIONS),),
    "GET /accounts/{id}/disable": (Ask(sees(ACCOUNTS, DISABLE), "account", depth=RELATIONS),),
    "GET /accounts/{id}/enable": (Ask(sees(ACCOUNTS, DISABLE), "account", depth=RELATIONS),),
    "GET /grants": (Ask(at_desk(ACCOUNTS), query="?when=all", shows=ACCOUNTS), LOOKED_AFTER),
    "GET /grants/give": (Ask(at_desk(GIVE)),),
    "GET /grants/mine": (Ask(mine(ACCOUNTS)),),
    "GET /grants/{id}/end": (Ask(ends, "grant", depth=RELATIONS),),
    "GET /grants/{id}/delegate": (Ask(passes_on, "grant", depth=RELATIONS),),
    "GET /tokens": (Ask(at_desk(ACCOUNTS), shows=ACCOUNTS), LOOKED_AFTER),
    "GET /tokens/issue": (Ask(at_desk(ISSUE)),),
    "GET /tokens/{id}/revoke": (Ask(sees(ACCOUNTS, REVOKE), "token", depth=RELATIONS),),
    "GET /members": (Ask(to_the_known),),
    "POST /members": (
        Ask(finds_by_number, form=number),
        Ask(finds_by_number, "member", form=number, shows=PEOPLE),
    ),
    "GET /members/{id}": (Ask(sees(PEOPLE), "member", shows=PEOPLE),),
    "GET /members/{id}/reveal": (Ask(sees(PEOPLE, REVEAL), "member", depth=RELATIONS),),
    "GET /members/{id}/correct": (Ask(sees(PEOPLE, CORRECT), "member", depth=RELATIONS),),
    "GET /members/{id}/export": (Ask(sees(PEOPLE, EXPORT), "member", depth=RELATIONS),),
    "GET /members/{id}/erase": (Ask(sees(PEOPLE, ERASE), "member", depth=RELATIONS),),
    "GET /seals": (Ask(mine(WORK)),),
    "GET /seals/new": (Ask(at_desk(SEAL)),),
    "GET /seals/{id}": (Ask(sees(WORK), "seal"),),
    "GET /trail": (
        Ask(at_desk(TRAIL, TREE)),
        Ask(
            at_desk(TRAIL, TREE),
            "organization",
            "?within={key}&deed=matrix.noted",
            shows=TRAIL,
            depth=RELATIONS,
        ),
    ),
    "GET /trail/checkpoint": (Ask(at_desk(TRAIL)),),
    "GET /trail/feed": (Ask(at_desk(TRAIL)),),
    "GET /trail/{id}": (Ask(at_desk(TRAIL, TRAIL, TREE), "trail entry", shows=TRAIL),),
    "POST /trail/export": (Ask(at_desk(EXPORT_TRAIL), shows=TRAIL),),
    "GET /exhibit": (Ask(mine(TREE, empty=HIDDEN)),),
    "GET /graphql": (Ask(to_all, query="?query={viewer{name}}"),),
    "GET /healthz": (Ask(to_all),),
    "GET /static": (Ask(to_all, query="/app.css"),),
}

ELSEWHERE = {"POST /graphql": "all the fields and acts of the matrix"}
"""Routes that have no line above, and why."""


# --- asking


async def ask_all(desk: Desk, ledger: Ledger) -> None:
    with ending():
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
        first.setdefault(sort(reader, target, depth if reader in ROLES else REACH), target)
    return list(first.values())


def sort(reader: Reader, target: Target, depth: int) -> tuple[object, ...]:
    reached = oracle.reaches(reader, target.places)
    related = relation(reader.place, target.place) if reader.place and depth >= RELATIONS else ""
    state = (condition(target), OF[target.place].kind if reached else "") if depth >= STATES else ()
    return reached, related, state, target.state == of(reader)


def condition(target: Target) -> str:
    """Its state; of what belongs to a reader, by which right that is there."""
    return f"OF {role_of(target)}" if owner(target) else target.state


@contextmanager
def ending() -> Iterator[None]:
    """The feed of the trail has no end of its own."""
    feed.closing.set()
    try:
        yield
    finally:
        feed.closing.clear()


async def check(
    desk: Desk, ledger: Ledger, method: str, path: str, ask: Ask, target: Target | None, absent: Response | None
) -> None:
    answer = await send(desk, method, path, ask, target.key if target else "")
    expected = ask.rule(desk.reader, target)
    found = judged(desk, ask, target, expected, answer, absent)
    ledger.cell(desk.reader, f"{method} {path}{ask.query}", target, expected, found)


async def send(desk: Desk, method: str, path: str, ask: Ask, key: str) -> Response:
    """What changes something is undone, as is the count of those who try links."""
    address = re.sub(r"\{[a-z_]+\}", key, path) + ask.query.replace("{key}", key)
    given = desk.world.held.get(f"{ask.on} {key}", []) if ask.on == "link" else []
    if method in ("GET", "HEAD") and ask.on != "link":
        return await desk.page(method, address)
    form = None if method != "POST" else ask.form or {}
    if callable(form):
        form = form(desk.world, next((t for t in desk.world.of(ask.on) if t.key == key), None))
    async with undone():
        return await desk.page(method, address, form, given)


def judged(
    desk: Desk, ask: Ask, target: Target | None, expected: str, answer: Response, absent: Response | None
) -> str:
    """What the answer amounts to."""
    code = outcome(answer)
    if code == "OK":
        if expected == HIDDEN and (absent or not desk.reader.holds) and alike(answer, absent, target):
            return HIDDEN  # it says that there is nothing, as to whoever has no place at all everything does
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
        for word, seen in world.words.items()
        for name, place in seen[:1]
        if name == right.name and any(not top or within(place, top) for top in tops)
    ]


def alike(answer: Response, absent: Response | None, target: Target | None) -> bool:
    """Whether it is, but for the name that was asked for, the answer for what there is not."""
    if absent is None or target is None:
        return True
    asked = re.compile(rf"[0-9a-f]{{32}}|(?<![\w-])(?:{re.escape(target.key)}|{NO_NUMBER}|LG-Z|100\d{{8}})(?![\w-])")
    ours, theirs = ((a.status_code, sorted(a.headers), asked.sub("", a.text)) for a in (answer, absent))
    return ours == theirs
