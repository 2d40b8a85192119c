"""Writes an e-mail: a template of resources/mail filled in, as text and as simple HTML, with its tickets.

A template is a text: its first line is the subject, what $words stand for is what `fields` knows. A paragraph
whose fields are all empty is left out.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import localtime
from html import escape
from string import Template
from typing import TYPE_CHECKING

from boxoffice.assets import resource
from boxoffice.language import LANGUAGES, SOURCE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from boxoffice.domain.mail import ClaimedMail, MailKind, MailServer

_LONGEST_SUBJECT = 200
_CONTROL = {"Cc", "Cs", "Zl", "Zp"}


@dataclass(frozen=True, slots=True)
class Letter:
    """What an e-mail says."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A PDF that goes with it."""

    name: str
    pdf: bytes


def letter(kind: MailKind, locale: str, fields: Mapping[str, str]) -> Letter:
    """Return what an e-mail of this kind says in this language; English where we have no other."""
    language = locale[:2] if locale[:2] in LANGUAGES else SOURCE
    template = resource("mail", language, f"{kind.value}.txt").read_text(encoding="utf-8")
    subject, _, body = template.partition("\n")
    safe = {name: _no_control(value) for name, value in fields.items()}
    paragraphs = _paragraphs(body, safe)
    frame = Template(resource("mail", "frame.html").read_text(encoding="utf-8"))
    written = "\n".join(f"<p>{escape(one).replace('\n', '<br>\n')}</p>" for one in paragraphs)
    title = one_line(Template(subject).substitute(safe))[:_LONGEST_SUBJECT]
    html = frame.substitute(language=language, title=escape(title), body=written)
    return Letter(title, "\n\n".join(paragraphs) + "\n", html)


def message(
    mail: ClaimedMail, to: str, told: Letter, server: MailServer, pdf: Attachment | None
) -> EmailMessage:
    """Return the e-mail as it goes over the wire. Its Message-ID is the same each time it is sent."""
    sender = server.sender
    policy = SMTP if to.isascii() and sender.isascii() else SMTPUTF8
    made = EmailMessage(policy=policy)
    made["Subject"] = told.subject
    made["From"] = _address(sender, one_line(server.sender_name))
    made["To"] = _address(to)
    made["Date"] = localtime()
    made["Message-ID"] = f"<{mail.key}@{sender.rpartition('@')[2]}>"
    # Answering machines leave it alone.
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(told.text)
    made.add_alternative(told.html, subtype="html")
    if pdf is not None:
        made.add_attachment(pdf.pdf, maintype="application", subtype="pdf", filename=pdf.name)
    return made


def _address(address: str, name: str = "") -> Address:
    # Not by its whole: that would refuse umlauts before the @.
    local, _, domain = address.rpartition("@")
    return Address(name, local, domain)


def one_line(text: str) -> str:
    """Return the text on one line, without what could begin another header."""
    return " ".join(_no_control(text).split())


def _no_control(text: str) -> str:
    return "".join(" " if sign != "\n" and unicodedata.category(sign) in _CONTROL else sign for sign in text)


def _paragraphs(body: str, fields: Mapping[str, str]) -> list[str]:
    kept = []
    for paragraph in body.strip().split("\n\n"):
        template = Template(paragraph)
        names = template.get_identifiers()
        if not names or any(fields[name] for name in names):
            kept.append(template.substitute(fields).strip())
    return [paragraph for paragraph in kept if paragraph]
