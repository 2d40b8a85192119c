"""The Waitlist screen on the fake desk: who waits is seen, called, changed and put on the list by keys."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import QModelIndex, QObject, QPoint, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QWidget

from boxoffice.domain import errors
from boxoffice.domain.money import Money
from boxoffice.domain.notice import Notice, Topic
from boxoffice.domain.person import Role
from boxoffice.domain.waitlist import (
    CallOutcome,
    Chance,
    ChangeEntry,
    EntryDeed,
    EntryEvent,
    EntryState,
    JoinWaitlist,
    MailProgress,
    RecordCall,
    Verdict,
    WaitlistEntry,
    WaitlistFilter,
    WaitlistSettings,
)
from boxoffice.formats import Formats
from boxoffice.language import speak
from boxoffice.ui.theme.tokens import Tone
from boxoffice.ui.waitlist.export import defused, write_list
from boxoffice.ui.waitlist.history_words import deed_words, price_words
from boxoffice.ui.waitlist.join_form import JoinAt, JoinForm
from boxoffice.ui.waitlist.model import TICKETS, WHY, WaitlistModel
from boxoffice.ui.waitlist.outcomes import DialButton, tel_url
from boxoffice.ui.waitlist.words import (
    chance_words,
    skip_words,
    span_words,
    state_words,
    verdict_sentence,
    waiting_words,
)
from boxoffice.ui.widgets.labels import ClampedText
from tests.ui.demo_data import demo_world
from tests.ui.fake_desk import World
from tests.ui.fake_event import NOW, ZONE
from tests.ui.fake_orders import SOFIA, demo_orders
from tests.ui.fake_waitlist import (
    IMPROV,
    REDUCED,
    STANDARD,
    FakeWaitlist,
    an_entry,
    an_offer,
    demo_waitlist,
    long_waitlist,
    with_calls,
    without_contact,
)
from tests.ui.stage import Stage, rest, wait

CONTROL = Qt.KeyboardModifier.ControlModifier
ENTER, ESC, DOWN, INSERT = Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Down, Qt.Key.Key_Insert
EVERYBODY = WaitlistFilter(IMPROV)

type Open = Callable[..., Stage]


def a_world(role: Role = Role.CLERK) -> World:
    world = demo_world()
    world.book = demo_orders()
    world.waitlist = demo_waitlist(world.events)
    world.role = role
    return world


def shown(stage: Stage, rows: int = 6) -> Stage:
    stage.key(Qt.Key.Key_W, CONTROL)
    wait(lambda: stage.window.waitlist.entries.model.rowCount() == rows)
    return stage


@pytest.fixture
def waitlist(open_stage: Open) -> Stage:
    """The list of the design, the Waitlist screen in front."""
    return shown(open_stage(a_world()))


def book(stage: Stage) -> FakeWaitlist:
    return stage.world.waitlist


def opened(stage: Stage, entry_id: int) -> Stage:
    screen = stage.window.waitlist
    screen.entries.table.choose(screen.entries.model.row_of(entry_id))
    screen.entries.take_focus()
    stage.key(ENTER)
    wait(lambda: screen.detail.entry is not None and screen.detail.entry.id == entry_id)
    wait(lambda: stage.shows("waitlist_detail_name"))
    return stage


def choose_state(stage: Stage, words: str) -> None:
    state = stage.find("waitlist_state")
    assert isinstance(state, QComboBox)
    state.setCurrentIndex(state.findText(words))


def words(stage: Stage, name: str) -> str:
    return stage.find(name).text()  # type: ignore[attr-defined, no-any-return]


def said(stage: Stage, name: str) -> str:
    return stage.find(name).sentence()  # type: ignore[attr-defined, no-any-return]


def focused(stage: Stage) -> str:
    widget = stage.window.focusWidget()
    return widget.objectName() if widget is not None else ""


def press(stage: Stage, name: str) -> None:
    button = stage.find(name)
    assert isinstance(button, QAbstractButton)
    button.click()


def fill(stage: Stage, name: str, text: str) -> None:
    line = stage.find(name)
    assert isinstance(line, QLineEdit)
    line.setFocus()
    line.selectAll()
    stage.type(text)


class _UrlTaker(QObject):
    """Takes what the computer would have dialled."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[QUrl] = []

    @Slot(QUrl)
    def take(self, url: QUrl) -> None:
        self.taken.append(url)


def asked(stage: Stage, *what: object) -> bool:
    return bool(book(stage).done) and book(stage).done[-1] == what


# --- the model ---------------------------------------------------------------------------------


@pytest.mark.usefixtures("qapp")
def test_the_model_is_one_that_qt_accepts_page_by_page() -> None:
    long = long_waitlist(demo_world().events, 130)
    model = WaitlistModel(Formats("en"), lambda: NOW)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    wanted: list[WaitlistEntry] = []
    model.more_wanted.connect(wanted.append)
    model.restart(long.entries(EVERYBODY, None), ZONE)
    assert model.rowCount() == 60
    model.fetchMore(QModelIndex())
    while wanted:
        assert not model.canFetchMore(QModelIndex())
        model.extend(long.entries(EVERYBODY, wanted.pop()))
        model.fetchMore(QModelIndex())
    assert model.rowCount() == 130
    long.page_size = 200
    assert not model.refresh(long.entries(EVERYBODY, None))
    long.entries_.pop(3)
    assert model.refresh(long.entries(EVERYBODY, None))
    assert (model.row_of(1), model.row_of(4), model.rowCount()) == (0, -1, 129)
    assert tester.model() is model


def whys(model: WaitlistModel) -> dict[str, str]:
    rows = range(model.rowCount())
    return {model.index(row, 1).data(): model.index(row, WHY).data() for row in rows}


@pytest.mark.usefixtures("qapp")
def test_each_row_says_why_it_stands_where_it_stands() -> None:
    model = WaitlistModel(Formats("en"), lambda: NOW)
    model.restart(demo_waitlist(demo_world().events).entries(EVERYBODY, None), ZONE)
    assert whys(model) == {
        "Lena Brandt": "expires in 3 h 12 min",
        "Familie Öztürk": "not reached yet",
        "Tomasz Nowak": "next",
        "Chiara Rossi": "skipped once",
        "Ola Svensson": "",
        "Amélie Laurent": "",
        "Rosa Jiménez": "no answer",
        "Hugo Martens": "order 2026-104\N{NO-BREAK SPACE}102",
    }
    tickets = [model.index(row, 2).data() for row in range(5)]
    assert tickets == ["2 or fewer", "4, together", "1", "2, together", "6 or fewer"]


@pytest.mark.usefixtures("qapp")
def test_the_first_of_each_tier_is_next_and_nobody_where_some_are_left_out() -> None:
    waiting = demo_waitlist(demo_world().events)
    waiting.entries_ = [
        an_entry(1, "A", 1, "a@example.org", place=1),
        an_entry(2, "B", 1, "b@example.org", place=2, tier_id=REDUCED),
        an_entry(3, "C", 1, "c@example.org", place=3, tier_id=None),
        an_entry(4, "D", 1, "d@example.org", place=4, tier_id=REDUCED),
    ]
    model = WaitlistModel(Formats("en"), lambda: NOW)
    model.restart(waiting.entries(EVERYBODY, None), ZONE)
    assert whys(model) == {"A": "next", "B": "next", "C": "", "D": ""}
    model.restart(waiting.entries(EVERYBODY, None), ZONE, tells_next=False)
    assert set(whys(model).values()) == {""}


@pytest.mark.usefixtures("qapp")
def test_a_countdown_ticks_for_open_offers_only_and_asks_nobody() -> None:
    now = [NOW]
    list_ = demo_waitlist(demo_world().events)
    model = WaitlistModel(Formats("en"), lambda: now[0])
    model.restart(list_.entries(EVERYBODY, None), ZONE)
    changed: list[int] = []
    model.dataChanged.connect(lambda first, _last: changed.append(first.row()))
    questions = len(list_.asked)
    assert model.counts_down(0, 7)
    assert not model.counts_down(2, 7)
    now[0] += timedelta(minutes=1)
    model.tick(0, 7)
    assert changed == [0, 1]
    assert model.index(0, WHY).data() == "expires in 3 h 11 min"
    now[0] += timedelta(hours=2, minutes=11, seconds=1)
    model.tick(0, 0)
    assert model.index(0, WHY).data() == "expires in 59 min 59 s"
    now[0] += timedelta(hours=1)
    model.tick(0, 0)
    assert model.index(0, WHY).data() == "its time is up"
    assert len(list_.asked) == questions


def test_spans_are_said_in_the_units_that_matter() -> None:
    spans = [span_words(seconds) for seconds in (5, 65, 3600, 90_000, 200_000)]
    assert spans == ["5 s", "1 min 05 s", "1 h 0 min", "25 h 0 min", "2 d 7 h"]


@pytest.mark.parametrize("verdict", list(Verdict))
def test_every_verdict_has_a_short_and_a_long_reason(verdict: Verdict) -> None:
    one = demo_waitlist(demo_world().events).stories[4][0]
    one = replace(one, verdict=verdict, limit=10)
    assert skip_words(one)
    assert verdict_sentence(one).endswith(".")
    assert "{" not in skip_words(one) + verdict_sentence(one)


def test_of_too_few_past_events_nothing_is_concluded() -> None:
    assert chance_words(Chance(3, 10, 7)) == "In 7 of 10 past events enough came back."
    assert chance_words(Chance(3, 4, 4)) == "Too few events are past to say."


def test_no_answer_after_they_were_reached_makes_nobody_to_be_called_again() -> None:
    book = demo_waitlist(demo_world().events)
    for outcome in (CallOutcome.REACHED, CallOutcome.NO_ANSWER):
        book.record_call(RecordCall(902, outcome))
    family = book.entry(2)
    assert state_words(family) == ("Offered", Tone.ACCENT)
    assert book.entries(WaitlistFilter(IMPROV, to_call=True), None).entries == ()


# --- the list ----------------------------------------------------------------------------------


def test_the_screen_opens_by_its_key_on_the_event_that_somebody_waits_for(waitlist: Stage) -> None:
    assert words(waitlist, "waitlist_title") == "Improv Night: The Wrong Door"
    assert words(waitlist, "waitlist_fact_waiting") == "4 waiting for 11 tickets"
    assert words(waitlist, "waitlist_fact_offers") == "2 offers open"
    assert words(waitlist, "waitlist_fact_calls") == "1 to call"
    assert book(waitlist).asked[0][0].states == (
        EntryState.WAITING,
        EntryState.TOLD,
        EntryState.OFFERED,
    )
    assert focused(waitlist) == "waitlist_events"
    waitlist.key(Qt.Key.Key_Tab)
    assert focused(waitlist) == "waitlist"
    waitlist.key(ESC)
    assert waitlist.sell.isVisible()


def test_arrows_walk_through_the_events_and_nobody_waits_is_said(waitlist: Stage) -> None:
    waitlist.key(Qt.Key.Key_Up)
    wait(lambda: waitlist.shows("waitlist_note"))
    wait(lambda: words(waitlist, "waitlist_title") == "Blue Harbour Quartet")
    wait(lambda: waitlist.shows("waitlist_note_action"))
    waitlist.click("waitlist_note_action")
    wait(lambda: waitlist.shows("join_customer_search"))


def test_states_and_tiers_narrow_the_list_and_esc_takes_that_back(waitlist: Stage) -> None:
    model = waitlist.window.waitlist.entries.model
    choose_state(waitlist, "Bought")
    wait(lambda: model.rowCount() == 1)
    choose_state(waitlist, "To call")
    wait(lambda: book(waitlist).asked[-1][0].to_call and model.rowCount() == 1)
    tier = waitlist.find("waitlist_tier")
    assert isinstance(tier, QComboBox)
    tier.setCurrentIndex(tier.findText("Reduced"))
    wait(lambda: book(waitlist).asked[-1][0].tier_id == REDUCED)
    wait(lambda: waitlist.shows("waitlist_note"))
    waitlist.window.waitlist.escape()
    wait(lambda: model.rowCount() == 6)


def test_a_letter_begins_a_search_and_enter_chooses_the_first(waitlist: Stage) -> None:
    waitlist.key(ENTER)
    waitlist.type("v")
    wait(lambda: waitlist.window.waitlist.entries.model.rowCount() == 1)
    waitlist.key(ESC)
    wait(lambda: waitlist.window.waitlist.entries.model.rowCount() == 6)
    waitlist.type("rossi")
    assert focused(waitlist) == "waitlist_search"
    waitlist.key(ENTER)
    wait(lambda: waitlist.window.waitlist.entries.model.rowCount() == 1)
    wait(lambda: waitlist.window.waitlist.entries.table.chosen_id() == 4)
    assert focused(waitlist) == "waitlist"


def test_an_offers_code_opens_whoever_holds_it_and_a_wrong_one_is_said(waitlist: Stage) -> None:
    offer = book(waitlist).entries_[0].offer
    assert offer is not None
    waitlist.find("search").setFocus()
    waitlist.type(offer.code)
    waitlist.key(ENTER)
    wait(lambda: waitlist.shows("waitlist_offer_code"))
    detail = waitlist.window.waitlist.detail
    wait(lambda: detail.entry is not None and detail.entry.id == 1)
    wrong = an_offer(an_entry(77, "", 1, ""), NOW).code
    waitlist.find("waitlist_search").setFocus()
    waitlist.type(wrong)
    waitlist.key(ENTER)
    wait(lambda: said(waitlist, "waitlist_trouble") == "There is no offer of this code. Check the code.")


def test_pages_are_fetched_while_somebody_scrolls_and_a_change_keeps_place_and_choice(
    open_stage: Open,
) -> None:
    world = a_world()
    world.waitlist = long_waitlist(world.events)
    stage = shown(open_stage(world), 60)
    entries = stage.window.waitlist.entries
    bar = entries.table.verticalScrollBar()
    for rows in (120, 180):
        bar.setValue(bar.maximum())
        wait(lambda rows=rows: entries.model.rowCount() == rows)  # type: ignore[misc]
    entries.table.choose(entries.model.row_of(110))
    top, _ = entries.table.seen()
    first = entries.model.entry(top)
    assert first is not None
    world.waitlist.entries_ = [one for one in world.waitlist.entries_ if one.id not in (2, 3)]
    stage.window.freshness.touched((Notice(Topic.WAITLIST, IMPROV),))
    wait(lambda: entries.model.row_of(2) < 0)
    now_top, _ = entries.table.seen()
    kept = entries.model.entry(now_top)
    assert kept is not None
    assert kept.id == first.id
    assert entries.table.chosen_id() == 110


def test_what_happens_to_another_event_asks_for_no_entries(waitlist: Stage) -> None:
    asked_before = len(book(waitlist).asked)
    waitlist.window.freshness.touched((Notice(Topic.WAITLIST, 99),))
    rest(50)
    assert len(book(waitlist).asked) == asked_before
    book(waitlist).entries_.append(an_entry(9, "New", 1, "n@example.org", place=7))
    waitlist.window.freshness.touched((Notice(Topic.AVAILABILITY, IMPROV),))
    wait(lambda: waitlist.window.waitlist.entries.model.rowCount() == 7)


def test_looks_that_fail_are_said_in_their_place_or_across_the_window(open_stage: Open) -> None:
    world = a_world()
    world.waitlist.fail_looks = errors.DatabaseGone()
    stage = open_stage(world)
    stage.key(Qt.Key.Key_W, CONTROL)
    wait(lambda: stage.shows("waitlist_events_state_action"))
    world.waitlist.fail_looks = None
    stage.click("waitlist_events_state_action")
    wait(lambda: stage.window.waitlist.entries.model.rowCount() == 6)
    world.waitlist.fail_looks = errors.DatabaseGone()
    stage.window.waitlist.entries.load()
    wait(lambda: bool(stage.window.banner.words()))
    assert stage.window.waitlist.entries.model.rowCount() == 6


def test_with_no_list_at_all_the_screen_says_so(open_stage: Open) -> None:
    world = a_world()
    world.waitlist.events_ = []
    stage = open_stage(world)
    stage.key(Qt.Key.Key_W, CONTROL)
    note = stage.find("waitlist_events_state")
    wait(lambda: note.title() == "Nobody has to wait")  # type: ignore[attr-defined]
    stage.key(INSERT)
    assert not stage.shows("join")


def looked_for(stage: Stage, text: str) -> None:
    search = stage.find("waitlist_search")
    assert isinstance(search, QLineEdit)
    search.setFocus()
    stage.type(text)
    wait(lambda: book(stage).asked[-1][0].text in (text, text.strip()))


def note_title(stage: Stage) -> str:
    return stage.find("waitlist_note").title()  # type: ignore[attr-defined, no-any-return]


def test_who_is_found_in_another_state_only_is_shown_with_the_text_kept(waitlist: Stage) -> None:
    looked_for(waitlist, "rosa")
    wait(lambda: waitlist.shows("waitlist_note_action"))
    assert note_title(waitlist) == "Nobody open is found"
    assert words(waitlist, "waitlist_note_action") == "Show all entries"
    waitlist.click("waitlist_note_action")
    wait(lambda: waitlist.window.waitlist.entries.model.row_of(8) == 0)
    assert focused(waitlist) == "waitlist"
    assert words(waitlist, "waitlist_search") == "rosa"
    assert book(waitlist).asked[-1][0].states == ()


def test_a_text_that_fits_nobody_is_taken_back_by_the_note(waitlist: Stage) -> None:
    looked_for(waitlist, "xyz")
    wait(lambda: waitlist.shows("waitlist_note_action"))
    assert note_title(waitlist) == "Nobody found"
    assert words(waitlist, "waitlist_note_action") == "Take the search back"
    waitlist.click("waitlist_note_action")
    wait(lambda: waitlist.window.waitlist.entries.model.rowCount() == 6)
    assert focused(waitlist) == "waitlist"
    choose_state(waitlist, "Ended otherwise")
    tier = waitlist.find("waitlist_tier")
    assert isinstance(tier, QComboBox)
    tier.setCurrentIndex(tier.findText("Reduced"))
    wait(lambda: words(waitlist, "waitlist_note_action") == "Show open entries")


def sold_meanwhile(stage: Stage, row: int) -> None:
    list_ = book(stage)
    list_.entries_[row] = replace(list_.entries_[row], state=EntryState.REDEEMED)
    stage.window.freshness.touched((Notice(Topic.WAITLIST, IMPROV),))
    wait(lambda: words(stage, "waitlist_detail_state") == "Bought")


def test_the_panel_closes_when_a_search_leaves_out_whoever_it_shows(waitlist: Stage) -> None:
    opened(waitlist, 1)
    looked_for(waitlist, "rossi")
    wait(lambda: not waitlist.shows("waitlist_detail_name"))
    assert waitlist.window.waitlist.entries.table.chosen_id() is None
    opened(waitlist, 4)
    choose_state(waitlist, "All entries")
    wait(lambda: book(waitlist).asked[-1][0].states == ())
    rest(20)
    assert waitlist.shows("waitlist_detail_name")


def test_who_left_the_list_by_what_became_of_them_is_looked_at_and_nobody_else_is_marked(
    waitlist: Stage,
) -> None:
    entries = waitlist.window.waitlist.entries
    opened(waitlist, 1)
    sold_meanwhile(waitlist, 0)
    wait(lambda: entries.model.row_of(1) < 0)
    assert entries.table.chosen_id() is None
    waitlist.key(ENTER)
    assert waitlist.window.waitlist.detail.entry_id == 1
    choose_state(waitlist, "All entries")
    wait(lambda: entries.table.chosen_id() == 1)
    assert waitlist.shows("waitlist_detail_name")
    choose_state(waitlist, "Waiting")
    wait(lambda: not waitlist.shows("waitlist_detail_name"))


def test_an_entry_that_is_shown_from_elsewhere_is_chosen_and_opened_whatever_is_shown(
    waitlist: Stage,
) -> None:
    screen = waitlist.window.waitlist
    opened(waitlist, 1)
    looked_for(waitlist, "rossi")
    wait(lambda: screen.entries.model.rowCount() == 1)
    for _ in range(2):
        waitlist.window.context.show_entry(IMPROV, 8)
        wait(lambda: screen.entries.table.chosen_id() == 8)
        wait(lambda: words(waitlist, "waitlist_detail_name") == "Rosa Jiménez")
        wait(lambda: waitlist.shows("waitlist_to_reoffer"))
        assert focused(waitlist) == "waitlist"
        assert words(waitlist, "waitlist_search") == ""
        waitlist.key(ESC)
        assert not waitlist.shows("waitlist_detail_name")
        screen.entries.table.choose(0)


def test_an_entry_of_an_event_that_is_not_listed_yet_is_opened_beside_its_row(open_stage: Open) -> None:
    stage = open_stage(a_world())
    stage.window.context.show_entry(IMPROV, 8)
    screen = stage.window.waitlist
    wait(lambda: screen.entries.table.chosen_id() == 8)
    wait(lambda: stage.shows("waitlist_detail_name"))
    rest(50)
    assert words(stage, "waitlist_detail_name") == "Rosa Jiménez"
    assert focused(stage) == "waitlist"


def test_an_entry_far_down_is_fetched_when_it_is_shown_from_elsewhere(open_stage: Open) -> None:
    world = a_world()
    world.waitlist = long_waitlist(world.events, 200)
    stage = shown(open_stage(world), 60)
    stage.window.context.show_entry(IMPROV, 150)
    wait(lambda: stage.window.waitlist.entries.table.chosen_id() == 150)
    wait(lambda: words(stage, "waitlist_detail_name") == "Person number 150")
    assert stage.window.waitlist.entries.head.shows_open


def test_an_entry_that_cannot_be_found_is_said_and_nobody_is_marked(waitlist: Stage) -> None:
    opened(waitlist, 1)
    waitlist.window.context.show_entry(IMPROV, 77)
    wait(lambda: waitlist.shows("waitlist_trouble"))
    assert waitlist.window.waitlist.entries.table.chosen_id() is None
    wait(lambda: waitlist.shows("waitlist_detail_note"))


def test_behind_the_call_list_the_row_of_whoever_is_called_is_the_one_that_is_opened_again(
    waitlist: Stage,
) -> None:
    screen = waitlist.window.waitlist
    opened(waitlist, 4)
    press(waitlist, "waitlist_calls")
    wait(lambda: screen.entries.table.chosen_id() == 2)
    waitlist.key(ESC)
    wait(lambda: words(waitlist, "waitlist_detail_name") == "Familie Öztürk")
    looked_for(waitlist, "rossi")
    wait(lambda: screen.entries.model.rowCount() == 1)
    press(waitlist, "waitlist_calls")
    wait(lambda: waitlist.shows("call_name"))
    assert screen.entries.table.chosen_id() is None
    waitlist.key(ESC)
    assert not waitlist.shows("waitlist_detail_name")


def test_nobody_is_worked_on_before_they_are_read(waitlist: Stage) -> None:
    opened(waitlist, 1)
    gate = book(waitlist).gate = Event()
    waitlist.key(DOWN)
    assert not waitlist.find("waitlist_to_extend").isEnabled()
    assert not waitlist.find("waitlist_sell").isEnabled()
    gate.set()
    wait(lambda: words(waitlist, "waitlist_detail_name") == "Familie Öztürk")
    assert waitlist.find("waitlist_to_extend").isEnabled()


def test_tab_goes_from_what_narrows_the_list_to_the_list(open_stage: Open) -> None:
    stage = shown(open_stage(with_twins(a_world())), 7)
    wait(lambda: stage.shows("waitlist_doubles"))
    stage.find("waitlist_search").setFocus()
    walked = []
    for _ in range(3):
        stage.key(Qt.Key.Key_Tab)
        walked.append(focused(stage))
    assert walked == ["waitlist_tier", "waitlist_state", "waitlist"]


def test_after_the_last_one_found_is_taken_off_the_keyboard_stays_at_the_list(waitlist: Stage) -> None:
    looked_for(waitlist, "nowak")
    opened(waitlist, 3)
    press(waitlist, "waitlist_to_withdraw")
    waitlist.type("moved away")
    waitlist.key(ENTER)
    wait(lambda: waitlist.shows("waitlist_note_action"))
    assert focused(waitlist) == "waitlist_note"
    assert words(waitlist, "waitlist_detail_name") == "Tomasz Nowak"
    waitlist.key(Qt.Key.Key_Tab)
    assert focused(waitlist) == "waitlist_note_action"


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
    handler = _UrlTaker()
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


def with_twins(world: World) -> World:
    world.waitlist.entries_.append(an_entry(9, "O. Svensson", 2, "ola@example.se", place=7))
    world.waitlist.pairs = [(5, 9)]
    return world


def closed_too(stage: Stage) -> None:
    choose_state(stage, "All entries")
    wait(lambda: stage.window.waitlist.entries.model.row_of(8) >= 0)


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


# --- the call list -----------------------------------------------------------------------------


def two_to_call(world: World) -> World:
    other = an_entry(9, "Nadia Haddad", 2, "+33 6 12", event_id=7, state=EntryState.OFFERED, place=1)
    other = replace(other, offer=an_offer(other, NOW + timedelta(hours=2)))
    assert other.offer is not None
    other = replace(other, offer=replace(other.offer, mail=world.waitlist.entries_[1].offer.mail))  # type: ignore[union-attr]
    world.waitlist.entries_.append(other)
    return world


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


# --- rules and the file ------------------------------------------------------------------------


def test_a_manager_sets_the_rules_of_a_list(open_stage: Open) -> None:
    stage = shown(open_stage(a_world(Role.MANAGER)))
    press(stage, "waitlist_rules")
    assert focused(stage) == "waitlist_settings_hours"
    stage.type("12")
    fill(stage, "waitlist_settings_from", "25:00")
    stage.key(ENTER)
    assert said(stage, "waitlist_settings_notice") == "Type a time as 22:00."
    fill(stage, "waitlist_settings_from", "22:00")
    stage.key(ENTER)
    assert said(stage, "waitlist_settings_notice") == "Fill in both times, or neither."
    fill(stage, "waitlist_settings_until", "8:30")
    stage.key(ENTER)
    wait(lambda: asked(stage, "settings", IMPROV, WaitlistSettings(12, 60, "22:00", "08:30")))
    wait(lambda: not stage.shows("waitlist_settings_hours"))


def test_a_clerk_is_not_offered_the_rules(waitlist: Stage) -> None:
    assert not waitlist.shows("waitlist_rules")


def test_the_door_is_not_offered_the_screen(open_stage: Open) -> None:
    stage = open_stage(a_world(Role.DOOR))
    assert stage.window.findChild(QWidget, "rail_waitlist") is None


def test_a_promoter_sees_their_lists_and_the_deed_that_is_theirs(open_stage: Open) -> None:
    stage = shown(open_stage(a_world(Role.PROMOTER)))
    assert stage.shows("waitlist_rules")
    assert not stage.shows("waitlist_add")
    assert not stage.shows("waitlist_calls")
    stage.key(Qt.Key.Key_Insert)
    assert stage.window.findChild(JoinForm) is None
    opened(stage, 4)
    assert stage.shows("waitlist_to_priority")
    assert not stage.shows("waitlist_to_change")
    assert not stage.shows("waitlist_to_withdraw")


def test_a_promoter_is_told_no_code_and_sells_nothing(open_stage: Open) -> None:
    world = a_world(Role.PROMOTER)
    world.waitlist.entries_ = [without_contact(one) for one in world.waitlist.entries_]
    stage = opened(shown(open_stage(world)), 1)
    assert stage.shows("waitlist_offer_what")
    assert not stage.shows("waitlist_offer_code")
    assert not stage.shows("waitlist_sell")


def test_the_whole_list_is_saved_and_no_name_is_a_formula(waitlist: Stage, tmp_path: Path) -> None:
    evil = replace(an_entry(9, "=1+1", 2, "+49 170 1", place=7), note="@SUM(A1)")
    book(waitlist).entries_.append(evil)
    file = tmp_path / "list.csv"
    waitlist.window.waitlist.entries.save(file)
    wait(lambda: said(waitlist, "waitlist_saved") == "Saved: list.csv, 9 entries.")
    raw = file.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(raw.decode("utf-8-sig").splitlines()))
    assert len(rows) == 9
    assert (rows[0]["Name"], rows[0]["State"], rows[0]["Place"]) == ("Lena Brandt", "Offered", "1")
    found = next(row for row in rows if row["Place"] == "7")
    assert (found["Name"], found["Phone"], found["Note"]) == ("'=1+1", "'+49 170 1", "'@SUM(A1)")


def test_what_was_saved_is_told_until_something_else_is_looked_at(waitlist: Stage, tmp_path: Path) -> None:
    entries = waitlist.window.waitlist.entries
    looks: tuple[Callable[[], None], ...] = (
        lambda: entries.table.choose(3),
        lambda: choose_state(waitlist, "All entries"),
        lambda: looked_for(waitlist, "rossi"),
    )
    for look_on in looks:
        entries.save(tmp_path / "list.csv")
        wait(lambda: waitlist.shows("waitlist_saved"))
        look_on()
        wait(lambda: not waitlist.shows("waitlist_saved"))
    assert words(waitlist, "waitlist_search") == "rossi"


def test_a_file_that_cannot_be_written_is_said(waitlist: Stage, tmp_path: Path) -> None:
    waitlist.window.waitlist.entries.save(tmp_path / "nowhere" / "list.csv")
    wait(lambda: "list.csv could not be written" in said(waitlist, "waitlist_trouble"))


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\t=1", "\r=1", " =1"])
def test_what_a_spreadsheet_would_calculate_is_made_text(text: str) -> None:
    assert defused(text) == f"'{text}"


def test_an_empty_list_is_a_file_with_headings(tmp_path: Path) -> None:
    assert write_list(tmp_path / "list.csv", (), ZONE) == 0
    assert (tmp_path / "list.csv").read_text(encoding="utf-8-sig").startswith("Place,Name,E-mail")


# --- names and keys ----------------------------------------------------------------------------


def test_no_key_of_the_counter_sells_behind_the_waitlist(waitlist: Stage) -> None:
    waitlist.key(Qt.Key.Key_F9)
    waitlist.key(Qt.Key.Key_F10)
    assert waitlist.world.sold_commands == []


@pytest.fixture(params=["en", "de"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    speak(request.param)
    yield request.param
    speak("en")


@pytest.mark.usefixtures("language")
@pytest.mark.parametrize(
    "part", ["", "waitlist_to_change", "waitlist_to_extend", "waitlist_to_call", "join", "calls", "rules"]
)
def test_every_widget_that_is_worked_has_a_name_and_no_mnemonic_is_there_twice(
    open_stage: Open, part: str
) -> None:
    world = a_world(Role.MANAGER)
    with_calls(world.waitlist).stories[2] = world.waitlist.stories[4] * 3
    stage = shown(open_stage(world))
    opened(stage, 2)
    if part == "join":
        stage.window.waitlist.add_person()
    elif part in ("calls", "rules"):
        press(stage, f"waitlist_{part}")
        rest(50)
    elif part:
        press(stage, part)
    screen = stage.window.waitlist
    kinds = (QLineEdit, QAbstractButton, QComboBox)
    worked = [widget for widget in screen.findChildren(QWidget) if isinstance(widget, kinds)]
    nameless = [
        (type(widget).__name__, widget.objectName())
        for widget in worked
        if not widget.objectName().startswith("qt_")
        and not (widget.objectName() and (widget.accessibleName() or not widget.isVisible()))
    ]
    assert nameless == []
    mnemonics = [
        button.text().replace("&&", "").split("&")[1][0].lower()
        for button in worked
        if isinstance(button, QAbstractButton) and button.isVisible() and "&" in button.text()
    ]
    assert len(mnemonics) == len(set(mnemonics)), mnemonics
