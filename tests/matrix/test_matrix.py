"""Role × relation × every page, field and act × state: each cell is asked, and each answer searched."""

import ast
import base64
import io
import logging
import re
import zipfile
from collections.abc import AsyncIterator, Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from graphql import GraphQLObjectType
from httpx import Response
from starlette.applications import Starlette
from starlette.routing import Mount, Route

from server import settings
from server.access import permits, scope
from server.access.actor import Grant
from server.access.permits import Permit
from server.app import create_app
from server.database import connect, disconnect
from server.kit.messages import say
from server.kit.paths import ROOT
from server.kit.refusals import Forbidden
from server.middleware import Entrance
from server.models.checklists import ChecklistItem
from server.models.trail import TrailPending
from server.schema import schema
from server.vocabulary import Role, TokenScope
from tests import postgres
from tests.matrix import acts, graphql, oracle, pages, world
from tests.matrix.asking import Desk
from tests.matrix.canary import Ear, Watch
from tests.matrix.graphql import Truth
from tests.matrix.ledger import Ledger
from tests.matrix.oracle import ACCOUNTS, PEOPLE, TRAIL, TREE, WORK
from tests.matrix.places import PLACES, RELATIONS, relation
from tests.matrix.readers import EYE, READERS, ROLES, SCOPES, Reader
from tests.matrix.world import World
from tests.test_doors import everything

Count = Callable[[str, int], None]

SUNG = (TREE, WORK, PEOPLE, ACCOUNTS, TRAIL)
"""Under these rights there are pages and fields: whoever holds one meets every word that was planted for it."""


@pytest.fixture(scope="session")
def matrix_url() -> Iterator[str]:
    with postgres.clone(world.template()) as url:
        yield url


@pytest.fixture
async def here(matrix_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    """The world, connected. The environment is read once: it takes longer than many an answer."""
    monkeypatch.setattr(settings, "load", cache(settings.load))
    await connect(matrix_url)
    _ = await TrailPending.all().delete()  # of the readers before
    yield world.load()
    await disconnect()


@pytest.fixture
def count(record_property: Callable[[str, object], None]) -> Count:
    """Counted here, and added up over all tests at the end of the run."""
    return lambda name, number: record_property("count", [name, number])


@pytest.fixture(scope="session")
def truth() -> Truth:
    return Truth()


class Run:
    """One reader's part of the matrix."""

    def __init__(self, here: World, reader: Reader, truth: Truth) -> None:
        app = create_app()
        self.watch, self.ear = Watch(here), Ear()
        self.desk, self.eye = Desk(here, self.watch, reader, app), Desk(here, self.watch, EYE, app)
        self.truth = truth
        self.pages, self.fields, self.acts = Ledger(), Ledger(), Ledger()

    async def all(self) -> None:
        logging.getLogger().addHandler(self.ear)
        try:
            await pages.ask_all(self.desk, self.pages)
            await graphql.ask_all(self.desk, self.eye, self.truth, self.fields)
            await acts.do_all(self.desk, self.acts)
        finally:
            logging.getLogger().removeHandler(self.ear)
            await self.desk.close()
            await self.eye.close()

    @property
    def leaks(self) -> list[str]:
        return [*self.pages.leaks, *self.fields.leaks, *self.acts.leaks]

    @property
    def relations(self) -> set[str]:
        return self.pages.relations | self.fields.relations | self.acts.relations


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
async def test_every_cell(here: World, reader: Reader, truth: Truth, count: Count) -> None:
    before, run = await everything(), Run(here, reader, truth)
    await run.all()
    for name, ledger in (("pages", run.pages), ("fields", run.fields), ("acts", run.acts)):
        count(f"matrix {name}", ledger.cells)
        count("matrix leaks", len(ledger.leaks))
    count("canary answers", run.watch.answers)
    count("canary strays", len(run.watch.strays))
    assert run.leaks == [], "\n".join(run.leaks)
    assert run.watch.strays == [], "\n".join(run.watch.strays)
    assert run.ear.leaked(here) == set()
    assert await everything() == before
    if reader in ROLES:
        assert run.relations == set(RELATIONS)
        missed = {word for right in SUNG for word in run.watch.missed(reader, right.name)}
        assert missed == set(), [here.words[word] for word in missed]


# --- nothing is left out


def test_nothing_is_without_a_cell() -> None:
    """Nor is there a line for what is not there."""
    acted = {mutation for mutation, _ in acts.doors()}
    assert routes() == lines_for_routes()
    assert mutations() == acted
    assert fields() == {(kind, name) for kind, names in graphql.FIELDS.items() for name in names}
    assert roots() == {re.split(r"\W", way.root)[0] for way in graphql.WAYS}
    assert {kind for way in graphql.WAYS for kind in way.views} == graphql.FIELDS.keys()


def routes() -> set[str]:
    """Of the application: "METHOD path", whatever the parameters are called."""
    entrance = create_app()
    assert isinstance(entrance, Entrance)
    app = entrance.app
    assert isinstance(app, Starlette)
    found = set()
    for route in app.routes:
        assert isinstance(route, Route | Mount), route
        methods = (getattr(route, "methods", None) or methods_of(route)) - {"HEAD"}
        found |= {f"{method} {nameless(route.path)}" for method in methods}
    return found


def methods_of(route: Route | Mount) -> set[str]:
    return {"GET"} if isinstance(route, Mount) else {"GET", "POST"}


def lines_for_routes() -> set[str]:
    forms = {f"POST {nameless(address)}" for _, address in acts.doors()}
    return {nameless(route) for route in [*pages.PAGES, *pages.ELSEWHERE]} | forms


def nameless(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", path)


def mutations() -> set[str]:
    found = schema._schema.mutation_type
    assert found is not None
    return set(found.fields)


def roots() -> set[str]:
    found = schema._schema.query_type
    assert found is not None
    return set(found.fields)


def fields() -> set[tuple[str, str]]:
    """Of every type of objects but the roots, whose fields are the ways and the acts."""
    left_out = {"Query", "Mutation", *graphql.ELSEWHERE}
    kinds = {name: kind for name, kind in graphql.TYPES.items() if not name.startswith("__") and name not in left_out}
    objects = {name: kind for name, kind in kinds.items() if isinstance(kind, GraphQLObjectType)}
    return {(name, field) for name, kind in objects.items() for field in kind.fields}


def test_every_role_and_scope_asks_and_every_relation_is_there() -> None:
    assert {reader.role for reader in ROLES} == {role.value for role in Role} == set(oracle.EVERY)
    assert set(SCOPES) == {scope.value for scope in TokenScope}
    for reader in ROLES:
        assert {relation(reader.place, place.code) for place in PLACES} == set(RELATIONS), reader


def test_every_permit_has_a_right_in_the_oracle() -> None:
    """The names alone are compared: who holds it, the oracle says from the documents."""
    rights = {value.name for value in vars(oracle).values() if isinstance(value, oracle.Right)}
    said = {permit.value for permit in Permit}
    assert said == rights - {TREE.name, WORK.name}


def test_the_oracle_stands_apart() -> None:
    """It, the places and the readers import nothing of the program."""
    for module in ("oracle", "places", "readers"):
        tree = ast.parse((Path(__file__).parent / f"{module}.py").read_text(encoding="utf-8"))
        names = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        names |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        assert not {name for name in names if name.startswith("server")}, module


# --- the matrix would notice


async def test_it_notices_a_scope_that_leaks(here: World, truth: Truth, monkeypatch: pytest.MonkeyPatch) -> None:
    """`visible` answers with every row of every table: other branches' checklists open, and their words are met."""
    monkeypatch.setattr(scope, "reaching", lambda *_: [Grant(Role.BRANCH_SECRETARY, 0, ROOT)])
    run = Run(here, reader("secretary"), truth)
    [checklist] = pages.PAGES["GET /checklists/{id}"]
    await pages.ask_everywhere(run.desk, run.pages, "GET /checklists/{id}", checklist)
    told = [leak for leak in run.pages.leaks if "expected HIDDEN" in leak]
    assert told
    assert any("of ('status', 'LG-B-1-G-B')" in stray for stray in run.watch.strays)
    await ask_fields(run, "item")
    assert any("ChecklistItem.summary" in leak and "was told" in leak for leak in run.fields.leaks)


async def test_it_notices_a_permit_too_many(here: World, truth: Truth, monkeypatch: pytest.MonkeyPatch) -> None:
    """The editor may submit, the auditor reads people."""
    given = {**permits.GIVEN}
    given[Role.BRANCH_EDITOR] = given[Role.BRANCH_EDITOR] | {Permit.SUBMIT_CHECKLIST_ITEM}
    given[Role.AUDITOR] = given[Role.AUDITOR] | {Permit.READ_MEMBERS}
    monkeypatch.setattr(permits, "GIVEN", given)
    monkeypatch.setattr(scope, "GIVEN", given)
    run = Run(here, reader("editor"), truth)
    [submit] = acts.ACTS["checklists.submit"]
    await acts.by_page(run.desk, run.acts, "checklists.submit", submit)
    await acts.by_api(run.desk, run.acts, "checklists.submit", submit)
    assert {leak.split(": ")[1].split(" of ")[0] for leak in run.acts.leaks} == {
        "checklists.submit by page",
        "checklists.submit by API",
    }
    run = Run(here, reader("auditor"), truth)
    await ask_fields(run, "member")
    roster = pages.PAGES["GET /organizations/{code}/members"][0]
    await pages.ask_everywhere(run.desk, run.pages, "GET /organizations/{code}/members", roster)
    assert any("Member.name" in leak for leak in run.fields.leaks)
    assert any("expected NUMBERS_ONLY, found SEES" in leak for leak in run.pages.leaks)
    assert any("of ('member:read'," in stray for stray in run.watch.strays)


async def test_it_notices_a_mark_that_a_refusal_leaves(
    here: World, truth: Truth, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The row is written before the permit is asked for, and no transaction takes it back."""

    async def careless(*_: object, **__: object) -> ChecklistItem:
        await ChecklistItem.filter(id__gt=0).update(remark="touched")
        raise Forbidden(say("Not you."))

    monkeypatch.setattr("server.schema.checklists.acts.withdraw", careless)
    run = Run(here, reader("auditor"), truth)
    [withdraw] = acts.ACTS["checklists.withdraw"]
    await acts.by_api(run.desk, run.acts, "checklists.withdraw", withdraw)
    assert run.acts.leaks
    assert all("BUT CHANGED ['checklist_item']" in leak for leak in run.acts.leaks)


async def test_it_notices_what_no_answer_may_hold(here: World) -> None:
    """A personal value, a sealed one, a file that is packed, a cursor, the log."""
    watch, secretary = Watch(here), reader("secretary")
    mine = next(word for word, seen in here.words.items() if seen[:1] == [(PEOPLE.name, "LG-A-1-G-B")])
    other = next(word for word, seen in here.words.items() if seen[:1] == [(PEOPLE.name, "LG-A-1-G-C")])
    for text in samples(here, other):
        watch.see(secretary, "it", answer(text))
    assert len(watch.strays) == len(list(samples(here, other)))
    watch.strays.clear()
    watch.see(secretary, "it", answer(mine.encode()))
    watch.see(secretary, f"?search={other}", answer(other.encode()))
    assert watch.strays == []
    ear = Ear()
    ear.emit(logging.LogRecord("qiangji", logging.INFO, "", 0, "saw %s", (mine,), None))
    assert ear.leaked(here) == {mine}


def samples(here: World, word: str) -> Iterator[bytes]:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("inner.txt", word)
    yield word.upper().encode()
    yield base64.urlsafe_b64encode(f'["{word}", "17"]'.encode())
    yield packed.getvalue()
    yield f"tel {here.personal[0]}.".encode()
    yield f"id {here.personal[1]}".encode()
    yield from (value.encode() for value in here.never[:3])


def answer(content: bytes) -> Response:
    return Response(200, content=content)


async def ask_fields(run: Run, kind: str) -> None:
    for way in graphql.WAYS:
        if way.on == kind:
            await graphql.ask_way(run.desk, run.eye, run.truth, run.fields, way)


def reader(name: str) -> Reader:
    return next(reader for reader in READERS if reader.name == name)


async def test_the_figures(here: World, count: Count) -> None:
    """What was planted: said beside what was counted."""
    count("canary tokens", len(here.words))
    count("canary personal values", len(here.personal))
    assert len(here.words) > 400
    assert len(here.personal) == len(set(here.personal)) > 30
