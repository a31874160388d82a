"""Acts on tokens, for both doors."""

from datetime import timedelta

from server.kit.clock import today
from server.models.tokens import ApiToken
from server.vocabulary import Role
from tests.acts.verbs import Case, Verb

SECURITY, ADMIN = Role.SECURITY_ADMIN, Role.STREET_ADMIN

FEED = {
    "account": "district.system",
    "organization": "HG-LY",
    "name": "六约数据",
    "scopes": ["ORGANIZATIONS_READ", "CHECKLISTS_READ"],
    "expires_on": (today() + timedelta(days=30)).isoformat(),
}
TOO_LATE = (today() + timedelta(days=366)).isoformat()

TRIED = {
    "tokens.issue": Verb("issueToken", "/tokens/issue"),
    "tokens.revoke": Verb("revokeToken", "/tokens/{target}/revoke", "identifier"),
}

CASES: list[Case] = [
    ("tokens.issue", SECURITY, "", FEED | {"trusted_documents_only": True}, "OK", set()),
    ("tokens.issue", SECURITY, "", FEED | {"scopes": ["MEMBERS_READ"]}, "INVALID", {"scopes"}),
    ("tokens.issue", SECURITY, "", FEED | {"expires_on": TOO_LATE}, "INVALID", {"expires_on"}),
    ("tokens.issue", ADMIN, "", FEED, "FORBIDDEN", set()),
    ("tokens.revoke", SECURITY, "token of the system", {"reason": "停止对接"}, "OK", set()),
    ("tokens.revoke", SECURITY, "token of the system", {"reason": ""}, "INVALID", {"reason"}),
    ("tokens.revoke", SECURITY, "revoked token", {"reason": "停止对接"}, "INVALID", set()),
    ("tokens.revoke", ADMIN, "token of the system", {"reason": "停止对接"}, "FORBIDDEN", set()),
    ("tokens.revoke", SECURITY, "0123456789ab", {"reason": "停止对接"}, "NOT_FOUND", set()),
]


async def of_the_system() -> str:
    return (await ApiToken.get(account__login="district.system")).id


async def revoked() -> str:
    token = await ApiToken.get(account__login="district.system")
    await ApiToken.filter(id=token.id).update(revoked_at=token.created_at)
    return token.id


TARGETS = {"token of the system": of_the_system, "revoked token": revoked}
