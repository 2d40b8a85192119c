"""E-mails from the deed to the reader: over a real database and a real mail server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from threading import Event

import pytest
from PySide6.QtGui import QGuiApplication

from boxoffice.domain.mail import MailRound, MailServer, SendOrder
from boxoffice.domain.sale import Sale
from boxoffice.domain.ticket import TicketFace
from boxoffice.formats import Formats
from boxoffice.printing.layouts import A4
from boxoffice.printing.output import pdf_bytes
from boxoffice.storage.database import Database
from boxoffice.usecases.mail.resend_tickets import resend_tickets
from boxoffice.usecases.mail.send_queued import Office as MailOffice
from boxoffice.usecases.mail.send_queued import send_queued
from boxoffice.usecases.sales.sell_tickets import sell_tickets
from tests.office import Office, wish
from tests.printing.reading import codes, pdf_pictures
from tests.usecases.postbox import Postbox, open_postbox

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture(scope="session")
def qapp_cls() -> type[QGuiApplication]:
    return QGuiApplication


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    with open_postbox() as box:
        yield box


@pytest.fixture
def sale(db: Database, office: Office) -> Sale:
    event = office.event(title="Blue Harbour Quartet", tax_rate_percent=19)
    return sell_tickets(db, office.at, wish(event, (office.tier(event), 2))).value


def draw(faces: Sequence[TicketFace], formats: Formats) -> bytes:
    return pdf_bytes(faces, A4, formats)


def send(db: Database, server: MailServer, locale: str = "en") -> MailRound:
    return send_queued(db, MailOffice(server, "Jazz Cellar", locale, draw), Event())


def test_a_resent_order_arrives_with_its_tickets_in_a_pdf(
    db: Database, office: Office, sale: Sale, postbox: Postbox
) -> None:
    assert (
        resend_tickets(db, office.at, SendOrder(sale.order_id, "kim@example.org")).value == "kim@example.org"
    )
    assert send(db, postbox.address()) == MailRound(sent=1)
    (message,) = postbox.messages
    assert (message["To"], message["From"]) == (
        "kim@example.org",
        "Jazz Cellar <tickets@jazzcellar.example.org>",
    )
    assert message["Subject"].startswith("Your tickets again: Blue Harbour Quartet, ")
    (pdf,) = message.iter_attachments()
    read = [code for picture in pdf_pictures(pdf.get_content()) for code in codes(picture)]
    assert read == [f"BO1:{ticket.face.code}" for ticket in sale.tickets]
    assert office.value("SELECT state || attempts FROM email_notifications") == "sent1"
