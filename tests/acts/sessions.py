"""Acts on sessions, for both doors."""

from datetime import timedelta

from server.kit.clock import now
from server.kit.secrets import digest, new_handle, new_key
from server.models.accounts import Account
from server.models.sessions import Session
from server.vocabulary import Role
from tests.acts.verbs import Case, Target, Verb

SECRETARY = Role.BRANCH_SECRETARY


async def session_of(login: str) -> str:
    """A second browser of theirs."""
    account, handle = await Account.get(login=login), new_handle()
    _ = await Session.create(
        key_hash=digest(new_key()),
        handle=handle,
        account=account,
        created_at=now(),
        seen_at=now(),
        expires_at=now() + timedelta(hours=1),
    )
    return handle


async def own_session() -> str:
    return await session_of("branch.secretary")


async def session_of_another() -> str:
    return await session_of("branch.editor")


TARGETS: dict[str, Target] = {"own session": own_session, "another's session": session_of_another}

TRIED = {"sessions.revoke": Verb("revokeSession", "/account/sessions/{target}/revoke", "handle")}

CASES: list[Case] = [
    ("sessions.revoke", SECRETARY, "own session", {}, "OK", set()),
    ("sessions.revoke", SECRETARY, "another's session", {}, "NOT_FOUND", set()),
    ("sessions.revoke", SECRETARY, "absent", {}, "NOT_FOUND", set()),
    ("sessions.revoke", None, "absent", {}, "UNAUTHENTICATED", set()),
]

BROWSER = "pages only: it checks a secret that people type, and no query may try many at once"

ELSEWHERE = {
    "sessions.await_code": BROWSER,
    "sessions.pass_code": BROWSER,
    "sessions.open_session": "pages only: a program sends its token with every request",
    "sessions.sign_out": "pages only, likewise",
    "sessions.use_link": BROWSER,
    "sessions.replace_password": BROWSER,
    "sessions.prepare_second_factor": "pages only: its secret is shown to a phone",
    "sessions.confirm_second_factor": BROWSER,
    "sessions.replace_recovery_codes": BROWSER,
    "sessions.take_off_second_factor": BROWSER,
    "notices.subscribe": "pages only: the address of whoever sits at the browser; a program has none",
    "notices.unsubscribe": "pages only, likewise",
    "sessions.revoke_others": "pages only: a program names the session that it ends",
}
