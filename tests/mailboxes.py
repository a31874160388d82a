"""A real mail server on this machine, and what was delivered to it."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

BASE = "https://qiangji.test"


class Box:
    """What was delivered: to whom, and the mail."""

    def __init__(self) -> None:
        self.delivered: list[tuple[str, EmailMessage]] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        mail = message_from_bytes(cast("bytes", envelope.content), policy=policy.default)
        self.delivered += [(recipient, mail) for recipient in envelope.rcpt_tos]
        return "250 OK"

    @property
    def counted(self) -> Counter[str]:
        return Counter(recipient for recipient, _ in self.delivered)

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for recipient, mail in self.delivered if recipient == address]


@asynccontextmanager
async def mail_server(monkeypatch: pytest.MonkeyPatch, port: int = 0) -> AsyncIterator[Box]:
    """Runs while the block does; the settings name it, and go on naming it afterwards."""
    box, loop = Box(), asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(box, hostname="mail.test", loop=loop), "127.0.0.1", port)
    name_mail_server(monkeypatch, server.sockets[0].getsockname()[1])
    try:
        yield box
    finally:
        server.close()
        await server.wait_closed()


def name_mail_server(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    monkeypatch.setenv("QIANGJI_SMTP_URL", f"smtp://127.0.0.1:{port}")
    monkeypatch.setenv("QIANGJI_MAIL_FROM", "强基 <qiangji@example.org>")
    monkeypatch.setenv("QIANGJI_BASE_URL", BASE)


def text_of(mail: EmailMessage, kind: str = "plain") -> str:
    """Whatever the lines end in on their way."""
    part = mail.get_body((kind,))
    assert part is not None
    return "\n".join(str(part.get_content()).splitlines()) + "\n"
