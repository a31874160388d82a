"""Demonstration accounts: one login a role, and colleagues who have no password and cannot sign in."""

import secrets
from datetime import date
from typing import NamedTuple

from server.access.actor import Actor
from server.models.accounts import Account
from server.models.organizations import Organization
from server.operations import accounts, tokens
from server.operations.accounts import Provide
from server.operations.tokens import Issue
from server.vocabulary import OrganizationKind, Role, Sector, TokenScope

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"

PEOPLE = {
    Role.STREET_ADMIN: ("street.admin", "街道管理员（示例）", "HG"),
    Role.STREET_REVIEWER: ("street.reviewer", "街道审核员（示例）", "HG"),
    Role.COMMUNITY_REVIEWER: ("community.reviewer", "六约社区审核员（示例）", "HG-LY"),
    Role.BRANCH_SECRETARY: ("branch.secretary", "深坑支部书记（示例）", "HG-LY-01-ZB"),
    Role.BRANCH_EDITOR: ("branch.editor", "深坑支部填报员（示例）", "HG-LY-01-ZB"),
    Role.AUDITOR: ("auditor", "审计员（示例）", "HG"),
    Role.SECURITY_ADMIN: ("security.admin", "安全管理员（示例）", "HG"),
    Role.SYSTEM: ("district.system", "区级系统（示例）", "HG"),
}

FEED = frozenset({TokenScope.ORGANIZATIONS_READ, TokenScope.CHECKLISTS_READ})
"""What the district's system takes: the tree and the status."""


class Login(NamedTuple):
    """A line of the file of logins; an account that cannot sign in has "-" for a password."""

    role: str
    login: str
    password: str
    token: str


async def provide(actor: Actor, expires_on: date) -> list[Login]:
    logins = []
    for role, (login, name, place) in PEOPLE.items():
        password = None if role is Role.SYSTEM else new_password()
        _ = await add(actor, role, login, name, place, password)
        scopes = FEED if role is Role.SYSTEM else frozenset(TokenScope)
        draft = Issue(account=login, organization=place, name=f"{name} API", scopes=scopes, expires_on=expires_on)
        issued = await tokens.issue(actor, draft)
        logins.append(Login(role.value, login, password or "-", issued.text))
    await add_colleagues(actor)
    return logins


async def add_colleagues(actor: Actor) -> None:
    """The other secretaries and reviewers, so that every submission and review has a name."""
    taken = [place for _, _, place in PEOPLE.values()]
    branches = Organization.filter(sector=Sector.RESIDENT_GROUP).exclude(code__in=taken)
    for branch in await branches.order_by("code"):
        name = f"{branch.name.removesuffix('居民小组党支部')}支部书记（示例）"
        _ = await add(actor, Role.BRANCH_SECRETARY, f"secretary.{branch.code.lower()}", name, branch.code)
    communities = Organization.filter(kind=OrganizationKind.COMMUNITY).exclude(code__in=taken)
    for community in await communities.order_by("code"):
        name = f"{community.name}审核员（示例）"
        _ = await add(actor, Role.COMMUNITY_REVIEWER, f"reviewer.{community.code.lower()}", name, community.code)


async def add(actor: Actor, role: Role, login: str, name: str, place: str, password: str | None = None) -> Account:
    draft = Provide(login=login, name=name, role=role, organization=place, password=password, is_demonstration=True)
    return await accounts.provide(actor, draft)


def new_password() -> str:
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(4))
