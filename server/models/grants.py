"""What accounts are trusted with: a role, at a place, for a span of days."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Self

from tortoise import fields

from server.kit.messages import say
from server.kit.paths import within
from server.kit.refusals import Invalid, invalid
from server.models.accounts import Account
from server.models.base import Dated, Scoped
from server.models.organizations import Organization
from server.vocabulary import DUTIES, ROLES_AT, Duty, Role

DELEGABLE = frozenset(role for role, duty in DUTIES.items() if duty is Duty.WORK)
"""Who keeps the accounts, audits, or is a system does it themselves."""


class Grant(Scoped, Dated):
    """A role, held at an organization and below, for a span of days.

    A `delegable` one can be passed on for a while by whoever holds it; what came so has a `source`, and holds only
    while the source does.
    """

    scope = "organization__path"

    id = fields.IntField(primary_key=True)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "models.Account", "grants", on_delete=fields.RESTRICT
    )
    account_id: int
    role = fields.CharEnumField(Role, max_length=32)
    organization: fields.ForeignKeyRelation[Organization] = fields.ForeignKeyField(
        "models.Organization", "grants", on_delete=fields.RESTRICT
    )
    organization_id: int
    delegable = fields.BooleanField(default=False)
    source: fields.ForeignKeyNullableRelation["Grant"] = fields.ForeignKeyField(
        "models.Grant", "delegations", null=True, on_delete=fields.RESTRICT
    )
    source_id: int | None

    class Meta:
        table = "account_grant"

    def end(self, on: date) -> None:
        """Hold no more from `on`; what has not begun never will. Raises Invalid (until) if it ends by then anyway."""
        end = max(on, self.valid_from)
        if self.valid_to is not None and end >= self.valid_to:
            raise invalid(until=say("It ends on {day} as it is; give an earlier day.", day=self.last_day))
        self.valid_to = end

    def pass_on(self, account: Account, place: Organization, since: date, until: date) -> Self:
        """What `account` holds of this at `place`, from `since` to `until`, its last day. Raises Invalid."""
        if not self.delegable:
            raise Invalid(say("This role was given to you alone; ask whoever gave it to let you pass it on."))
        if account.id == self.account_id:
            raise invalid(account=say("You hold it yourself; choose somebody else."))
        if not within(place.path, self.organization.path):
            name = self.organization.name
            raise invalid(organization=say("You hold this role at {name}; choose it, or a place below it.", name=name))
        if since < self.valid_from:
            raise invalid(since=say("You hold it from {day}; give that day or a later one.", day=self.valid_from))
        if self.last_day and until > self.last_day:
            raise invalid(until=say("You hold it until {day}; give that day or an earlier one.", day=self.last_day))
        made = type(self)(role=self.role, valid_from=since, valid_to=day_after(until))
        made.account, made.organization, made.source = account, place, self
        return made


def day_after(until: date) -> date:
    """From which day on something with the last day `until` holds no more."""
    return until + timedelta(days=1)


def check_place(role: Role, place: Organization) -> None:
    """Raises Invalid (organization) for a place that is gone, or where nobody holds this role."""
    place.check_alive("organization")
    if place.kind not in ROLES_AT[role]:
        raise invalid(
            organization=say("Nobody is “{role}” at {name}; choose another role or place.", role=role, name=place.name)
        )


def check_span(since: date, until: date | None, day: date, place: Organization) -> None:
    """Raises Invalid (since, until) for days before the place, in the wrong order, or over by `day`."""
    if since < (begun := place.established_on):
        raise invalid(since=say("{name} exists since {day}; give that day or a later one.", name=place.name, day=begun))
    if until and until < since:
        raise invalid(until=say("This day is before {since}; give that day or a later one.", since=since))
    if until and until < day:
        raise invalid(until=say("This day is past; give today or a later day."))


def check_delegable(role: Role) -> None:
    """Raises Invalid (delegable)."""
    if role not in DELEGABLE:
        raise invalid(delegable=say("“{role}” is never passed on; leave this out.", role=role))


def check_duty(role: Role, held: Iterable[Role], name: str) -> None:
    """Raises Invalid (role) if somebody called `name` holds a role of another duty in the same days."""
    for other in held:
        if DUTIES[other] is not DUTIES[role]:
            said = say(
                "{name} is “{other}” in these days, and one account never has both duties; "
                "end that role first, or choose another account.",
                name=name,
                other=other,
            )
            raise invalid(role=said)


def check_holder(role: Role, account: Account, invited: bool) -> None:
    """Raises Invalid (account): a system never signs in, nor will (`invited`: a link for a password waits)."""
    if DUTIES[role] is Duty.SYSTEM and (account.can_sign_in or invited):
        raise invalid(account=say("{name} can sign in; a system needs an account of its own.", name=account.name))
