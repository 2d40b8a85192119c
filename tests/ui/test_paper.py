from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from boxoffice.domain.errors import DatabaseGone
from boxoffice.domain.ticket import PrintState
from boxoffice.ui.sell.counter import Phase
from tests.ui.stage import Stage, wait

CONTROL = Qt.KeyboardModifier.ControlModifier


def sell_two(stage: Stage) -> None:
    before = len(stage.world.sales)
    stage.type("12")
    stage.key(Qt.Key.Key_F9)
    wait(lambda: len(stage.world.sales) > before and stage.counter.phase is Phase.DONE)


def said(stage: Stage) -> str:
    return stage.find("print_state").accessibleName()


def test_tickets_print_after_the_sale_and_the_desk_is_told(stage: Stage) -> None:
    sell_two(stage)
    wait(lambda: said(stage) == "2 tickets printed")
    wait(lambda: sum(len(report.ticket_ids) for report in stage.world.reports) == 2)
    assert {report.state for report in stage.world.reports} == {PrintState.PRINTED}
    assert [face.number for face in stage.printer.printed] == [1, 2]


def test_the_next_sale_goes_through_while_the_last_one_prints(stage: Stage) -> None:
    stage.printer.stop_after = 1
    sell_two(stage)
    wait(lambda: said(stage) == "Printing ticket 2 of 2")
    stage.type("22")
    stage.key(Qt.Key.Key_F9)
    wait(lambda: len(stage.world.sales) == 2)
    assert len(stage.printer.printed) < 4
    stage.printer.go_on.set()
    wait(lambda: len(stage.printer.printed) == 4)


def test_a_failed_printer_leaves_the_sale_standing_and_prints_the_same_codes_again(stage: Stage) -> None:
    stage.printer.failure = "The printer is out of paper"
    sell_two(stage)
    wait(lambda: said(stage) == "2 tickets not printed")
    assert stage.world.reports[-1].state is PrintState.FAILED
    codes = [ticket.face.code for ticket in stage.world.sales[0].tickets]
    stage.printer.failure = ""
    stage.key(Qt.Key.Key_P, CONTROL)
    wait(lambda: said(stage) == "2 tickets printed")
    assert [face.code for face in stage.printer.printed] == codes


def test_what_is_out_is_printed_again_only_with_a_reason_and_new_codes(stage: Stage) -> None:
    sell_two(stage)
    wait(lambda: said(stage) == "2 tickets printed")
    stage.key(Qt.Key.Key_P, CONTROL)
    stage.key(Qt.Key.Key_Return)
    notice = stage.sell.till.done.reprint.notice
    wait(lambda: bool(notice.sentence()))
    assert notice.sentence() == "Say why: a few words are enough."
    stage.type("jammed")
    stage.key(Qt.Key.Key_Return)
    wait(lambda: len(stage.printer.printed) == 4)
    codes = [face.code for face in stage.printer.printed]
    assert len(set(codes)) == 4


def test_after_a_reprint_the_new_tickets_are_the_ones_shown(stage: Stage) -> None:
    sell_two(stage)
    wait(lambda: said(stage) == "2 tickets printed")
    stage.key(Qt.Key.Key_P, CONTROL)
    stage.type("lost")
    stage.key(Qt.Key.Key_Return)
    wait(lambda: len(stage.printer.printed) == 4)
    wait(lambda: stage.find("order_number").isVisible())
    wait(lambda: stage.find("order_print_again").property("text") == "Print again…")
    wait(stage.find("order_print_again").isEnabled)
    wait(lambda: stage.shows("order_reprinted"))
    assert stage.find("order_reprinted").property("text") == "2 new tickets printed."
    stage.key(Qt.Key.Key_P, CONTROL)
    stage.type("lost again")
    stage.key(Qt.Key.Key_Return)
    wait(lambda: len(stage.printer.printed) == 6)


def test_a_fault_of_the_printer_is_reported_and_the_tickets_count_as_not_printed(stage: Stage) -> None:
    stage.printer.fault = ValueError("a driver of ours")
    sell_two(stage)
    wait(lambda: said(stage) == "2 tickets not printed")
    wait(lambda: stage.window.findChild(QWidget, "fault_dialog") is not None)
    stage.find("fault_dialog").close()
    assert len(stage.world.sales) == 1


def test_what_the_desk_could_not_be_told_is_told_after_the_reconnect(stage: Stage) -> None:
    stage.world.fail_records = DatabaseGone()
    sell_two(stage)
    wait(lambda: said(stage) == "2 tickets printed")
    assert stage.world.reports == []
    stage.world.fail_records = None
    stage.window.freshness.connected(alive=False)
    stage.window.freshness.connected(alive=True)
    wait(lambda: sum(len(report.ticket_ids) for report in stage.world.reports) == 2)


def test_failed_tickets_of_the_last_sale_stay_in_sight_above_the_next_basket(stage: Stage) -> None:
    stage.printer.failure = "The printer is out of paper"
    sell_two(stage)
    wait(lambda: said(stage) == "2 tickets not printed")
    stage.type("11")
    assert stage.find("print_strip_again").isVisible()
    stage.printer.failure = ""
    stage.click("print_strip_again")
    wait(lambda: len(stage.printer.printed) == 2)
    wait(lambda: not stage.sell.till.basket.strip.isVisible())
