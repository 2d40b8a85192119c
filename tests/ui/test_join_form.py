"""Putting somebody on the list: also who stands there already, who holds an offer, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from threading import Event

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from boxoffice.domain import errors
from boxoffice.domain.customer import KnownCustomer
from boxoffice.domain.personal import SHUT
from boxoffice.domain.tier import NotSellable
from boxoffice.domain.waitlist import ChangeEntry, EntryState, JoinWaitlist, WaitlistEntry
from boxoffice.ui.waitlist.join_form import JoinForm
from boxoffice.ui.widgets.states import Notice
from tests.ui.conftest import Open
from tests.ui.fake_event import NOW
from tests.ui.fake_orders import JONAS, SOFIA
from tests.ui.fake_waitlist import an_entry, an_offer
from tests.ui.stage import Stage, wait
from tests.ui.test_counter_waitlist import (
    BALCONY,
    ENTER,
    ESC,
    F8,
    QUARTET,
    SOLD_OUT,
    evening,
    join_form,
    notice,
    words,
)

STANDARD = 0
NOBODY = KnownCustomer(590, "Nadia Petrova", "", "")


@pytest.fixture
def stage(open_stage: Open) -> Stage:
    opened = open_stage(evening())
    opened.world.book.people.append(NOBODY)
    opened.choose(QUARTET)
    return opened


def tier_id(stage: Stage, place: int = BALCONY) -> int:
    return stage.world.event(QUARTET).tiers[place].id


def puts(stage: Stage, who: KnownCustomer, quantity: int, place: int = BALCONY) -> WaitlistEntry:
    """Let somebody wait for one of the Quartet's tiers."""
    entry = an_entry(
        1 + len(stage.world.waitlist.entries_),
        who.name,
        quantity,
        who.email or who.phone,
        event_id=QUARTET,
        tier_id=tier_id(stage, place),
        joined_at=NOW + timedelta(minutes=len(stage.world.waitlist.entries_)),
    )
    named = stage.world.event(QUARTET).tiers[place].name
    entry = replace(entry, customer_id=who.id, tier=named, phone=who.phone, email=who.email)
    stage.world.waitlist.entries_.append(entry)
    stage.world.waitlist._count_places(QUARTET)
    return stage.world.waitlist._entry(entry.id)


def changes(stage: Stage, entry: WaitlistEntry) -> None:
    stage.world.waitlist._put(entry)


def comes(stage: Stage, who: KnownCustomer) -> JoinForm:
    """F8 and a name: the form of this person, when it is known what they wait for."""
    stage.key(F8)
    form = join_form(stage)
    stage.type(who.name[:6])
    stage.key(ENTER)
    wait(form.quantity.hasFocus)
    wait(lambda: form._entries is not None)
    return form


def known(stage: Stage) -> str:
    found = stage.find("join_known")
    assert isinstance(found, Notice)
    return found.sentence() if found.isVisible() else ""


def said(form: JoinForm) -> str:
    return form.notice.sentence() if form.notice.isVisible() else ""


# --- who stands there already ------------------------------------------------------------------------


def test_who_waits_already_sees_what_they_asked_for_and_changes_it(stage: Stage) -> None:
    entry = puts(stage, SOFIA, 4)
    changes(stage, replace(entry, all_together=True, note="aisle", phone="+49 30 5550000"))
    form = comes(stage, SOFIA)
    assert known(stage) == "Waits already: 4, together, place 2."
    assert (form.quantity.text(), form.note.text(), form.phone.text()) == ("4", "aisle", "+49 30 5550000")
    assert form.together.currentData() is True
    assert form.take.text() == "Change the entry"
    stage.type("6")
    stage.key(ENTER)
    wait(lambda: bool(words(stage, "join_result")))
    assert words(stage, "join_result") == (
        "Sofia Lindqvist: 4, together → 6, together, Balcony, limited view. Still place 2."
    )
    wish = ChangeEntry(entry.id, tier_id(stage), 6, all_together=True, note="aisle", phone="+49 30 5550000")
    assert stage.world.waitlist.done == [("change", wish)]


def test_a_note_that_cannot_be_read_here_is_not_written_back(stage: Stage) -> None:
    entry = puts(stage, SOFIA, 4)
    changes(stage, replace(entry, note=SHUT, phone=SHUT))
    form = comes(stage, SOFIA)
    assert (form.note.text(), form.phone.text()) == ("", "")
    stage.key(ENTER)
    wait(lambda: bool(stage.world.waitlist.done))
    wish = ChangeEntry(entry.id, tier_id(stage), 4, all_together=False, note=None, phone=None)
    assert stage.world.waitlist.done == [("change", wish)]


@pytest.mark.parametrize("waits", [True, False])
def test_enter_ahead_of_the_answer_puts_nobody_over_what_they_asked_for(stage: Stage, waits: bool) -> None:
    if waits:
        puts(stage, SOFIA, 4)
    stage.key(F8)
    form = join_form(stage)
    stage.type("sofia")
    gate = stage.world.waitlist.gate = Event()
    stage.key(ENTER)
    wait(form.quantity.hasFocus)
    stage.key(ENTER)
    assert known(stage) == "Looking whether they wait already…"
    assert not stage.world.waitlist.done
    gate.set()
    if waits:
        wait(lambda: known(stage).startswith("Waits already: 4 or fewer"))
        assert not stage.world.waitlist.done
        stage.key(ENTER)
        wait(lambda: [deed[0] for deed in stage.world.waitlist.done] == ["change"])
    else:
        wait(lambda: [deed[0] for deed in stage.world.waitlist.done] == ["join"])


def test_what_cannot_be_read_is_said_and_enter_asks_again(stage: Stage) -> None:
    puts(stage, SOFIA, 4)
    stage.key(F8)
    form = join_form(stage)
    stage.type("sofia")
    stage.world.waitlist.fail_looks = errors.DatabaseGone()
    stage.key(ENTER)
    wait(lambda: bool(said(form)))
    stage.world.waitlist.fail_looks = None
    stage.key(ENTER)
    wait(lambda: known(stage).startswith("Waits already"))
    assert (said(form), stage.world.waitlist.done) == ("", [])


def test_an_entry_for_another_tier_is_said_and_changed_by_choosing_that_tier(stage: Stage) -> None:
    puts(stage, SOFIA, 3, STANDARD)
    form = comes(stage, SOFIA)
    name = stage.world.event(QUARTET).tiers[STANDARD].name
    assert known(stage) == f"Waits for {name}: 3 or fewer, place 2. Choose that tier to change it."
    assert (form.take.text(), form.quantity.text()) == ("Put on the list", "2")
    form.tier.setFocus()
    stage.key(Qt.Key.Key_Home)
    assert known(stage) == "Waits already: 3 or fewer, place 2."
    assert (form.take.text(), form.quantity.text()) == ("Change the entry", "3")
    form.tier.setCurrentIndex(form.tier.findData(tier_id(stage)))
    assert (form.take.text(), form.quantity.text()) == ("Put on the list", "2")
    stage.key(ENTER)
    wait(lambda: bool(stage.world.waitlist.done))
    assert stage.world.waitlist.done == [("join", JoinWaitlist(QUARTET, tier_id(stage), SOFIA.id, 2))]


def test_who_was_told_by_hand_begins_at_the_end_and_hears_so(stage: Stage) -> None:
    changes(stage, replace(puts(stage, SOFIA, 3), state=EntryState.TOLD))
    form = comes(stage, SOFIA)
    assert "begin at its end" in known(stage)
    assert (form.take.text(), form.quantity.text()) == ("Put on the list", "2")


def test_an_offer_is_said_before_enter_and_goes_into_the_basket(stage: Stage) -> None:
    entry = puts(stage, SOFIA, 2)
    offer = an_offer(entry, NOW + timedelta(hours=6, minutes=59))
    changes(stage, replace(entry, state=EntryState.OFFERED, offer=offer))
    form = comes_with_offer(stage)
    assert known(stage).startswith(
        "Holds an offer: 2 x Balcony, limited view until Sun 22 Nov, 19:40. Code W-"
    )
    assert form.take.text() == "Put into the basket"
    assert not form.quantity.isVisible()
    stage.key(ENTER)
    wait(lambda: stage.counter.held_code == offer.code)
    assert not stage.sell.till.is_looking_up
    assert not stage.world.waitlist.done


def comes_with_offer(stage: Stage) -> JoinForm:
    stage.key(F8)
    form = join_form(stage)
    stage.type("sofia")
    stage.key(ENTER)
    wait(lambda: bool(known(stage)))
    wait(lambda: form.take.hasFocus() or form.quantity.hasFocus())
    return form


def test_an_offer_of_another_tier_is_said_and_sold_from_there(stage: Stage) -> None:
    entry = puts(stage, SOFIA, 2, STANDARD)
    offer = an_offer(entry, NOW + timedelta(hours=6))
    changes(stage, replace(entry, state=EntryState.OFFERED, offer=offer))
    form = comes_with_offer(stage)
    assert form.take.text() == "Put on the list"
    stage.click("join_known_action")
    wait(lambda: stage.counter.held_code == offer.code)


def test_who_is_offered_tickets_meanwhile_is_shown_them(stage: Stage) -> None:
    entry = puts(stage, SOFIA, 2)
    form = comes(stage, SOFIA)
    offer = an_offer(entry, NOW + timedelta(hours=6))
    changes(stage, replace(entry, state=EntryState.OFFERED, offer=offer))
    stage.world.waitlist.fail.append(errors.EntryClosed(EntryState.OFFERED))
    stage.key(ENTER)
    wait(lambda: known(stage).startswith("Holds an offer"))
    assert form.take.text() == "Put into the basket"
    assert form.take.hasFocus()


# --- how many ----------------------------------------------------------------------------------------


def test_how_many_were_typed_before_f8_is_how_many_they_wait_for(stage: Stage) -> None:
    stage.type("34")
    assert stage.find("basket_notice_action").accessibleName() == "Waitlist: 4… (F8)"
    form = comes(stage, SOFIA)
    assert form.quantity.text() == "4"
    stage.key(ENTER)
    wait(lambda: bool(stage.world.waitlist.done))
    assert stage.world.waitlist.done == [("join", JoinWaitlist(QUARTET, tier_id(stage), SOFIA.id, 4))]


def test_how_many_one_customer_wanted_is_forgotten_for_the_next(stage: Stage) -> None:
    puts(stage, SOFIA, 6)
    stage.type("34")
    wait(lambda: stage.shows("basket_notice_action"))
    form = comes(stage, JONAS)
    assert form.quantity.text() == "4"
    stage.key(ESC)
    stage.key(ESC)
    wait(lambda: not stage.shows("join_quantity") and not stage.shows("join_customer_search"))
    assert not stage.shows("basket_notice_action")
    assert comes(stage, SOFIA).quantity.text() == "6"


def test_how_many_were_typed_now_stays_over_what_they_asked_for_before(stage: Stage) -> None:
    puts(stage, SOFIA, 2)
    stage.type("34")
    form = comes(stage, SOFIA)
    assert (form.quantity.text(), form.take.text()) == ("4", "Change the entry")
    assert "2 or fewer" in known(stage)


def test_how_many_and_f8_are_typed_ahead_of_the_event(stage: Stage) -> None:
    gate = stage.world.wait_for_offer = Event()
    stage.choose_soon(SOLD_OUT)
    stage.type("114")
    stage.key(F8)
    stage.world.wait_for_offer = None
    gate.set()
    wait(lambda: stage.shows("join_customer_search"))
    assert join_form(stage).quantity.text() == "14"
    assert not stage.counter.basket.count


def test_a_tier_alone_leaves_the_usual_number(stage: Stage) -> None:
    stage.type("3")
    stage.key(F8)
    assert join_form(stage).quantity.text() == "2"


def test_what_was_in_the_basket_and_is_gone_now_is_waited_for(stage: Stage) -> None:
    stage.type("23")
    stage.priced()
    tier = stage.world.event(QUARTET).tiers[1]
    tier.sold = tier.quantity
    stage.world.tell(QUARTET)
    wait(lambda: "sold out" in stage.sell.offer.cards[1].accessibleName())
    stage.key(F8)
    form = join_form(stage)
    assert (form.quantity.text(), form.tier.currentData()) == ("3", tier.id)


# --- what is answered --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "told"),
    [
        (SOFIA, "They are told by e-mail: sofia.lindqvist@posteo.example"),
        (JONAS, "They are called: +49 151 5550142"),
    ],
)
def test_the_answer_says_all_that_is_read_out(stage: Stage, who: KnownCustomer, told: str) -> None:
    comes(stage, who)
    stage.key(ENTER)
    wait(lambda: bool(words(stage, "join_result")))
    assert words(stage, "join_result") == (
        f"{who.name}: 2 or fewer, Balcony, limited view. On the list: place 2."
    )
    assert words(stage, "join_told") == told


def test_the_refusal_goes_once_they_are_on_the_list(stage: Stage) -> None:
    stage.type("3")
    wait(lambda: bool(notice(stage)))
    comes(stage, SOFIA)
    stage.key(ENTER)
    wait(lambda: bool(words(stage, "join_result")))
    stage.key(ENTER)
    wait(lambda: not stage.sell.till.is_looking_up)
    assert (stage.counter.problem, notice(stage)) == (None, "")


def test_f8_after_one_asks_for_the_next(stage: Stage) -> None:
    comes(stage, SOFIA)
    stage.key(ENTER)
    wait(lambda: bool(words(stage, "join_result")))
    stage.key(F8)
    wait(lambda: stage.shows("join_customer_search"))
    stage.type("jonas")
    stage.key(ENTER)
    wait(lambda: stage.shows("join_quantity"))
    stage.key(ENTER)
    wait(lambda: len(stage.world.waitlist.done) == 2)
    assert {wish.customer_id for _, wish in stage.world.waitlist.done} == {SOFIA.id, JONAS.id}  # type: ignore[attr-defined]


# --- refused -----------------------------------------------------------------------------------------

REFUSALS = [
    (errors.ContactMissing(), "join_phone"),
    (errors.BadPhone("12"), "join_phone"),
    (errors.WaitlistLimit(6), "join_quantity"),
    (errors.StillAvailable("Balcony", 2), "join_tier"),
    (errors.TierNotSellable(3, "Balcony", NotSellable.ENDED, NOW), "join_tier"),
]


@pytest.mark.parametrize(("refusal", "part"), REFUSALS)
def test_a_refusal_leaves_the_keyboard_where_it_is_mended(
    stage: Stage, refusal: errors.Refused, part: str
) -> None:
    form = comes(stage, SOFIA)
    stage.world.waitlist.fail.append(refusal)
    stage.key(ENTER)
    wait(lambda: bool(said(form)))
    assert stage.find(part).hasFocus()
    if isinstance(stage.find(part), QLineEdit):
        assert stage.find(part).property("state") == "bad"
    stage.key(ENTER)
    wait(lambda: bool(words(stage, "join_result")))
    assert len(stage.world.waitlist.done) == 2


def test_a_refusal_that_no_line_can_mend_leaves_the_keyboard_where_it_was(stage: Stage) -> None:
    form = comes(stage, SOFIA)
    stage.world.waitlist.fail.append(errors.WaitlistClosed(NOW))
    stage.key(ENTER)
    wait(lambda: bool(said(form)))
    assert form.quantity.hasFocus()
    stage.key(ENTER)
    wait(lambda: bool(words(stage, "join_result")))


@pytest.mark.parametrize(("refusal", "part"), REFUSALS)
def test_escape_after_a_refusal_goes_back_and_leaves_nothing(
    stage: Stage, refusal: errors.Refused, part: str
) -> None:
    form = comes(stage, SOFIA)
    stage.world.waitlist.fail.append(refusal)
    stage.key(ENTER)
    wait(lambda: bool(said(form)))
    assert stage.find(part).hasFocus()
    stage.key(ESC)
    assert said(form) == ""
    assert form.picker.search.hasFocus()
    assert search_of(stage) == ""
    stage.key(ESC)
    assert not stage.sell.till.is_looking_up
    assert search_of(stage) == ""


def test_keys_while_it_is_asked_begin_no_search(stage: Stage) -> None:
    comes(stage, SOFIA)
    gate = stage.world.waitlist.deed_gate = Event()
    stage.key(ENTER)
    stage.type("abc")
    stage.key(ENTER)
    gate.set()
    wait(lambda: bool(words(stage, "join_result")))
    assert search_of(stage) == ""
    assert len(stage.world.waitlist.done) == 1


def test_who_can_be_told_by_nothing_is_asked_for_a_phone(stage: Stage) -> None:
    form = comes(stage, NOBODY)
    assert form.phone.placeholderText() == "Needed to tell them"
    stage.key(ENTER)
    wait(lambda: bool(said(form)))
    assert "phone number" in said(form)
    assert form.phone.hasFocus()
    stage.type("030 5550123")
    assert said(form) == ""
    stage.key(ENTER)
    wait(lambda: bool(words(stage, "join_result")))
    assert words(stage, "join_told") == "They are called: 030 5550123"


def test_a_refused_change_leaves_the_keyboard_where_it_is_mended(stage: Stage) -> None:
    entry = puts(stage, SOFIA, 2)
    stage.click("rail_waitlist")
    screen = stage.window.waitlist
    wait(lambda: screen.entries.model.rowCount() > 0)
    screen.show_entry(QUARTET, entry.id)
    wait(lambda: screen.detail.entry is not None and screen.detail.entry.id == entry.id)
    button = stage.find("waitlist_to_change")
    assert isinstance(button, QPushButton)
    button.click()
    quantity = stage.find("waitlist_change_quantity")
    wait(quantity.hasFocus)
    for refusal, part in (
        (errors.WaitlistLimit(6), "waitlist_change_quantity"),
        (errors.StillAvailable("Balcony", 2), "waitlist_change_tier"),
        (errors.ContactMissing(), "waitlist_change_phone"),
        (errors.WaitlistClosed(NOW), "waitlist_change_phone"),
    ):
        stage.world.waitlist.fail.append(refusal)
        stage.key(ENTER)
        wait(stage.find(part).hasFocus)
    stage.key(ENTER)
    wait(lambda: len(stage.world.waitlist.done) == 5)
    assert search_of(stage) == ""


def search_of(stage: Stage) -> str:
    field: QWidget = stage.find("search")
    assert isinstance(field, QLineEdit)
    return field.text()
