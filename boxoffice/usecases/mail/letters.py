"""Writes an e-mail: a template of resources/mail filled in, as text and as simple HTML, with its tickets.

A template is a text: its first line is the subject, what $words stand for is what `fields` knows. A paragraph
whose fields are all empty is left out. The paragraph $picture is seen in the HTML alone.
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
_PICTURE = "$picture"
_CONTROL = {"Cc", "Cs", "Zl", "Zp"}


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG that travels with the HTML and is shown in it; `alt` says the same to whoever does not see it."""

    cid: str
    png: bytes
    alt: str


@dataclass(frozen=True, slots=True)
class Letter:
    """What an e-mail says."""

    subject: str
    text: str
    html: str
    picture: Picture | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A PDF that goes with it."""

    name: str
    pdf: bytes


def letter(kind: MailKind, locale: str, fields: Mapping[str, str], picture: Picture | None = None) -> Letter:
    """Return what an e-mail of this kind says in this language; English where we have no other."""
    language = locale[:2] if locale[:2] in LANGUAGES else SOURCE
    template = resource("mail", language, f"{kind.value}.txt").read_text(encoding="utf-8")
    subject, _, body = template.partition("\n")
    safe = {name: _no_control(value) for name, value in fields.items()}
    parts = [(one == _PICTURE, _filled(one, safe)) for one in body.strip().split("\n\n")]
    shown = (_shown(picture) if is_picture else _in_html(words) for is_picture, words in parts)
    frame = Template(resource("mail", "frame.html").read_text(encoding="utf-8"))
    written = "\n".join(filter(None, shown))
    title = one_line(Template(subject).substitute(safe))[:_LONGEST_SUBJECT]
    html = frame.substitute(language=language, title=escape(title), body=written)
    text = "\n\n".join(words for _, words in parts if words)
    return Letter(title, f"{text}\n", html, picture)


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
    if told.picture is not None:
        _add_picture(made, told.picture)
    if pdf is not None:
        made.add_attachment(pdf.pdf, maintype="application", subtype="pdf", filename=pdf.name)
    return made


def _add_picture(made: EmailMessage, picture: Picture) -> None:
    *_, html = made.iter_parts()
    html.add_related(
        picture.png, "image", "png", cid=f"<{picture.cid}>", disposition="inline", filename="code.png"
    )


def _address(address: str, name: str = "") -> Address:
    # Not by its whole: that would refuse umlauts before the @.
    local, _, domain = address.rpartition("@")
    return Address(name, local, domain)


def one_line(text: str) -> str:
    """Return the text on one line, without what could begin another header."""
    return " ".join(_no_control(text).split())


def _no_control(text: str) -> str:
    return "".join(" " if sign != "\n" and unicodedata.category(sign) in _CONTROL else sign for sign in text)


def _filled(paragraph: str, fields: Mapping[str, str]) -> str:
    """Return a paragraph in words, "" where it is left out."""
    template = Template(paragraph)
    names = template.get_identifiers()
    if paragraph == _PICTURE or (names and not any(fields[name] for name in names)):
        return ""
    return template.substitute(fields).strip()


def _in_html(words: str) -> str:
    return f"<p>{escape(words).replace('\n', '<br>\n')}</p>" if words else ""


def _shown(picture: Picture | None) -> str:
    if picture is None:
        return ""
    return f'<p><img src="cid:{escape(picture.cid)}" alt="{escape(picture.alt)}"></p>'
