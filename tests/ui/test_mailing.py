"""E-mails and receipts in the window: sent in the background, asked for beside the order."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QLineEdit

from boxoffice.domain.errors import DatabaseGone
from boxoffice.domain.mail import MailFailure, MailRound
from boxoffice.domain.receipt import receipt_from_facts
from boxoffice.ui.mailing import EVERY_MS, LONGEST_MS, MailDoor, Mailing
from boxoffice.ui.paper import ReceiptChoice
from boxoffice.ui.sell.counter import Phase
from tests.printing.test_receipt import facts
from tests.ui.stage import Stage, wait


class Door:
    """A way to a mail server that answers as told."""

    def __init__(self) -> None:
        self.is_set_up = True
        self.answers: list[MailRound | Exception] = []
        self.walks = 0
        self.gate: Event | None = None

    def send(self, _stop: Event) -> MailRound:
        self.walks += 1
        if self.gate is not None:
            self.gate.wait(10)
        answer = self.answers.pop(0) if self.answers else MailRound()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def door(self) -> MailDoor:
        return MailDoor(lambda: self.is_set_up, self.send)


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.fixture
def mailing(door: Door) -> Iterator[Mailing]:
    parent = QObject()
    made = Mailing(parent)
    made.use(door.door())
    yield made
    assert made.close()


def test_nothing_is_sent_where_no_server_is_set_up(mailing: Mailing, door: Door) -> None:
    door.is_set_up = False
    mailing.wake()
    assert (door.walks, mailing.next_in_ms) == (0, EVERY_MS)


def test_after_a_walk_the_next_is_in_half_a_minute_and_later_while_the_server_is_away(
    mailing: Mailing, door: Door
) -> None:
    waits = []
    door.answers = [
        MailRound(sent=1),
        *[MailRound(trouble=MailFailure.SERVER)] * 6,
        DatabaseGone(),
        MailRound(),
    ]
    for walk in range(1, 10):
        mailing.wake()
        wait(lambda walk=walk: door.walks == walk and mailing.next_in_ms > 0)  # type: ignore[misc]  # a default
        waits.append(mailing.next_in_ms // EVERY_MS)
    assert waits == [
        1,
        2,
        4,
        8,
        16,
        LONGEST_MS // EVERY_MS,
        LONGEST_MS // EVERY_MS,
        LONGEST_MS // EVERY_MS,
        1,
    ]


def test_what_is_queued_during_a_walk_gets_a_walk_of_its_own(mailing: Mailing, door: Door) -> None:
    door.gate = Event()
    mailing.wake()
    wait(lambda: door.walks == 1)
    mailing.wake()
    mailing.wake()
    door.gate.set()
    wait(lambda: door.walks == 2 and mailing.next_in_ms > 0)
    assert door.walks == 2


def test_a_fault_is_reported_and_the_next_walk_still_comes(mailing: Mailing, door: Door) -> None:
    heard: list[Exception] = []
    mailing.faulted.connect(heard.append)
    door.answers = [ZeroDivisionError()]
    mailing.wake()
    wait(lambda: mailing.next_in_ms > 0)
    assert [type(error) for error in heard] == [ZeroDivisionError]


# --- beside the order --------------------------------------------------------------------------


def sell(stage: Stage) -> None:
    stage.type("12")
    stage.priced()
    stage.key(Qt.Key.Key_F9)
    wait(lambda: stage.counter.phase is Phase.DONE)


def look_up(stage: Stage) -> None:
    """Sell, go on, and look the order up again."""
    sell(stage)
    stage.key(Qt.Key.Key_Return)
    stage.sell.till.look_up(stage.world.sales[0].order_number)
    wait(lambda: stage.shows("order_mail"))


def address(stage: Stage) -> QLineEdit:
    found = stage.find("order_mail_address")
    assert isinstance(found, QLineEdit)
    return found


def test_the_customers_address_is_proposed_and_the_tickets_are_queued(stage: Stage) -> None:
    stage.world.customer_address = "kim@example.org"
    look_up(stage)
    stage.click("order_mail")
    wait(lambda: address(stage).text() == "kim@example.org")
    stage.key(Qt.Key.Key_Return)
    wait(lambda: stage.shows("order_mail_done"))
    assert [wish.recipient for wish in stage.world.mailed] == ["kim@example.org"]
    said = stage.sell.till.order.mail.done.sentence()
    assert said == "Queued for kim@example.org. This computer sends no e-mail; one that does will send it."
    assert not stage.shows("order_mail_address")


def test_a_computer_that_sends_does_so_at_once(stage: Stage) -> None:
    door = Door()
    stage.window.mailing.use(door.door())
    look_up(stage)
    stage.click("order_mail")
    stage.type("kim@example.org")
    stage.click("order_mail_send")
    wait(lambda: door.walks == 1 and stage.shows("order_mail_done"))
    assert stage.sell.till.order.mail.done.sentence() == "On its way to kim@example.org."


def test_a_refused_address_can_be_mended_and_no_key_sells_meanwhile(stage: Stage) -> None:
    look_up(stage)
    stage.click("order_mail")
    stage.type("kim1")
    stage.key(Qt.Key.Key_Return)
    wait(lambda: stage.shows("order_mail_notice"))
    assert stage.sell.till.order.mail.notice.sentence() == "“kim1” is no e-mail address. Check it."
    assert stage.counter.basket.count == 0
    stage.key(Qt.Key.Key_Escape)
    assert not stage.shows("order_mail_address")
    assert stage.shows("order_mail")


# --- receipts ----------------------------------------------------------------------------------


def test_an_order_without_a_receipt_has_no_button_for_one(stage: Stage) -> None:
    look_up(stage)
    assert not stage.shows("order_receipt_123")


def test_an_orders_receipts_are_printed_again_as_copies(stage: Stage) -> None:
    sold = receipt_from_facts(facts())
    refunded = receipt_from_facts(facts(kind="refund", receipt_number=124))
    stage.world.receipts = {104217: (sold, refunded)}
    look_up(stage)
    wait(lambda: stage.shows("order_receipt_124"))
    stage.click("order_receipt_123")
    stage.click("order_receipt_124")
    wait(lambda: len(stage.printer.receipts) == 2)
    assert sorted(stage.printer.receipts, key=lambda one: one[0].number) == [(sold, True), (refunded, True)]
    wait(lambda: stage.sell.till.order.receipts.words() == "Receipt printed: Demo printer")


def test_with_every_sale_the_receipt_comes_by_itself_and_once_more_as_a_copy(stage: Stage) -> None:
    sold = receipt_from_facts(facts())
    stage.world.receipts = {104217: (sold,)}
    stage.printer.receipt_choice = ReceiptChoice(stage.printer.receipt_choice.layout, with_every_sale=True)
    sell(stage)
    wait(lambda: stage.printer.receipts == [(sold, False)])
    wait(lambda: stage.shows("done_receipt_123"))
    stage.click("done_receipt_123")
    wait(lambda: stage.printer.receipts == [(sold, False), (sold, True)])


def test_a_receipt_that_does_not_come_out_says_why(stage: Stage) -> None:
    stage.world.receipts = {104217: (receipt_from_facts(facts()),)}
    stage.printer.receipt_failure = "There is no printer “Bar”."
    sell(stage)
    wait(lambda: stage.shows("done_receipt_123"))
    assert stage.printer.receipts == []
    stage.click("done_receipt_123")
    wait(lambda: stage.sell.till.done.receipts.words() == "There is no printer “Bar”.")
