"""Acts on accounts, for both doors."""

from server.models.accounts import Account
from server.vocabulary import Role
from tests.acts.verbs import Case, Target, Verb

SECURITY, ADMIN, AUDITOR = Role.SECURITY_ADMIN, Role.STREET_ADMIN, Role.AUDITOR

PERSON = {"login": "new.person", "name": "新来的人", "role": "BRANCH_EDITOR", "organization": "HG-LY-01-ZB"}
SEEN = {"expected_version": 1}
LEFT = {"reason": "调离横岗", "expected_version": 1}

TRIED = {
    "accounts.invite": Verb("inviteAccount", "/accounts/invite"),
    "accounts.reset": Verb("resetAccount", "/accounts/{target}/reset", "id", "Account"),
    "accounts.disable": Verb("disableAccount", "/accounts/{target}/disable", "id", "Account"),
    "accounts.enable": Verb("enableAccount", "/accounts/{target}/enable", "id", "Account"),
}

CASES: list[Case] = [
    ("accounts.invite", SECURITY, "", PERSON, "OK", set()),
    ("accounts.invite", SECURITY, "", PERSON | {"login": "auditor"}, "INVALID", {"login"}),
    ("accounts.invite", SECURITY, "", PERSON | {"organization": "HG-LY"}, "INVALID", {"organization"}),
    ("accounts.invite", SECURITY, "", PERSON | {"organization": "NOWHERE"}, "NOT_FOUND", {"organization"}),
    ("accounts.invite", ADMIN, "", PERSON, "FORBIDDEN", set()),
    ("accounts.reset", SECURITY, "account of the editor", SEEN | {"second_factor_off": True}, "OK", set()),
    ("accounts.reset", SECURITY, "account of the system", SEEN, "INVALID", set()),
    ("accounts.reset", SECURITY, "account of the editor", {"expected_version": 7}, "CONFLICT", set()),
    ("accounts.reset", ADMIN, "account of the editor", SEEN, "FORBIDDEN", set()),
    ("accounts.reset", SECURITY, "absent", SEEN, "NOT_FOUND", set()),
    ("accounts.disable", SECURITY, "account of the editor", LEFT, "OK", set()),
    ("accounts.disable", SECURITY, "account of the editor", LEFT | {"reason": " "}, "INVALID", {"reason"}),
    ("accounts.disable", SECURITY, "account of the editor", LEFT | {"expected_version": 7}, "CONFLICT", set()),
    ("accounts.disable", ADMIN, "account of the editor", LEFT, "FORBIDDEN", set()),
    ("accounts.disable", AUDITOR, "account of the editor", LEFT, "NOT_FOUND", set()),
    ("accounts.enable", SECURITY, "disabled account", LEFT, "OK", set()),
    ("accounts.enable", SECURITY, "account of the editor", LEFT, "INVALID", set()),
    ("accounts.enable", SECURITY, "disabled account", LEFT | {"expected_version": 7}, "CONFLICT", set()),
    ("accounts.enable", SECURITY, "absent", LEFT, "NOT_FOUND", set()),
]


def account_of(login: str) -> Target:
    async def find() -> str:
        return str((await Account.get(login=login)).id)

    return find


async def disabled() -> str:
    """The account of the system, disabled behind everybody's back."""
    await Account.filter(login="district.system").update(active=False)
    return await account_of("district.system")()


TARGETS = {
    "account of the editor": account_of("branch.editor"),
    "account of the system": account_of("district.system"),
    "disabled account": disabled,
}
