"""Whether this installation may serve real data (`qiangji check`), and whether it can serve at all (`/readyz`)."""

from collections.abc import Sequence
from dataclasses import dataclass

from server.checks import database, environment
from server.checks.findings import Finding
from server.checks.readiness import missing
from server.settings import Settings

__all__ = ["Report", "check", "missing"]


@dataclass(frozen=True)
class Report:
    """How many checks ran, and what they found."""

    checked: int
    findings: Sequence[Finding]

    @property
    def refused(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.refuses]

    @property
    def text(self) -> str:
        warnings = len(self.findings) - len(self.refused)
        total = f"{self.checked} checks: {len(self.refused)} refused, {warnings} warnings"
        return "\n".join([*map(str, self.findings), total])


async def check(settings: Settings, url: str) -> Report:
    """Every check, on the settings, the keys and the database at `url`. Raises BadDatabase."""
    findings = [finding for each in environment.CHECKS for finding in each(settings)]
    async with database.inspected(url) as connection:
        for every in database.CHECKS:
            findings += await database.answered(every, connection, settings)
    return Report(len(environment.CHECKS) + len(database.CHECKS), sorted(findings, key=lambda f: not f.refuses))
