"""Joins the settings to the mail server: in whose name, with which password, who draws the tickets.

The mail library and the templates are loaded by the first walk through the outbox, long after the start.
"""

from __future__ import annotations

from collections.abc import Sequence
from threading import Event
from typing import TYPE_CHECKING

from boxoffice.domain.mail import MailRound
from boxoffice.domain.ticket import TicketFace
from boxoffice.formats import Formats
from boxoffice.keystore import Keystore
from boxoffice.printing.layouts import A4
from boxoffice.ui.mailing import MailDoor, no_mail
from boxoffice.usecases.mail.account import mail_server

if TYPE_CHECKING:
    from boxoffice.bootstrap.memory import Memory
    from boxoffice.bootstrap.opening import OpenDesk


def mail_door(opened: OpenDesk, memory: Memory, store: Keystore) -> MailDoor:
    """Return this computer's way to the mail server. Made-up people are never written to."""
    if opened.is_made_up:
        return no_mail()

    def send(stop: Event) -> MailRound:
        from boxoffice.usecases.mail.send_queued import Office, send_queued  # noqa: PLC0415 - see above

        settings = memory.settings
        server = mail_server(settings.mail, settings.mail_password, store)
        name = settings.printing.office_name or opened.desk.identity.office
        office = Office(server, name, settings.locale, _draw, _draw_code)
        return send_queued(opened.db, office, stop)

    return MailDoor(lambda: memory.settings.mail.is_complete, send)


def _draw(faces: Sequence[TicketFace], formats: Formats) -> bytes:
    from boxoffice.printing.output import pdf_bytes  # noqa: PLC0415 - see above

    return pdf_bytes(faces, A4, formats)


def _draw_code(code: str) -> bytes:
    from boxoffice.printing.code_picture import code_png  # noqa: PLC0415 - see above

    return code_png(code)
