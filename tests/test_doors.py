"""One table of acts, sent through both doors: each comes out alike, and a refusal changes and teaches nothing."""

import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any, NamedTuple

import pytest
from httpx import AsyncClient, Response
from tortoise import connections

from server.database import connect, disconnect
from server.models.checklists import Checklist, ChecklistItem
from server.models.members import Membership
from server.operations import checklists
from server.operations.checklists import Fill
from server.schema.ids import global_id
from server.vocabulary import MembershipKind, Role
from tests import postgres
from tests.acts import CASES, TARGETS, TRIED, Verb
from tests.acts.checklists import ANSWER
from tests.cast import actor
from tests.clients import HTMX, anyone, signed_in
from tests.conftest import Figure
from tests.tables import digests, table_names

SECRETARY = Role.BRANCH_SECRETARY

STATUSES = {401: "UNAUTHENTICATED", 403: "FORBIDDEN", 404: "NOT_FOUND", 409: "CONFLICT", 422: "INVALID"}


class Outcome(NamedTuple):
    code: str
    fields: set[str]
    text: str


Door = Callable[[AsyncClient, Verb, str, dict[str, Any]], Awaitable[Outcome]]


async def by_graphql(client: AsyncClient, verb: Verb, target: str, fields: dict[str, Any]) -> Outcome:
    given = spelled(fields)
    if verb.named == "id":
        target = global_id(verb.kind, int(target))
    if "member" in given:
        given["member"] = global_id("Member", given["member"])
    if isinstance(given.get("items"), list):
        given["items"] = [global_id("ChecklistItem", int(item)) for item in given["items"]]
    elif "items" in given:
        given["items"] = seen_items(given["items"])
    given |= {verb.named: target} if verb.named else {}
    kind = f"{verb.mutation[0].upper()}{verb.mutation[1:]}Input"
    query = f"mutation($input: {kind}!) {{ {verb.mutation}(input: $input) {{ __typename }} }}"
    answer = await client.post("/graphql", json={"query": query, "variables": {"input": given}})
    if not (errors := answer.json().get("errors")):
        return Outcome("OK", set(), answer.text)
    [error] = errors
    found = {snake(name) for name in error["extensions"].get("fields", {})}
    return Outcome(error["extensions"]["code"], found, answer.text)


async def by_page(client: AsyncClient, verb: Verb, target: str, fields: dict[str, Any]) -> Outcome:
    return outcome(await client.post(verb.address.format(target=target), data=form(fields)))


async def by_htmx(client: AsyncClient, verb: Verb, target: str, fields: dict[str, Any]) -> Outcome:
    return outcome(await client.post(verb.address.format(target=target), data=form(fields), headers=HTMX))


def form(fields: Mapping[str, Any]) -> dict[str, str]:
    return dict(pair for name, value in fields.items() for pair in named(name, value))


def named(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """Under the names of a form: of objects in one another themes.0.measures.3.text."""
    if isinstance(value, list) and any(isinstance(part, dict) for part in value):
        value = dict(enumerate(value))
    if isinstance(value, dict):
        for key, part in value.items():
            yield from named(f"{name}.{key}", part)
    else:
        yield name, " ".join(value) if isinstance(value, list) else str(value)


def outcome(answer: Response) -> Outcome:
    """To the page's reader, signing in first is the answer to an unknown visitor."""
    sent_away = answer.headers.get("location", answer.headers.get("hx-redirect", ""))
    code = "UNAUTHENTICATED" if sent_away.startswith("/login") else STATUSES.get(answer.status_code, "OK")
    assert answer.status_code < 500
    return Outcome(
        code, set(re.findall(r'id="(?:[a-z]+\d+-)?([a-z_]+(?:\.[a-z_0-9]+)*)-complaint"', answer.text)), answer.text
    )


def seen_items(text: str) -> list[dict[str, Any]]:
    """What the boxes of a form say ("7:2"), as the API has it."""
    pairs = [part.split(":") for part in text.split()]
    return [{"id": global_id("ChecklistItem", int(key)), "expectedVersion": int(version)} for key, version in pairs]


def camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.title() for part in rest)


def spelled(given: Any) -> Any:
    """As GraphQL spells the names of fields, also of objects in one another."""
    if isinstance(given, dict):
        return {camel(name): spelled(value) for name, value in given.items()}
    return [spelled(part) for part in given] if isinstance(given, list) else given


def snake(name: str) -> str:
    return re.sub("([A-Z])", r"_\1", name).lower()


NOT_ACTS = {"session", "device", "attempts", "trail", "trail_pending", "trail_leaf", "trail_node", "trail_checkpoint"}
"""Tables that signing in writes to, and the trail, whose entries are counted instead."""


async def everything() -> str:
    """A digest of every table but the sessions; of the trail, what is not about signing in or reading."""
    found = await digests(name for name in await table_names() if name not in NOT_ACTS)
    return repr([found, await acts()])


async def acts() -> int:
    others = "'account.signed_in', 'account.signed_out', 'member.read'"
    rows = f"SELECT count(*) AS acts FROM trail WHERE deed NOT IN ({others})"
    return int((await connections.get("default").execute_query_dict(rows))[0]["acts"])


async def target_of(name: str) -> str:
    """An item by what it is in the story, or a code as it is."""
    mine = ChecklistItem.filter(checklist__branch__code="HG-LY-01-ZB")
    match name:
        case "todo":
            return str((await mine.get(measure__number=1)).id)
        case "waiting":
            return str((await mine.get(measure__number=2)).id)
        case "foreign":
            return str((await ChecklistItem.get(checklist__branch__code="HG-C8-05-ZB", measure__number=19)).id)
        case "foreign checklist":
            return str((await Checklist.get(branch__code="HG-C8-05-ZB")).id)
        case "absent":
            return "99999999"
    return await TARGETS[name]() if name in TARGETS else name


async def submit(url: str) -> None:
    """One item of 深坑 waits for review."""
    await connect(url)
    item = await ChecklistItem.get(checklist__branch__code="HG-LY-01-ZB", measure__number=2)
    _ = await checklists.submit(await actor(SECRETARY), item.id, Fill.parse(ANSWER))
    await disconnect()


@pytest.fixture
def street_url() -> Iterator[str]:
    with postgres.clone(postgres.template("doors", submit, postgres.demo())) as url:
        yield url


async def meant(fields: dict[str, Any]) -> dict[str, Any]:
    """What is sent: "home" stands for a member of 深坑, names of items for their ids, with a version too ("todo:1")."""
    match fields.get("items"):
        case list(names):
            fields = fields | {"items": [await target_of(name) for name in names]}
        case str(seen):
            pairs = [part.split(":") for part in seen.split()]
            fields = fields | {"items": " ".join([f"{await target_of(name)}:{version}" for name, version in pairs])}
    if fields.get("member") != "home":
        return fields
    home = await Membership.filter(branch__code="HG-LY-01-ZB", kind=MembershipKind.HOME).first()
    assert home is not None
    return fields | {"member": home.member_id}


@pytest.mark.parametrize("door", [by_graphql, by_page, by_htmx], ids=lambda door: door.__name__)
@pytest.mark.parametrize(("operation", "role", "name", "fields", "code", "complained"), CASES)
async def test_every_door_answers_alike(
    street: str,
    door: Door,
    operation: str,
    role: Role | None,
    name: str,
    fields: dict[str, Any],
    code: str,
    complained: set[str],
) -> None:
    fields, target = await meant(fields), await target_of(name)
    before, count = await everything(), await acts()
    async with signed_in(role) if role else anyone() as client:
        found = await door(client, TRIED[operation], target, fields)
    assert found.code == code, found.text[-2000:]
    assert complained <= found.fields
    if code == "OK":
        assert await acts() == count + 1
    else:
        assert await everything() == before


HIDDEN = {"code": "HG-C8", "item": "foreign", "checklist": "foreign checklist", "cycle": "1999-Q1"}
ABSENT = {"code": "HG-X8", "item": "absent", "checklist": "absent", "cycle": "1998-Q1"}

READS = {
    "organization": '{ organization(code: "{code}") { name } }',
    "organization of a past day": '{ organization(code: "{code}", asOf: "2020-01-01") { name } }',
    "street": '{ street(code: "{code}") { name } }',
    "organizations": '{ organizations(first: 5, filter: {within: "{code}"}) { totalCount } }',
    "members": '{ members(first: 5, within: "{code}") { totalCount } }',
    "completion": '{ completion(within: "{code}") { total { due } } }',
    "items": '{ checklistItems(first: 5, within: "{code}") { totalCount } }',
    "cycle": '{ cycle(code: "{cycle}") { dueOn } }',
    "item": '{ node(id: "{item_id}") { id } }',
    "checklist": '{ node(id: "{checklist_id}") { id } }',
    "page of the organization": "/organizations/{code}",
    "page of a past day": "/organizations/{code}?asOf=2020-01-01",
    "roster": "/organizations/{code}/members",
    "matrix": "/matrix?within={code}",
    "file": "/status.csv?within={code}",
    "page of the item": "/checklist-items/{item}",
    "page of the checklist": "/checklists/{checklist}",
}
"""Questions about something that the secretary of 深坑 may not see, or that is not there."""


@pytest.mark.parametrize("question", READS)
async def test_what_is_hidden_and_what_is_absent_answer_alike(shared_street: str, question: str) -> None:
    async with signed_in(SECRETARY) as client:
        answers = [await asked(client, READS[question], await names(what)) for what in (HIDDEN, ABSENT)]
    assert answers[0] == answers[1]
    assert answers[0][0] == 404 or "NOT_FOUND" in answers[0][1]


async def names(what: dict[str, str]) -> dict[str, str]:
    """The placeholders of READS, all of them of what is hidden or of what is absent."""
    item, checklist = await target_of(what["item"]), await target_of(what["checklist"])
    ids = {"item_id": global_id("ChecklistItem", int(item)), "checklist_id": global_id("Checklist", int(checklist))}
    return {"code": what["code"], "cycle": what["cycle"], "item": item, "checklist": checklist, **ids}


async def asked(client: AsyncClient, question: str, names: dict[str, str]) -> tuple[int, str]:
    """The status and the text of the answer, without what was asked and the number of the request."""
    for name, value in names.items():
        question = question.replace(f"{{{name}}}", value)
    query = question.startswith("{")
    answer = await (client.post("/graphql", json={"query": question}) if query else client.get(question))
    words = "|".join(sorted(map(re.escape, names.values()), key=len, reverse=True))
    return answer.status_code, re.sub(rf"[0-9a-f]{{32}}|{words}", "", answer.text)


@pytest.mark.parametrize("door", [by_graphql, by_page, by_htmx], ids=lambda door: door.__name__)
async def test_hidden_and_absent_cannot_be_told_apart(street: str, door: Door, figure: Figure) -> None:
    async with signed_in(SECRETARY) as client:
        answers = []
        for name in ("foreign", "absent"):
            target = await target_of(name)
            found = await door(client, TRIED["checklists.save"], target, ANSWER)
            target = f"{target}|{global_id('ChecklistItem', int(target))}"
            answers.append(re.sub(rf"[0-9a-f]{{32}}|{target}", "", found.text))
    assert answers[0] == answers[1]
    figure(f"{len(CASES)} acts at 3 entrances")
