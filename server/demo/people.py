"""About nine hundred generated members: no real person is among them."""

import random
from datetime import date, timedelta

from server.access.actor import Actor
from server.demo.tree import SINCE
from server.kit.clock import today
from server.kit.drafts import Line
from server.kit.identity import check_character
from server.models.members import Membership
from server.models.organizations import Organization
from server.operations import members
from server.operations.members import Attach, Enrol
from server.vocabulary import TEMPORARY, BranchType, MembershipKind, MemberStage, OrganizationKind, Origin, Sector

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蔡蒋余"
GIVEN = "安邦诚达德丰福光国海和宏华佳建健洁金景静君康丽良林玲梅明宁平青庆荣瑞山胜书思松涛文希"
MEAN = {Sector.RESIDENT_GROUP: 36, Sector.COMMUNITY: 24, Sector.GOVERNMENT_OFFICE: 68, Sector.TWO_NEW: 40}
NOT_YET = (MemberStage.APPLICANT, MemberStage.ACTIVIST, MemberStage.CANDIDATE)
BORROWED = 12


class MadeUp(Enrol):
    """With numbers that no form takes and nobody has: phones that begin with 100, ID numbers of a region 000000."""

    phone: Line | None = None
    id_number: Line | None = None


async def enrol(actor: Actor) -> None:
    """The same people every time, but for the days of probation: the dice are loaded with a fixed seed."""
    dice, digits = random.Random("henggang"), random.Random("numbers")  # noqa: S311 - repeatable, not secret
    branches = await Organization.filter(kind=OrganizationKind.BRANCH).order_by("code")
    for branch in branches:
        if branch.branch_type not in TEMPORARY and branch.sector:
            await fill(actor, branch, MEAN[branch.sector] + dice.randint(-3, 3), dice, digits)
    for branch in branches:
        if branch.branch_type in TEMPORARY:
            await lend(actor, branch, dice)


async def fill(actor: Actor, branch: Organization, count: int, dice: random.Random, digits: random.Random) -> None:
    """`count` Party members, and two people on their way."""
    for number in range(count):
        stage = MemberStage.PROBATIONARY if number == count - 1 else MemberStage.FULL
        await add(actor, branch, stage, a_day(dice, stage), dice, digits)
    for stage in dice.sample(NOT_YET, 2):
        await add(actor, branch, stage, None, dice, digits)


async def add(
    actor: Actor,
    branch: Organization,
    stage: MemberStage,
    joined_on: date | None,
    dice: random.Random,
    digits: random.Random,
) -> None:
    name = dice.choice(SURNAMES) + "".join(dice.choices(GIVEN, k=dice.choice([1, 2, 2, 2])))
    numbers = {"phone": f"100{digits.randrange(10**8):08}", "id_number": an_id_number(digits)}
    draft = MadeUp(branch=branch.code, name=name, stage=stage, joined_on=joined_on, since=SINCE, **numbers)
    _ = await members.enrol(actor, draft, Origin.SYNTHETIC)


def an_id_number(digits: random.Random) -> str:
    """With a check character that fits, of somebody born from 1950 to 1999."""
    born_on = date(1950, 1, 1) + timedelta(days=digits.randrange(50 * 365))
    first = f"000000{born_on:%Y%m%d}{digits.randrange(1000):03}"
    return first + check_character(first)


def a_day(dice: random.Random, stage: MemberStage) -> date:
    """A day of joining: in 1975 to 2018 for full members, in the last eleven months for those on probation."""
    if stage is MemberStage.PROBATIONARY:
        return today() - timedelta(days=dice.randint(1, 330))
    return SINCE - timedelta(days=dice.randint(1, 44 * 365))


async def lend(actor: Actor, branch: Organization, dice: random.Random) -> None:
    """Members of standing branches who work in a temporary one; a union branch takes them from several."""
    homes = Membership.filter(kind=MembershipKind.HOME, member__stage=MemberStage.FULL)
    if branch.branch_type is not BranchType.TEMP_UNION_BRANCH:
        homes = homes.filter(branch__sector=Sector.GOVERNMENT_OFFICE)
    for home in dice.sample(await homes.order_by("id"), BORROWED):
        _ = await members.attach(actor, Attach(branch=branch.code, member=home.member_id, since=SINCE))
