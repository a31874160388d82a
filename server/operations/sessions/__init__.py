"""Signing in, the second factor, passwords, and the end of sessions."""

from server.operations.sessions.links import Accept, accept, look_at
from server.operations.sessions.own import (
    ChangePassword,
    EnrolSecondFactor,
    Revoke,
    ShowPassword,
    change_password,
    enrol_second_factor,
    prepare_second_factor,
    remove_second_factor,
    renew_recovery_codes,
    revoke,
    revoke_others,
)
from server.operations.sessions.signing import (
    GiveCode,
    Opened,
    SignIn,
    enter,
    give_code,
    open_session,
    sign_in,
    sign_out,
    touch,
)

__all__ = [
    "Accept",
    "ChangePassword",
    "EnrolSecondFactor",
    "GiveCode",
    "Opened",
    "Revoke",
    "ShowPassword",
    "SignIn",
    "accept",
    "change_password",
    "enrol_second_factor",
    "enter",
    "give_code",
    "look_at",
    "open_session",
    "prepare_second_factor",
    "remove_second_factor",
    "renew_recovery_codes",
    "revoke",
    "revoke_others",
    "sign_in",
    "sign_out",
    "touch",
]
