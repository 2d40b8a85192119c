"""From a sold-out tier to a ticket: waiting, being offered, being called, buying, and who is next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QWidget

from boxoffice.domain.after_sale import Refund
from boxoffice.domain.customer import NewCustomer
from boxoffice.domain.errors import OfferInOtherBasket, OfferOver
from boxoffice.domain.sale import Sale
from boxoffice.domain.waitlist import EntryState, JoinWaitlist, WaitlistEntry, WaitlistFilter
from boxoffice.storage.database import Database
from boxoffice.ui import upkeep
from boxoffice.ui.frame import calls
from boxoffice.ui.frame.rail import RailButton
from boxoffice.ui.sell.counter import Phase
from boxoffice.ui.waitlist.call_list import CallList
from boxoffice.ui.waitlist.join_form import JoinForm
from boxoffice.usecases.office.check_database import check_database
from boxoffice.usecases.orders.refund_tickets import refund_tickets
from boxoffice.usecases.sales.sell_tickets import sell_tickets
from tests.journeys.conftest import FORMATS, OpenTill, Till
from tests.office import Office, wish
from tests.ui.stage import wait

CONTROL = Qt.KeyboardModifier.ControlModifier
ENTER, ESC, F8, F9 = Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_F8, Qt.Key.Key_F9
LENA, KIM = ("Lena", "Brandt", "lena@example.org"), ("Kim", "Ito", "kim@example.org")


@dataclass
class Evening:
    """An event whose only tier is sold out to one order of two."""

    office: Office
    till: Till
    event: int
    tier: int
    sale: Sale

    def person(self, first: str, last: str, email: str = "", phone: str = "") -> int:
        return self.till.window.context.desk.customers.add(NewCustomer(first, last, email, phone)).id

    def join(self, person: int, quantity: int = 2) -> int:
        wanted = JoinWaitlist(self.event, self.tier, person, quantity)
        return self.till.window.context.desk.waitlist.join(wanted).value.entry_id

    def refund(self, at: Till, sale: Sale | None = None) -> None:
        """Let all tickets of an order come back, at this till."""
        order = sale or self.sale
        refund_tickets(at.db, at.at, Refund(order.order_id, "ill"))

    def entry(self, entry_id: int) -> WaitlistEntry:
        found = self.till.window.context.desk.waitlist.entries(WaitlistFilter(self.event), None)
        return next(one for one in found.entries if one.id == entry_id)

    def state(self, entry_id: int) -> EntryState:
        return self.entry(entry_id).state

    def code(self, entry_id: int) -> str:
        offer = self.entry(entry_id).offer
        assert offer is not None
        return offer.code

    def let_lapse(self) -> None:
        self.office.connection.execute(
            "UPDATE waitlist_offers SET expires_at = now() - interval '1 s' WHERE state = 'open';"
            "UPDATE holds h SET expires_at = o.expires_at FROM waitlist_offers o"
            " WHERE o.hold_id = h.id AND o.state = 'open'"
        )


@pytest.fixture
def evening(open_till: OpenTill, office: Office, database_url: str) -> Iterator[Evening]:
    """After each test the whole database must add up."""
    event = office.event(title="Improv Night")
    tier = office.tier(event, quantity=2)
    till = open_till()
    sale = sell_tickets(till.db, till.at, wish(event, (tier, 2))).value
    till.window.sell._load_offer()
    wait(lambda: "old out" in till.window.sell.offer.cards[0].accessibleName())
    yield Evening(office, till, event, tier, sale)
    keeper = Database(database_url)
    assert [finding for finding in check_database(keeper) if finding.broken] == []
    keeper.close()


def words(till: Till, name: str) -> str:
    found = till.window.findChild(QWidget, name)
    assert isinstance(found, QWidget), name
    return found.text() if isinstance(found, QLabel) else found.accessibleName()


def click(till: Till, name: str) -> None:
    found = till.window.findChild(QPushButton, name)
    assert isinstance(found, QPushButton), name
    found.click()


def comes(till: Till, name: str) -> JoinForm:
    """Ask who wants to wait, by keys, and take the first of this name."""
    till.press(F8)
    till.type(name)
    till.press(ENTER)
    form = till.window.findChild(JoinForm)
    assert isinstance(form, JoinForm)
    wait(lambda: not form.picker.isVisible())
    return form


def joins(till: Till, name: str) -> str:
    """Put somebody on the list of what is sold out, by keys; return what is said."""
    till.press(F8)
    till.type(name)
    till.press(ENTER)
    form = till.window.findChild(JoinForm)
    assert isinstance(form, JoinForm)
    wait(form.quantity.hasFocus)
    till.press(ENTER)
    wait(lambda: bool(words(till, "join_result")))
    said = words(till, "join_result")
    till.press(ENTER)
    wait(lambda: not till.window.sell.till.is_looking_up)
    return said


def shows_entry(till: Till, entry_id: int) -> WaitlistEntry:
    """Open the Waitlist screen on this entry, with those of every state."""
    till.press(Qt.Key.Key_W, CONTROL)
    screen = till.window.waitlist
    wait(lambda: screen.entries.model.rowCount() > 0)
    states = till.window.findChild(QComboBox, "waitlist_state")
    assert isinstance(states, QComboBox)
    states.setCurrentIndex(states.count() - 1)
    screen.entries.show_entry(entry_id)
    screen.entries.opened.emit(entry_id)
    wait(lambda: screen.detail.entry is not None and screen.detail.entry.id == entry_id)
    found = screen.detail.entry
    assert found is not None
    return found


def redeems(till: Till, code: str) -> None:
    till.press(Qt.Key.Key_K, CONTROL)
    till.type(code)
    till.press(ENTER)
    wait(lambda: till.counter.held_code == code)


def test_from_a_sold_out_tier_to_a_bought_ticket(evening: Evening, open_till: OpenTill) -> None:
    till = evening.till
    evening.person(*LENA)
    assert joins(till, "lena") == "Lena Brandt: 2 or fewer, Standard. On the list: place 1."
    wait(lambda: "1 waiting" in till.window.sell.offer.cards[0].accessibleName())
    evening.refund(open_till())
    entry_id = evening.office.value("SELECT id FROM waitlist")
    entry = shows_entry(till, entry_id)
    assert entry.state is EntryState.OFFERED
    assert words(till, "waitlist_offer_left").startswith("expires in ")
    till.press(ESC)
    till.window._rail.choose("sell")
    redeems(till, evening.code(entry_id))
    assert "Held for Lena Brandt until" in words(till, "term_offer")
    till.press(F9)
    till.sold()
    assert "Lena Brandt" in words(till, "done_offer")
    sale = till.counter.sale
    assert sale is not None
    bought = shows_entry(till, entry_id)
    assert (bought.state, bought.order_number) == (EntryState.REDEEMED, sale.order_number)
    owner = evening.office.value("SELECT user_id FROM orders WHERE id = %s", sale.order_id)
    assert owner == bought.customer_id
    till.printed()


def test_who_has_no_address_is_called_and_who_declines_makes_room(evening: Evening) -> None:
    till = evening.till
    first = evening.join(evening.person("Familie", "Öztürk", phone="+49 170 5550199"))
    second = evening.join(evening.person(*LENA))
    evening.refund(till)
    till.press(Qt.Key.Key_W, CONTROL)
    screen = till.window.waitlist
    wait(lambda: screen.entries.model.rowCount() > 0)
    screen.call()
    calls = till.window.findChild(CallList)
    assert isinstance(calls, CallList)
    wait(lambda: calls.current is not None)
    assert "170" in words(till, "call_phone")
    calls_noted = "SELECT count(*) FROM waitlist_calls"
    till.type("2")
    wait(lambda: evening.office.value(calls_noted) == 1)
    wait(lambda: calls.current is None and not calls.is_waiting)
    till.press(ESC)
    screen.call()
    again = next(one for one in till.window.findChildren(CallList) if one is not calls)
    wait(lambda: again.current is not None)
    till.type("3")
    assert words(till, "call_sure") == "Declines: 2 x Standard come free."
    till.press(ENTER)
    wait(lambda: evening.state(first) is EntryState.DECLINED)
    assert evening.state(second) is EntryState.OFFERED
    wait(lambda: words(till, "call_next") == "2 x Standard are offered to Lena Brandt now: told by e-mail.")
    till.press(ESC)
    shows_entry(till, first)
    history = till.window.findChild(QWidget, "waitlist_history")
    assert history is not None
    assert history.accessibleName().startswith("Declined. Called: declined. Called: no answer. Offered: 2 x ")
    told = evening.office.connection.execute("SELECT outcome FROM waitlist_calls ORDER BY id").fetchall()
    assert told == [("no_answer",), ("declined",)]


def test_an_offer_that_lapses_goes_to_the_next_without_a_key(
    evening: Evening, open_till: OpenTill, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = evening.join(evening.person(*LENA))
    second = evening.join(evening.person(*KIM))
    evening.refund(evening.till)
    assert evening.state(first) is EntryState.OFFERED
    monkeypatch.setattr(upkeep, "EVERY_MS", 20)
    evening.let_lapse()
    open_till()
    wait(lambda: evening.state(second) is EntryState.OFFERED)
    assert evening.state(first) is EntryState.EXPIRED


def test_tickets_bought_by_an_offer_that_come_back_go_to_the_next(evening: Evening) -> None:
    till = evening.till
    first = evening.join(evening.person(*LENA))
    second = evening.join(evening.person(*KIM))
    evening.refund(till)
    code = evening.code(first)
    redeems(till, code)
    till.press(F9)
    till.sold()
    assert till.counter.sale is not None
    till.printed()
    evening.refund(till, till.counter.sale)
    assert (evening.state(first), evening.state(second)) == (EntryState.RETURNED, EntryState.OFFERED)
    till.press(ENTER)
    till.press(Qt.Key.Key_K, CONTROL)
    till.type(code)
    till.press(ENTER)
    wait(lambda: isinstance(till.counter.problem, OfferOver))
    order = evening.office.value(
        "SELECT order_number FROM orders JOIN waitlist_offers USING (purchase_key) WHERE waitlist_id = %s",
        first,
    )
    assert till.window.sell.till.basket.notice.sentence() == (
        "Lena Brandt's offer of 2 x Standard was redeemed, and the tickets came back."
        f" Order {FORMATS.order_number(order)}."
    )
    click(till, "basket_notice_action")
    orders = till.window.orders
    wait(lambda: orders.detail.order is not None and orders.detail.order.sale.order_number == order)


def test_a_slip_is_sold_right_to_the_same_customer_though_others_wait(evening: Evening) -> None:
    till = evening.till
    lena, kim = evening.join(evening.person(*LENA)), evening.join(evening.person(*KIM))
    evening.refund(till)
    redeems(till, evening.code(lena))
    wait(lambda: till.counter.totals is not None)
    till.press(F9)
    till.sold()
    first = evening.entry(lena).order_number
    till.press(Qt.Key.Key_Z, CONTROL)
    take = till.window.findChild(QPushButton, "correct_take")
    assert isinstance(take, QPushButton)
    wait(lambda: take.isVisible() and take.isEnabled())
    assert "offered to the same customer again" in words(till, "correct_says")
    till.press(ENTER)
    wait(lambda: till.counter.basket.count == 2 and bool(till.counter.held_code))
    assert (evening.state(lena), evening.state(kim)) == (EntryState.OFFERED, EntryState.WAITING)
    wait(lambda: till.counter.totals is not None and not till.counter.is_pricing)
    till.press(F9)
    till.sold()
    assert evening.state(lena) is EntryState.REDEEMED
    assert evening.entry(lena).order_number != first
    till.printed()


def test_of_two_windows_with_one_offer_the_second_is_refused_in_words(
    evening: Evening, open_till: OpenTill
) -> None:
    first, second = evening.till, open_till()
    entry_id = evening.join(evening.person(*LENA))
    evening.refund(first)
    code = evening.code(entry_id)
    for till in (second, first):  # who takes it last has it in hand
        redeems(till, code)
        wait(lambda till=till: till.counter.totals is not None)  # type: ignore[misc]
        wait(lambda till=till: till.counter.held_until is not None)  # type: ignore[misc]
    first.press(F9)
    first.sold()
    second.press(F9)
    wait(lambda: isinstance(second.counter.problem, OfferOver))
    assert second.window.sell.till.basket.notice.sentence().startswith(
        "Lena Brandt's offer of 2 x Standard was redeemed on "
    )
    click(second, "basket_notice_action")
    detail = second.window.waitlist.detail
    wait(lambda: detail.entry is not None and detail.entry.state is EntryState.REDEEMED)
    assert detail.entry is not None
    assert detail.entry.id == entry_id
    assert (second.counter.phase, second.counter.held_code) == (Phase.CHOOSING, "")
    assert evening.office.value("SELECT count(*) FROM orders WHERE status = 'paid'") == 1
    first.printed()


def test_of_two_clerks_with_one_offer_the_second_is_told_whose_basket_it_is_in(
    evening: Evening, open_till: OpenTill
) -> None:
    ada = evening.office.person("clerk", first_name="Ada", last_name="Lund")
    first, second = open_till(url=ada.url), evening.till
    entry_id = evening.join(evening.person(*LENA))
    evening.refund(second)
    code = evening.code(entry_id)
    redeems(first, code)
    wait(lambda: first.counter.held_until is not None)
    redeems(second, code)
    wait(lambda: isinstance(second.counter.problem, OfferInOtherBasket))
    said = second.window.sell.till.basket.notice.sentence()
    assert "Ada Lund" in said
    second.press(F9)
    first.press(ESC)
    wait(lambda: first.counter.held_until is None and not first.counter.held_code)
    redeems(second, code)
    wait(lambda: second.counter.held_until is not None)
    second.press(F9)
    second.sold()
    assert evening.state(entry_id) is EntryState.REDEEMED
    second.printed()


def test_a_promoter_reads_the_own_list_and_lets_somebody_be_served_sooner(
    evening: Evening, open_till: OpenTill
) -> None:
    office = evening.office
    promoter = office.person("promoter", first_name="Pia")
    office.connection.execute(
        "UPDATE promoters SET user_id = %s WHERE id = %s", [promoter.id, office.promoter_id]
    )
    first = evening.join(evening.person(*KIM), 1)
    second = evening.join(evening.person(*LENA), 1)
    desk = open_till(url=promoter.url)
    entry = shows_entry(desk, second)
    assert (entry.place, entry.name, entry.email, entry.phone) == (2, "Lena Brandt", "", "")
    click(desk, "waitlist_to_priority")
    desk.type("5")
    desk.press(Qt.Key.Key_Tab)
    desk.type("sponsor")
    desk.press(ENTER)
    wait(lambda: evening.entry(second).place == 1)
    assert evening.entry(first).place == 2


def test_who_holds_an_offer_already_is_told_so_before_they_join_and_gets_it(evening: Evening) -> None:
    till = evening.till
    entry_id = evening.join(evening.person(*LENA))
    evening.refund(till)
    wait(lambda: evening.state(entry_id) is EntryState.OFFERED)
    form = comes(till, "lena")
    wait(lambda: words(till, "join_known").startswith("Holds an offer: 2 x Standard until "))
    wait(form.take.hasFocus)
    till.press(ENTER)
    wait(lambda: till.counter.held_code == evening.code(entry_id))
    wait(lambda: till.counter.totals is not None)
    till.press(F9)
    till.sold()
    assert evening.state(entry_id) is EntryState.REDEEMED
    assert evening.office.value("SELECT count(*) FROM waitlist") == 1
    till.printed()


def test_who_comes_again_changes_what_they_wait_for_at_their_place(evening: Evening) -> None:
    till = evening.till
    entry_id = evening.join(evening.person(*LENA))
    evening.join(evening.person(*KIM))
    till.type("14")
    form = comes(till, "lena")
    wait(lambda: words(till, "join_known") == "Waits already: 2 or fewer, place 1.")
    assert (form.quantity.text(), form.take.text()) == ("4", "Change the entry")
    till.press(ENTER)
    wait(lambda: bool(words(till, "join_result")))
    assert words(till, "join_result") == "Lena Brandt: 2 or fewer → 4 or fewer, Standard. Still place 1."
    assert words(till, "join_told") == "They are told by e-mail: lena@example.org"
    till.press(ENTER)
    wait(lambda: not till.window.sell.till.is_looking_up)
    assert till.counter.problem is None
    assert evening.entry(entry_id).quantity == 4


def test_who_can_be_told_by_nothing_gives_a_phone_and_is_called(
    evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "REST_MS", 1)
    till = evening.till
    evening.person("Nadia", "Petrova")
    form = comes(till, "nadia")
    wait(lambda: form.phone.placeholderText() == "Needed to tell them")
    till.press(ENTER)
    wait(form.phone.hasFocus)
    till.type("030 5550123")
    till.press(ENTER)
    wait(lambda: bool(words(till, "join_result")))
    assert words(till, "join_told").startswith("They are called: ")
    evening.refund(till)
    rail = till.window.findChild(RailButton, "rail_waitlist")
    assert isinstance(rail, RailButton)
    wait(lambda: rail.count == 1)
    assert rail.accessibleName() == "Waitlist: 1 call to make"


def test_fewer_than_offered_are_sold_and_the_rest_is_offered_to_the_next(evening: Evening) -> None:
    till = evening.till
    first = evening.join(evening.person(*LENA))
    second = evening.join(evening.person(*KIM), 1)
    evening.refund(till)
    redeems(till, evening.code(first))
    till.press(Qt.Key.Key_Minus)
    wait(lambda: till.counter.basket.count == 1)
    till.press(Qt.Key.Key_F9, Qt.KeyboardModifier.ShiftModifier)
    wait(lambda: till.counter.held_until is not None)
    till.type("50")
    till.press(ENTER)
    till.sold()
    assert evening.state(first) is EntryState.REDEEMED
    assert evening.state(second) is EntryState.OFFERED
    till.printed()
