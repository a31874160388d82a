"""Addresses of mail servers, of people, of ourselves. Each function raises ValueError, in words, for what is none."""

import re
from email.utils import formataddr, parseaddr
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email


def mail_server(value: str | None) -> str | None:
    """smtp:// or smtps://, with a host; of parameters, starttls alone."""
    if not value:
        return value
    parts = urlsplit(value)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("it does not begin with smtp:// or smtps:// and a host")
    if parts.query not in ("", "starttls=0", "starttls=1") or (parts.scheme == "smtps" and parts.query):
        raise ValueError("it ends in something else than ?starttls=1")
    _ = parts.port  # raises ValueError for what is no port
    return value


def mailbox(value: str | None) -> str | None:
    """An address, or a name and an address: 强基 <qiangji@example.gov.cn>."""
    if value:
        try:
            name, address = parseaddr(value)
            normal = normal_address(address)
        except EmailNotValidError:
            raise ValueError("it is no mail address") from None
        if not value.isprintable():
            raise ValueError("it is more than one line")
        return formataddr((name, normal)) if name else normal
    return value


def reached_at(value: str | None) -> str | None:
    """The address of the first page; over plain http only on this machine."""
    if value and not re.fullmatch(r"https://[^\s/?#@]+|http://(127\.0\.0\.1|localhost)(:\d+)?", value.rstrip("/")):
        raise ValueError("it is no https:// address of a host alone")
    return value.rstrip("/") if value else None


def normal_address(address: str) -> str:
    """As mail servers write it, a domain in Chinese in ASCII. Raises ValueError; whether it exists is not asked."""
    found = validate_email(address, check_deliverability=False, allow_smtputf8=False)
    return found.ascii_email or found.normalized
