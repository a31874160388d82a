"""The demonstration street: Henggang's facts with their sources, and generated people to work with."""

from datetime import timedelta
from pathlib import Path

from server.access.actor import Actor
from server.demo import accounts, checklist, facts, people, records, tree
from server.kit.clock import today
from server.kit.transactions import unit_of_work
from server.models.organizations import Organization
from server.queries import cycles
from server.settings import LOGINS


async def load(directory: Path) -> None:
    """Fill an empty database, wholly or not at all, and write the logins to `directory`; keep a cycle open ever after.

    The file has a line a role: ROLE, login, password, token, separated by tabs.
    """
    street = facts.read()
    if not await Organization.filter(code=street.code).exists():
        await fill(street, directory)
    else:
        await open_missing_cycle(street)


@unit_of_work()
async def fill(street: facts.Street, directory: Path) -> None:
    actor = Actor.installation()
    await tree.establish(actor, street)
    await people.enrol(actor)
    await checklist.publish(actor, street)
    await checklist.open_cycle(actor, street, today())
    logins = await accounts.provide(actor, expires_on=today() + timedelta(days=365))
    await records.enter(today())
    await checklist.make_progress(today())
    write_logins(directory / LOGINS, logins)


@unit_of_work()
async def open_missing_cycle(street: facts.Street) -> None:
    """A demonstration that is started again in a later quarter has that quarter's checklist running."""
    organization = await Organization.get(code=street.code)
    if not await cycles.exists(organization, checklist.quarter(today()).code):
        await checklist.open_cycle(Actor.installation(), street, today())


def write_logins(path: Path, logins: list[accounts.Login]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text("".join("\t".join(login) + "\n" for login in logins), encoding="utf-8")
