"""Codes of a second factor: six digits that change every half minute (RFC 6238), and codes that replace them once."""

import secrets
from datetime import datetime

import pyotp
import segno

from server.kit.secrets import same

DIGITS = 6
SECONDS = 30
DRIFT = 1
"""Steps by which the clock of a phone may differ."""
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that are taken for one another."""
GROUPS, GROUP = 3, 4


def new_secret() -> str:
    """160 random bits in base32."""
    return pyotp.random_base32()


def in_groups(secret: str) -> str:
    """As it is typed from a screen."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def step_of(secret: str, code: str, instant: datetime, after: int) -> int | None:
    """The step whose code this is, if it is near `instant` and later than the step `after`."""
    now = int(instant.timestamp()) // SECONDS
    fitting = [
        step for step in range(now - DRIFT, now + DRIFT + 1) if same(pyotp.TOTP(secret).generate_otp(step), code)
    ]
    return next((step for step in fitting if step > after), None)


def picture(secret: str, issuer: str, name: str) -> str:
    """What an authenticator app photographs, as the address of an image."""
    address = pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer)
    return segno.make(address, error="m").svg_data_uri(scale=5, border=3)


def new_recovery_code() -> str:
    """59 random bits: `abcd-efgh-jkmn`."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(GROUP)) for _ in range(GROUPS))


def plain(code: str) -> str:
    """Without what people put in between."""
    return "".join(character for character in code.casefold() if character.isalnum())


def is_of_the_clock(code: str) -> bool:
    return len(code) == DIGITS and code.isascii() and code.isdigit()
