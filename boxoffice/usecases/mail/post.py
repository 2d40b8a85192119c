"""The mail server: one connection for a round, and what its answers mean.

Text is never read to find out what happened, only codes; the server's words are kept for whoever mends it.
"""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from types import TracebackType
from typing import Self

from boxoffice.domain.mail import MailFailure, MailServer
from boxoffice.storage.connect import is_local

TIMEOUT_SECONDS = 20
_PERMANENT = 500
_NOT_SIGNED_IN = (530, 534, 535, 538)
_CLOSING = 421


@dataclass(eq=False)
class NotSent(Exception):
    """The e-mail did not go out, or nobody knows whether it did; `permanent` ones are not tried again."""

    failure: MailFailure
    permanent: bool
    detail: str


class Post:
    """A way to the mail server. Opened by the first e-mail, closed with the block."""

    def __init__(self, server: MailServer, context: ssl.SSLContext | None = None) -> None:
        self._server = server
        self._context = context
        self._line: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hang_up()

    def send(self, message: EmailMessage, recipient: str) -> None:
        """Hand in one e-mail. Raises NotSent.

        When the connection breaks after the server has heard all of it, it may have been taken: it counts as
        not sent, goes out once more, and bears the same Message-ID by which the second one is recognised.
        """
        line = self._line or self._connected()
        try:
            line.send_message(message, from_addr=self._server.sender, to_addrs=[recipient])
        except smtplib.SMTPRecipientsRefused as refused:
            code, words = next(iter(refused.recipients.values()))
            raise self._refusal(MailFailure.ADDRESS, code, words) from refused
        except smtplib.SMTPSenderRefused as refused:
            # Whoever is the recipient: the server will not have our own address.
            raise self._refusal(MailFailure.SIGN_IN, refused.smtp_code, refused.smtp_error) from refused
        except smtplib.SMTPDataError as refused:
            raise self._refusal(MailFailure.MESSAGE, refused.smtp_code, refused.smtp_error) from refused
        except smtplib.SMTPNotSupportedError as refused:
            # The address has letters that this server cannot carry (SMTPUTF8).
            raise NotSent(MailFailure.ADDRESS, permanent=True, detail=str(refused)) from refused
        except OSError as broken:
            self._line = None
            raise NotSent(MailFailure.SERVER, permanent=False, detail=_said(broken)) from broken

    def _connected(self) -> smtplib.SMTP:
        server = self._server
        if server.security == "none" and server.user and not is_local(server.host):
            detail = "a password is not sent over a line that is not encrypted"
            raise NotSent(MailFailure.SIGN_IN, permanent=False, detail=detail)
        try:
            context = self._context or ssl.create_default_context()
            if server.security == "tls":
                line: smtplib.SMTP = smtplib.SMTP_SSL(
                    server.host, server.port, timeout=TIMEOUT_SECONDS, context=context
                )
            else:
                line = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_SECONDS)
        except OSError as away:
            raise NotSent(MailFailure.SERVER, permanent=False, detail=_said(away)) from away
        self._line = line
        try:
            if server.security == "starttls":
                line.starttls(context=context)
            if server.user:
                line.login(server.user, server.password)
        except OSError as refused:
            self._hang_up()
            signing_in = isinstance(refused, smtplib.SMTPResponseException) and (
                isinstance(refused, smtplib.SMTPAuthenticationError) or refused.smtp_code in _NOT_SIGNED_IN
            )
            failure = MailFailure.SIGN_IN if signing_in else MailFailure.SERVER
            raise NotSent(failure, permanent=False, detail=_said(refused)) from refused
        return line

    def _refusal(self, failure: MailFailure, code: int, words: bytes | str) -> NotSent:
        """Return what a refusal means. Where it concerns every e-mail, this one is not given up for it."""
        if code == _CLOSING:
            failure, self._line = MailFailure.SERVER, None
        elif code in _NOT_SIGNED_IN:
            failure = MailFailure.SIGN_IN
        permanent = code >= _PERMANENT and not failure.concerns_all
        return NotSent(failure, permanent, f"{code} {_text(words)}".strip())

    def _hang_up(self) -> None:
        line, self._line = self._line, None
        if line is None:
            return
        try:
            line.quit()
        except OSError:
            # It has hung up before us; what it took it has taken.
            line.close()


def _said(error: OSError) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}".strip()
    return error.strerror or str(error) or type(error).__name__


def _text(words: bytes | str) -> str:
    text = words.decode(errors="replace") if isinstance(words, bytes) else words
    return " ".join(text.split())
