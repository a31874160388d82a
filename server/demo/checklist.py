"""五抓五提: the template as the article gives it, the cycle of the quarter, and some generated progress."""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from server.access.actor import Actor, Grant
from server.demo.facts import Street, paragraphs
from server.models.accounts import Account
from server.models.checklists import ChecklistItem
from server.models.organizations import Organization
from server.operations import checklists, cycles, templates
from server.operations import organizations as tree
from server.operations.checklists import Fill, Review
from server.operations.cycles import OpenCycle
from server.operations.evidence import Cite, cite
from server.operations.organizations import Budget
from server.operations.templates import Whole
from server.queries import checklists as questions
from server.queries import organizations
from server.queries.accounts import actor_of
from server.queries.checklists import Proposal
from server.vocabulary import Role, Sector, Verdict

UNTOUCHED = "HG-LY-01-ZB"
"""The branch whose secretary signs in to the demonstration finds nothing filled yet."""

GRACE = timedelta(days=10)


@dataclass(frozen=True)
class Quarter:
    code: str
    first: date
    last: date


def quarter(day: date) -> Quarter:
    number = (day.month - 1) // 3 + 1
    first = date(day.year, 3 * number - 2, 1)
    next_first = date(day.year + number // 4, 3 * number % 12 + 1, 1)
    return Quarter(f"{day.year}-Q{number}", first, next_first - timedelta(days=1))


async def publish(actor: Actor, street: Street) -> None:
    """With the budget that it keeps."""
    facts = street.checklist_template
    placement = await organizations.find(actor, street.code)
    version = placement.organization.version
    budget = Budget(minutes_a_month=facts["minutes_a_month"], expected_version=version)
    _ = await tree.budget(actor, street.code, budget)
    themes = [theme | {"measures": [measure(fact) for fact in theme["measures"]]} for theme in facts["themes"]]
    fields = {key: facts[key] for key in ("code", "title", "programme", "notice", "origin")}
    given = {"organization": street.code, "source": paragraphs(facts["p"]), "themes": themes}
    _ = await templates.publish_whole(actor, Whole.parse(fields | given))


def measure(fact: dict[str, Any]) -> dict[str, Any]:
    """`n` is its number."""
    return {name: value for name, value in fact.items() if name != "n"} | {"number": fact["n"]}


async def open_cycle(actor: Actor, street: Street, day: date) -> None:
    period = quarter(day)
    draft = OpenCycle(
        organization=street.code,
        template=street.checklist_template["code"],
        sector=Sector.RESIDENT_GROUP,
        code=period.code,
        starts_on=period.first,
        ends_on=period.last,
        opens_on=period.first,
        due_on=period.last,
        closes_on=period.last + GRACE,
    )
    _ = await cycles.open_cycle(actor, draft)


async def make_progress(day: date) -> None:
    """What the other fifteen branches have done so far, through the same operations as everybody's."""
    dice = random.Random("henggang")  # noqa: S311 - repeatable, not secret
    rows = ChecklistItem.exclude(checklist__branch__code=UNTOUCHED)
    rows = rows.select_related("checklist__branch", "checklist__cycle", "measure")
    items = await rows.order_by("checklist__branch__code", "measure__number")
    offered = await questions.proposals(Actor.installation(), items)
    for item in items:
        eagerness = 0.35 + item.checklist.branch_id * 7 % 10 / 18
        if dice.random() < eagerness:
            await work_on(item, day, dice, offered.get(item.id, []))


async def work_on(item: ChecklistItem, day: date, dice: random.Random, offered: list[Proposal]) -> None:
    branch = item.checklist.branch
    secretary, reviewer = await holder(Role.BRANCH_SECRETARY, branch), await holder(Role.COMMUNITY_REVIEWER, branch)
    done_on = max(quarter(day).first, day - timedelta(days=dice.randint(1, 50)))
    fill = Fill(done_on=done_on, summary=f"示例记录：{item.measure.text}。", expected_version=1)
    if (luck := dice.random()) < 0.15:
        _ = await checklists.save(secretary, item.id, fill)
        return
    if offered:
        chosen = Cite(records=frozenset(each.record.id for each in offered), items=frozenset({item.id}))
        _ = await cite(secretary, chosen)
        fill = fill.model_copy(update={"expected_version": 2})
    _ = await checklists.submit(secretary, item.id, fill)
    if luck > 0.4:
        verdict, remark = (Verdict.RETURN, "请补充参加人数。") if luck > 0.93 else (Verdict.APPROVE, "")
        seen = fill.expected_version + 1
        _ = await checklists.review(reviewer, item.id, Review(verdict=verdict, remark=remark, expected_version=seen))


async def holder(role: Role, branch: Organization) -> Actor:
    """The account that holds `role` at the branch or above it."""
    above = [int(key) for key in branch.path.split("/") if key]
    account = await Account.filter(grants__role=role, grants__organization_id__in=above).first()
    return await actor_of(account) if account else Actor(None, "", (Grant(role, 0, branch.path),))
