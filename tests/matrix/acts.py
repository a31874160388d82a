"""Every act, through both doors: who may do it to what, and in which state.

To add an act, give it a line in ACTS under the name of its operation. How each door is asked stands in tests/acts
already (TRIED); here is said what it is done to, by which right, with what, and whether the target's state allows it.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from server.kit.clock import today
from server.schema.ids import global_id
from tests.acts import TRIED, Verb
from tests.matrix import oracle, pages
from tests.matrix.asking import Desk, outcome, undone
from tests.matrix.graphql import leaves, mutation_type
from tests.matrix.ledger import Ledger
from tests.matrix.oracle import (
    ALLOWED,
    ATTACH,
    DISSOLVE,
    ENROL,
    ESTABLISH,
    GONE,
    HIDDEN,
    MOVE,
    OWED,
    PEOPLE,
    REFUSED_BY_STATE,
    RENAME,
    REVIEW,
    SAVE,
    SUBMIT,
    TREE,
    WITHDRAW,
    WORK,
    Right,
)
from tests.matrix.places import EMPTY, OF, TEMPORARY, Place
from tests.matrix.readers import SINGLE, Reader
from tests.matrix.world import Target
from tests.test_doors import camel

AT_ONCE = 14
"""Refused mutations in one request: an alias each."""
PAGE, API = "page", "API"


class Act(NamedTuple):
    on: str
    seen: Right
    """What it takes to see the target at all."""
    right: Right
    given: Callable[[Target], dict[str, Any]]
    """The fields of the draft, as a form names them; but for the target itself, if the verb names it."""
    fits: Callable[[Target], bool]
    """Whether the target's state allows it."""
    named: bool = True
    """The target stands in the address, so a page of today looks for it first; else it is a field of the form."""
    rule: Callable[[Reader, Target], str] | None = None
    """Instead of the usual rule."""
    codes: frozenset[str] = frozenset({"NOT_FOUND"})
    """By which it says that the target is not there."""


# --- what is given


def seen(target: Target) -> dict[str, Any]:
    return {"expected_version": target.version}


def filled(target: Target) -> dict[str, Any]:
    return {"done_on": today().isoformat(), "summary": "Done.", **seen(target)}


def approved(target: Target) -> dict[str, Any]:
    return {"verdict": "APPROVE", "remark": "", **seen(target)}


CHILD = {"DISTRICT": "STREET", "STREET": "COMMUNITY", "COMMUNITY": "RESIDENT_GROUP"}


def founded(target: Target) -> dict[str, Any]:
    """What may lie below the target; below a branch, a Party group."""
    place = OF.get(target.key)
    given = {"code": "NEW-1", "name": "New place", "parent": target.key}
    if place is None or place.kind in CHILD:
        return given | {"kind": CHILD[place.kind] if place else "COMMUNITY"}
    kind = "PARTY_GROUP" if place.kind == "BRANCH" else "BRANCH"
    return given | {"kind": "BRANCH", "branch_type": kind, "sector": "PROJECT"}


def can_hold(place: Place) -> bool:
    return place.type not in ("PARTY_GROUP", "TEMP_BRANCH")


def moved(target: Target) -> dict[str, Any]:
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


def attaching(reader: Reader, target: Target) -> str:
    """A person to the temporary branch: both have to be seen."""
    found = oracle.doing(reader, TREE, ATTACH, [TEMPORARY], fits=target.state == "HOME")
    if found in (ALLOWED, REFUSED_BY_STATE) and (
        target.state == "LEFT" or not oracle.has(reader, PEOPLE, target.places)
    ):
        return HIDDEN
    return found


def founding(reader: Reader, target: Target) -> str:
    """What is gone is a fault of the form, whoever fills it in."""
    if oracle.reading(reader, [TREE], target.places) == oracle.SEES and not is_living(target):
        return REFUSED_BY_STATE
    return oracle.doing(reader, TREE, ESTABLISH, target.places, fits=can_hold(OF[target.place]))


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
            lambda target: {"name": "Other name", "expected_version": version(target)},
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
    "organizations.dissolve": (
        Act(
            "organization",
            TREE,
            DISSOLVE,
            lambda target: {"reason": "It has done its work.", "expected_version": version(target)},
            lambda target: target.place in (EMPTY, TEMPORARY),
        ),
    ),
    "members.enrol": (Act("organization", TREE, ENROL, lambda _: PERSON, is_home),),
    "members.attach": (
        Act("organization", TREE, ATTACH, lambda _: {"member": "home"}, lambda target: target.place == TEMPORARY),
        Act(
            "member",
            TREE,
            ATTACH,
            lambda target: {"branch": TEMPORARY, "member": target.key},
            is_living,
            named=False,
            rule=attaching,
            codes=frozenset({"NOT_FOUND", "INVALID"}),
        ),
    ),
    "checklists.save": (Act("item", WORK, SAVE, filled, lambda target: is_open(target) and state(target) in OWED),),
    "checklists.submit": (Act("item", WORK, SUBMIT, filled, lambda target: is_open(target) and state(target) in OWED),),
    "checklists.withdraw": (
        Act("item", WORK, WITHDRAW, seen, lambda target: is_open(target) and state(target) == "SUBMITTED"),
    ),
    "checklists.review": (
        Act("item", WORK, REVIEW, approved, lambda target: is_living(target) and state(target) == "SUBMITTED"),
    ),
}

ELSEWHERE: dict[str, str] = {}
"""Mutations and forms that have no line above, and why."""


def expected(reader: Reader, act: Act, target: Target, door: str) -> str:
    if act.rule:
        return act.rule(reader, target)
    gone = door == PAGE and act.on == "organization" and not is_living(target)
    return oracle.doing(reader, act.seen, act.right, target.places, fits=act.fits(target), gone=gone)


# --- asking


async def do_all(desk: Desk, ledger: Ledger) -> None:
    for name, acts in ACTS.items():
        for act in acts:
            if desk.reader not in SINGLE:
                await by_page(desk, ledger, name, act)
            await by_api(desk, ledger, name, act)


def nothing(act: Act) -> Target:
    """What there is not."""
    key = pages.ABSENT.get(act.on, pages.NO_NUMBER)
    return Target(act.on, "LG", key)


def fields(desk: Desk, act: Act, target: Target) -> dict[str, Any]:
    """ "home" stands for somebody whom whoever reaches anything of LG-A-1-G sees."""
    given = act.given(target)
    if given.get("member") == "home":
        given = given | {"member": desk.world.at("member", "LG-A-1-G-B").key}
    return given


async def by_page(desk: Desk, ledger: Ledger, name: str, act: Act) -> None:
    verb = TRIED[name]
    absent, _ = await post(desk, verb, act, nothing(act))
    for target in at_pages(desk, act):
        wanted = expected(desk.reader, act, target, PAGE)
        answer, changed = await post(desk, verb, act, target)
        like = pages.alike(answer, absent, target)
        found = judged(act, wanted, outcome(answer), changed, like=like)
        ledger.cell(desk.reader, f"{name} by page", target, wanted, found)


def at_pages(desk: Desk, act: Act) -> list[Target]:
    """Every state of what is in reach; what is hidden once a relation, as the API is asked about all of it."""
    every = desk.world.of(act.on)
    reached = [target for target in every if oracle.reaches(desk.reader, target.places)]
    hidden = [target for target in every if target not in reached]
    return [*pages.chosen(desk.reader, reached), *pages.chosen(desk.reader, hidden, pages.RELATIONS)]


async def post(desk: Desk, verb: Verb, act: Act, target: Target) -> tuple[Any, dict[str, int]]:
    """The answer, and the tables that were written to; then it is undone."""
    given = fields(desk, act, target)
    address = verb.address.format(target=given.get("branch", target.key))
    async with undone() as marks:
        answer = await desk.page("POST", address, given)
        return answer, await marks.changes()


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
        for target, (error, changed) in zip(targets, answers, strict=True):
            like = plain(error, target) == plain(absent, target)
            code = error["extensions"]["code"] if error else "OK"
            found = judged(act, wanted[target], code, changed, like=like)
            ledger.cell(desk.reader, f"{name} by API", target, wanted[target], found)


async def mutate(
    desk: Desk, verb: Verb, act: Act, targets: list[Target]
) -> list[tuple[dict[str, Any] | None, dict[str, int]]]:
    """For each the error, if there is one, and the tables that all of them together have written to."""
    kind = f"{verb.mutation[0].upper()}{verb.mutation[1:]}Input"
    names = [f"i{n}" for n in range(len(targets))]
    shown = leaves(mutation_type(verb.mutation))
    parts = " ".join(f"{name}: {verb.mutation}(input: ${name}) {{ {shown} }}" for name in names)
    text = f"mutation({', '.join(f'${name}: {kind}!' for name in names)}) {{ {parts} }}"
    given = {name: inputs(desk, verb, act, target) for name, target in zip(names, targets, strict=True)}
    async with undone() as marks:
        answer = await desk.query(text, given)
        changed = await marks.changes()
    return [(error_of(answer, name), changed) for name in names]


def inputs(desk: Desk, verb: Verb, act: Act, target: Target) -> dict[str, Any]:
    given = {camel(name): value for name, value in fields(desk, act, target).items()}
    if "member" in given:
        given["member"] = global_id("Member", int(given["member"]))
    if not verb.named or not act.named:
        return given
    return given | {verb.named: global_id(verb.kind, int(target.key)) if verb.named == "id" else target.key}


def error_of(answer: dict[str, Any], name: str) -> dict[str, Any] | None:
    """Of one alias; of all, for what came before any of them."""
    errors = answer.get("errors", [])
    return next((error for error in errors if error.get("path", [name])[0] == name), None)


def judged(act: Act, wanted: str, code: str, changed: dict[str, int], *, like: bool) -> str:
    if code == "OK":
        return ALLOWED if changed else "DID NOTHING"
    if changed:
        return f"{code}, BUT WROTE {changed}"
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
