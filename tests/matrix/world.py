"""The world that the matrix asks about: made once a session, copied for each process.

The tree, the people, the cycles and what is filled in come about through the operations themselves; accounts, grants,
sessions and tokens are written as rows, because their states (over, to come, revoked) are what matters here.
"""

import hashlib
import json
import secrets
import string
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

from server import database, keys
from server.access.actor import Actor
from server.access.actor import Grant as Held
from server.kit import codes
from server.kit.clock import now, today
from server.kit.sealing import blind_index, seal
from server.kit.secrets import digest, new_handle, new_key, new_token
from server.models.accounts import Account, AccountLink
from server.models.checklists import Checklist, ChecklistItem
from server.models.cycles import Cycle
from server.models.evidence import Blob, Evidence
from server.models.grants import Grant
from server.models.members import Member, Membership
from server.models.organizations import Organization
from server.models.sessions import Session
from server.models.tokens import ApiToken
from server.models.trail import TrailEntry
from server.operations import (
    checklists,
    cycles,
    evidence,
    members,
    organizations,
    records,
    seals,
    templates,
    trail,
)
from server.operations.checklists import Extend, Fill, Review
from server.operations.cycles import OpenCycle
from server.operations.evidence import Link, Remove
from server.operations.members import Attach, Enrol
from server.operations.organizations import Dissolve, Establish, Provenance
from server.operations.records import Enter
from server.operations.seals import SealCycle
from server.operations.sessions.proofs import seal_secret
from server.operations.templates import Whole, Write
from server.storage import store
from server.vocabulary import (
    EvidenceKind,
    LinkKind,
    MembershipKind,
    MemberStage,
    OrganizationKind,
    Origin,
    RecordKind,
    Role,
    TokenScope,
    Verdict,
)
from tests import postgres
from tests.matrix import places
from tests.matrix.oracle import ACCOUNTS, DELEGATE, EXPORT, PEOPLE, TRAIL, TREE, WORK, WORKERS
from tests.matrix.places import EMPTY, OF, PLACES, STREETS, TEMPORARY, Place, within
from tests.matrix.readers import EYE, READERS, ROLES, SCOPES, Reader

LONG_AGO = timedelta(days=400)
LINKED = ("LG-A-1-G-B", "LG-B-1-G-B")
"""Where somebody has one-time links."""
STATES = ("TODO", "IN_PROGRESS", "SUBMITTED", "APPROVED", "RETURNED")
"""Of the measures 1 to 5 of every checklist."""
COPIED = (
    "state",
    "done_on",
    "filled_by_id",
    "submitted_by_id",
    "submitted_at",
    "reviewed_by_id",
    "reviewed_at",
    "version",
)


class Target(NamedTuple):
    """Something that is asked for: `key` is its code or id; it lies at `place`, and at those in `also`."""

    kind: str
    place: str
    key: str
    state: str = ""
    version: int = 1
    also: tuple[str, ...] = ()

    @property
    def places(self) -> tuple[str, ...]:
        return (self.place, *self.also)


@dataclass
class World:
    targets: list[Target] = field(default_factory=list)
    words: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """Planted words, and where they may be read: the right that it takes, and the place."""
    also: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """Where they may be read besides, and need not be."""
    ids: dict[str, int] = field(default_factory=dict)
    """Of organizations, by code."""
    logins: dict[str, str] = field(default_factory=dict)
    """Of those who work at a place, by its code."""
    held: dict[str, list[str]] = field(default_factory=dict)
    """What is there for whoever may have it: by kind and key, the numbers of a person, the name behind a link."""
    names: dict[str, str] = field(default_factory=dict)
    """Accounts of readers: the planted word of their own name."""
    persons: dict[str, list[str]] = field(default_factory=dict)
    """The planted words of the people by branch: those who are on its roster."""
    party: dict[str, int] = field(default_factory=dict)
    """Party members at home in a branch."""
    personal: list[str] = field(default_factory=list)
    """Phones and ID numbers as they are, of nobody."""
    never: list[str] = field(default_factory=list)
    """What no answer ever holds: sealed values, digests of secrets, keys of other people's sessions and tokens."""
    sessions: dict[str, str] = field(default_factory=dict)
    handles: dict[str, list[str]] = field(default_factory=dict)
    """Of a reader's sessions."""
    tokens: dict[str, str] = field(default_factory=dict)

    def of(self, kind: str) -> list[Target]:
        return [target for target in self.targets if target.kind == kind]

    def at(self, kind: str, place: str) -> Target:
        return next(target for target in self.targets if (target.kind, target.place) == (kind, place))

    def plant(self, *alternatives: tuple[str, str], also: Iterable[tuple[str, str]] = ()) -> str:
        """A word that stands nowhere else; one of these rights, at its place, is enough to read it."""
        word = "canary" + "".join(secrets.choice(string.ascii_lowercase) for _ in range(12))
        self.words[word], self.also[word] = list(alternatives), list(also)
        return word

    def name_of(self, account: str) -> str:
        """A person's, for the form that wants it typed once more."""
        return self.held[f"name {account}"][0]

    def add(
        self, kind: str, place: str, key: object, state: str = "", version: int = 1, also: tuple[str, ...] = ()
    ) -> None:
        self.targets.append(Target(kind, place, str(key), state, version, also))


def template() -> str:
    return postgres.template("matrix", fill, postgres.empty())


def load() -> World:
    found = json.loads((postgres.shared() / "matrix.json").read_text(encoding="utf-8"))
    targets = [Target(*row)._replace(also=tuple(row[5])) for row in found.pop("targets")]
    words, also = (
        {word: [(right, code) for right, code in places] for word, places in found.pop(name).items()}
        for name in ("words", "also")
    )
    return World(targets, words, also, **found)


async def fill(url: str) -> None:
    await database.connect(url)
    try:
        world = World()
        await Builder(world).build()
        (postgres.shared() / "matrix.json").write_text(json.dumps(vars(world)), encoding="utf-8")
    finally:
        await database.disconnect()


class Builder:
    def __init__(self, world: World) -> None:
        self.world = world
        self.boss = Actor.installation()
        self.rows: dict[str, Organization] = {}
        self.staff: dict[str, Account] = {}

    async def build(self) -> None:
        for place in PLACES:
            await self.establish(place)
        for place in PLACES:
            await self.employ(place)
        await self.publish()
        for street in STREETS:
            for closed in (False, True):
                await self.work(street, closed=closed)
        for street in STREETS:
            await self.close(street)
            for branch in places.worked(street):
                await self.show(branch.code)
        for place in PLACES:
            await self.people(place)
        await self.lend()
        for place in PLACES:
            await self.note(place)
            await self.dissolve(place)
        for reader in (*READERS, EYE):
            await self.admit(reader)
        _ = await trail.sequence()

    # --- the tree

    async def establish(self, place: Place) -> None:
        note = self.world.plant((TREE.name, place.code))
        draft = Establish(
            code=place.code,
            kind=OrganizationKind[place.kind],
            name=f"{place.code} {place.kind.title()}",
            parent=place.parent or None,
            established_on=today() - LONG_AGO,
            **self.shape(place),
        )
        provenance = Provenance(Origin.SYNTHETIC, "made for the matrix", note)
        placement = await organizations.establish(self.boss, draft, provenance)
        self.rows[place.code] = await placement.organization
        self.world.ids[place.code] = self.rows[place.code].id
        self.world.add("organization", place.code, place.code, "DISSOLVED" if place.gone else "LIVING")

    def shape(self, place: Place) -> dict[str, str]:
        if not place.type:
            return {}
        """EMPTY would fill checklists as well, if the cycles had not left it out."""
        works = place.code == EMPTY or place in places.worked(places.street_of(place.code))
        sector = "RESIDENT_GROUP" if works else "PROJECT"
        return {"branch_type": place.type, "sector": sector}

    async def dissolve(self, place: Place) -> None:
        """Its people have left before; their memberships are over."""
        if place.gone:
            await Membership.filter(branch_id=self.rows[place.code].id).update(valid_to=today())
            version = (await Organization.get(code=place.code)).version
            reason = self.world.plant((TRAIL.name, place.code))
            draft = Dissolve(reason=reason, expected_version=version)
            _ = await organizations.dissolve(self.boss, place.code, draft)

    # --- those who use the program

    async def employ(self, place: Place) -> None:
        """Somebody with an account, who fills or reviews there; with grants, tokens and sessions in every state."""
        where = lying(place) if is_at_work(place) else []
        seen = [(right.name, code) for right in (WORK, TRAIL) for code in where]
        name = self.world.plant((ACCOUNTS.name, place.code), *seen, also=near(place.code))
        login = self.world.logins[place.code] = self.world.plant((ACCOUNTS.name, place.code), also=near(place.code))
        account = self.staff[place.code] = await self.account(place.code, name, login)
        self.world.add("account", place.code, account.id, "ACTIVE")
        role = {"BRANCH": Role.BRANCH_SECRETARY, "COMMUNITY": Role.COMMUNITY_REVIEWER}.get(place.kind, Role.AUDITOR)
        for state, (begun, ended) in {"ENDED": (-60, -40), "HOLDS": (-30, 30), "COMING": (60, None)}.items():
            days: dict[str, Any] = {
                "valid_from": self.day(begun),
                "valid_to": None if ended is None else self.day(ended),
            }
            grant = await Grant.create(account=account, role=role, organization=self.rows[place.code], **days)
            self.world.add("grant", place.code, grant.id, state)
        await self.disabled(place)
        for state in ("ACTIVE", "REVOKED", "EXPIRED"):
            token = await self.token(account, place.code, state, SCOPES, self.world.plant((ACCOUNTS.name, place.code)))
            self.world.add("token", place.code, token.split("_")[1], state)
        handle, _ = await self.session(account, self.world.plant())
        self.world.add("session", place.code, handle, "OPEN")
        if place.code in LINKED:
            await self.links(account, place.code)

    async def links(self, account: Account, place: str) -> None:
        """One-time links in every state; whoever has the key of one that waits is told whose it is."""
        for state, days in {"WAITING": 1, "USED": 1, "EXPIRED": -1}.items():
            key = new_key()
            _ = await AccountLink.create(
                account=account,
                kind=LinkKind.RESET,
                key_hash=digest(key),
                created_at=now() - timedelta(days=2),
                expires_at=now() + timedelta(days=days),
                used_at=now() if state == "USED" else None,
            )
            self.world.never.append(digest(key))
            self.world.held[f"link {key}"] = [account.name, account.login]
            self.world.add("link", place, key, state)

    async def disabled(self, place: Place) -> None:
        words = [self.world.plant((ACCOUNTS.name, place.code)) for _ in range(2)]
        account = await self.account(place.code, *words)
        await Account.filter(id=account.id).update(active=False)
        self.world.add("account", place.code, account.id, "DISABLED")

    async def account(self, home: str, name: str, login: str) -> Account:
        secret = f"$argon2id$v=19$m=19456,t=2,p=1${secrets.token_urlsafe(16)}${secrets.token_urlsafe(32)}"
        self.world.never.append(secret)
        return await Account.create(
            login=login, name=name, home=self.rows[home], password_hash=secret, password_set_at=now()
        )

    async def session(self, account: Account, agent: str = "") -> tuple[str, str]:
        """Its handle, and the key that the browser holds."""
        key, handle = new_key(), new_handle()
        at: dict[str, Any] = {"created_at": now(), "seen_at": now(), "expires_at": now() + timedelta(hours=12)}
        _ = await Session.create(key_hash=digest(key), handle=handle, account=account, agent=agent, **at)
        self.world.never += [key, digest(key)]
        return handle, key

    async def token(self, account: Account, place: str, state: str, scopes: tuple[str, ...], name: str) -> str:
        parts = new_token()
        _ = await ApiToken.create(
            id=parts.id,
            account=account,
            organization=self.rows[place],
            name=name,
            scopes=list(scopes),
            secret_hash=digest(parts.secret),
            created_at=now() - timedelta(days=2),
            expires_at=now() + timedelta(days=-1 if state == "EXPIRED" else 30),
            revoked_at=now() if state == "REVOKED" else None,
            last_used_at=now() + timedelta(days=1),  # so that nobody finds it worth noting during the run
        )
        self.world.never += [parts.secret, digest(parts.secret)]
        return parts.text

    async def admit(self, reader: Reader) -> None:
        """A reader's account, with what it comes in by."""
        if not reader.role:
            return
        if reader.account not in self.staff:
            await self.hire(reader)
        account = self.staff[reader.account]
        if reader.signs_in:
            handle, self.world.sessions[reader.name] = await self.session(account)
            self.world.handles.setdefault(reader.name, []).append(handle)
        scopes = tuple(reader.scopes or (scope.value for scope in TokenScope))
        name = self.world.plant((ACCOUNTS.name, reader.place))
        place = "LG" if reader is EYE else reader.place
        self.world.tokens[reader.name] = await self.token(account, place, "ACTIVE", scopes, name)

    async def hire(self, reader: Reader) -> None:
        """An account, with a second factor; the trail says of whom it has looked at, and to whoever asks."""
        looks = [(right.name, code) for right in (TRAIL, EXPORT) for code in lying(OF[reader.place])]
        name = self.world.names[reader.account] = self.world.plant(
            (ACCOUNTS.name, reader.place), also=[*looks, *near(reader.place)]
        )
        account = self.staff[reader.account] = await self.account(reader.place, name, reader.account)
        sealed = seal_secret(account, codes.new_secret())
        self.world.never.append(sealed)
        await Account.filter(id=account.id).update(active=reader.active, totp=sealed, totp_since=now())
        self.world.add("account", reader.place, account.id, of(reader) if reader.active else "DISABLED")
        await self.grant(reader, account)
        if reader in ROLES and reader.signs_in:
            handle, _ = await self.session(account)
            self.world.add("session", reader.place, handle, of(reader))
            self.world.handles[reader.name] = [handle]

    async def grant(self, reader: Reader, account: Account) -> None:
        """The eye holds every role, at the top: no person may."""
        begun, ended = {"ended": (-30, -1), "coming": (1, None)}.get(reader.name, (-30, None))
        days: dict[str, Any] = {"valid_from": self.day(begun), "valid_to": None if ended is None else self.day(ended)}
        for role in Role if reader is EYE else [Role[reader.role]]:
            row, place = Grant(account=account, role=role, delegable=role.value in WORKERS, **days), reader.place
            row.organization = self.rows[place]
            await row.save()
            self.world.add("grant", place, row.id, of(reader))

    def day(self, days: int) -> date:
        return today() + timedelta(days=days)

    # --- the work

    async def publish(self) -> None:
        study = {"evidence_rule": {"kind": "STUDY"}}
        measures = [
            {"number": n, "text": f"Measure {n}", "frequency": "QUARTERLY"} | ({} if state == "SUBMITTED" else study)
            for n, state in enumerate(STATES, start=1)
        ]
        theme = {"code": "ONE", "grasp": "Grasp it", "lift": "Lift it", "measures": measures}
        for street in STREETS:
            draft = {"organization": street, "code": "MATRIX", "title": "What is asked", "origin": "SYNTHETIC"}
            version = await templates.publish_whole(self.boss, Whole.parse(draft | {"themes": [theme]}))
            self.world.add("version", street, version.id, "PUBLISHED", version.version)
            self.world.add("template", street, version.template_id, "DRAFTED")
            await self.revise(street, version.template_id, theme | {"measures": measures})
            spare = await templates.publish_whole(self.boss, Whole.parse(draft | {"code": "SPARE", "themes": [theme]}))
            self.world.add("template", street, spare.template_id, "SETTLED")

    async def revise(self, street: str, template_id: int, theme: dict[str, Any]) -> None:
        """A draft, in words that nobody else has read."""
        version = await templates.revise(self.boss, template_id)
        first, *others = theme["measures"]
        first = first | {"guidance": self.world.plant((WORK.name, street)), "evidence_rule": {"kind": "VISIT"}}
        words = Write.parse({"themes": [theme | {"measures": [first, *others]}], "expected_version": version.version})
        version = await templates.write(self.boss, version.id, words)
        self.world.add("version", street, version.id, "DRAFT", version.version)

    async def work(self, street: str, *, closed: bool) -> None:
        """A cycle, with an item of every state in each branch; what is closed was filled before."""
        branches = [place.code for place in places.worked(street)]
        code = self.world.plant(*((WORK.name, branch) for branch in branches), (TRAIL.name, street))
        draft = OpenCycle(
            organization=street,
            template="MATRIX",
            sector="RESIDENT_GROUP",
            without={EMPTY} if within(EMPTY, street) else (),
            code=code,
            starts_on=self.day(-80),
            ends_on=self.day(10),
            opens_on=self.day(-80),
            due_on=self.day(5),
            closes_on=self.day(10),
        )
        cycle = await cycles.open_cycle(self.boss, draft)
        rows = ChecklistItem.filter(checklist__cycle_id=cycle.id).select_related("measure", "checklist__branch")
        for item in await rows.order_by("id"):
            course = "CLOSED" if closed else "OPEN"
            branch, state = item.checklist.branch.code, STATES[item.measure.number - 1]
            version = await (self.copy(item, state) if closed else self.treat(item, branch, state))
            self.world.add("item", branch, item.id, f"{state} {course}", version=version)
            if state == "TODO":
                version = 1 if closed else await self.lengthen(item.checklist_id, branch)
                self.world.add("checklist", branch, item.checklist_id, course, version)
        if closed:
            over = {"due_on": self.day(-2), "closes_on": self.day(-1)}
            await Cycle.filter(id=cycle.id).update(**over)
            await Checklist.filter(cycle_id=cycle.id).update(assigned_on=self.day(-80), **over)
        state = f"{'CLOSED' if closed else 'OPEN'} {code}"
        self.world.add("cycle", branches[0], cycle.id, state, also=tuple(branches[1:]))

    async def close(self, street: str) -> None:
        """Seal the cycle that is over, everywhere but at residents' groups."""
        code = code_of(self.world, street, "CLOSED")
        for place in PLACES:
            if within(place.code, street) and place.kind != "RESIDENT_GROUP" and has_work(place):
                draft = SealCycle(cycle=code, organization=place.code)
                seal = await seals.seal(self.actor(street, Role.STREET_REVIEWER), draft)
                self.world.add("seal", place.code, seal.id)

    async def treat(self, item: ChecklistItem, branch: str, state: str) -> int:
        """Bring it into a state, through its secretary and the reviewer of its community; answers its version."""
        if state != "TODO":
            summary = self.world.plant((WORK.name, branch), (TRAIL.name, branch))
            answer = Fill(done_on=self.day(-10), summary=summary, expected_version=1)
            verb = checklists.save if state == "IN_PROGRESS" else checklists.submit
            item = await verb(self.secretary(branch), item.id, answer)
        if state in ("APPROVED", "RETURNED"):
            remark = self.world.plant((WORK.name, branch), (TRAIL.name, branch))
            verdict = Verdict.APPROVE if state == "APPROVED" else Verdict.RETURN
            draft = Review(verdict=verdict, remark=remark, expected_version=2)
            item = await checklists.review(self.reviewer(branch), item.id, draft)
        return item.version

    async def lengthen(self, checklist_id: int, branch: str) -> int:
        """Give it another day, for a reason; answers its version."""
        reason = self.world.plant((WORK.name, branch), (TRAIL.name, branch))
        draft = Extend(due_on=self.day(6), closes_on=self.day(11), reason=reason, expected_version=1)
        return (await checklists.extend(self.boss, checklist_id, draft)).version

    async def copy(self, item: ChecklistItem, state: str) -> int:
        """As the same item of the cycle that is open, in words of its own."""
        twin = await ChecklistItem.filter(
            checklist__branch_id=item.checklist.branch_id, measure_id=item.measure_id, id__lt=item.id
        ).get()
        branch = item.checklist.branch.code
        words = {
            name: self.world.plant((WORK.name, branch), (TRAIL.name, branch))
            for name in ("summary", "remark")
            if getattr(twin, name)
        }
        same = {name: getattr(twin, name) for name in COPIED}
        await ChecklistItem.filter(id=item.id).update(**(same | words))
        return twin.version

    def secretary(self, branch: str) -> Actor:
        return self.actor(branch, Role.BRANCH_SECRETARY)

    def reviewer(self, branch: str) -> Actor:
        """Of the community around it."""
        community = next(code for code in places.above(branch) if OF[code].kind == "COMMUNITY")
        return self.actor(community, Role.COMMUNITY_REVIEWER)

    def actor(self, place: str, role: Role) -> Actor:
        row, account = self.rows[place], self.staff[place]
        return Actor(account.id, account.name, (Held(role, row.id, row.path),))

    # --- evidence

    async def show(self, branch: str) -> None:
        """Records, and what the item that is being worked on has: links, one of them removed, and a file."""
        who, words = self.secretary(branch), [self.plant_at(branch) for _ in range(7)]
        for state, title, summary in (("STANDING", words[0], words[1]), ("WITHDRAWN", words[2], words[3])):
            entered = Enter(branch=branch, kind=RecordKind.STUDY, held_on=self.day(-10), title=title, summary=summary)
            record = await records.enter(who, entered)
            if state == "WITHDRAWN":
                _ = await records.withdraw(who, record.id, records.Withdraw(reason="Never held.", expected_version=1))
            self.world.add("record", branch, record.id, state, version=1 if state == "STANDING" else 2)
        open_items = [t for t in self.world.of("item") if (t.place, t.state) == (branch, "IN_PROGRESS OPEN")]
        item = int(open_items[0].key)
        for state, title in (("LINK OPEN", words[4]), ("REMOVED", words[5])):
            link = Link(address=f"https://example.org/{title}", title=title, effective_on=self.day(-10))
            piece = await evidence.link(who, item, link)
            if state == "REMOVED":
                _ = await evidence.remove(who, piece.id, Remove(reason="The wrong page."))
            self.world.add("evidence", branch, piece.id, state)
        self.world.add("evidence", branch, await self.file(who, item, words[6]), "FILE OPEN")

    def plant_at(self, branch: str) -> str:
        return self.world.plant((WORK.name, branch), (TRAIL.name, branch))

    async def file(self, who: Actor, item: int, word: str) -> int:
        """One whose bytes hold the word that it is called; as rows, for judging it takes longer than all the rest."""
        content, path = f"%PDF-1.4 {word}".encode(), postgres.shared() / word
        path.write_bytes(content)
        name = hashlib.sha256(content).hexdigest()
        _ = await store().put(path, name)
        blob = await Blob.create(sha256=name, media_type="application/pdf", size=len(content), received_at=now())
        piece = await Evidence.create(
            item_id=item,
            kind=EvidenceKind.FILE,
            title=f"{word}.pdf",
            blob=blob,
            effective_on=self.day(-10),
            received_at=now(),
            sha256=name,
            added_by_id=who.account_id,
        )
        return piece.id

    # --- people

    async def people(self, place: Place) -> None:
        """A full member and an applicant in every branch that is a home."""
        if place.kind == "BRANCH" and place.code not in (TEMPORARY, EMPTY):
            for stage in (MemberStage.FULL, MemberStage.APPLICANT):
                await self.person(place, stage)
            self.world.party[place.code] = 1

    async def person(self, place: Place, stage: MemberStage) -> None:
        lent = (PEOPLE.name, TEMPORARY) if self.is_lent(place, stage) else (PEOPLE.name, place.code)
        name = self.world.plant((PEOPLE.name, place.code), lent)
        joined = today() - LONG_AGO if stage is MemberStage.FULL else None
        since = today() - timedelta(days=30)
        draft = Enrol(branch=place.code, name=name, stage=stage, joined_on=joined, since=since)
        membership = await members.enrol(self.boss, draft)
        await self.seal(await Member.get(id=membership.member_id))
        self.world.persons.setdefault(place.code, []).append(name)
        self.world.held[f"name {membership.member_id}"] = [name]
        also = (TEMPORARY,) if self.is_lent(place, stage) else ()
        state = "LEFT" if place.gone else "LENT" if also else "HOME"
        self.world.add("member", place.code, membership.member_id, state, also=also)

    def is_lent(self, place: Place, stage: MemberStage) -> bool:
        return place.code == "LG-A-1-H-B" and stage is MemberStage.FULL

    async def lend(self) -> None:
        lent = next(target for target in self.world.of("member") if target.state == "LENT")
        membership = await members.attach(self.boss, Attach(branch=TEMPORARY, member=int(lent.key)))
        assert membership.kind is MembershipKind.TEMPORARY
        self.world.persons[TEMPORARY] = [(await Member.get(id=int(lent.key))).name]

    async def seal(self, member: Member) -> None:
        """A phone and an ID number that nobody can have."""
        ring, count = keys.ring(), len(self.world.personal)
        held = {"phone": f"100{count:08d}", "id_number": impossible(count)}
        self.world.personal += held.values()
        self.world.held[f"member {member.id}"] = list(held.values())
        for name, value in held.items():
            sealed, index = seal(ring.sealer, value, f"member.{name}:{member.id}"), blind_index(ring.index, name, value)
            self.world.never += [sealed, index]
            masked = value[:3] + "*" * (len(value) - 7) + value[-4:]
            columns = {name: sealed, f"{name}_index": index, f"{name}_masked": masked}
            await Member.filter(id=member.id).update(**columns)

    # --- the trail

    async def note(self, place: Place) -> None:
        """An entry that says a word of its own."""
        entry = await TrailEntry.create(
            at=now(),
            account_id=self.staff[place.code].id,
            account_name=self.world.plant((TRAIL.name, place.code)),
            deed="matrix.noted",
            subject_kind="organization",
            subject_id=str(self.rows[place.code].id),
            path=self.rows[place.code].path,
            after={"note": self.world.plant((TRAIL.name, place.code))},
        )
        self.world.add("trail entry", place.code, entry.id)


def lying(place: Place) -> list[str]:
    """The codes of all that lies at a place and below it."""
    return [code for code in OF if within(code, place.code)]


def near(place: str) -> list[tuple[str, str]]:
    """Whoever may pass a role on, at a place around or below this one, is told who could take it."""
    return [(DELEGATE.name, code) for code in OF if within(code, place) or within(place, code)]


def has_work(place: Place) -> bool:
    """Whether a branch that fills checklists lies there."""
    return any(within(branch.code, place.code) for branch in places.worked(places.street_of(place.code)))


def is_at_work(place: Place) -> bool:
    """Whether somebody there fills, reviews or seals."""
    return place.kind in ("STREET", "COMMUNITY", "BRANCH") and has_work(place)


def of(reader: Reader) -> str:
    """The state of what belongs to a reader's own account."""
    return f"OF {reader.account}"


def code_of(world: World, place: str, course: str) -> str:
    """Of the cycle of the street around a place that is OPEN or CLOSED."""
    street = places.street_of(place) or STREETS[0]
    found = [t for t in world.of("cycle") if t.state.startswith(course) and places.street_of(t.place) == street]
    return found[0].state.partition(" ")[2]


WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def impossible(count: int) -> str:
    """An ID number with a right check character, of the region 000000, which there is not."""
    digits = f"00000019000101{count % 1000:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=True))
    return digits + "10X98765432"[total % 11]
