"""The waitlist at the counter: joining it in seconds, and selling what is offered."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from threading import Event

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit

from boxoffice.domain import errors
from boxoffice.domain.customer import KnownCustomer
from boxoffice.domain.notice import Notice, Topic
from boxoffice.domain.person import Role
from boxoffice.domain.sale import Tender, Terms
from boxoffice.domain.ticket_code import grouped
from boxoffice.domain.waitlist import EntryState, JoinWaitlist, MailProgress, WaitlistEntry
from boxoffice.ui import upkeep
from boxoffice.ui.frame import calls
from boxoffice.ui.frame.rail import RailButton
from boxoffice.ui.sell.counter import Phase
from boxoffice.ui.sell.till.tenders import Form
from boxoffice.ui.theme.theme import Theme
from boxoffice.ui.waitlist.join_form import JoinForm
from boxoffice.ui.widgets.states import StateNote
from tests.ui.conftest import Open
from tests.ui.demo_data import demo_world
from tests.ui.fake_desk import World
from tests.ui.fake_event import NOW, code_of
from tests.ui.fake_orders import demo_orders
from tests.ui.fake_waitlist import FakeWaitlist, an_entry, an_offer, event_of
from tests.ui.stage import Stage, rest, wait

SHIFT = Qt.KeyboardModifier.ShiftModifier
ENTER, ESC = Qt.Key.Key_Return, Qt.Key.Key_Escape
F8, F9, F10 = Qt.Key.Key_F8, Qt.Key.Key_F9, Qt.Key.Key_F10
QUARTET, SOLD_OUT = 2, 3
BALCONY = 2
"""The place of the Quartet's tier that is sold out."""


def evening() -> World:
    """The demo evening; of the Quartet's balcony two tickets are held for Lena Brandt."""
    world = demo_world()
    world.book = demo_orders()
    event = world.event(QUARTET)
    tier = event.tiers[BALCONY]
    tier.sold, tier.reserved = tier.quantity - 2, 2
    lena = replace(
        an_entry(1, "Lena Brandt", 2, "lena@example.org", event_id=QUARTET, tier_id=tier.id),
        state=EntryState.OFFERED,
        tier=tier.name,
    )
    offered = replace(lena, offer=an_offer(lena, NOW + timedelta(hours=6, minutes=59)))
    world.waitlist = FakeWaitlist([event_of(event), event_of(world.event(SOLD_OUT))], [offered])
    return world


@pytest.fixture
def stage(open_stage: Open) -> Stage:
    opened = open_stage(evening())
    opened.choose(QUARTET)
    return opened


def lena(stage: Stage) -> WaitlistEntry:
    return stage.world.waitlist.entry(1)


def code(stage: Stage) -> str:
    offer = lena(stage).offer
    assert offer is not None
    return offer.code


def redeem(stage: Stage) -> None:
    stage.type(code(stage))
    stage.key(ENTER)
    wait(lambda: stage.counter.held_code == code(stage))
    stage.priced()


def words(stage: Stage, name: str) -> str:
    return stage.find(name).accessibleName() or getattr(stage.find(name), "text", str)()


def notice(stage: Stage) -> str:
    return stage.sell.till.basket.notice.sentence()


def sold_terms(stage: Stage) -> Terms:
    wait(lambda: stage.counter.phase is Phase.DONE)
    return stage.world.sold_commands[-1].terms


def join_form(stage: Stage) -> JoinForm:
    # The one before is deleted when the next is made, a moment later.
    *_, newest = stage.window.findChildren(JoinForm)
    return newest


def picks(stage: Stage, name: str) -> KnownCustomer:
    return next(one for one in stage.world.book.people if one.name == name)


# --- upkeep ----------------------------------------------------------------------------------------


def test_every_window_of_a_seller_ends_offers_that_are_over(
    theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "EVERY_MS", 5)
    for role, tends in ((Role.CLERK, True), (Role.MANAGER, True), (Role.PROMOTER, False)):
        world = demo_world()
        world.role = role
        opened = Stage(theme, world).ready()
        if tends:
            wait(lambda world=world: world.waitlist.tended > 1)  # type: ignore[misc]
        else:
            rest(50)
            assert world.waitlist.tended == 0
        opened.close()


# --- who has to be called --------------------------------------------------------------------------


def has_to_be_called(stage: Stage) -> None:
    entry = lena(stage)
    assert entry.offer is not None
    stage.world.waitlist._put(replace(entry, offer=replace(entry.offer, mail=MailProgress.FAILED)))


def test_the_rail_says_how_many_have_to_be_called(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "REST_MS", 1)
    button = stage.find("rail_waitlist")
    assert isinstance(button, RailButton)
    assert (button.count, button.accessibleName()) == (0, "Waitlist")
    has_to_be_called(stage)
    stage.window._calls._rest.stop()
    stage.window.freshness.touched({Notice(Topic.WAITLIST, QUARTET)})
    wait(lambda: button.count == 1)
    assert button.accessibleName() == "Waitlist: 1 call to make"
    assert "1 call to make" in button.toolTip()
    assert stage.world.waitlist.counted == 2


def test_a_letter_that_fails_is_noticed_without_a_word(
    open_stage: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "REST_MS", 1)
    monkeypatch.setattr(calls, "EVERY_MS", 20)
    stage = open_stage(evening())
    has_to_be_called(stage)
    button = stage.find("rail_waitlist")
    assert isinstance(button, RailButton)
    wait(lambda: button.count == 1)
    assert button.count == 1


def test_neither_a_sale_nor_a_storm_of_words_counts_each_time(stage: Stage) -> None:
    stage.type("12")
    stage.priced()
    stage.key(F9)
    wait(lambda: stage.counter.phase is Phase.DONE)
    for _ in range(20):
        stage.window.freshness.touched({Notice(Topic.WAITLIST, QUARTET)})
        rest(5)
    assert stage.world.waitlist.counted == 1


def test_who_may_not_sell_calls_nobody(theme: Theme) -> None:
    world = demo_world()
    world.role = Role.PROMOTER
    opened = Stage(theme, world).ready()
    opened.window.freshness.touched({Notice(Topic.WAITLIST, QUARTET)})
    rest(20)
    assert world.waitlist.counted == 0
    opened.close()


# --- joining ---------------------------------------------------------------------------------------


def test_a_sold_out_tier_says_how_many_wait_and_offers_the_list(stage: Stage) -> None:
    stage.choose(SOLD_OUT)
    assert "14 waiting" in stage.sell.offer.cards[0].accessibleName()
    assert stage.shows("tier_1_wait")
    assert not stage.shows("tier_1_more")


def test_joining_is_one_key_a_name_and_two_times_enter(stage: Stage) -> None:
    stage.choose(SOLD_OUT)
    person = stage.world.book.people[0]
    stage.key(F8)
    stage.type(person.name[:6])
    stage.key(ENTER)
    wait(join_form(stage).quantity.hasFocus)
    stage.key(ENTER)
    wait(lambda: bool(stage.world.waitlist.done))
    tier = stage.world.event(SOLD_OUT).tiers[0]
    assert stage.world.waitlist.done == [("join", JoinWaitlist(SOLD_OUT, tier.id, person.id, 2))]
    wait(lambda: "place 1" in words(stage, "join_result"))
    stage.key(ENTER)
    wait(lambda: not stage.sell.till.is_looking_up)
    assert stage.sell.events.list.hasFocus()


def test_escape_out_of_the_form_leaves_the_basket_as_it_was(stage: Stage) -> None:
    stage.type("12")
    stage.priced()
    before = stage.counter.basket
    stage.key(F8)
    assert stage.sell.till.is_looking_up
    stage.type("an")
    stage.key(ESC)
    assert not stage.sell.till.is_looking_up
    assert stage.counter.basket == before
    stage.key(F9)
    wait(lambda: stage.counter.phase is Phase.DONE)


def test_the_tier_that_was_refused_is_the_one_that_is_waited_for(stage: Stage) -> None:
    tier = stage.world.event(QUARTET).tiers[1]
    stage.type("25")
    stage.priced()
    assert "3" in notice(stage)
    stage.click("basket_notice_action")
    form = join_form(stage)
    person = stage.world.book.people[0]
    stage.type(person.name[:6])
    stage.key(ENTER)
    wait(form.quantity.hasFocus)
    stage.key(ENTER)
    wait(lambda: bool(stage.world.waitlist.done))
    wish = JoinWaitlist(QUARTET, tier.id, person.id, 5, all_together=True)
    assert stage.world.waitlist.done == [("join", wish)]


def test_a_sold_out_digit_leads_to_the_list(stage: Stage) -> None:
    stage.type("3")
    wait(lambda: bool(notice(stage)))
    button = stage.find("basket_notice_action")
    assert isinstance(button, QAbstractButton)
    assert "F8" in button.text()
    stage.key(F8)
    assert join_form(stage).isVisible()


def test_nobody_waits_for_what_is_there(stage: Stage) -> None:
    stage.choose(4)
    stage.key(F8)
    assert isinstance(stage.counter.problem, errors.StillAvailable)
    assert "Nobody has to wait" in notice(stage)
    assert not stage.sell.till.is_looking_up


def test_an_empty_basket_of_a_sold_out_event_offers_the_list(stage: Stage) -> None:
    stage.choose(SOLD_OUT)
    note = stage.find("basket_state")
    assert isinstance(note, StateNote)
    assert "14 people wait" in note.advice()
    stage.click("basket_state_action")
    assert join_form(stage).isVisible()
    stage.key(ESC)
    stage.choose(QUARTET)
    assert note.title() == "The basket is empty"


def test_the_count_of_who_waits_follows_the_list(stage: Stage) -> None:
    stage.choose(SOLD_OUT)
    stage.world.event(SOLD_OUT).tiers[0].waiting = 15
    stage.window.freshness.touched(stage.world.waitlist._touched(SOLD_OUT))
    wait(lambda: "15 waiting" in stage.sell.offer.cards[0].accessibleName())


# --- redeeming -------------------------------------------------------------------------------------


@pytest.mark.parametrize("spelling", ["{code}", "{lower}", "W-{grouped}", "w {spaced}"])
def test_a_code_typed_or_scanned_fills_the_basket_for_its_customer(stage: Stage, spelling: str) -> None:
    stage.choose(4)
    bare = code(stage)[1:]
    typed = spelling.format(
        code=code(stage),
        lower=code(stage).lower(),
        grouped=grouped(bare),
        spaced=grouped(bare).replace("-", " "),
    )
    stage.type(typed)
    stage.key(ENTER)
    stage.key(F9)
    terms = sold_terms(stage)
    assert (terms.customer_id, terms.offer) == (lena(stage).customer_id, code(stage))
    [line] = stage.world.sold_commands[-1].lines
    assert (line.tier_id, line.quantity) == (stage.world.event(QUARTET).tiers[BALCONY].id, 2)
    assert "Lena Brandt" in words(stage, "done_offer")


def test_the_basket_says_for_whom_and_until_when_its_tickets_are_held(stage: Stage) -> None:
    redeem(stage)
    assert words(stage, "term_offer") == "Held for Lena Brandt until 19:40 (offer)"
    assert words(stage, "term_customer") == "Lena Brandt"
    assert not stage.shows("term_offer_remove")
    assert "2 held for Lena Brandt" in stage.sell.offer.cards[BALCONY].accessibleName()
    assert not notice(stage)


def test_fewer_may_be_bought_and_the_rest_goes_on(stage: Stage) -> None:
    redeem(stage)
    stage.key(Qt.Key.Key_Minus)
    stage.priced()
    assert stage.counter.basket.count == 1
    assert "1 of the 2 offered tickets goes to the next" in words(stage, "term_offer")


def test_more_only_as_far_as_tickets_are_free(stage: Stage) -> None:
    redeem(stage)
    stage.type("33")
    stage.priced()
    assert stage.counter.basket.count == 2
    assert isinstance(stage.counter.problem, errors.SoldOut)
    stage.world.event(QUARTET).tiers[BALCONY].sold -= 1
    stage.world.tell(QUARTET)
    wait(lambda: "1 left" in stage.sell.offer.cards[BALCONY].accessibleName())
    stage.type("33")
    assert stage.counter.basket.count == 3


@pytest.mark.parametrize("keys", [[ESC], [Qt.Key.Key_Minus, Qt.Key.Key_Minus]])
def test_a_basket_that_is_given_up_lets_go_of_the_offer(stage: Stage, keys: list[Qt.Key]) -> None:
    redeem(stage)
    for key in keys:
        stage.key(key)
    assert (stage.counter.held, stage.counter.held_code, stage.counter.basket.count) == (None, "", 0)
    assert stage.shows("tier_3_wait")
    assert lena(stage).state is EntryState.OFFERED
    redeem(stage)


def test_a_second_code_says_whose_tickets_are_in_the_basket(stage: Stage) -> None:
    redeem(stage)
    other = replace(lena(stage), id=77, name="Ola Reed")
    offer = an_offer(other, NOW + timedelta(hours=3))
    stage.world.waitlist.entries_.append(replace(other, offer=offer))
    stage.type(offer.code)
    stage.key(ENTER)
    wait(lambda: bool(notice(stage)))
    assert notice(stage).startswith("The basket holds what is offered to Lena Brandt.")
    assert stage.counter.held_code == code(stage)


def test_a_basket_that_was_begun_is_not_thrown_away_for_an_offer(stage: Stage) -> None:
    stage.type("12")
    stage.priced()
    before = stage.counter.basket
    stage.type(code(stage))
    stage.key(ENTER)
    wait(lambda: isinstance(stage.counter.problem, errors.OtherEventInBasket))
    assert stage.counter.basket == before
    assert "Blue Harbour Quartet" in notice(stage)


def test_the_same_code_again_changes_nothing(stage: Stage) -> None:
    redeem(stage)
    key = stage.counter.basket.key
    stage.choose(4)
    assert stage.counter.held_code == code(stage)
    stage.type(code(stage))
    stage.key(ENTER)
    wait(lambda: stage.counter.offer is not None and stage.counter.offer.id == QUARTET)
    assert (stage.counter.basket.key, stage.counter.problem) == (key, None)


def test_a_code_of_nothing_and_one_that_is_over_are_refused_in_words(stage: Stage) -> None:
    stage.type("W" + code_of(4711))
    stage.key(ENTER)
    wait(lambda: isinstance(stage.counter.problem, errors.UnknownOffer))
    assert "no offer of this code" in notice(stage)
    stage.key(ESC)
    stage.world.waitlist.entries_[0] = replace(lena(stage), state=EntryState.REDEEMED)
    stage.type(code(stage))
    stage.key(ENTER)
    wait(lambda: isinstance(stage.counter.problem, errors.OfferOver))
    assert (
        notice(stage) == "Lena Brandt's offer of 2 x Balcony, limited view was redeemed on Sun 22 Nov, 19:40."
    )


def mistype(stage: Stage) -> str:
    """Type the code of Lena's offer with a wrong letter, slowly enough for the list to follow."""
    right = code(stage)
    wrong = f"W-{grouped(('2' if right[1] != '2' else '3') + right[2:])}"
    search = search_field(stage)
    search.setFocus()
    stage.type(wrong)
    return wrong


def search_field(stage: Stage) -> QLineEdit:
    found = stage.find("search")
    assert isinstance(found, QLineEdit)
    return found


@pytest.mark.parametrize("slowly", [True, False])
def test_a_mistyped_code_is_said_and_the_event_in_hand_stays(stage: Stage, slowly: bool) -> None:
    wrong = mistype(stage)
    if slowly:
        wait(lambda: stage.counter.offer is None)
    stage.key(ENTER)
    assert notice(stage) == "This is no offer's code: one letter is wrong. Correct it."
    search = search_field(stage)
    assert search.hasFocus()
    assert search.selectedText() == wrong
    wait(lambda: stage.counter.offer is not None and stage.counter.offer.id == QUARTET)
    wait(stage.sell.events.list.isVisible)
    assert search.hasFocus()
    stage.type(code(stage))
    stage.key(ENTER)
    wait(lambda: stage.counter.held_code == code(stage))
    assert not notice(stage)


def test_a_mistyped_code_leaves_the_basket(stage: Stage) -> None:
    stage.type("12")
    stage.priced()
    before = stage.counter.basket
    mistype(stage)
    stage.key(ENTER)
    assert "one letter is wrong" in notice(stage)
    assert stage.counter.basket == before


def test_in_front_of_the_waitlist_a_mistyped_code_is_said_there(stage: Stage) -> None:
    stage.click("rail_waitlist")
    screen = stage.window.waitlist
    wait(lambda: screen.entries.model.rowCount() > 0)
    mistype(stage)
    stage.key(ENTER)
    assert "one letter is wrong" in screen.entries.trouble.sentence()
    assert search_field(stage).hasFocus()


def test_a_title_that_begins_with_w_is_searched_for(stage: Stage) -> None:
    stage.world.event(4).title = "World Jazz Band"
    search_field(stage).setFocus()
    stage.type("World Jazz Band")
    stage.key(ENTER)
    wait(lambda: stage.counter.offer is not None and stage.counter.offer.id == 4)


def test_an_offer_that_ends_while_it_is_paid_is_refused_and_not_asked_for_again(stage: Stage) -> None:
    redeem(stage)
    stage.world.fail_sell.append(errors.OfferOver(EntryState.EXPIRED, NOW))
    stage.key(F9)
    wait(lambda: isinstance(stage.counter.problem, errors.OfferOver))
    assert "Lena Brandt's offer of 2 x Balcony, limited view lapsed on" in notice(stage)
    assert stage.counter.held_code == ""
    assert stage.counter.terms.customer_id == lena(stage).customer_id


def test_an_offer_that_is_in_another_basket_is_refused_before_any_money(stage: Stage) -> None:
    stage.world.fail_hold.append(errors.OfferInOtherBasket("Foyer", "Ada Lund", NOW + timedelta(minutes=9)))
    stage.type(code(stage))
    stage.key(ENTER)
    wait(lambda: notice(stage) == "These tickets are in a basket at Foyer, Ada Lund, until 12:50.")
    assert (stage.counter.held, stage.counter.held_code, stage.counter.basket.count) == (None, "", 0)
    redeem(stage)  # once it was given up there


def test_a_basket_of_an_offer_is_held_from_the_code_on_and_until_it_is_given_up(stage: Stage) -> None:
    redeem(stage)
    wait(lambda: bool(stage.world.holds))
    assert not stage.shows("hold_left")  # the offer holds them longer, and says until when
    stage.key(F9, SHIFT)
    stage.key(ESC)
    assert stage.counter.held_code == code(stage)
    assert list(stage.world.holds) == [stage.counter.basket.key]
    stage.key(ESC)
    wait(lambda: not stage.world.holds)


def test_an_offer_that_ends_soon_shows_how_long_the_basket_keeps_it(stage: Stage) -> None:
    lena(stage)
    offer = lena(stage).offer
    assert offer is not None
    stage.world.waitlist.entries_[:] = [
        replace(one, offer=replace(offer, until=NOW + timedelta(minutes=2))) if one.offer == offer else one
        for one in stage.world.waitlist.entries_
    ]
    redeem(stage)
    wait(lambda: stage.shows("hold_left"))
    more = stage.find("hold_extend")
    assert isinstance(more, QAbstractButton)
    more.click()
    wait(lambda: stage.counter.runs_out_at == NOW + timedelta(minutes=20))


def test_tickets_of_an_offer_are_held_by_it_while_they_are_paid(stage: Stage) -> None:
    redeem(stage)
    stage.key(F9, SHIFT)
    wait(lambda: bool(stage.world.held))
    assert stage.world.held[-1].offer == code(stage)
    stage.type("100")
    stage.key(ENTER)
    assert sold_terms(stage).offer == code(stage)


def test_a_card_is_noted_with_the_offer(stage: Stage) -> None:
    redeem(stage)
    stage.key(F10)
    wait(lambda: bool(stage.world.pins))
    basket = stage.world.pins[0].basket
    assert basket is not None
    assert basket.terms.offer == code(stage)
    stage.type("4711")
    stage.key(ENTER)
    assert sold_terms(stage).offer == code(stage)
    assert stage.world.sold_commands[-1].payments[0].tender is Tender.CARD


def test_keys_ahead_of_the_answer_wait_for_it(stage: Stage) -> None:
    gate = stage.world.waitlist.gate = Event()
    stage.type(code(stage))
    stage.key(ENTER)
    stage.key(F9)
    assert not stage.world.sold_commands
    gate.set()
    assert sold_terms(stage).offer == code(stage)


def test_a_correction_does_not_ask_for_the_offer_again(stage: Stage) -> None:
    redeem(stage)
    stage.key(F9)
    sold_terms(stage)
    assert stage.counter.sale is not None
    terms = stage.counter.terms_of(stage.counter.sale.order_id)
    assert terms == Terms(lena(stage).customer_id)


def test_the_waitlist_screen_sells_by_the_same_way(stage: Stage) -> None:
    stage.window.waitlist.sell_wanted.emit(code(stage))
    wait(lambda: stage.counter.held_code == code(stage))
    assert stage.sell.isVisible()


def test_in_front_of_the_waitlist_a_code_shows_for_whom_it_is(stage: Stage) -> None:
    stage.click("rail_waitlist")
    screen = stage.window.waitlist
    wait(lambda: screen.entries.model.rowCount() > 0)
    search = stage.find("search")
    search.setFocus()
    stage.type(code(stage))
    stage.key(ENTER)
    wait(lambda: screen.detail.entry is not None and screen.detail.entry.name == "Lena Brandt")
    found = stage.find("waitlist_offer_code")
    assert isinstance(found, QLabel)


def test_an_offer_is_paid_later_and_with_a_code(open_stage: Open) -> None:
    for digit in "34":
        stage = open_stage(evening())
        stage.choose(QUARTET)
        redeem(stage)
        stage.key(Qt.Key.Key_F12)
        stage.type(digit)
        if digit == "4":
            stage.type("SUMMER")
            stage.key(ENTER)
            wait(lambda stage=stage: stage.counter.terms.discount == "SUMMER")  # type: ignore[misc]
            stage.priced()
            stage.key(F9)
        else:
            stage.key(ENTER)
        assert sold_terms(stage).offer == code(stage)


def test_an_offer_is_paid_in_parts(stage: Stage) -> None:
    redeem(stage)
    stage.key(Qt.Key.Key_F12)
    stage.type("2")
    wait(lambda: stage.sell.till.basket.tenders.form is Form.SPLIT)
    amount = stage.find("split_amount")
    assert isinstance(amount, QLineEdit)
    amount.setText("20")
    stage.key(ENTER)
    stage.key(ENTER)
    wait(lambda: bool(stage.world.pins))
    stage.type("4711")
    stage.key(ENTER)
    wait(lambda: stage.counter.phase is Phase.DONE or stage.sell.till.basket.tenders.split.is_filled)
    stage.key(ENTER)
    assert sold_terms(stage).offer == code(stage)
    assert len(stage.world.sold_commands[-1].payments) == 2
