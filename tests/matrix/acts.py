"""Every act, through both doors: who may do it to what, and in which state.

To add an act, give it a line in ACTS under the name of its operation. How each door is asked stands in tests/acts
already (TRIED); here is said what it is done to, by which right, with what, and whether the target's state allows it.
"""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, NamedTuple

from httpx import Response

from server.kit.clock import today
from server.schema.ids import global_id
from tests.acts import TRIED, Verb
from tests.matrix import oracle, pages, places
from tests.matrix.asking import Desk, Marks, outcome, undone
from tests.matrix.graphql import leaves, mutation_type
from tests.matrix.ledger import Ledger
from tests.matrix.oracle import (
    ACCEPT,
    ACCOUNTS,
    ADD_EVIDENCE,
    ALLOWED,
    ATTACH,
    BUDGET,
    CORRECT,
    CORRECT_RECORD,
    DECLARE,
    DELEGATE,
    DISABLE,
    DISSOLVE,
    DRAFT,
    END,
    ENROL,
    ENTER_RECORD,
    ERASE,
    ESTABLISH,
    EXPORT,
    EXTEND,
    GIVE,
    GONE,
    HIDDEN,
    INVITE,
    ISSUE,
    JOIN,
    MOVE,
    OPEN,
    OWED,
    PEOPLE,
    PUBLISH,
    REFUSED_BY_STATE,
    REMOVE_EVIDENCE,
    RENAME,
    REOPEN,
    RESET,
    RETIRE,
    REVEAL,
    REVIEW,
    REVOKE,
    SAVE,
    SEAL,
    SUBMIT,
    TREE,
    WITHDRAW,
    WITHDRAW_RECORD,
    WORK,
    Right,
)
from tests.matrix.pages import owner, role_of
from tests.matrix.places import EMPTY, OF, TEMPORARY, Place, within
from tests.matrix.readers import BY_ACCOUNT, SINGLE, Reader
from tests.matrix.world import Target, World, code_of, has_work, of
from tests.test_doors import seen_items, spelled

AT_ONCE = 14
"""Refused mutations in one request: an alias each."""
PAGE, API = "page", "API"


Given = Callable[[World, Target], dict[str, Any]]


class Act(NamedTuple):
    on: str
    seen: Right
    """What it takes to see the target at all."""
    right: Right
    given: "Given"
    """The fields of the draft, as a form names them; but for the target itself, if the verb names it."""
    fits: Callable[[Target], bool]
    """Whether the target's state allows it."""
    named: bool = True
    """The target stands in the address, so a page of today looks for it first; else it is a field of the form."""
    rule: Callable[[Reader, Target, str], str] | None = None
    """Instead of the usual rule; it knows the door."""
    desk: bool = False
    """Its page is for those alone who may do it somewhere."""
    gives: Callable[[World, Target], list[str]] = lambda *_: []
    """What the answer is there to give."""
    codes: frozenset[str] = frozenset({"NOT_FOUND"})
    """By which it says that the target is not there."""


# --- what is given


def seen(_: World, target: Target) -> dict[str, Any]:
    return {"expected_version": target.version}


def filled(world: World, target: Target) -> dict[str, Any]:
    return {"done_on": today().isoformat(), "summary": "Done.", **seen(world, target)}


def because(world: World, target: Target) -> dict[str, Any]:
    return {"reason": "It has a reason.", **seen(world, target)}


def ticked(_: World, target: Target) -> dict[str, Any]:
    return {"items": f"{target.key}:{target.version}"}


def approved(world: World, target: Target) -> dict[str, Any]:
    return {"verdict": "APPROVE", "remark": "", **seen(world, target)}


CHILD = {"DISTRICT": "STREET", "STREET": "COMMUNITY", "COMMUNITY": "RESIDENT_GROUP"}


def founded(_: World, target: Target) -> dict[str, Any]:
    """What may lie below the target; below a branch, a Party group."""
    place = OF.get(target.key)
    given = {"code": "NEW-1", "name": "New place", "parent": target.key}
    if place is None or place.kind in CHILD:
        return given | {"kind": CHILD[place.kind] if place else "COMMUNITY"}
    kind = "PARTY_GROUP" if place.kind == "BRANCH" else "BRANCH"
    return given | {"kind": "BRANCH", "branch_type": kind, "sector": "PROJECT"}


def waits(target: Target) -> bool:
    return is_open(target) and state(target) == "SUBMITTED"


def can_hold(place: Place) -> bool:
    return place.type not in ("PARTY_GROUP", "TEMP_BRANCH")


def moved(_: World, target: Target) -> dict[str, Any]:
    return {"parent": new_parent(target.key), "expected_version": version(target)}


def new_parent(code: str) -> str:
    """Below LG-A, where it may lie and does not yet; none for what lies as high as it can."""
    place = OF.get(code)
    if place and place.type == "PARTY_GROUP":
        return "LG-A-2-G-B"
    if place and place.kind == "BRANCH":
        return "LG-A-1-H" if code == "LG-A-2-G-B" else "LG-A-2-G"
    if place and place.kind == "RESIDENT_GROUP":
        return "LG-A-1" if code == "LG-A-2-G" else "LG-A-2"
    return "LG-A"


def version(target: Target) -> int:
    """Dissolving has counted one up."""
    return 2 if target.state == "DISSOLVED" else 1


def is_living(target: Target) -> bool:
    return oracle.alive(target.place)


def is_open(target: Target) -> bool:
    return target.state.endswith("OPEN") and is_living(target)


def state(target: Target) -> str:
    return target.state.partition(" ")[0]


def is_home(target: Target) -> bool:
    """A branch that people can have for a home."""
    place = OF[target.place]
    return place.kind == "BRANCH" and target.place != TEMPORARY and is_living(target)


def attaching(reader: Reader, target: Target, _: str) -> str:
    """A person to the temporary branch: both have to be seen."""
    found = oracle.doing(reader, TREE, ATTACH, [TEMPORARY], fits=target.state == "HOME")
    if found in (ALLOWED, REFUSED_BY_STATE) and (
        target.state == "LEFT" or not oracle.has(reader, PEOPLE, target.places)
    ):
        return HIDDEN
    return found


def founding(reader: Reader, target: Target, _: str) -> str:
    """What is gone is a fault of the form, whoever fills it in."""
    if oracle.reading(reader, [TREE], target.places) == oracle.SEES and not is_living(target):
        return REFUSED_BY_STATE
    return oracle.doing(reader, TREE, ESTABLISH, target.places, fits=can_hold(OF[target.place]))


# --- accounts, roles, tokens, sessions, seals

PARTY_WORK = {
    "DISTRICT": "STREET_REVIEWER",
    "STREET": "STREET_REVIEWER",
    "COMMUNITY": "COMMUNITY_REVIEWER",
    "BRANCH": "BRANCH_EDITOR",
}
"""A role that can be held at a place of this kind; at others nobody does Party work."""
BELOW = "LG-A-1-G-B-P"
"""Whoever works there is a colleague of every reader who holds a role."""
REASON = {"reason": "It is time."}
TILL_NOW = {"until": today().isoformat()}


def kind_of(target: Target) -> str:
    return OF[target.place].kind


def invited(_: World, target: Target) -> dict[str, Any]:
    role = PARTY_WORK.get(kind_of(target), "BRANCH_EDITOR")
    return {"login": "new.person", "name": "New person", "role": role, "organization": target.key}


def trusted(world: World, target: Target) -> dict[str, Any]:
    """A colleague, with a role of Party work."""
    role = PARTY_WORK.get(kind_of(target), "BRANCH_EDITOR")
    return {"account": world.logins[BELOW], "role": role, "organization": target.key}


def set_to_audit(world: World, target: Target) -> dict[str, Any]:
    """Somebody who audits a residents' group, another place."""
    return {"account": world.logins["LG-A-1-H"], "role": "AUDITOR", "organization": target.key}


def giving(role: Callable[[Target], str], fits: Callable[[Target], bool]) -> Callable[[Reader, Target, str], str]:
    return lambda reader, target, _: oracle.giving(reader, TREE, GIVE, role(target), target.places, fits=fits(target))


def has_party_work(target: Target) -> bool:
    return is_living(target) and kind_of(target) in PARTY_WORK


def ending(reader: Reader, target: Target, _: str) -> str:
    fits = target.state not in ("ENDED", "OF ended")
    return oracle.giving(reader, ACCOUNTS, END, role_of(target), target.places, fits=fits)


def passing_on(reader: Reader, target: Target, door: str) -> str:
    return oracle.passing_on(reader, owner(target), target.places, program=door == API)


def passed_on(world: World, _: Target) -> dict[str, Any]:
    return {"account": world.logins[BELOW], **TILL_NOW}


def keeping(right: Right, fits: Callable[[Target], bool]) -> Callable[[Reader, Target, str], str]:
    """Of an account, never one's own."""
    return lambda reader, target, _: oracle.doing(
        reader, ACCOUNTS, right, target.places, fits=fits(target) and target.state != of(reader)
    )


def leaving(world: World, target: Target) -> dict[str, Any]:
    return seen(world, target) | REASON


def is_disabled(account: Target) -> bool:
    return account.state == "DISABLED"


def audits_elsewhere(target: Target) -> bool:
    return is_living(target) and target.place != "LG-A-1-H"


def is_unsealed(target: Target) -> bool:
    return kind_of(target) == "RESIDENT_GROUP" and has_work(OF[target.place])


def is_active(account: Target) -> bool:
    return account.state != "DISABLED"


def is_persons(account: Target) -> bool:
    """A system never signs in."""
    found = BY_ACCOUNT.get(owner(account))
    return is_active(account) and not (found and found.role == "SYSTEM")


def issued(world: World, target: Target) -> dict[str, Any]:
    return {
        "account": world.logins.get(target.place, ""),
        "organization": target.key,
        "name": "New token",
        "scopes": ["ORGANIZATIONS_READ"],
        "expires_on": (today() + timedelta(days=30)).isoformat(),
    }


def revoking(reader: Reader, target: Target, door: str) -> str:
    """One's own sessions; a program has none."""
    found = oracle.at_home(reader, done=ALLOWED if target.state == of(reader) else HIDDEN)
    return oracle.FORBIDDEN if found in (ALLOWED, HIDDEN) and door == API else found


def sealed(world: World, target: Target) -> dict[str, Any]:
    """The cycle that is over; it is sealed already but at residents' groups."""
    return {"cycle": code_of(world, "LG-A", "CLOSED"), "organization": target.key}


def sealed_early(world: World, target: Target) -> dict[str, Any]:
    return {"cycle": code_of(world, "LG-A", "OPEN"), "organization": target.key}


def opened(_: World, target: Target) -> dict[str, Any]:
    """Today, over what lies below the target."""
    days = dict.fromkeys(("starts_on", "ends_on", "opens_on", "due_on", "closes_on"), today().isoformat())
    return {"organization": target.key, "template": "MATRIX", "sector": "RESIDENT_GROUP", "code": "NEW", **days}


def has_branches(target: Target) -> bool:
    """A living one that fills checklists, or would; the template is that of the subdistrict."""
    street = places.street_of(target.place)
    found = [place for place in places.worked(street) if street and not place.gone]
    return any(within(code, target.place) for code in [*(p.code for p in found), *([EMPTY] if street else [])])


def joined(*_: Any) -> dict[str, Any]:
    return {"branch": EMPTY, **REASON}


def joining(reader: Reader, target: Target, _: str) -> str:
    """A branch to a cycle: both have to be seen; only the open one of LG-A is for it."""
    found = oracle.reading(reader, [WORK], target.places)
    if found != oracle.SEES:
        return found
    if not oracle.has(reader, TREE, [EMPTY]):
        return REFUSED_BY_STATE if oracle.in_scope(reader, TREE) else oracle.FORBIDDEN
    if not oracle.has(reader, JOIN, [EMPTY]):
        return oracle.FORBIDDEN
    return ALLOWED if target.state.startswith("OPEN") and within(target.place, "LG-A") else REFUSED_BY_STATE


def lengthened(_: World, target: Target) -> dict[str, Any]:
    days = {name: (today() + timedelta(days=40)).isoformat() for name in ("due_on", "closes_on")}
    return {**days, **REASON, "expected_version": target.version}


def never(_: Target) -> bool:
    return False


# --- templates


def titled(_: World, target: Target) -> dict[str, Any]:
    return {"organization": target.key, "code": "NEW", "title": "New title"}


def worded(_: World, target: Target) -> dict[str, Any]:
    measure = {"number": 1, "text": "Other words", "frequency": "MONTHLY"}
    return {"themes": [{"grasp": "Grasp", "lift": "Lift", "measures": [measure]}], "expected_version": target.version}


def is_draft(target: Target) -> bool:
    return target.state == "DRAFT"


# --- records and evidence


def recorded(_: World, target: Target) -> dict[str, Any]:
    return {"branch": target.key, "kind": "STUDY", "held_on": today().isoformat(), "title": "Study"}


def corrected(_: World, target: Target) -> dict[str, Any]:
    return {"title": "Other title", "expected_version": target.version, **REASON}


def linked(*_: object) -> dict[str, Any]:
    return {"address": "https://example.org/page", "title": "Page", "effective_on": today().isoformat()}


def cited(world: World, record: Target) -> dict[str, Any]:
    """Of the item of its branch that nobody has begun."""
    items = [t.key for t in world.of("item") if (t.place, t.state) == (record.place, "TODO OPEN")]
    return {"items": items[:1] or [pages.NO_NUMBER]}


def is_owed(item: Target) -> bool:
    return is_open(item) and state(item) in OWED


def is_branch(target: Target) -> bool:
    return kind_of(target) == "BRANCH" and is_living(target)


def stands(record: Target) -> bool:
    return record.state == "STANDING" and is_living(record)


# --- people


def named_again(world: World, target: Target) -> dict[str, Any]:
    name = world.name_of(target.key) if f"name {target.key}" in world.held else ""
    return {"confirmation": name, "expected_version": 1, **REASON}


def numbers(world: World, target: Target) -> list[str]:
    return world.held[f"member {target.key}"]


def revealing(right: Right) -> Act:
    return Act("member", PEOPLE, right, lambda *_: REASON, lambda _: True, gives=numbers)


# --- the table

PERSON = {"name": "New person", "stage": "FULL", "joined_on": "2020-07-01"}

ACTS: dict[str, tuple[Act, ...]] = {
    "organizations.establish": (
        Act(
            "organization",
            TREE,
            ESTABLISH,
            founded,
            is_living,
            named=False,
            rule=founding,
            codes=frozenset({"INVALID"}),
        ),
    ),
    "organizations.rename": (
        Act(
            "organization",
            TREE,
            RENAME,
            lambda _, target: {"name": "Other name", "expected_version": version(target)},
            is_living,
        ),
    ),
    "organizations.move": (
        Act(
            "organization",
            TREE,
            MOVE,
            moved,
            lambda target: is_living(target) and OF[target.place].kind in ("RESIDENT_GROUP", "BRANCH"),
        ),
    ),
    "organizations.budget": (
        Act(
            "organization",
            TREE,
            BUDGET,
            lambda _, target: {"minutes_a_month": 500, "expected_version": version(target)},
            lambda target: is_living(target) and kind_of(target) != "BRANCH",
        ),
    ),
    "organizations.dissolve": (
        Act(
            "organization",
            TREE,
            DISSOLVE,
            lambda _, target: {"reason": "It has done its work.", "expected_version": version(target)},
            lambda target: target.place in (EMPTY, TEMPORARY),
        ),
    ),
    "members.enrol": (Act("organization", TREE, ENROL, lambda *_: PERSON, is_home),),
    "members.attach": (
        Act(
            "organization",
            TREE,
            ATTACH,
            lambda world, _: {"member": world.at("member", "LG-A-1-G-B").key},
            lambda target: target.place == TEMPORARY,
        ),
        Act(
            "member",
            TREE,
            ATTACH,
            lambda _, target: {"branch": TEMPORARY, "member": target.key},
            is_living,
            named=False,
            rule=attaching,
            codes=frozenset({"NOT_FOUND", "INVALID"}),
        ),
    ),
    "templates.draft": (Act("organization", TREE, DRAFT, titled, is_living, named=False, desk=True),),
    "templates.revise": (Act("template", WORK, DRAFT, lambda *_: {}, lambda target: target.state == "SETTLED"),),
    "templates.write": (Act("version", WORK, DRAFT, worded, is_draft),),
    "templates.publish": (Act("version", WORK, PUBLISH, seen, is_draft),),
    "templates.retire": (Act("version", WORK, RETIRE, lambda *_: REASON, lambda target: not is_draft(target)),),
    "checklists.save": (Act("item", WORK, SAVE, filled, lambda target: is_open(target) and state(target) in OWED),),
    "checklists.submit": (Act("item", WORK, SUBMIT, filled, lambda target: is_open(target) and state(target) in OWED),),
    "checklists.withdraw": (
        Act("item", WORK, WITHDRAW, seen, lambda target: is_open(target) and state(target) == "SUBMITTED"),
    ),
    "members.reveal": (revealing(REVEAL),),
    "members.export": (revealing(EXPORT),),
    "members.correct": (
        Act(
            "member",
            PEOPLE,
            CORRECT,
            lambda *_: {"name": "Right name", "expected_version": 1, **REASON},
            lambda _: True,
        ),
    ),
    "members.erase": (Act("member", PEOPLE, ERASE, named_again, lambda _: True),),
    "accounts.invite": (Act("organization", TREE, INVITE, invited, has_party_work, named=False, desk=True),),
    "accounts.reset": (Act("account", ACCOUNTS, RESET, seen, is_persons, rule=keeping(RESET, is_persons)),),
    "accounts.disable": (Act("account", ACCOUNTS, DISABLE, leaving, is_active, rule=keeping(DISABLE, is_active)),),
    "accounts.enable": (Act("account", ACCOUNTS, DISABLE, leaving, is_disabled, rule=keeping(DISABLE, is_disabled)),),
    "grants.give": (
        Act(
            "organization",
            TREE,
            GIVE,
            trusted,
            has_party_work,
            named=False,
            desk=True,
            rule=giving(lambda target: PARTY_WORK.get(kind_of(target), "BRANCH_EDITOR"), has_party_work),
        ),
        Act(
            "organization",
            TREE,
            GIVE,
            set_to_audit,
            audits_elsewhere,
            named=False,
            desk=True,
            rule=giving(lambda _: "AUDITOR", audits_elsewhere),
        ),
    ),
    "grants.end": (Act("grant", ACCOUNTS, END, lambda *_: TILL_NOW, lambda _: True, rule=ending),),
    "grants.delegate": (Act("grant", ACCOUNTS, DELEGATE, passed_on, lambda _: True, rule=passing_on),),
    "tokens.issue": (Act("organization", TREE, ISSUE, issued, is_living, named=False, desk=True),),
    "tokens.revoke": (Act("token", ACCOUNTS, REVOKE, lambda *_: REASON, lambda target: target.state == "ACTIVE"),),
    "sessions.revoke": (Act("session", ACCOUNTS, REVOKE, lambda *_: {}, lambda _: True, rule=revoking),),
    "seals.seal": (
        Act("organization", TREE, SEAL, sealed, is_unsealed, named=False, codes=frozenset({"INVALID"})),
        Act("organization", TREE, SEAL, sealed_early, never, named=False, codes=frozenset({"INVALID"})),
    ),
    "cycles.open_cycle": (Act("organization", TREE, OPEN, opened, has_branches, named=False),),
    "cycles.join": (Act("cycle", WORK, JOIN, joined, lambda _: True, rule=joining),),
    "checklists.extend": (Act("checklist", WORK, EXTEND, lengthened, is_living),),
    "checklists.accept": (Act("checklist", WORK, ACCEPT, seen, never),),
    "records.enter": (Act("organization", TREE, ENTER_RECORD, recorded, is_branch, named=False),),
    "records.correct": (Act("record", WORK, CORRECT_RECORD, corrected, stands),),
    "records.withdraw": (Act("record", WORK, WITHDRAW_RECORD, leaving, stands),),
    "evidence.link": (
        Act("item", WORK, ADD_EVIDENCE, linked, lambda target: is_open(target) and state(target) in OWED),
    ),
    "evidence.cite": (Act("record", WORK, ADD_EVIDENCE, cited, stands),),
    "evidence.remove": (Act("evidence", WORK, REMOVE_EVIDENCE, lambda *_: REASON, is_open),),
    "checklists.review": (Act("item", WORK, REVIEW, approved, waits),),
    "checklists.approve_together": (Act("item", WORK, REVIEW, ticked, waits, named=False, desk=True),),
    "checklists.declare": (
        Act("item", WORK, DECLARE, because, lambda target: is_open(target) and state(target) in OWED),
    ),
    "checklists.reopen": (
        Act("item", WORK, REOPEN, because, lambda target: is_open(target) and state(target) == "APPROVED"),
    ),
}


def expected(reader: Reader, act: Act, target: Target, door: str) -> str:
    if door == PAGE and act.desk and reader.known and not oracle.holds(reader, act.right):
        return oracle.FORBIDDEN
    if act.rule:
        return act.rule(reader, target, door)
    gone = door == PAGE and act.named and act.on == "organization" and not is_living(target)
    return oracle.doing(reader, act.seen, act.right, target.places, fits=act.fits(target), gone=gone)


# --- asking


async def do_all(desk: Desk, ledger: Ledger) -> None:
    for name, acts in ACTS.items():
        for act in acts:
            if desk.reader not in SINGLE:
                await by_page(desk, ledger, name, act)
            await by_api(desk, ledger, name, act)


def nothing(act: Act, place: str = "LG") -> Target:
    """What there is not."""
    key = pages.ABSENT.get(act.on, pages.NO_NUMBER)
    return Target(act.on, place, key)


async def by_page(desk: Desk, ledger: Ledger, name: str, act: Act) -> None:
    verb, absent = TRIED[name], dict[str, Response]()
    for target in at_pages(desk, act):
        wanted = expected(desk.reader, act, target, PAGE)
        answer, marks = await post(desk, verb, act, target)
        like = wanted != HIDDEN or pages.alike(answer, await missed(desk, verb, act, target, absent), target)
        found = judged(act, wanted, outcome(answer), marks, like=like)
        ledger.cell(desk.reader, f"{name} by page", target, wanted, found)


async def missed(desk: Desk, verb: Verb, act: Act, target: Target, absent: dict[str, Response]) -> Response:
    """What the same form is answered about something that there is not; each form is sent once."""
    other = nothing(act, target.place)
    form = repr(act.given(desk.world, other))
    if form not in absent:
        absent[form], _ = await post(desk, verb, act, other)
    return absent[form]


def at_pages(desk: Desk, act: Act) -> list[Target]:
    """Every state of what is in reach; what is hidden once a relation, as the API is asked about all of it."""
    every = desk.world.of(act.on)
    reached = [target for target in every if oracle.reaches(desk.reader, target.places)]
    hidden = [target for target in every if target not in reached]
    return [*pages.chosen(desk.reader, reached), *pages.chosen(desk.reader, hidden, pages.RELATIONS)]


async def post(desk: Desk, verb: Verb, act: Act, target: Target) -> tuple[Response, Marks]:
    """The answer, and what was written; then it is undone."""
    given = act.given(desk.world, target)
    address = verb.address.format(target=target.key if act.named else given.get("branch", target.key))
    async with undone() as marks:
        answer = await desk.page("POST", address, given, gives(desk, act, [target], PAGE))
    return answer, marks


def gives(desk: Desk, act: Act, targets: list[Target], door: str) -> list[str]:
    """What the answers are there to give, to whoever may have it."""
    allowed = [target for target in targets if expected(desk.reader, act, target, door) == ALLOWED]
    return [value for target in allowed for value in act.gives(desk.world, target)]


async def by_api(desk: Desk, ledger: Ledger, name: str, act: Act) -> None:
    """What should be refused, many at once; what should be done, one by one."""
    verb = TRIED[name]
    [(absent, _)] = await mutate(desk, verb, act, [nothing(act)])
    wanted = {
        target: expected(desk.reader, act, target, API) for target in pages.chosen(desk.reader, desk.world.of(act.on))
    }
    refused = [target for target, what in wanted.items() if what != ALLOWED]
    alone = [[target] for target, what in wanted.items() if what == ALLOWED]
    together = [refused[n : n + AT_ONCE] for n in range(0, len(refused), AT_ONCE)]
    for targets in [*together, *alone]:
        answers = await mutate(desk, verb, act, targets)
        for target, (error, marks) in zip(targets, answers, strict=True):
            like = plain(error, target) == plain(absent, target)
            code = error["extensions"]["code"] if error else "OK"
            found = judged(act, wanted[target], code, marks, like=like)
            ledger.cell(desk.reader, f"{name} by API", target, wanted[target], found)


async def mutate(desk: Desk, verb: Verb, act: Act, targets: list[Target]) -> list[tuple[dict[str, Any] | None, Marks]]:
    """For each the error, if there is one, and what all of them together have written."""
    kind = f"{verb.mutation[0].upper()}{verb.mutation[1:]}Input"
    names = [f"i{n}" for n in range(len(targets))]
    shown = leaves(mutation_type(verb.mutation))
    parts = " ".join(f"{name}: {verb.mutation}(input: ${name}) {{ {shown} }}" for name in names)
    text = f"mutation({', '.join(f'${name}: {kind}!' for name in names)}) {{ {parts} }}"
    given = {name: inputs(desk, verb, act, target) for name, target in zip(names, targets, strict=True)}
    async with undone() as marks:
        answer = await desk.query(text, given, gives(desk, act, targets, API))
    return [(error_of(answer, name), marks) for name in names]


def inputs(desk: Desk, verb: Verb, act: Act, target: Target) -> dict[str, Any]:
    given: dict[str, Any] = spelled(act.given(desk.world, target))
    if "member" in given:
        given["member"] = global_id("Member", int(given["member"]))
    if isinstance(given.get("items"), list):
        given["items"] = [global_id("ChecklistItem", int(item)) for item in given["items"]]
    elif "items" in given:
        given["items"] = seen_items(given["items"])
    if not verb.named or not act.named:
        return given
    return given | {verb.named: global_id(verb.kind, int(target.key)) if verb.named == "id" else target.key}


def error_of(answer: dict[str, Any], name: str) -> dict[str, Any] | None:
    """Of one alias; of all, for what came before any of them."""
    errors = answer.get("errors", [])
    return next((error for error in errors if error.get("path", [name])[0] == name), None)


def judged(act: Act, wanted: str, code: str, marks: Marks, *, like: bool) -> str:
    if code == "OK":
        return ALLOWED if marks.noted else "LEFT NO TRAIL"
    if marks.changed:
        return f"{code}, BUT CHANGED {marks.changed}"
    if wanted == HIDDEN and code in act.codes:
        return HIDDEN if like else f"{code}, UNLIKE WHAT IS ABSENT"
    if wanted == GONE and code == "NOT_FOUND":
        return GONE
    return {"INVALID": REFUSED_BY_STATE, "CONFLICT": REFUSED_BY_STATE, "NOT_FOUND": HIDDEN}.get(code, code)


def plain(error: dict[str, Any] | None, target: Target) -> str:
    """Without what names the target and the request."""
    names = [target.key, pages.NO_NUMBER, "LG-Z"]
    said = {name: value for name, value in (error or {}).items() if name not in ("path", "locations")}
    asked = "|".join(re.escape(name) for name in names)
    return re.sub(rf"[0-9a-f]{{32}}|(?<![\w-])(?:{asked})(?![\w-])", "", repr(said))


def doors() -> Iterator[tuple[str, str]]:
    """The mutation, and the address of the form, of every act in the table."""
    for name in ACTS:
        yield TRIED[name].mutation, re.sub(r"\{[^}]*\}", "{}", TRIED[name].address)
