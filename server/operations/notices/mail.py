"""A digest as a mail, in the reader's language: counts, names of measures and branches, links; nothing about people."""

from collections.abc import Sequence
from email.message import EmailMessage
from email.utils import format_datetime
from html import escape
from urllib.parse import unquote, urlsplit

import aiosmtplib

from server import settings
from server.kit.clock import HOME, now
from server.kit.messages import LOCALES, say, translate
from server.models.notices import Mailing
from server.queries.notices import Notice

SECONDS = 30
"""How long a mail server may take for an answer."""
TURN_OFF = "/account/notices"


def compose(mailing: Mailing, told: Sequence[Notice]) -> EmailMessage:
    chosen, account = settings.load(), mailing.account
    base, locale = chosen.base_url or "", account.locale or LOCALES[0]
    mail = EmailMessage()
    mail["Subject"] = translate(locale, say("Qiangji, to do today: {count}", count=sum(each.count for each in told)))
    mail["From"] = chosen.mail_from
    mail["To"] = account.email
    mail["Date"] = format_datetime(now().astimezone(HOME))
    mail["Message-ID"] = f"<{mailing.day}.{account.id}@{urlsplit(base).hostname}>"
    mail["List-Unsubscribe"] = f"<{base}{TURN_OFF}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(as_text(mailing, told, base, locale))
    mail.add_alternative(as_html(mailing, told, base, locale), subtype="html")
    return mail


def as_text(mailing: Mailing, told: Sequence[Notice], base: str, locale: str) -> str:
    greeting, *rest = frame(mailing, locale)
    parts = [greeting]
    for notice in told:
        lines = [headline(notice, locale), translate(locale, notice.hint)]
        lines += [f"  - {name}" for name in names(notice)]
        parts.append("\n".join([*lines, f"{translate(locale, notice.act)} {base}{notice.link}"]))
    today, turn_off = rest
    return "\n\n".join([*parts, f"{today} {base}/", f"{turn_off} {base}{TURN_OFF}"]) + "\n"


def as_html(mailing: Mailing, told: Sequence[Notice], base: str, locale: str) -> str:
    greeting, today, turn_off = frame(mailing, locale)
    body = [f"<p>{escape(greeting)}</p>"]
    for notice in told:
        named = "".join(f"<li>{escape(name)}</li>" for name in names(notice))
        body += [
            f"<h2>{escape(headline(notice, locale))}</h2>",
            f"<p>{escape(translate(locale, notice.hint))}</p><ul>{named}</ul>",
            f"<p>{link(base + notice.link, translate(locale, notice.act))}</p>",
        ]
    body += [f"<hr><p>{link(f'{base}/', today)} · {link(base + TURN_OFF, turn_off)}</p>"]
    language = "zh-Hans" if locale == "zh" else "en"
    return f'<!doctype html><html lang="{language}"><meta charset="utf-8"><body>{"".join(body)}</body></html>'


def frame(mailing: Mailing, locale: str) -> list[str]:
    """The greeting, and the two links at the end. It greets nobody by name: mail leaves the house."""
    greeting = say("This is for you on {day}:", day=mailing.day)
    ending = [say("Everything on one page"), say("Change the address, or turn this mail off")]
    return [translate(locale, each) for each in (greeting, *ending)]


def names(notice: Notice) -> list[str]:
    """Of the first subjects, each on one line whatever it holds."""
    return [" ".join(f"{subject.name} {where}".split()) for subject, where in notice.named]


def headline(notice: Notice, locale: str) -> str:
    said = say("{what}: {count}", what=notice.title, count=notice.count)
    return translate(locale, said)


def link(address: str, text: str) -> str:
    return f'<a href="{escape(address)}">{escape(text)}</a>'


async def post(mail: EmailMessage) -> None:
    """Hand it to the mail server. Raises what the network and the server say."""
    parts = urlsplit(settings.load().smtp_url or "")
    _ = await aiosmtplib.send(
        mail,
        hostname=parts.hostname,
        port=parts.port,
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        use_tls=parts.scheme == "smtps",
        start_tls=parts.query == "starttls=1",
        timeout=SECONDS,
    )
