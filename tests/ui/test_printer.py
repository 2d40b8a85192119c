from __future__ import annotations

from functools import partial
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QComboBox, QListView

from boxoffice.domain.ticket import PrintState
from boxoffice.domain.ticket_code import MistypedCode, normalise
from boxoffice.printing.destinations import InstalledPrinter, PdfFolder
from boxoffice.printing.layouts import A4, LAYOUTS, RECEIPT_A5, ROLL_80, TICKET_STOCK
from boxoffice.ui.paper import ReceiptChoice
from boxoffice.ui.printer.preview import PaperPreview
from boxoffice.ui.printer.sample import SampleIn, sample_face
from boxoffice.ui.sell.counter import Phase
from boxoffice.ui.theme.theme import Theme
from boxoffice.ui.widgets.buttons import NameButton
from tests.ui.demo_data import demo_world
from tests.ui.stage import FakePrinter, Stage, wait
from tests.ui.test_window import nameless

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
PDF = Path("/home/anna/tickets")


def open_panel(stage: Stage) -> None:
    stage.key(Qt.Key.Key_P, CONTROL | SHIFT)
    assert stage.find("printer_panel").isVisible()


def model(stage: Stage) -> QAbstractItemModel:
    view = stage.find("paper_printers")
    assert isinstance(view, QListView)
    return view.model()


def spoken(stage: Stage) -> list[str]:
    held = model(stage)
    return [
        str(held.index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole)) for row in range(held.rowCount())
    ]


def looked(stage: Stage) -> None:
    wait(lambda: stage.find("paper_printers_state").property("text") != "Looking for printers…")


def sell_one(stage: Stage) -> None:
    before = len(stage.world.reports)
    stage.type("11")
    stage.key(Qt.Key.Key_F9)
    wait(lambda: stage.counter.phase is Phase.DONE and len(stage.world.reports) > before)


def test_the_printer_stands_in_the_top_bar_and_a_click_on_it_opens_the_panel(stage: Stage) -> None:
    assert stage.find("printer").accessibleName() == "Tickets are printed on: Demo printer"
    stage.click("printer")
    assert stage.find("printer_panel").isVisible()
    looked(stage)
    assert spoken(stage) == [f"PDF files, in {PDF}", "Demo printer, chosen", "Laser at the box office"]
    assert nameless(stage) == []
    stage.key(Qt.Key.Key_Escape)
    assert not stage.find("printer_panel").isVisible()


def test_keys_alone_choose_a_printer_and_the_next_ticket_comes_out_there(stage: Stage) -> None:
    open_panel(stage)
    looked(stage)
    stage.key(Qt.Key.Key_Down)
    assert stage.printer.chosen == []
    stage.key(Qt.Key.Key_Return)
    laser = InstalledPrinter("Laser at the box office", A4)
    assert stage.printer.chosen == [laser]
    assert stage.find("printer").accessibleName() == "Tickets are printed on: Laser at the box office"
    stage.key(Qt.Key.Key_Escape)
    sell_one(stage)
    assert stage.printer.used == [laser]
    assert stage.world.reports[-1].printer == "Laser at the box office"


def test_tickets_under_way_stay_with_the_printer_that_they_were_sent_to(stage: Stage) -> None:
    stage.printer.stop_after = 0
    stage.type("11")
    stage.key(Qt.Key.Key_F9)
    wait(lambda: len(stage.printer.used) == 1)
    open_panel(stage)
    looked(stage)
    stage.key(Qt.Key.Key_Home)
    stage.key(Qt.Key.Key_Space)
    assert stage.printer.destination == PdfFolder(PDF, A4)
    stage.printer.go_on.set()
    wait(lambda: bool(stage.world.reports))
    assert stage.world.reports[-1].printer == "Demo printer"


def test_every_paper_is_shown_and_chosen_by_its_key(stage: Stage) -> None:
    open_panel(stage)
    preview = stage.find("paper_preview")
    assert isinstance(preview, PaperPreview)
    for key, layout in ((Qt.Key.Key_2, TICKET_STOCK), (Qt.Key.Key_3, ROLL_80), (Qt.Key.Key_1, A4)):
        stage.key(key, ALT)
        wait(partial(lambda layout: preview.shown is layout, layout))
        assert stage.printer.chosen[-1] == InstalledPrinter("Demo printer", layout)
    stage.find("paper_a4").setFocus()
    stage.key(Qt.Key.Key_Right)
    assert stage.printer.chosen[-1].layout is TICKET_STOCK


def test_no_paper_is_without_a_button(stage: Stage) -> None:
    open_panel(stage)
    for name in LAYOUTS:
        assert stage.find(f"paper_{name}").isVisible()


def test_a_printer_that_has_gone_is_called_missing_once_that_is_known(stage: Stage) -> None:
    stage.printer.destination = InstalledPrinter("Zebra", ROLL_80)
    stage.printer.look_gate = Event()
    open_panel(stage)
    assert spoken(stage) == [f"PDF files, in {PDF}", "Zebra, chosen"]
    stage.printer.look_gate.set()
    looked(stage)
    assert spoken(stage)[1] == "Zebra, Missing: not installed or not reachable, chosen"
    stage.printer.installed = ("Zebra",)
    stage.click("paper_printers_again")
    wait(lambda: spoken(stage) == [f"PDF files, in {PDF}", "Zebra, chosen"])


def test_a_computer_without_printers_says_so(stage: Stage) -> None:
    stage.printer.installed = ()
    open_panel(stage)
    looked(stage)
    assert stage.find("paper_printers_state").property("text") == "No printer is installed on this computer."


def test_a_test_ticket_goes_where_tickets_go_and_the_desk_is_not_told(stage: Stage) -> None:
    open_panel(stage)
    stage.key(Qt.Key.Key_T, ALT)
    wait(lambda: stage.find("paper_test_state").property("text") == "Printed: Demo printer")
    assert [face.ticket_id for face in stage.printer.printed] == [0]
    assert stage.printer.used == [InstalledPrinter("Demo printer", A4)]
    assert stage.world.reports == []
    stage.click("paper_roll-80")
    assert not stage.find("paper_test_state").isVisible()


def test_a_test_ticket_that_does_not_come_out_says_why(stage: Stage) -> None:
    stage.printer.failure = "The printer is out of paper."
    open_panel(stage)
    stage.click("paper_test")
    wait(lambda: stage.find("paper_test_failure").isVisible())
    assert stage.find("paper_test_failure").accessibleName() == "The printer is out of paper."


def test_the_test_ticket_carries_no_code_that_could_open_a_door() -> None:
    with pytest.raises(MistypedCode):
        normalise(sample_face(SampleIn("City Theatre", "Counter 2")).code)


def test_a_choice_that_cannot_be_saved_holds_and_says_so(stage: Stage) -> None:
    stage.printer.fail_save = OSError(28, "No space left on device")
    open_panel(stage)
    stage.click("paper_roll-80")
    assert "No space left on device" in stage.find("paper_unsaved").accessibleName()
    assert stage.printer.destination.layout is ROLL_80
    stage.printer.fail_save = None
    stage.click("paper_a4")
    assert not stage.find("paper_unsaved").isVisible()


def test_nothing_is_sold_and_nothing_typed_below_the_open_panel(stage: Stage) -> None:
    stage.type("12")
    stage.priced()
    open_panel(stage)
    for key in (Qt.Key.Key_F9, Qt.Key.Key_3, Qt.Key.Key_A, Qt.Key.Key_Delete):
        stage.key(key)
    assert stage.counter.phase is Phase.CHOOSING
    assert stage.counter.basket.count == 2
    assert stage.find("search").property("text") == ""
    stage.key(Qt.Key.Key_Escape)
    assert stage.counter.basket.count == 2
    stage.key(Qt.Key.Key_F9)
    wait(lambda: stage.counter.phase is Phase.DONE)


def test_tab_stays_in_the_panel_and_a_finished_sale_does_not_take_the_keyboard(stage: Stage) -> None:
    stage.world.wait_for_sell = Event()
    stage.type("11")
    stage.key(Qt.Key.Key_F9)
    open_panel(stage)
    stage.world.wait_for_sell.set()
    wait(lambda: stage.counter.phase is Phase.DONE)
    seen = []
    for _ in range(11):
        focused = stage.window.focusWidget()
        assert focused is not None
        seen.append(focused.objectName())
        stage.key(Qt.Key.Key_Tab)
    wanted = [
        "paper_printers",
        "paper_a4",
        "paper_test",
        "receipt_paper_roll-80",
        "receipt_printer",
        "receipt_always",
    ]
    wanted += ["receipt_office", "receipt_imprint"]
    wanted += ["printer_panel_close", "paper_printers_again"]
    assert seen == [*wanted, "paper_printers"]


def test_a_click_beside_the_panel_closes_it_and_the_list_of_events_has_the_keyboard(stage: Stage) -> None:
    stage.find("event_list").setFocus()
    open_panel(stage)
    stage.click_at("printer_panel", 20, 300)
    assert not stage.find("printer_panel").isVisible()
    assert stage.find("event_list").hasFocus()


def test_the_model_of_printers_holds_what_qt_expects(stage: Stage) -> None:
    open_panel(stage)
    QAbstractItemModelTester(model(stage), QAbstractItemModelTester.FailureReportingMode.Fatal, stage.window)
    looked(stage)
    stage.key(Qt.Key.Key_F5)
    looked(stage)
    assert model(stage).rowCount() == 3


def test_a_long_name_of_a_printer_is_cut_in_the_top_bar_and_its_ampersand_is_no_mnemonic(
    theme: Theme,
) -> None:
    name = "Black & White Zebra ZD421 for ticket stock at the second counter in the foyer"
    printer = FakePrinter()
    printer.destination = InstalledPrinter(name, TICKET_STOCK)
    stage = Stage(theme, demo_world(), printer=printer).ready()
    button = stage.find("printer")
    assert isinstance(button, NameButton)
    assert button.width() <= 190
    assert name in button.toolTip()
    assert button.shortcut().isEmpty()
    assert stage.find("search").width() >= 240
    stage.close()


def test_states_of_a_test_ticket_all_have_words(stage: Stage) -> None:
    open_panel(stage)
    destination = stage.printer.destination
    for state, words in (
        (PrintState.QUEUED, "Printing a test ticket…"),
        (PrintState.SENT, "Sent to Demo printer."),
        (PrintState.PRINTED, "Printed: /tmp/Test.pdf"),
    ):
        stage.window.paper.tested.emit(destination, state, "/tmp/Test.pdf")  # noqa: S108 - only a name
        wait(partial(lambda words: stage.find("paper_test_state").property("text") == words, words))


def test_receipts_have_their_own_paper_printer_and_switch(stage: Stage) -> None:
    open_panel(stage)
    stage.click("receipt_paper_a5")
    assert stage.printer.receipt_choice.layout is RECEIPT_A5
    printer = stage.find("receipt_printer")
    assert isinstance(printer, QComboBox)
    wait(lambda: printer.count() == 3)
    printer.setCurrentIndex(2)
    printer.activated.emit(2)
    stage.click("receipt_always")
    stage.find("receipt_office").setFocus()
    stage.type("City Theatre")
    stage.key(Qt.Key.Key_Return)
    assert stage.printer.receipt_choice == ReceiptChoice(
        RECEIPT_A5, "Laser at the box office", with_every_sale=True, office="City Theatre"
    )
