"""One person of the list on the fake desk: offered, changed, taken off, put on the list by keys."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QComboBox, QWidget

from boxoffice.domain import errors
from boxoffice.domain.person import Role
from boxoffice.domain.waitlist import (
    CallOutcome,
    ChangeEntry,
    EntryState,
    JoinWaitlist,
)
from boxoffice.ui.waitlist.join_form import JoinAt, JoinForm
from boxoffice.ui.waitlist.outcomes import DialButton, tel_url
from tests.ui.fake_event import NOW, ZONE
from tests.ui.fake_orders import SOFIA
from tests.ui.fake_waitlist import (
    IMPROV,
    REDUCED,
    STANDARD,
    an_entry,
)
from tests.ui.stage import Stage, wait
from tests.ui.waitlist_stage import (
    CONTROL,
    DOWN,
    ENTER,
    ESC,
    INSERT,
    Open,
    UrlTaker,
    a_world,
    asked,
    book,
    choose_state,
    closed_too,
    fill,
    focused,
    opened,
    press,
    said,
    shown,
    with_twins,
    words,
)

# --- one person --------------------------------------------------------------------------------


def test_the_panel_tells_what_is_wanted_offered_and_why_somebody_was_passed_over(waitlist: Stage) -> None:
    opened(waitlist, 2)
    assert words(waitlist, "waitlist_detail_wants") == "4, together · Standard"
    assert words(waitlist, "waitlist_offer_left") == "expires in 5 h 0 min"
    assert words(waitlist, "waitlist_offer_code").startswith("Code W-")
    waitlist.key(DOWN)
    waitlist.key(DOWN)
    detail = waitlist.window.waitlist.detail
    wait(lambda: detail.entry is not None and detail.entry.id == 4)
    told = waitlist.find("waitlist_story").accessibleName()
    assert "1 ticket was there, and they want 2 together." in told
    assert words(waitlist, "waitlist_detail_chance") == "In 5 of 10 past events enough came back."
    waitlist.key(ESC)
    assert not waitlist.shows("waitlist_detail_name")


def test_a_number_is_dialled_by_the_computer(waitlist: Stage) -> None:
    opened(waitlist, 2)
    dial = waitlist.find("waitlist_dial")
    assert isinstance(dial, DialButton)

    assert tel_url("+49 170 555-0199") == QUrl("tel:+491705550199")
    handler = UrlTaker()
    QDesktopServices.setUrlHandler("tel", handler, "take")  # type: ignore[arg-type]  # the stub says bytes, Qt wants str
    dial.click()
    QDesktopServices.unsetUrlHandler("tel")
    assert handler.taken == [QUrl("tel:+491705550199")]


def test_what_is_wanted_is_changed_by_keys_alone(waitlist: Stage) -> None:
    opened(waitlist, 4)
    press(waitlist, "waitlist_to_change")
    assert focused(waitlist) == "waitlist_change_quantity"
    waitlist.type("0")
    waitlist.key(ENTER)
    assert said(waitlist, "waitlist_change_notice") == "Type a number from 1 to 20."
    fill(waitlist, "waitlist_change_quantity", "3")
    together = waitlist.find("waitlist_change_together")
    tier = waitlist.find("waitlist_change_tier")
    assert isinstance(together, QComboBox)
    assert isinstance(tier, QComboBox)
    together.setCurrentIndex(0)
    tier.setCurrentIndex(tier.findText("Any tier"))
    fill(waitlist, "waitlist_change_note", "Only tonight")
    waitlist.key(ENTER)
    wish = ChangeEntry(4, None, 3, all_together=False, note="Only tonight", phone="")
    wait(lambda: asked(waitlist, "change", wish))
    wait(lambda: words(waitlist, "waitlist_detail_wants") == "3 or fewer · any tier")
    assert focused(waitlist) == "waitlist"


def test_a_manager_allows_the_priority_beside_the_deed(waitlist: Stage) -> None:
    opened(waitlist, 4)
    book(waitlist).fail.append(errors.NeedsOverride("prioritise", "event", 4))
    press(waitlist, "waitlist_to_priority")
    fill(waitlist, "waitlist_priority_number", "3")
    waitlist.key(ENTER)
    assert said(waitlist, "waitlist_priority_notice") == "Say why: a few words are enough."
    waitlist.type("wheelchair")
    waitlist.key(ENTER)
    wait(lambda: waitlist.shows("waitlist_priority_manager"))
    assert "sooner than others" in said(waitlist, "waitlist_priority_notice")
    waitlist.type("otto")
    waitlist.key(ENTER)
    waitlist.type("s3cret")
    waitlist.key(ENTER)
    wait(lambda: book(waitlist).done == [("priority", 4, 3, "wheelchair")] * 2)
    assert waitlist.world.allowed[0].reason == "wheelchair"
    wait(lambda: words(waitlist, "waitlist_detail_place") == "1, priority 3")


def test_somebody_is_taken_off_with_a_reason_and_let_wait_again(waitlist: Stage) -> None:
    choose_state(waitlist, "All entries")
    wait(lambda: waitlist.window.waitlist.entries.model.rowCount() == 8)
    opened(waitlist, 3)
    press(waitlist, "waitlist_to_withdraw")
    waitlist.type("moved away")
    waitlist.key(ENTER)
    wait(lambda: asked(waitlist, "withdraw", 3, "moved away"))
    wait(lambda: waitlist.find("waitlist_to_reoffer").isVisible())
    press(waitlist, "waitlist_to_reoffer")
    waitlist.type("came back")
    waitlist.key(ENTER)
    wait(lambda: asked(waitlist, "reoffer", 3, "came back"))
    wait(lambda: words(waitlist, "waitlist_detail_state") == "Waiting")


def test_an_offer_is_extended_declined_and_sold(waitlist: Stage) -> None:
    opened(waitlist, 1)
    press(waitlist, "waitlist_to_extend")
    waitlist.type("48")
    waitlist.key(ENTER)
    wait(lambda: asked(waitlist, "extend", 901, 48))
    wait(lambda: words(waitlist, "waitlist_offer_left") == "expires in 2 d 0 h")
    sold: list[str] = []
    waitlist.window.waitlist.sell_wanted.connect(sold.append)
    offer = book(waitlist).entries_[0].offer
    assert offer is not None
    press(waitlist, "waitlist_sell")
    assert sold == [offer.code]
    assert waitlist.sell.isVisible()
    waitlist.key(Qt.Key.Key_W, CONTROL)
    wait(lambda: waitlist.shows("waitlist_to_decline"))
    press(waitlist, "waitlist_to_decline")
    waitlist.key(ENTER)
    wait(lambda: asked(waitlist, "decline", 901))


@pytest.mark.parametrize(
    ("digit", "outcome"),
    [
        (Qt.Key.Key_1, CallOutcome.REACHED),
        (Qt.Key.Key_2, CallOutcome.NO_ANSWER),
        (Qt.Key.Key_4, CallOutcome.WRONG_NUMBER),
    ],
)
def test_a_call_is_noted_by_a_digit(waitlist: Stage, digit: Qt.Key, outcome: CallOutcome) -> None:
    opened(waitlist, 2)
    press(waitlist, "waitlist_to_call")
    waitlist.key(ENTER)
    waitlist.key(digit)
    wait(lambda: bool(book(waitlist).done))
    assert book(waitlist).done[0][:3] == ("call", 902, outcome)
    wait(lambda: "Called: " in waitlist.find("waitlist_history").accessibleName())


def test_who_declines_in_the_panel_is_asked_about_once_more(waitlist: Stage) -> None:
    opened(waitlist, 2)
    press(waitlist, "waitlist_to_call")
    waitlist.key(Qt.Key.Key_3)
    assert said(waitlist, "waitlist_call_sure") == "Declines: 4 x Standard come free."
    waitlist.key(Qt.Key.Key_1)
    waitlist.key(ESC)
    assert waitlist.shows("waitlist_call_declined")
    assert book(waitlist).done == []
    waitlist.key(Qt.Key.Key_3)
    waitlist.key(ENTER)
    wait(lambda: bool(book(waitlist).done))
    assert book(waitlist).done[0][:3] == ("call", 902, CallOutcome.DECLINED)
    wait(lambda: waitlist.window.waitlist.detail.deeds.form is None)


def test_two_who_are_one_are_merged(open_stage: Open) -> None:
    world = a_world()
    world.waitlist.entries_.append(an_entry(9, "O. Svensson", 2, "ola@example.se", place=7))
    world.waitlist.pairs = [(5, 9)]
    stage = shown(open_stage(world), 7)
    wait(lambda: said(stage, "waitlist_doubles") == "1 person seems to stand here twice.")
    press(stage, "waitlist_doubles_action")
    wait(lambda: stage.shows("waitlist_detail_double"))
    assert "O. Svensson" in said(stage, "waitlist_detail_double")
    wait(lambda: stage.shows("waitlist_to_merge"))
    press(stage, "waitlist_to_merge")
    stage.key(ENTER)
    wait(lambda: asked(stage, "merge", 5, 9))
    wait(lambda: not stage.shows("waitlist_doubles"))


def test_a_refusal_is_a_sentence_in_the_form_and_esc_leaves_it(waitlist: Stage) -> None:
    opened(waitlist, 3)
    book(waitlist).fail.append(errors.EntryClosed(EntryState.REDEEMED))
    press(waitlist, "waitlist_to_withdraw")
    waitlist.type("why")
    waitlist.key(ENTER)
    wait(lambda: said(waitlist, "waitlist_withdraw_notice") == "They have bought their tickets.")
    waitlist.key(ESC)
    assert waitlist.window.waitlist.detail.deeds.form is None


# --- the keyboard in the forms -----------------------------------------------------------------


FORMS = {
    "priority": (4, ("number", "reason", "take", "leave")),
    "withdraw": (4, ("reason", "take", "leave")),
    "reoffer": (8, ("reason", "take", "leave")),
    "extend": (1, ("hours", "take", "leave")),
    "change": (4, ("quantity", "together", "note", "phone", "take", "leave", "tier")),
    "decline": (1, ("leave", "take")),
    "merge": (5, ("leave", "take")),
    "call": (2, ("leave", "reached", "no_answer", "declined", "wrong_number")),
    "settings": (0, ("hours", "cutoff", "from", "until", "take", "leave")),
}
"""Of each form: whose it is, and where Tab stops, from what the form begins with."""


@pytest.mark.parametrize("form", FORMS)
def test_tab_goes_through_a_form_as_it_is_read_and_never_leaves_it(open_stage: Open, form: str) -> None:
    stage = shown(open_stage(with_twins(a_world(Role.MANAGER))), 7)
    entry_id, stops = FORMS[form]
    closed_too(stage)
    if entry_id:
        opened(stage, entry_id)
        wait(lambda: stage.shows(f"waitlist_to_{form}"))
    press(stage, f"waitlist_to_{form}" if entry_id else "waitlist_rules")
    ring = [f"waitlist_{form}_{stop}" for stop in stops]
    if focused(stage) not in ring:
        stage.key(Qt.Key.Key_Tab)
    walked = []
    for _ in ring:
        walked.append(focused(stage))
        stage.key(Qt.Key.Key_Tab)
    assert walked == ring
    assert focused(stage) == ring[0]
    back = []
    for _ in ring:
        stage.key(Qt.Key.Key_Backtab)
        back.append(focused(stage))
    assert back == ring[::-1]
    tops = [stage.find(name).mapTo(stage.window, QPoint(0, 0)).y() for name in ring]
    begin = tops.index(min(tops))
    assert tops[begin:] + tops[:begin] == sorted(tops)


def test_what_is_typed_after_tab_lands_in_the_reason_of_the_priority(waitlist: Stage) -> None:
    opened(waitlist, 4)
    press(waitlist, "waitlist_to_priority")
    waitlist.type("3")
    waitlist.key(Qt.Key.Key_Tab)
    waitlist.type("wheelchair")
    waitlist.key(Qt.Key.Key_Tab)
    assert focused(waitlist) == "waitlist_priority_take"
    waitlist.key(ENTER)
    wait(lambda: asked(waitlist, "priority", 4, 3, "wheelchair"))


def test_an_offer_that_stands_longer_than_is_asked_for_is_left_as_it_is_and_that_is_said(
    waitlist: Stage,
) -> None:
    opened(waitlist, 1)
    press(waitlist, "waitlist_to_extend")
    waitlist.type("3")
    waitlist.key(ENTER)
    longer = "It stands longer already, until Sun 22 Nov, 15:53."
    assert said(waitlist, "waitlist_extend_notice") == longer
    assert focused(waitlist) == "waitlist_extend_hours"
    assert book(waitlist).done == []
    fill(waitlist, "waitlist_extend_hours", "4")
    waitlist.key(ENTER)
    wait(lambda: asked(waitlist, "extend", 901, 4))


def test_enter_on_the_way_back_goes_back_and_does_nothing(waitlist: Stage) -> None:
    opened(waitlist, 1)
    press(waitlist, "waitlist_to_decline")
    waitlist.find("waitlist_decline_leave").setFocus()
    waitlist.key(ENTER)
    assert waitlist.window.waitlist.detail.deeds.form is None
    assert book(waitlist).done == []


@pytest.mark.parametrize(
    ("form", "entry_id", "field"),
    [
        ("change", 4, "quantity"),
        ("extend", 1, "hours"),
        ("withdraw", 4, "reason"),
        ("priority", 4, "reason"),
        ("decline", 1, "take"),
        ("call", 2, ""),
    ],
)
def test_after_a_refusal_the_keyboard_is_in_the_form_and_enter_tries_again(
    waitlist: Stage, form: str, entry_id: int, field: str
) -> None:
    name = f"waitlist_{form}"
    opened(waitlist, entry_id)
    book(waitlist).fail += [errors.EntryClosed(EntryState.REDEEMED), errors.Busy()]
    press(waitlist, f"waitlist_to_{form}")
    if form == "priority":
        waitlist.key(Qt.Key.Key_Tab)
    if field == "reason":
        waitlist.type("moved away")
    confirm = Qt.Key.Key_1 if form == "call" else ENTER
    for times in (1, 2):
        waitlist.key(confirm)
        wait(lambda times=times: len(book(waitlist).done) == times)  # type: ignore[misc]
        wait(lambda: waitlist.shows(f"{name}_notice") and waitlist.find(f"{name}_leave").isEnabled())
        assert focused(waitlist) == (f"{name}_{field}" if field else name)
    waitlist.key(confirm)
    wait(lambda: len(book(waitlist).done) == 3)
    wait(lambda: waitlist.window.waitlist.detail.deeds.form is None)
    assert focused(waitlist) == "waitlist"


def test_esc_after_a_refusal_leaves_no_message_and_enter_opens_the_person_again(waitlist: Stage) -> None:
    opened(waitlist, 1)
    book(waitlist).fail.append(errors.OfferOver(EntryState.EXPIRED, NOW))
    press(waitlist, "waitlist_to_extend")
    waitlist.key(ENTER)
    wait(lambda: waitlist.shows("waitlist_extend_notice"))
    assert "Sun 22 Nov, 12:41" in said(waitlist, "waitlist_extend_notice")
    waitlist.key(ESC)
    assert focused(waitlist) == "waitlist"
    wait(lambda: waitlist.window.findChild(QWidget, "waitlist_extend") is None)
    press(waitlist, "waitlist_to_extend")
    assert said(waitlist, "waitlist_extend_notice") == ""
    waitlist.key(ENTER)
    wait(lambda: asked(waitlist, "extend", 901, 24))


def test_after_a_click_that_was_refused_the_button_has_the_keyboard(waitlist: Stage) -> None:
    opened(waitlist, 1)
    book(waitlist).fail.append(errors.EntryClosed(EntryState.REDEEMED))
    press(waitlist, "waitlist_to_extend")
    waitlist.click("waitlist_extend_take")
    wait(lambda: waitlist.shows("waitlist_extend_notice"))
    assert focused(waitlist) == "waitlist_extend_take"
    waitlist.key(ENTER)
    wait(lambda: len(book(waitlist).done) == 2)


# --- joining -----------------------------------------------------------------------------------


def test_somebody_found_while_typing_joins_and_hears_their_place(waitlist: Stage) -> None:
    waitlist.key(INSERT)
    assert focused(waitlist) == "join_customer_search"
    waitlist.type("sofia")
    waitlist.key(ENTER)
    wait(lambda: focused(waitlist) == "join_quantity")
    waitlist.type("3")
    waitlist.key(ENTER)
    wish = JoinWaitlist(IMPROV, STANDARD, SOFIA.id, 3)
    wait(lambda: asked(waitlist, "join", wish))
    wait(lambda: waitlist.shows("join_result"))
    assert words(waitlist, "join_result") == "Sofia Lindqvist: 3 or fewer, Standard. On the list: place 7."
    wait(lambda: waitlist.window.waitlist.entries.table.chosen_id() == 9)
    waitlist.key(ENTER)
    assert not waitlist.shows("join_result")
    waitlist.key(INSERT)
    waitlist.type("sofia")
    waitlist.key(ENTER)
    wait(lambda: said(waitlist, "join_known") == "Waits already: 3 or fewer, place 7.")
    waitlist.key(ENTER)
    wait(lambda: waitlist.shows("join_result"))
    assert words(waitlist, "join_result") == "Sofia Lindqvist: 3 or fewer, Standard. Still place 7."


def test_who_is_refused_hears_why_and_another_person_can_be_chosen(waitlist: Stage) -> None:
    book(waitlist).fail.append(errors.StillAvailable("Standard", 3))
    waitlist.key(INSERT)
    waitlist.type("sofia")
    waitlist.key(ENTER)
    wait(lambda: focused(waitlist) == "join_quantity")
    waitlist.key(ENTER)
    wait(lambda: "3 tickets of Standard can be sold now" in said(waitlist, "join_notice"))
    waitlist.key(ESC)
    assert focused(waitlist) == "join_customer_search"
    waitlist.key(ESC)
    assert not waitlist.shows("join_customer_search")


def test_who_holds_an_offer_already_is_told_until_when_and_gets_it(waitlist: Stage) -> None:
    lena = book(waitlist).entries_[0]
    assert lena.offer is not None
    book(waitlist).entries_[0] = replace(lena, customer_id=SOFIA.id)
    waitlist.key(INSERT)
    waitlist.type("sofia")
    waitlist.key(ENTER)
    wait(lambda: "until Sun 22 Nov, 15:53. Code W-" in said(waitlist, "join_known"))
    wait(lambda: focused(waitlist) == "join_take")
    waitlist.key(ENTER)
    code = lena.offer.code
    wait(lambda: waitlist.counter.held_code == code)
    assert waitlist.sell.isVisible()
    assert not waitlist.shows("join_take")


def test_the_form_can_be_opened_elsewhere_with_a_tier_chosen(waitlist: Stage) -> None:
    at = JoinAt(IMPROV, "Improv Night", ZONE, ((STANDARD, "Standard"), (REDUCED, "Reduced"), (None, "Any")))
    form = JoinForm(waitlist.window.context, at, REDUCED)
    tier = form.findChild(QComboBox, "join_tier")
    assert isinstance(tier, QComboBox)
    assert tier.currentText() == "Reduced"
    form.deleteLater()


def test_a_lost_answer_keeps_the_form_until_it_is_known(waitlist: Stage) -> None:
    book(waitlist).fail.append(errors.AnswerLost())
    waitlist.key(INSERT)
    waitlist.type("sofia")
    waitlist.key(ENTER)
    wait(lambda: focused(waitlist) == "join_quantity")
    waitlist.key(ENTER)
    wait(lambda: "not known" in said(waitlist, "join_notice"))
    waitlist.key(ESC)
    waitlist.window.waitlist.call()
    assert waitlist.shows("join_notice")
    press(waitlist, "join_notice_action")
    wait(lambda: waitlist.shows("join_result"))
    assert [name for name, *_ in book(waitlist).done] == ["join", "join"]
