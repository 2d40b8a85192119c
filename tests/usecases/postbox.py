"""A real mail server for tests: takes what is handed in, or refuses it as told."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from boxoffice.domain.mail import MailServer

SENDER = "tickets@jazzcellar.example.org"


@dataclass
class Postbox:
    """What the server took, and what it says to the next ones."""

    port: int = 0
    taken: list[Envelope] = field(default_factory=list)
    rcpt: list[str] = field(default_factory=list)
    """Said to recipients, one after the other; then all are welcome."""
    data: list[str] = field(default_factory=list)
    """Said after a message was heard; then all are taken."""
    hang_up_after_data: int = 0
    """So many messages are heard, kept, and never answered."""
    at_data: Callable[[], None] | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    async def handle_RCPT(  # noqa: N802 - the server calls it so
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.rcpt:
            return self.rcpt.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - as above
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        if self.at_data is not None:
            self.at_data()
        if self.data:
            return self.data.pop(0)
        with self.lock:
            self.taken.append(envelope)
        if self.hang_up_after_data:
            self.hang_up_after_data -= 1
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return "250 taken"

    @property
    def messages(self) -> list[EmailMessage]:
        made = []
        for envelope in self.taken:
            assert isinstance(envelope.original_content, bytes)
            message = message_from_bytes(envelope.original_content, policy=default)
            assert isinstance(message, EmailMessage)
            made.append(message)
        return made

    def address(self, **changes: Any) -> MailServer:
        facts: dict[str, Any] = {
            "host": "127.0.0.1",
            "port": self.port,
            "security": "none",
            "user": "",
            "password": "",
            "sender": SENDER,
            "sender_name": "Jazz Cellar",
        }
        return MailServer(**facts | changes)


class _AtAnyPort(Controller):
    """Tells the port that the system chose before it tries its own door."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]  # of theirs


def _authenticated(_server: SMTP, _session: Session, _envelope: Envelope, _how: str, who: Any) -> AuthResult:
    known = isinstance(who, LoginPassword) and who.password == b"opens"
    return AuthResult(success=known, handled=False)


@contextmanager
def open_postbox(
    *, smtputf8: bool = True, tls: Path | None = None, implicit: bool = False, auth: bool = False
) -> Iterator[Postbox]:
    """Run a server on a free port while the block lasts."""
    box = Postbox()
    context = None
    if tls is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(tls)
    controller = _AtAnyPort(
        box,
        hostname="127.0.0.1",
        port=0,
        enable_SMTPUTF8=smtputf8,
        ssl_context=context if implicit else None,
        tls_context=None if implicit else context,
        auth_required=auth,
        authenticator=_authenticated if auth else None,
        auth_require_tls=False,
    )
    controller.start()
    box.port = controller.port
    try:
        yield box
    finally:
        controller.stop()
