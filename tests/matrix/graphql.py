"""Every field of every type: who gets a value, who gets nothing, who is told why.

To add a field, name it under its type in FIELDS. A plain field has, for whoever sees the object, the value that the
eye gets, who sees everything; a `Field` says what else is needed, or computes what the reader should get. A new type
needs a line in WAYS as well: how its objects are reached, from which targets, and what it takes to see them.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any, NamedTuple

from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

from server.kit.clock import today
from server.schema import schema
from server.schema.ids import global_id
from tests.matrix import oracle, pages
from tests.matrix.asking import Desk
from tests.matrix.ledger import Ledger
from tests.matrix.oracle import (
    ACCOUNTS,
    FORBIDDEN,
    GONE,
    HIDDEN,
    NUMBERS_ONLY,
    PEOPLE,
    SEES,
    TRAIL,
    TREE,
    WORK,
    Right,
)
from tests.matrix.pages import owner
from tests.matrix.places import EMPTY, OF, STREETS, above, street_of, within
from tests.matrix.readers import ROLES, Reader
from tests.matrix.world import Target, World, code_of

TYPES = schema._schema.type_map
YESTERDAY = today() - timedelta(days=1)
MOST_ALIASES, MOST_FIELDS = 14, 400
ARGUMENTS = "(first: 100)"
"""What a field that cannot do without arguments is given."""


class Field(NamedTuple):
    """`takes`: the right without which there is nothing in it; a token without its scope is refused."""

    takes: Right | None = None
    value: "Value | None" = None
    """What the reader should get; else what the eye gets."""
    nothing: Any = None
    """What stands there for a role without the right."""


PLAIN = Field()


class Way(NamedTuple):
    """How objects are reached: a root field, in which KEY, ID, CODE, OPEN and CLOSED stand for what names a target.

    `views` are the types of objects below that root, each with the way down to it.
    """

    root: str
    views: Mapping[str, tuple[str, ...]]
    on: str = ""
    """Kind of the targets; none: it begins at the reader."""
    rights: tuple[Right, ...] = ()
    """The first says if it is there, the others what else it takes."""
    part: str = ""
    """The type, where the root says only an interface."""
    where: Callable[[Target], bool] = lambda _: True
    past: bool = False
    """It asks for the day before anything was dissolved."""
    history: bool = False
    """It is found also where the branch is dissolved."""
    rule: Callable[[Reader, Target | None], str] | None = None
    """Instead of `rights`: what the reader gets of the objects."""
    finds: Callable[[World, Reader], list[Target]] | None = None
    """Which objects the reader should find, in any order; each is known by the way to its node."""
    session: bool = False
    """It is asked with the session, by whoever has one."""


Value = Callable[[World, Reader, Target | None, Way], Any]


# --- what readers should get


def parent(world: World, reader: Reader, target: Target | None, way: Way) -> Any:
    found = ancestors(world, reader, target, way)
    return found[-1] if found else None


def ancestors(_: World, reader: Reader, target: Target | None, __: Way) -> Any:
    """As far as the reader sees them."""
    return [{"code": code} for code in above(target.place) if oracle.has(reader, TREE, [code])] if target else []


def party_members(world: World, _: Reader, target: Target | None, way: Way) -> Any:
    """At home at and below it; those of what is dissolved have left."""
    return sum(
        count
        for code, count in world.party.items()
        if target and within(code, target.place) and (way.past or oracle.alive(code))
    )


def people(world: World, reader: Reader, target: Target | None, _: Way) -> Any:
    """How many are on the roster at and below it, for whoever may read it."""
    if not target or not oracle.has(reader, PEOPLE, [target.place]):
        return 0
    at = [code for code in world.persons if within(code, target.place) and oracle.alive(code)]
    return sum(len(world.persons[code]) for code in at)


def own_name(world: World, reader: Reader, _: Target | None, __: Way) -> Any:
    return world.names[reader.account]


def own(value: Callable[[Reader], Any]) -> Value:
    """Of the one role that the reader holds, if it holds today."""
    return lambda world, reader, target, way: [value(reader)] if reader.holds else []


def cycles(world: World, reader: Reader) -> list[str]:
    """Their codes, the first made first."""
    found = [target for target in world.of("cycle") if oracle.has(reader, WORK, target.places)]
    return [code_in(target) for target in sorted(found, key=lambda target: int(target.key))]


def code_in(cycle: Target) -> str:
    return cycle.state.partition(" ")[2]


def checklists(world: World, reader: Reader, cycle: Target | None) -> list[Target]:
    """Those of a cycle that the reader sees, by the code of their branch."""
    assert cycle is not None
    course, street = cycle.state.partition(" ")[0], street_of(cycle.place)
    found = [t for t in world.of("checklist") if t.state == course and street_of(t.place) == street]
    return sorted((t for t in found if oracle.has(reader, WORK, t.places)), key=lambda target: target.place)


def of_the_cycle(world: World, reader: Reader, target: Target | None, _: Way) -> Any:
    found = checklists(world, reader, target)
    nodes = [{"node": {"id": global_id("Checklist", int(checklist.key))}} for checklist in found]
    return {"edges": nodes, "totalCount": len(nodes)}


def left_out(*, running: bool) -> "Value":
    """The branch that the cycles of LG-A were opened without, for whoever sees it; it may join one that runs."""

    def value(_: World, reader: Reader, target: Target | None, __: Way) -> Any:
        assert target is not None
        offered = street_of(target.place) == street_of(EMPTY) and (not running or target.state.startswith("OPEN"))
        return [{"code": EMPTY}] if offered and oracle.has(reader, TREE, [EMPTY]) else []

    return value


def accounts(world: World, reader: Reader) -> list[Target]:
    return [target for target in world.of("account") if oracle.has(reader, ACCOUNTS, target.places)]


def seals(world: World, reader: Reader) -> list[Target]:
    return [target for target in world.of("seal") if oracle.has(reader, WORK, target.places)]


def own_grants(world: World, reader: Reader) -> list[Target]:
    return [target for target in world.of("grant") if oracle.holding(reader, owner(target), program=True)]


def counted(found: Callable[[World, Reader], list[Target]]) -> dict[str, "Field"]:
    """A connection whose objects are looked at one by one."""
    return {
        "edges": ANY,
        "pageInfo": ANY,
        "totalCount": Field(value=lambda world, reader, *_: len(found(world, reader))),
    }


def versions(_: World, reader: Reader, target: Target | None, way: "Way") -> Any:
    """Of the template of a subdistrict, for whoever reaches that: the others know what their cycles show."""
    street = street_of(target.place) if target else ""
    numbers = [1] if target and target.state == "SETTLED" else [2, 1]
    found = [{"number": number} for number in numbers] if oracle.has(reader, WORK, [street]) else []
    return [found] if way.views["Template"] else found


def own_handles(world: World, reader: Reader, *_: Any) -> list[str]:
    """The session that asks, and another."""
    return world.handles.get(reader.name, [])


def listing(listed: Right) -> Callable[[Reader, Target | None], str]:
    """What lies at a place; before it is looked for, a token has to say what it came for."""

    def rule(reader: Reader, target: Target | None) -> str:
        if reader.known and not oracle.in_scope(reader, listed):
            return FORBIDDEN
        return oracle.reading_list(reader, listed, [TREE], target.places if target else ())

    return rule


def roster(reader: Reader, target: Target | None) -> str:
    return oracle.reading_list(reader, PEOPLE, [TREE], target.places if target else (), pages.is_gone(target))


def grant(reader: Reader, target: Target | None) -> str:
    """One that the reader looks after, or the reader's own."""
    assert target is not None
    own = oracle.holding(reader, owner(target), program=True)
    return SEES if own else oracle.reading(reader, [ACCOUNTS], target.places)


def of_the_trail(reader: Reader, target: Target | None) -> str:
    assert target is not None
    return oracle.at_desk(reader, TRAIL, [TREE], target.places)


ANY = Field(value=lambda *_: ...)
"""There is a value, which is of no concern."""


# --- the fields


def plain(names: str) -> dict[str, Field]:
    return dict.fromkeys(names.split(), PLAIN)


EMPTY_PAGE = {"hasNextPage": False, "hasPreviousPage": False, "startCursor": None, "endCursor": None}
LIST = {"edges": Field(nothing=[]), "pageInfo": Field(nothing=EMPTY_PAGE), "totalCount": Field(nothing=0)}
ROSTER = Field(PEOPLE, nothing={"edges": [], "totalCount": 0})
ORGANIZATION = plain(
    "id code kind name partyName partyBody typeCode establishedOn dissolvedOn origin source note version validFrom "
    "validTo cause instrumentNo address children descendants minutesAMonth"
) | {
    "parent": Field(value=parent),
    "ancestors": Field(value=ancestors),
    "memberCount": Field(value=party_members),
    "members": ROSTER,
}

FIELDS: dict[str, dict[str, Field]] = {
    "District": ORGANIZATION | plain("streets"),
    "Street": ORGANIZATION | plain("communities branches"),
    "Community": ORGANIZATION | plain("communityType residentGroups branches"),
    "ResidentGroup": ORGANIZATION | plain("branches"),
    "Branch": ORGANIZATION | plain("branchType sector isTemporary branches") | {"checklists": Field(WORK)},
    "OrganizationConnection": plain("edges pageInfo totalCount"),
    "OrganizationEdge": plain("cursor node"),
    "PageInfo": plain("hasNextPage hasPreviousPage startCursor endCursor"),
    "PlaceName": plain("code name kind"),
    "Checklist": plain(
        "id branchCode branchName cycle items state assignedOn dueOn closesOn extensions acceptedAt acceptedBy "
        "acceptedRole lockedAt version"
    )
    | {"branch": Field(TREE)},
    "ChecklistConnection": {
        "edges": ANY,
        "pageInfo": ANY,
        "totalCount": Field(value=lambda world, reader, target, _: [len(checklists(world, reader, target))]),
    },
    "ChecklistEdge": {"cursor": ANY, "node": ANY},
    "Extension": plain("dueOn closesOn reason givenAt givenBy"),
    "ChecklistItem": plain(
        "id measure state timeliness doneOn summary notApplicable reason locked staleFields remark submittedBy "
        "submittedAt reviewedBy reviewedAt "
        "version checklist transitions evidence proposals coverage"
    ),
    "Transition": plain("verb was state at name role words digest"),
    "Evidence": plain(
        "id kind title effectiveOn receivedAt sha256 mediaType size address addedBy removedAt removedBy removedBecause "
        "isOvertaken record"
    ),
    "Proposal": plain("record reasons"),
    "Coverage": plain("first last found wanted"),
    "Record": plain(
        "id branch kind heldOn title topic summary attendance enteredBy enteredAt withdrawnAt withdrawnBecause digest "
        "origin version"
    ),
    "RecordConnection": plain("edges pageInfo totalCount"),
    "RecordEdge": plain("cursor node"),
    "ChecklistItemConnection": plain("edges pageInfo totalCount"),
    "ChecklistItemEdge": plain("cursor node"),
    "Cycle": plain(
        "id code startsOn endsOn opensOn dueOn closesOn timeliness templateVersion organization sector selection"
    )
    | {
        "template": Field(value=lambda *_: {"code": "MATRIX"}),
        "leftOut": Field(TREE, left_out(running=False)),
        "joinable": Field(TREE, left_out(running=True)),
        "checklists": Field(value=of_the_cycle),
    },
    "CycleConnection": {
        "edges": Field(value=lambda world, reader, *_: [{"node": {"code": code}} for code in cycles(world, reader)]),
        "pageInfo": ANY,
        "totalCount": Field(value=lambda world, reader, *_: len(cycles(world, reader))),
    },
    "CycleEdge": {"cursor": ANY, "node": ANY},
    "Template": plain("id code title organization programme notice version origin source themes")
    | {"versions": Field(value=versions)},
    "TemplateConnection": plain("edges pageInfo totalCount"),
    "TemplateEdge": plain("cursor node"),
    "TemplateVersion": plain(
        "id number state publishedAt publishedBy reason retiredAt retiredBecause version template themes burden diff"
    ),
    "TemplateDiff": plain("themes measures"),
    "ThemeChange": plain("kind code grasp lift fields"),
    "MeasureChange": plain("kind number text wasIn isIn fields"),
    "FieldChange": plain("field old new"),
    "Burden": plain("minutes branches minutesInAll notEstimated budget isOver"),
    "EvidenceRule": plain("kind topic atLeast required"),
    "Theme": plain("code grasp lift origin measures"),
    "Measure": plain("number text guidance frequency evidenceRule estimatedMinutes origin themeCode"),
    "Completion": plain("cycle within asOf total themes measures branches communities rollUp leftOut"),
    "Tally": plain("every due done approved open owed dueSoon late missed excluded states exclusions ratio"),
    "StateCount": plain("state count"),
    "ExclusionCount": plain("reason count"),
    "Ratio": plain("numerator denominator value"),
    "CommunityCompletion": plain("community tally themes"),
    "LeftOut": plain("itemId branch community measure state reason words dissolvedOn"),
    "MissingItem": plain("itemId branch community measure state timeliness owedSince waitingDays nextRole nextPlace"),
    "MissingItemConnection": plain("edges pageInfo totalCount"),
    "MissingItemEdge": plain("cursor node"),
    "Comparison": plain("before after changes"),
    "Difference": plain("itemId branch measure before after"),
    "ItemThen": plain("state timeliness exclusion"),
    "TrendPoint": plain("cycle asOf tally"),
    "ThemeCompletion": plain("theme tally"),
    "MeasureCompletion": plain("measure tally"),
    "PlaceCompletion": plain("place tally"),
    "Member": plain("id name stage standing joinedOn phoneMasked idNumberMasked erasedOn origin version"),
    "MemberConnection": LIST | {"totalCount": Field(value=people)},
    "MemberEdge": plain("cursor node kind since") | {"branch": Field(TREE)},
    "Account": plain("id login name state home version grants lastSignedInAt"),
    "AccountConnection": counted(accounts),
    "AccountEdge": {"cursor": ANY, "node": ANY},
    "AccountName": plain("login name"),
    "Grant": plain("id account role place since until delegable delegatedBy"),
    "GrantConnection": LIST,
    "GrantEdge": plain("cursor node"),
    "ApiToken": plain(
        "identifier name account place scopes trustedDocumentsOnly state createdAt expiresAt lastUsedAt revokedAt"
    ),
    "ApiTokenConnection": LIST,
    "ApiTokenEdge": plain("cursor node"),
    "Seal": plain("id cycle organization items root keyId signature sealedAt sealedBy changed"),
    "SealConnection": counted(seals),
    "SealEdge": {"cursor": ANY, "node": ANY},
    "TrailEntry": plain("id at accountName roles token request deed subjectKind subjectId path before after place"),
    "TrailPlace": plain("position hash"),
    "TrailConnection": plain("edges pageInfo totalCount"),
    "TrailEntryEdge": plain("cursor node"),
    "TrailCheckpoint": plain("size root at keyId signature publicKey line"),
    "Session": dict.fromkeys(("agent", "createdAt", "seenAt", "expiresAt", "isCurrent"), ANY)
    | {"handle": Field(value=own_handles)},
    "Viewer": {
        "name": Field(value=own_name),
        "locale": ANY,
        "sessions": Field(value=lambda *_: []),
        "grants": Field(value=own(lambda reader: {"role": reader.role})),
    },
    "ViewerGrant": {
        "role": Field(value=own(lambda reader: reader.role)),
        "place": Field(value=own(lambda reader: f"{reader.place} {OF[reader.place].kind.title()}")),
        "code": Field(TREE, own(lambda reader: reader.place)),
        "organization": Field(TREE, own(lambda reader: {"code": reader.place})),
    },
}

ELSEWHERE = dict.fromkeys(
    ("DissolvedOrganization", "AccountLink", "IssuedToken", "Revealed", "MemberExport"),
    "the answer to a mutation, asked for whole in acts.py",
)
"""Types that have no line above, and why."""


# --- the ways


def of_kind(*kinds: str) -> Callable[[Target], bool]:
    return lambda target: OF[target.place].kind in kinds


def of_work(target: Target) -> bool:
    """A place that lies in a subdistrict, whose cycles cover it."""
    return OF[target.place].kind != "DISTRICT"


KINDS = {
    "District": "DISTRICT",
    "Street": "STREET",
    "Community": "COMMUNITY",
    "ResidentGroup": "RESIDENT_GROUP",
    "Branch": "BRANCH",
}


def ways_to_organizations() -> Iterator[Way]:
    for name, kind in KINDS.items():
        views, where = {name: (), "PlaceName": ("address",)}, of_kind(kind)
        way = Way("organization(code: KEY)", views, "organization", (TREE,), name, where)
        yield way
        yield way._replace(root="node(id: ID)")
        yield way._replace(root=f'organization(code: KEY, asOf: "{YESTERDAY}")', past=True)
    yield Way("street(code: KEY)", {"Street": ()}, "organization", (TREE,), where=of_kind("STREET"))


ITEM = {
    "ChecklistItem": (),
    "Measure": ("measure",),
    "Transition": ("transitions",),
    "Proposal": ("proposals",),
    "Coverage": ("coverage",),
}
CYCLE = {"Cycle": (), "Template": ("template",), "Theme": ("template", "themes")}
VERSION = {
    "TemplateVersion": (),
    "Burden": ("burden",),
    "EvidenceRule": ("themes", "measures", "evidenceRule"),
    "TemplateDiff": ("diff",),
    "ThemeChange": ("diff", "themes"),
    "MeasureChange": ("diff", "measures"),
    "FieldChange": ("diff", "measures", "fields"),
}
COVERED = {"ChecklistConnection": ("checklists(first: 100)",), "ChecklistEdge": ("checklists(first: 100)", "edges")}
COUNTED = {
    "Completion": (),
    "Tally": ("total",),
    "StateCount": ("total", "states"),
    "ExclusionCount": ("total", "exclusions"),
    "Ratio": ("total", "ratio"),
    "CommunityCompletion": ("rollUp",),
    "LeftOut": ("leftOut",),
    "ThemeCompletion": ("themes",),
    "MeasureCompletion": ("measures",),
    "PlaceCompletion": ("branches",),
}


def connection(name: str) -> dict[str, tuple[str, ...]]:
    return {f"{name}Connection": (), f"{name}Edge": ("edges",)}


def one_by_one(name: str) -> dict[str, tuple[str, ...]]:
    return connection(name) | {name: ("edges", "node")}


WAYS: tuple[Way, ...] = (
    *ways_to_organizations(),
    Way(
        "organizations(first: 100, filter: {within: KEY})",
        connection("Organization") | {"PageInfo": ("pageInfo",)},
        "organization",
        (TREE,),
    ),
    Way("members(first: 100, within: KEY)", connection("Member"), "organization", rule=roster),
    Way("checklistItems(first: 100, within: KEY)", connection("ChecklistItem"), "organization", (TREE, WORK)),
    Way("completion(within: KEY, cycle: OPEN)", COUNTED, "organization", (TREE, WORK), where=of_work),
    Way("completion(within: KEY, cycle: CLOSED)", COUNTED, "organization", (TREE, WORK), where=of_work),
    Way(
        "missing(within: KEY, cycle: OPEN, first: 100)",
        connection("MissingItem") | {"MissingItem": ("edges", "node")},
        "organization",
        (TREE, WORK),
        where=of_work,
    ),
    Way(
        f'comparison(within: KEY, cycle: OPEN, from: "{YESTERDAY}", to: "{today()}")',
        {"Comparison": (), "Difference": ("changes",), "ItemThen": ("changes", "after")},
        "organization",
        (TREE, WORK),
        where=of_kind("COMMUNITY", "BRANCH"),
    ),
    Way(
        'trend(within: KEY, template: "MATRIX")',
        {"TrendPoint": ()},
        "organization",
        (TREE, WORK),
        where=of_kind("COMMUNITY", "BRANCH"),
    ),
    Way(
        "node(id: ID)", {"Checklist": (), "Extension": ("extensions",)}, "checklist", (WORK,), "Checklist", history=True
    ),
    Way("node(id: ID)", ITEM, "item", (WORK,), "ChecklistItem", history=True),
    Way("node(id: ID)", {"Record": ()}, "record", (WORK,), "Record", history=True),
    Way("node(id: ID)", {"Evidence": ()}, "evidence", (WORK,), "Evidence", history=True),
    Way("records(first: 100, filter: {within: KEY})", connection("Record"), "organization", (TREE, WORK)),
    Way("node(id: ID)", CYCLE | COVERED, "cycle", (WORK,), "Cycle", history=True),
    Way("cycle(code: CODE)", CYCLE, "cycle", (WORK,), history=True),
    Way("cycles(first: 100)", connection("Cycle"), rights=(WORK,)),
    Way("node(id: ID)", {"Template": ()}, "template", (WORK,), "Template"),
    Way("node(id: ID)", VERSION, "version", (WORK,), "TemplateVersion"),
    Way(
        'template(code: "MATRIX", organization: KEY)',
        {"Template": ()},
        "organization",
        (TREE, WORK),
        where=lambda target: target.key in STREETS,
    ),
    Way("templates(first: 100, within: KEY)", connection("Template"), "organization", (TREE, WORK)),
    Way("node(id: ID)", {"Member": ()}, "member", (PEOPLE,), "Member"),
    Way("viewer", {"Viewer": (), "ViewerGrant": ("grants",)}),
    Way("viewer", {"Session": ("sessions",)}, finds=lambda *_: [], session=True),
    Way("node(id: ID)", {"Account": ()}, "account", (ACCOUNTS,), "Account"),
    Way("accounts(first: 100)", one_by_one("Account"), rights=(ACCOUNTS,), finds=accounts),
    Way("node(id: ID)", {"Grant": (), "AccountName": ("account",)}, "grant", part="Grant", rule=grant),
    Way("grants(first: 100, filter: {within: KEY})", connection("Grant"), "organization", rule=listing(ACCOUNTS)),
    Way("myGrants", {"Grant": ()}, rights=(ACCOUNTS,), finds=own_grants),
    Way(
        "tokens(first: 100, filter: {within: KEY})",
        one_by_one("ApiToken"),
        "organization",
        rule=listing(ACCOUNTS),
    ),
    Way("node(id: ID)", {"Seal": ()}, "seal", (WORK,), "Seal"),
    Way("seals(first: 100)", one_by_one("Seal"), rights=(WORK,), finds=seals),
    Way(
        "node(id: ID)",
        {"TrailEntry": (), "TrailPlace": ("place",)},
        "trail entry",
        (TRAIL,),
        "TrailEntry",
    ),
    Way(
        'trail(first: 100, filter: {within: KEY, deed: "matrix.noted"})',
        {"TrailConnection": (), "TrailEntryEdge": ("edges",)},
        "organization",
        rule=of_the_trail,
    ),
    Way("trailCheckpoint", {"TrailCheckpoint": ()}, rule=lambda reader, _: oracle.at_desk(reader, TRAIL)),
)

VARIABLES = {"KEY": "String!", "ID": "ID!", "CODE": "String!", "OPEN": "String!", "CLOSED": "String!"}


# --- asking


class Piece(NamedTuple):
    """What one alias asks: the fields (type, name) of the objects that a way leads to from a target."""

    way: Way
    target: Target | None
    fields: tuple[tuple[str, str], ...]


class Said(NamedTuple):
    error: str
    value: Any


async def ask_all(desk: Desk, eye: Desk, truth: "Truth", ledger: Ledger) -> None:
    for way in WAYS:
        await ask_way(desk, eye, truth, ledger, way)


async def ask_way(desk: Desk, eye: Desk, truth: "Truth", ledger: Ledger, way: Way) -> None:
    for fields in groups(desk.reader, way):
        pieces = [Piece(way, target, fields) for target in targets(desk, way)]
        for piece, said in zip(pieces, await ask(desk, pieces), strict=True):
            await check(desk, eye, truth, ledger, piece, said)


def targets(desk: Desk, way: Way) -> list[Target | None]:
    """All that a role reaches, so that it meets every word; of the rest, one of each sort."""
    if not way.on:
        return [None]
    fitting = [target for target in desk.world.of(way.on) if way.where(target)]
    reached = [target for target in fitting if desk.reader in ROLES and oracle.reaches(desk.reader, target.places)]
    return [*reached, *pages.chosen(desk.reader, [target for target in fitting if target not in reached])]


def groups(reader: Reader, way: Way) -> list[tuple[tuple[str, str], ...]]:
    """Fields that are refused to a token by themselves are asked for by themselves: an error takes all with it."""
    every = [(kind, name) for kind in way.views for name in FIELDS[kind]]
    alone = [one for one in every if reader.scopes is not None and FIELDS[one[0]][one[1]].takes]
    return [tuple(one for one in every if one not in alone), *((one,) for one in alone)]


async def ask(desk: Desk, pieces: list[Piece]) -> list[Said]:
    """As many at once as a request may hold."""
    said: list[Said] = []
    size = max(1, min(MOST_ALIASES, MOST_FIELDS // max(1, weight(pieces[0])))) if pieces else 1
    for start in range(0, len(pieces), size):
        some = pieces[start : start + size]
        answer = await desk.query(*asked(desk.world, some), session=some[0].way.session)
        said += [heard(answer, f"p{n}") for n in range(len(some))]
    return said


def weight(piece: Piece) -> int:
    return len(re.findall(r"\w+", body(piece)))


def asked(world: World, pieces: list[Piece]) -> tuple[str, dict[str, str]]:
    """The text is the same for other targets, so it is read once; what names them is given beside it."""
    parts, declared, given = [], [], {}
    for n, piece in enumerate(pieces):
        root = piece.way.root
        for name in re.findall("|".join(VARIABLES), root):
            variable = f"{name.lower()}{n}"
            root = re.sub(rf"\b{name}\b", f"${variable}", root)
            declared.append(f"${variable}: {VARIABLES[name]}")
            given[variable] = naming(world, piece, name)
        parts.append(f"p{n}: {root} {{ {body(piece)} }}")
    header = f"query({', '.join(declared)})" if declared else "query"
    return f"{header} {{ {' '.join(parts)} }}", given


def naming(world: World, piece: Piece, name: str) -> str:
    target = piece.target
    assert target is not None, piece
    match name:
        case "KEY":
            return target.key
        case "CODE":
            return code_in(target)
        case "ID":
            key = world.ids[target.key] if target.kind == "organization" else int(target.key)
            return str(global_id(piece.way.part, key))
        case _:
            return code_of(world, target.place, name)


def body(piece: Piece) -> str:
    found = " ".join(down(piece.way.views[kind], shown(TYPES[kind], name)) for kind, name in piece.fields)
    return f"... on {piece.way.part} {{ {found} }}" if piece.way.part else found


def down(at: tuple[str, ...], inner: str) -> str:
    for step in reversed(at):
        inner = f"{step} {{ {inner} }}"
    return inner


def shown(kind: Any, name: str) -> str:
    """A field with what it cannot do without: arguments, and what is inside."""
    field = kind.fields[name]
    given = ARGUMENTS if any(is_required_argument(argument) for argument in field.args.values()) else ""
    inner = get_named_type(field.type)
    return f"{name}{given}" if is_leaf_type(inner) else f"{name}{given} {{ {gist(inner)} }}"


BRIEFLY = {
    "Account": "login",
    "Checklist": "id",
    "Cycle": "code",
    "Evidence": "title",
    "Record": "title",
    "Grant": "id",
    "Organization": "code",
    "Seal": "id",
    "Template": "code",
    "TemplateVersion": "number",
    "ViewerGrant": "role",
    **dict.fromkeys(KINDS, "code"),
}


def gist(kind: Any) -> str:
    """By what an object is known inside another."""
    if kind.name in BRIEFLY:
        return BRIEFLY[kind.name]
    if kind.name.endswith("Connection"):
        return f"edges {{ {gist(get_named_type(kind.fields['edges'].type))} }} totalCount"
    if kind.name.endswith("Edge"):
        return f"node {{ {gist(get_named_type(kind.fields['node'].type))} }}"
    return leaves(kind) or " ".join(shown(kind, name) for name in kind.fields)


def leaves(kind: Any) -> str:
    return " ".join(name for name, field in kind.fields.items() if is_leaf_type(get_named_type(field.type)))


def mutation_type(name: str) -> GraphQLObjectType | GraphQLInterfaceType:
    """What a mutation answers with."""
    mutation = schema._schema.mutation_type
    assert mutation is not None
    found: GraphQLObjectType | GraphQLInterfaceType = get_named_type(mutation.fields[name].type)
    return found


def heard(answer: dict[str, Any], alias: str) -> Said:
    errors = [e for e in answer.get("errors", []) if (e.get("path") or [alias])[0] == alias]
    value = (answer.get("data") or {}).get(alias)
    return Said(errors[0]["extensions"]["code"] if errors else "", value)


# --- judging


class Truth:
    """What the eye is answered, asked for once; and its fields one by one."""

    def __init__(self) -> None:
        self.said: dict[tuple[int, Target | None], Said] = {}

    async def of(self, eye: Desk, piece: Piece, kind: str, name: str) -> list[Any]:
        way, number = piece.way, WAYS.index(piece.way)
        if (number, piece.target) not in self.said:
            every = targets_of_all(eye, way)
            answers = await ask(eye, [Piece(way, target, groups(eye.reader, way)[0]) for target in every])
            self.said |= {(number, target): said for target, said in zip(every, answers, strict=True)}
        return values(self.said[number, piece.target], way.views[kind], name)


def targets_of_all(eye: Desk, way: Way) -> list[Target | None]:
    return [target for target in eye.world.of(way.on) if way.where(target)] if way.on else [None]


async def check(desk: Desk, eye: Desk, truth: Truth, ledger: Ledger, piece: Piece, said: Said) -> None:
    """A cell a field."""
    way, target = piece.way, piece.target
    for kind, name in piece.fields:
        field = FIELDS[kind][name]
        wanted: Any = access(desk.reader, way, target, field)
        found: Any = {"NOT_FOUND": HIDDEN}.get(said.error, said.error)
        if wanted in (SEES, NUMBERS_ONLY) and not said.error:
            found = values(said, way.views[kind], name)
            wanted = await right_values(desk, eye, truth, piece, kind, name, wanted)
        elif not said.error:
            found = f"was told {values(said, way.views[kind], name)}"[:200]
        elif wanted == GONE and found == HIDDEN:
            found = GONE
        thing = f"{kind}.{name} by {way.root}"
        if way.finds and isinstance(wanted, list) and isinstance(found, list):
            wanted, found = sorted(wanted, key=repr), sorted(found, key=repr)
        wanted, found = common(wanted, found)
        ledger.cell(desk.reader, thing, target, wanted, found)


def access(reader: Reader, way: Way, target: Target | None, field: Field) -> str:
    """What the reader should get of a field, as a whole."""
    found = access_to_object(reader, way, target)
    if found != SEES or field.takes is None or not reader.holds:
        return found
    return SEES if oracle.in_scope(reader, field.takes) else FORBIDDEN


def access_to_object(reader: Reader, way: Way, target: Target | None) -> str:
    if way.rule:
        return way.rule(reader, target)
    if target is None:
        return oracle.reading_own(reader, way.rights)
    gone = not way.history and not way.past and pages.is_gone(target)
    return oracle.reading(reader, way.rights, target.places, gone)


async def right_values(desk: Desk, eye: Desk, truth: Truth, piece: Piece, kind: str, name: str, access: str) -> Any:
    """The values of the field in all the objects that the reader should find, or `...` for any."""
    field, way, target = FIELDS[kind][name], piece.way, piece.target
    lists = bool(way.views[kind])
    if field.value:
        value = field.value(desk.world, desk.reader, target, way)
        return value if value is ... or lists else [value]
    lacking = field.takes and target and not oracle.has(desk.reader, field.takes, target.places)
    if access == NUMBERS_ONLY or lacking:
        return [] if lists else [field.nothing]
    if way.finds:
        nodes = [Piece(node_of(kind), found, ()) for found in way.finds(desk.world, desk.reader)]
        return [value for node in nodes for value in await truth.of(eye, node, kind, name)]
    return await truth.of(eye, piece, kind, name)


def node_of(kind: str) -> Way:
    return next(way for way in WAYS if way.part == kind)


def values(said: Said, at: tuple[str, ...], name: str) -> list[Any]:
    """Of this field, in all the objects at the end of the way."""
    objects = listed(said.value)
    for step in at:
        objects = [inner for one in objects for inner in listed((one or {}).get(step.partition("(")[0]))]
    return [one.get(name) for one in objects if one is not None]


def common(left: Any, right: Any) -> tuple[Any, Any]:
    """Both, with what was asked of nested objects in both; other fields of the same object may have asked for more."""
    if left is ... or right is ...:
        return ..., ...
    if isinstance(left, dict) and isinstance(right, dict) and (keys := left.keys() & right.keys()):
        pairs = {key: common(left[key], right[key]) for key in left if key in keys}
        return {key: pair[0] for key, pair in pairs.items()}, {key: pair[1] for key, pair in pairs.items()}
    if isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        both = [common(one, other) for one, other in zip(left, right, strict=True)]
        return [pair[0] for pair in both], [pair[1] for pair in both]
    return left, right


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
