"""From the order card to the reader: the real window, database and mail server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget

from boxoffice.bootstrap.mail import mail_door
from boxoffice.bootstrap.opening import OpenDesk
from boxoffice.domain.mail import MailEntry, MailState
from boxoffice.keystore import Keystore
from boxoffice.settings import MailSecurity, MailSettings
from boxoffice.ui.admin.mails import MailsPane
from boxoffice.ui.admin.screen import AdminScreen
from tests.journeys.conftest import OpenTill, Till
from tests.office import Office
from tests.printing.reading import codes, pdf_pictures, pdf_texts
from tests.printing.test_receipt import facts
from tests.ui.stage import wait
from tests.usecases.postbox import SENDER, Postbox, open_postbox


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    with open_postbox() as box:
        yield box


def find(till: Till, name: str) -> QWidget:
    found = till.window.findChild(QWidget, name)
    assert isinstance(found, QWidget), name
    return found


def click(till: Till, name: str) -> None:
    QTest.mouseClick(find(till, name), Qt.MouseButton.LeftButton)


def shows(till: Till, name: str) -> bool:
    found = till.window.findChild(QWidget, name)
    return isinstance(found, QWidget) and found.isVisible()


def let_it_mail(till: Till, box: Postbox) -> None:
    """Set this computer up as the README says, and join it to the window as the program does."""
    server = MailSettings(host="127.0.0.1", port=box.port, security=MailSecurity.NONE, sender=SENDER)
    till.memory._settings = replace(till.memory.settings, mail=server)
    opened = OpenDesk(till.window.context.desk, till.db, None, till.memory.settings, is_demo=False)  # type: ignore[arg-type]  # closed by the till
    till.window.mailing.use(mail_door(opened, till.memory, Keystore(till.folder / "keys")))


def sell_and_look_up(till: Till) -> str:
    till.type("12")
    wait(lambda: till.counter.totals is not None and not till.counter.is_pricing)
    till.press(Qt.Key.Key_F9)
    till.sold()
    sale = till.counter.sale
    assert sale is not None
    till.press(Qt.Key.Key_Return)
    till.window.sell.till.look_up(sale.order_number)
    wait(lambda: shows(till, "order_mail"))
    return sale.order_number


def mail_it(till: Till, address: str) -> None:
    click(till, "order_mail")
    field = find(till, "order_mail_address")
    assert isinstance(field, QLineEdit)
    field.setText(address)
    click(till, "order_mail_send")


def test_a_clerk_mails_the_tickets_and_the_codes_in_the_mail_are_those_of_the_order(
    office: Office, open_till: OpenTill, postbox: Postbox
) -> None:
    office.tier(office.event(title="Blue Harbour Quartet"))
    till = open_till()
    let_it_mail(till, postbox)
    sell_and_look_up(till)
    mail_it(till, "kim@example.org")
    wait(lambda: len(postbox.taken) == 1)
    (pdf,) = postbox.messages[0].iter_attachments()
    read = [code for picture in pdf_pictures(pdf.get_content()) for code in codes(picture)]
    assert read == [
        code for (code,) in office.connection.execute("SELECT qr_code FROM tickets ORDER BY number")
    ]
    wait(lambda: office.value("SELECT state FROM email_notifications") == "sent")


def test_a_manager_sees_what_failed_and_why_and_tries_again(
    office: Office, open_till: OpenTill, postbox: Postbox
) -> None:
    office.tier(office.event())
    till = open_till(url=office.person("manager", first_name="Margarete").url)
    let_it_mail(till, postbox)
    postbox.rcpt = ["550 5.1.1 no such user here"]
    sell_and_look_up(till)
    mail_it(till, "kim@example.org")
    wait(lambda: office.value("SELECT count(*) FROM email_notifications WHERE state = 'failed'") == 1)
    click(till, "rail_admin")
    click(till, "admin_mails")
    screen = find(till, "admin_screen")
    assert isinstance(screen, AdminScreen)
    pane = screen.mails
    wait(lambda: states(pane) == [MailState.FAILED])
    pane.table.selectRow(0)
    said = find(till, "mail_facts").property("text")
    assert "The server said: 550 5.1.1 no such user here" in said
    click(till, "mail_retry")
    wait(lambda: states(pane) == [MailState.SENT])
    assert postbox.taken[0].rcpt_tos == ["kim@example.org"]
    assert office.value("SELECT count(*) FROM audit_logs WHERE action = 'mail_retried'") == 1


def states(pane: MailsPane) -> list[MailState]:
    return [row.thing.state for row in pane.table.rows if isinstance(row.thing, MailEntry)]


def test_a_computer_without_a_mail_server_says_so_calmly(office: Office, open_till: OpenTill) -> None:
    office.tier(office.event())
    till = open_till(url=office.person("manager", first_name="Margarete").url)
    click(till, "rail_admin")
    click(till, "admin_mails")
    wait(lambda: shows(till, "mails_set_up"))
    screen = find(till, "admin_screen")
    assert isinstance(screen, AdminScreen)
    wait(lambda: shows(till, "mails_state"))


def test_a_receipt_is_printed_again_from_the_order_into_a_pdf(office: Office, open_till: OpenTill) -> None:
    office.tier(office.event())
    till = open_till()
    number = sell_and_look_up(till)
    order = office.value("SELECT id FROM orders WHERE order_number = %s", number)
    office.connection.execute(
        "INSERT INTO receipts (till_id, number, kind, order_id, currency, total, facts)"
        " VALUES (%s, 7001, 'sale', %s, 'EUR', 80.5, %s)",
        [office.at.till_id, order, json.dumps(facts(receipt_number=7001))],
    )
    till.window.sell.till.look_up(number)
    wait(lambda: shows(till, "order_receipt_7001"))
    click(till, "order_receipt_7001")
    wait(lambda: bool(receipts_in(till.folder)))
    wait(lambda: "Receipt printed" in till.window.sell.till.order.receipts.words())
    (text,) = pdf_texts(receipts_in(till.folder)[0])
    assert "City Theatre" in text
    assert "Receipt · Copy" in text


def receipts_in(folder: Path) -> list[Path]:
    return sorted(folder.glob("Receipt-*.pdf"))
