"""The Waitlist screen on the fake desk: who waits is seen, found and saved by keys."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QWidget

from boxoffice.domain import errors
from boxoffice.domain.notice import Notice, Topic
from boxoffice.domain.person import Role
from boxoffice.domain.waitlist import (
    CallOutcome,
    Chance,
    EntryState,
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
from boxoffice.ui.waitlist.join_form import JoinForm
from boxoffice.ui.waitlist.model import WHY, WaitlistModel
from boxoffice.ui.waitlist.words import (
    chance_words,
    skip_words,
    span_words,
    state_words,
    verdict_sentence,
)
from tests.ui.demo_data import demo_world
from tests.ui.fake_event import NOW, ZONE
from tests.ui.fake_waitlist import (
    IMPROV,
    REDUCED,
    an_entry,
    an_offer,
    demo_waitlist,
    long_waitlist,
    with_calls,
    without_contact,
)
from tests.ui.stage import Stage, rest, wait
from tests.ui.waitlist_stage import (
    CONTROL,
    DOWN,
    ENTER,
    ESC,
    EVERYBODY,
    INSERT,
    Open,
    a_world,
    asked,
    book,
    choose_state,
    fill,
    focused,
    looked_for,
    note_title,
    opened,
    press,
    said,
    shown,
    sold_meanwhile,
    with_twins,
    words,
)

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
