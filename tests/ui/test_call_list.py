"""The call list on the fake desk: one after the other by digits, with a colleague at the same list."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from boxoffice.domain import errors
from boxoffice.domain.money import Money
from boxoffice.domain.notice import Notice, Topic
from boxoffice.domain.person import Role
from boxoffice.domain.waitlist import (
    CallOutcome,
    EntryDeed,
    EntryEvent,
    EntryState,
    MailProgress,
)
from boxoffice.formats import Formats
from boxoffice.language import speak
from boxoffice.ui.waitlist.history_words import deed_words, price_words
from boxoffice.ui.waitlist.model import TICKETS
from boxoffice.ui.waitlist.words import (
    waiting_words,
)
from boxoffice.ui.widgets.labels import ClampedText
from tests.ui.demo_data import demo_world
from tests.ui.fake_event import NOW, ZONE
from tests.ui.fake_waitlist import (
    IMPROV,
    an_entry,
    an_offer,
    demo_waitlist,
    with_calls,
)
from tests.ui.stage import Stage, rest, wait
from tests.ui.waitlist_stage import (
    ENTER,
    ESC,
    Open,
    a_world,
    book,
    choose_state,
    focused,
    opened,
    press,
    said,
    shown,
    two_to_call,
    words,
)

# --- the call list -----------------------------------------------------------------------------


def test_the_call_list_goes_on_by_itself_and_ends_in_a_sentence(open_stage: Open) -> None:
    stage = shown(open_stage(two_to_call(a_world())))
    press(stage, "waitlist_calls")
    wait(lambda: stage.shows("call_name"))
    assert words(stage, "call_name") == "Familie Öztürk"
    assert words(stage, "call_phone") == "+49 170 5550199"
    press(stage, "call_all_events")
    wait(lambda: words(stage, "call_count") == "2 calls to make")
    assert words(stage, "call_name") == "Nadia Haddad"
    stage.key(Qt.Key.Key_5)
    assert words(stage, "call_name") == "Familie Öztürk"
    stage.window.waitlist._form.setFocus()  # type: ignore[union-attr]
    stage.key(Qt.Key.Key_2)
    wait(lambda: words(stage, "call_name") == "Nadia Haddad")
    stage.key(Qt.Key.Key_1)
    wait(lambda: stage.shows("call_list_state"))
    assert [what[1:3] for what in book(stage).done] == [
        (902, CallOutcome.NO_ANSWER),
        (909, CallOutcome.REACHED),
    ]
    stage.key(ESC)
    assert not stage.shows("call_list_state")


def test_the_call_list_of_all_events_grows_by_an_event_that_had_nobody_to_call(open_stage: Open) -> None:
    world = two_to_call(a_world())
    other = world.waitlist.entries_.pop()
    stage = shown(open_stage(world))
    press(stage, "waitlist_calls")
    press(stage, "call_all_events")
    wait(lambda: words(stage, "call_count") == "1 call to make")
    world.waitlist.entries_.append(other)
    stage.window.freshness.touched((Notice(Topic.WAITLIST, other.event_id),))
    wait(lambda: words(stage, "call_count") == "2 calls to make")


@pytest.mark.parametrize("by_key", [True, False])
def test_calls_about_other_events_are_told_where_this_one_has_none(open_stage: Open, by_key: bool) -> None:
    world = two_to_call(a_world())
    world.waitlist.entries_.pop(1)
    stage = shown(open_stage(world), 5)
    press(stage, "waitlist_calls")
    note = stage.find("call_list_state")
    wait(lambda: note.title() == "Nobody of this event has to be called")  # type: ignore[attr-defined]
    assert note.advice() == "1 person has to be called about another event."  # type: ignore[attr-defined]
    if by_key:
        stage.key(ENTER)
    else:
        stage.click("call_list_state_action")
    wait(lambda: stage.shows("call_name"))
    assert words(stage, "call_name") == "Nadia Haddad"
    assert focused(stage) == "waitlist_call_list"
    assert stage.find("call_all_events").isChecked()  # type: ignore[attr-defined]


def test_a_mistyped_code_in_the_list_s_own_search_is_called_one(waitlist: Stage) -> None:
    search = waitlist.window.waitlist.entries.head.search
    search.setFocus()
    waitlist.type("W-7K3M-9QZP-4FXX")
    waitlist.key(ENTER)
    assert "one letter is wrong" in waitlist.window.waitlist.entries.trouble.sentence()
    assert (search.hasFocus(), search.selectedText()) == (True, "W-7K3M-9QZP-4FXX")


def test_a_call_whose_answer_was_lost_is_noted_once_more_under_the_same_key(waitlist: Stage) -> None:
    press(waitlist, "waitlist_calls")
    wait(lambda: waitlist.shows("call_name"))
    book(waitlist).fail.append(errors.AnswerLost())
    waitlist.key(Qt.Key.Key_1)
    wait(lambda: waitlist.shows("call_notice"))
    waitlist.key(Qt.Key.Key_3)
    waitlist.key(ESC)
    assert waitlist.shows("call_notice")
    press(waitlist, "call_notice_action")
    wait(lambda: waitlist.shows("call_list_state"))
    first, second = book(waitlist).done
    assert first == second


def called(stage: Stage) -> Stage:
    press(stage, "waitlist_calls")
    wait(lambda: stage.shows("call_name"))
    assert focused(stage) == "waitlist_call_list"
    return stage


def test_three_asks_first_and_only_enter_declines(waitlist: Stage) -> None:
    called(waitlist)
    waitlist.key(Qt.Key.Key_3)
    assert said(waitlist, "call_sure") == "Declines: 4 x Standard come free."
    for key in (Qt.Key.Key_3, Qt.Key.Key_2, Qt.Key.Key_5):
        waitlist.key(key)
    waitlist.key(ESC)
    assert waitlist.shows("call_declined")
    assert not waitlist.shows("call_sure")
    waitlist.key(Qt.Key.Key_3)
    waitlist.key(Qt.Key.Key_Tab)
    assert focused(waitlist) == "call_sure_no"
    waitlist.key(ENTER)
    assert not waitlist.shows("call_sure")
    assert book(waitlist).done == []
    waitlist.key(Qt.Key.Key_3)
    waitlist.key(ENTER)
    wait(lambda: bool(book(waitlist).done))
    assert book(waitlist).done[0][1:3] == (902, CallOutcome.DECLINED)
    wait(lambda: waitlist.shows("call_list_state"))
    assert focused(waitlist) == "waitlist_call_list"


def test_what_is_asked_about_a_call_stays_while_the_list_is_read_anew(waitlist: Stage) -> None:
    called(waitlist)
    waitlist.key(Qt.Key.Key_3)
    looks = len(book(waitlist).asked)
    waitlist.window.freshness.touched((Notice(Topic.WAITLIST, IMPROV),))
    wait(lambda: len(book(waitlist).asked) >= looks + 2)
    rest(20)
    assert waitlist.shows("call_sure")


def test_whoever_is_to_be_called_from_now_on_comes_into_the_list_by_itself(waitlist: Stage) -> None:
    called(waitlist)
    next_ = book(waitlist).entries_[5]
    offer = an_offer(next_, NOW + timedelta(hours=1), mail=MailProgress.NONE)
    book(waitlist).entries_[5] = replace(next_, state=EntryState.OFFERED, offer=offer)
    waitlist.window.freshness.touched((Notice(Topic.WAITLIST, IMPROV),))
    wait(lambda: words(waitlist, "call_count") == "2 calls to make")
    assert words(waitlist, "call_name") == "Familie Öztürk"
    waitlist.key(Qt.Key.Key_2)
    wait(lambda: words(waitlist, "call_name") == "Amélie Laurent")


def with_another_to_call(stage: Stage) -> Stage:
    other = book(stage).entries_[5]
    offer = an_offer(other, NOW + timedelta(hours=6), mail=MailProgress.NONE)
    book(stage).entries_[5] = replace(other, state=EntryState.OFFERED, offer=offer)
    return stage


@pytest.mark.parametrize(
    ("state", "number", "told"),
    [
        (EntryState.OFFERED, "", "Noted by somebody else meanwhile: reached."),
        (EntryState.REDEEMED, "2026-104102", "Sold meanwhile: order 2026-104\N{NO-BREAK SPACE}102."),
        (EntryState.DECLINED, "", "Declined meanwhile."),
        (EntryState.EXPIRED, "", "The offer is over meanwhile."),
    ],
)
def test_who_is_dealt_with_meanwhile_stays_in_hand_and_takes_no_outcome(
    waitlist: Stage, state: EntryState, number: str, told: str
) -> None:
    called(with_another_to_call(waitlist))
    waitlist.key(Qt.Key.Key_3)
    family = book(waitlist).entries_[1]
    assert family.offer is not None
    is_reached = state is EntryState.OFFERED
    offer = replace(family.offer, is_reached=is_reached)
    book(waitlist).entries_[1] = replace(family, state=state, offer=offer, order_number=number)
    waitlist.window.freshness.touched((Notice(Topic.WAITLIST, IMPROV),))
    wait(lambda: said(waitlist, "call_notice") == told)
    assert words(waitlist, "call_name") == "Familie Öztürk"
    assert words(waitlist, "call_count") == "1 call to make"
    assert focused(waitlist) == "waitlist_call_list"
    assert not waitlist.shows("call_reached")
    assert not waitlist.shows("call_sure")
    waitlist.key(Qt.Key.Key_1)
    assert words(waitlist, "call_name") == "Amélie Laurent"
    assert not waitlist.shows("call_notice")
    assert book(waitlist).done == []
    waitlist.key(Qt.Key.Key_1)
    wait(lambda: bool(book(waitlist).done))
    assert book(waitlist).done[0][1:3] == (906, CallOutcome.REACHED)


@pytest.mark.parametrize("key", [ENTER, Qt.Key.Key_5])
def test_after_the_last_one_was_dealt_with_elsewhere_nobody_is_to_be_called(
    waitlist: Stage, key: Qt.Key
) -> None:
    called(waitlist)
    book(waitlist).entries_[1] = replace(book(waitlist).entries_[1], state=EntryState.DECLINED)
    waitlist.window.freshness.touched((Notice(Topic.WAITLIST, IMPROV),))
    wait(lambda: waitlist.shows("call_notice"))
    waitlist.key(key)
    assert waitlist.find("call_list_state").title() == "Nobody has to be called"  # type: ignore[attr-defined]
    assert focused(waitlist) == "waitlist_call_list"


def test_somebody_who_is_to_be_called_again_takes_outcomes_again(waitlist: Stage) -> None:
    called(waitlist)
    family = book(waitlist).entries_[1]
    book(waitlist).entries_[1] = replace(family, state=EntryState.WITHDRAWN)
    waitlist.window.freshness.touched((Notice(Topic.WAITLIST, IMPROV),))
    wait(lambda: waitlist.shows("call_notice"))
    book(waitlist).entries_[1] = family
    waitlist.window.freshness.touched((Notice(Topic.WAITLIST, IMPROV),))
    wait(lambda: not waitlist.shows("call_notice"))
    waitlist.key(Qt.Key.Key_1)
    wait(lambda: bool(book(waitlist).done))
    assert book(waitlist).done[0][1:3] == (902, CallOutcome.REACHED)


def test_look_again_and_try_again_leave_the_keyboard_in_the_call_list(waitlist: Stage) -> None:
    called(waitlist)
    waitlist.key(Qt.Key.Key_2)
    wait(lambda: waitlist.shows("call_list_state"))
    waitlist.find("call_list_state_action").setFocus()
    waitlist.click("call_list_state_action")
    wait(lambda: waitlist.shows("call_name"))
    assert focused(waitlist) == "waitlist_call_list"
    book(waitlist).fail.append(errors.Busy())
    waitlist.key(Qt.Key.Key_2)
    wait(lambda: waitlist.shows("call_notice"))
    assert focused(waitlist) == "waitlist_call_list"
    book(waitlist).fail_looks = errors.DatabaseGone()
    press(waitlist, "call_notice_action")
    wait(lambda: waitlist.shows("call_list_state_action"))
    assert focused(waitlist) == "waitlist_call_list"
    book(waitlist).fail_looks = None
    waitlist.key(ENTER)
    wait(lambda: waitlist.shows("call_name"))
    assert focused(waitlist) == "waitlist_call_list"


def test_who_is_offered_fewer_than_they_want_is_seen_in_both_lists(open_stage: Open) -> None:
    world = a_world()
    family = world.waitlist.entries_[1]
    assert family.offer is not None
    world.waitlist.entries_[1] = replace(
        family, all_together=False, offer=replace(family.offer, quantity=3, code="WTJ8WEYCR2AGM")
    )
    stage = shown(open_stage(world))
    assert stage.window.waitlist.entries.model.index(1, TICKETS).data() == "3 of 4"
    called(stage)
    assert words(stage, "call_what") == "3 of 4 x Standard"
    assert words(stage, "call_code") == "W-TJ8W-EYCR-2AGM"
    assert words(stage, "call_until") == "until Sun 22 Nov, 17:41"


def test_only_whoever_holds_an_offer_gives_it_up_by_being_taken_off(waitlist: Stage) -> None:
    goes_on = "What is offered to them comes free."
    for entry_id, says_so in ((1, True), (4, False)):
        opened(waitlist, entry_id)
        press(waitlist, "waitlist_to_withdraw")
        form = waitlist.window.waitlist.detail.deeds.form
        assert form is not None
        told = [label.text() for label in form.findChildren(QLabel)]
        assert (goes_on in told) is says_so
        waitlist.key(ESC)


@pytest.mark.parametrize(("locale", "one"), [("en", "1 waits for 1 ticket"), ("de", "1 wartet auf 1 Ticket")])
def test_one_who_waits_is_one(locale: str, one: str) -> None:
    event = replace(demo_waitlist(demo_world().events).events_[0], waiting=1, tickets_wanted=1)
    speak(locale)
    assert waiting_words(event, Formats(locale)) == one
    speak("en")


def test_whose_the_tickets_are_now_is_said_and_who_of_them_is_called_next(waitlist: Stage) -> None:
    book(waitlist).went_to = {902: (6, 3)}
    called(waitlist)
    waitlist.key(Qt.Key.Key_3)
    waitlist.key(ENTER)
    wait(lambda: waitlist.shows("call_next"))
    assert said(waitlist, "call_next").splitlines() == [
        "2 x Standard are offered to Amélie Laurent now: to be called.",
        "1 x Standard is offered to Tomasz Nowak now: told by e-mail.",
    ]
    wait(lambda: waitlist.shows("call_name"))
    assert words(waitlist, "call_name") == "Amélie Laurent"
    assert focused(waitlist) == "waitlist_call_list"
    waitlist.key(Qt.Key.Key_1)
    wait(lambda: waitlist.shows("call_list_state"))
    assert not waitlist.shows("call_next")
    waitlist.key(ESC)
    book(waitlist).entries_[1] = replace(book(waitlist).entries_[1], joined_at=NOW)
    choose_state(waitlist, "All entries")
    wait(lambda: waitlist.window.waitlist.entries.model.row_of(2) >= 0)
    opened(waitlist, 2)
    assert said(waitlist, "waitlist_passed_on").startswith("2 x Standard are offered to Amélie Laurent now")


def test_what_nobody_waits_for_is_back_on_sale(waitlist: Stage) -> None:
    called(waitlist)
    waitlist.key(Qt.Key.Key_3)
    waitlist.key(ENTER)
    on_sale = "4 x Standard are back on sale: nobody waits for them."
    wait(lambda: said(waitlist, "call_next") == on_sale)


def test_the_call_list_tells_the_price_and_every_call_about_the_offer(open_stage: Open) -> None:
    world = a_world()
    other_offer = EntryDeed(NOW, EntryEvent.CALLED, offer_id=1, outcome=CallOutcome.REACHED)
    with_calls(world.waitlist).histories[2] += (other_offer,)
    stage = called(shown(open_stage(world)))
    assert words(stage, "call_price") == "4 x €\N{NO-BREAK SPACE}45.00 = €\N{NO-BREAK SPACE}180.00"
    assert words(stage, "call_earlier") == "3 calls: no answer"
    calls = stage.find("call_calls")
    wait(lambda: calls.accessibleName() == "no answer. no answer")
    press(stage, "call_calls_more")
    assert calls.accessibleName() == "no answer. no answer. wrong number"
    told = " ".join(one.text() for one in calls.findChildren(ClampedText))
    assert "Sun 22 Nov, 11:50 · Anna Weber · Counter 2" in told


def test_what_an_offer_costs_is_told_by_the_ticket_where_that_is_even() -> None:
    offer = an_offer(an_entry(1, "A", 3, "a@example.org"), NOW)
    formats = Formats("en")
    assert price_words(offer, formats) == ""
    uneven = replace(offer, price=Money(Decimal("100.00"), "EUR"))
    assert "x" not in price_words(uneven, formats)
    yen = replace(offer, price=Money(Decimal(300), "JPY"))
    assert price_words(yen, formats).startswith("3 x ")


def test_the_panel_tells_what_happened_who_did_it_and_why(open_stage: Open) -> None:
    world = a_world()
    with_calls(world.waitlist)
    stage = opened(shown(open_stage(world)), 2)
    history = stage.find("waitlist_history")
    assert history.accessibleName().split(". ")[:2] == ["Called: no answer", "Called: no answer"]
    assert "Bremen" not in history.accessibleName()
    more = stage.find("waitlist_history_more")
    assert more.accessibleName() == "All 6"
    press(stage, "waitlist_history_more")

    def told() -> list[str]:
        return [one.text() for one in history.findChildren(ClampedText) if one.isVisible()]

    wait(lambda: len(told()) == 12)
    assert told()[-4:] == [
        "Priority 2: came from Bremen in vain",
        "Sat 21 Nov, 15:00 · Otto Krause · Counter 1",
        "Joined, wants 4, together · Standard",
        "Fri 20 Nov, 11:30 · Anna Weber · Counter 2",
    ]
    stage.window.freshness.touched((Notice(Topic.WAITLIST, IMPROV),))
    rest(50)
    assert "Bremen" in history.accessibleName()
    assert more.accessibleName() == "Less"


@pytest.mark.parametrize("what", list(EntryEvent))
@pytest.mark.parametrize("locale", ["en", "de"])
def test_everything_that_can_happen_has_words(what: EntryEvent, locale: str) -> None:
    speak(locale)
    deed = EntryDeed(NOW, what, reason="why", tier="Standard", quantity=2, until=NOW)
    told = deed_words(deed, Formats(locale), ZONE)
    speak("en")
    assert told.endswith(": why")
    assert "{" not in told


def test_a_promoter_is_not_told_who_of_the_house_did_what(open_stage: Open) -> None:
    stage = opened(shown(open_stage(a_world(Role.PROMOTER))), 2)
    assert words(stage, "waitlist_detail_wants") == "4, together · Standard"
    assert not stage.shows("waitlist_history")


def test_nobody_to_call_is_said(waitlist: Stage) -> None:
    book(waitlist).entries_.pop(1)
    press(waitlist, "waitlist_calls")
    note = waitlist.find("call_list_state")
    wait(lambda: note.title() == "Nobody has to be called")  # type: ignore[attr-defined]
