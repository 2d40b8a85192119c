"""The Till screen on a fake desk: by the keyboard alone, blind, with a manager's leave beside the clerk."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QTableView, QWidget

from boxoffice.domain import errors
from boxoffice.domain.cash import Count, CountDrawer, Movement, OpenDrawer, Piece, denominations
from boxoffice.domain.person import Role
from boxoffice.language import speak
from boxoffice.ui.theme.theme import Theme
from boxoffice.ui.till.fields import MoneyField
from boxoffice.ui.till.screen import TillScreen
from boxoffice.ui.till.side import SIDE_PX
from boxoffice.ui.widgets.table import Table
from tests.ui.demo_data import shut_world
from tests.ui.fake_drawer import closing
from tests.ui.fake_event import NOW, euro
from tests.ui.stage import Stage, wait
from tests.ui.test_card_clearing import left_behind

WORKED = (QAbstractButton, QLineEdit, QComboBox, QTableView)
ENTER, CONTROL = Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def stage(theme: Theme) -> Iterator[Stage]:
    made = Stage(theme, shut_world())
    yield made
    made.close()


def words(stage: Stage, name: str) -> str:
    label = stage.find(name)
    assert isinstance(label, QLabel)
    return label.text()


def till(stage: Stage, *, opened: bool = False) -> TillScreen:
    if opened:
        stage.world.drawer.open(OpenDrawer(Count("EUR"), euro("200")))
    stage.ready()
    stage.key(Qt.Key.Key_D, CONTROL)
    wait(lambda: stage.shows("drawer_x"))
    screen = stage.find("till_screen")
    assert isinstance(screen, TillScreen)
    return screen


def test_a_drawer_is_opened_with_a_sum(stage: Stage) -> None:
    till(stage)
    stage.key(Qt.Key.Key_F2)
    stage.type("200,50")
    stage.key(ENTER)
    wait(lambda: stage.shows("drawer_count"))
    drawer = stage.world.drawer.drawer
    assert drawer is not None
    assert (drawer.opening_float, drawer.is_shared) == (euro("200.50"), False)
    assert stage.find("drawer").accessibleName() == "Drawer open"


def test_a_float_is_counted_piece_by_piece(stage: Stage) -> None:
    till(stage)
    stage.key(Qt.Key.Key_F2)
    stage.find("float_note_50").setFocus()
    stage.type("3")
    stage.key(ENTER)
    stage.type("2")
    assert words_of_field(stage, "drawer_float") == "€\N{NO-BREAK SPACE}190.00"
    stage.key(ENTER, CONTROL)
    wait(lambda: stage.world.drawer.drawer is not None)
    drawer = stage.world.drawer.drawer
    assert drawer is not None
    assert drawer.opening_float == euro("190")


def words_of_field(stage: Stage, name: str) -> str:
    found = stage.find(name)
    assert isinstance(found, QLineEdit)
    return found.text()


def test_no_amount_is_marked_and_nothing_is_opened(stage: Stage) -> None:
    till(stage)
    stage.key(Qt.Key.Key_F2)
    stage.type("1.2.3")
    stage.key(ENTER)
    assert stage.find("drawer_float").property("state") == "bad"
    assert stage.world.drawer.drawer is None


def test_a_count_takes_no_mouse_and_shows_nothing_before(stage: Stage) -> None:
    screen = till(stage, opened=True)
    assert words(stage, "drawer_expected") == "•••"
    stage.key(Qt.Key.Key_F6)
    for number in ("", "", "9", "0", "2", "", "1", *[""] * 7):
        stage.type(number)
        stage.key(ENTER)
    assert words(stage, "count_total") == "€\N{NO-BREAK SPACE}945.00"
    stage.key(ENTER)
    assert stage.find("drawer_count_form_enter").hasFocus()
    stage.key(ENTER)
    wait(lambda: stage.shows("sign_off_enter"))
    assert words(stage, "sign_off_variance") == "€\N{NO-BREAK SPACE}2.50"
    assert words(stage, "drawer_expected") == "€\N{NO-BREAK SPACE}942.50"
    stage.key(ENTER)
    wait(lambda: stage.shows("report_sheet"))
    assert screen.side.view.report["number"] == 1
    stage.key(ENTER)
    wait(lambda: stage.shows("report_done"))
    assert stage.printer.reports == [screen.side.view.report]


def test_what_should_be_there_is_hidden_from_a_manager_who_counts_too(theme: Theme) -> None:
    world = shut_world()
    world.role = Role.MANAGER
    world.drawer.is_manager = True
    stage = Stage(theme, world)
    till(stage, opened=True)
    shown = words(stage, "drawer_expected")
    assert shown.endswith("942.50")
    stage.key(Qt.Key.Key_F6)
    assert words(stage, "drawer_expected") == "•••"
    stage.key(Qt.Key.Key_Escape)
    assert words(stage, "drawer_expected") == shown
    stage.close()


def test_paying_out_asks_a_manager_beside_the_clerk(stage: Stage) -> None:
    till(stage, opened=True)
    stage.world.drawer.needs_leave = True
    stage.key(Qt.Key.Key_F4)
    stage.type("12.50")
    stage.key(ENTER)
    stage.type("taxi")
    stage.key(ENTER)
    wait(lambda: stage.shows("till_manager"))
    stage.type("mara")
    stage.key(ENTER)
    stage.type("wrong")
    stage.key(ENTER)
    wait(lambda: stage.find("till_allow").isEnabled())
    assert stage.world.allowed == []
    stage.type(stage.world.secrets[0])
    stage.key(ENTER)
    wait(lambda: stage.world.drawer.drawer is not None and bool(stage.world.drawer.drawer.movements))
    [wanted] = stage.world.allowed
    assert (wanted.deed.deed, wanted.reason) == ("take cash out", "taxi")
    drawer = stage.world.drawer.drawer
    assert drawer is not None
    assert [(one.kind, one.amount) for one in drawer.movements] == [(Movement.PAID_OUT, euro("-12.50"))]


def at_the_signature(stage: Stage, counted: str) -> None:
    """Count the drawer to this sum; a manager signs it off next."""
    stage.world.drawer.count(CountDrawer(1, Count("EUR", ((Decimal(counted), 1),))))
    stage.window.till.reload()
    wait(lambda: stage.find("drawer_sign_off").isEnabled() and stage.shows("drawer_sign_off"))
    stage.key(Qt.Key.Key_F7)
    wait(lambda: stage.shows("sign_off_enter"))


@pytest.mark.parametrize(
    ("counted", "said"), [("900", "€42.50 are missing"), ("963", "€20.50 are too much"), ("930", "")]
)
def test_a_large_variance_is_asked_about_before_it_is_signed_off(
    stage: Stage, counted: str, said: str
) -> None:
    till(stage, opened=True)
    at_the_signature(stage, counted)
    stage.key(ENTER)
    if said:
        doubt = stage.find("sign_off_doubt").accessibleName().replace("\N{NO-BREAK SPACE}", "")
        assert doubt.startswith(said)
        assert stage.world.drawer.drawer is not None
        assert stage.find("sign_off_enter").accessibleName() == "Sign off anyway"
        stage.key(ENTER)
    wait(lambda: stage.world.drawer.drawer is None)


def test_a_card_payment_that_is_not_cleared_is_asked_about_before_the_z(stage: Stage) -> None:
    left_behind(stage.world)
    till(stage, opened=True)
    at_the_signature(stage, "942.50")
    stage.key(ENTER)
    assert "not cleared" in stage.find("sign_off_doubt").accessibleName()
    assert stage.world.drawer.drawer is not None
    stage.key(ENTER)
    wait(lambda: stage.world.drawer.drawer is None)


@pytest.mark.parametrize(("key", "field"), [(Qt.Key.Key_F2, "drawer_float"), (Qt.Key.Key_F4, "cash_amount")])
def test_letters_in_an_amount_are_told_how_one_looks(stage: Stage, key: Qt.Key, field: str) -> None:
    till(stage, opened=key != Qt.Key.Key_F2)
    stage.key(key)
    stage.type("much")
    stage.key(ENTER)
    stage.key(ENTER)
    form = "drawer_open_form" if field == "drawer_float" else "cash_move_form"
    said = words(stage, f"{form}_wrong").replace("\N{NO-BREAK SPACE}", "")
    assert said == "This is not an amount: write it like €12.50."
    stage.find(field).setFocus()
    stage.type("5")
    assert not stage.shows(f"{form}_wrong")


def test_a_movement_without_a_reason_is_not_sent(stage: Stage) -> None:
    till(stage, opened=True)
    stage.key(Qt.Key.Key_F3)
    stage.type("5")
    stage.key(ENTER)
    stage.key(ENTER)
    assert stage.find("cash_reason").property("state") == "bad"
    drawer = stage.world.drawer.drawer
    assert drawer is not None
    assert drawer.movements == ()


def test_another_screen_lands_on_the_form_that_opens_a_drawer(stage: Stage) -> None:
    stage.ready()
    stage.window.context.open_drawer()
    wait(lambda: stage.shows("drawer_float"))
    assert stage.find("drawer_float").hasFocus()


def test_other_tills_are_for_managers(stage: Stage) -> None:
    till(stage)
    assert stage.window.findChild(QWidget, "till_tab_elsewhere") is None


def test_a_closing_of_the_list_is_shown_and_printed(stage: Stage) -> None:
    stage.world.drawer.closings.append(closing(7, NOW.date(), "100", "99"))
    screen = till(stage)
    stage.click("till_tab_closings")
    table = stage.find("till_closings")
    assert isinstance(table, Table)
    table.choose(7)
    wait(lambda: stage.shows("report_sheet"))
    stage.printer.failure = "out of paper"
    stage.click("report_print")
    wait(lambda: stage.shows("report_failed"))
    assert stage.find("report_print").isEnabled()
    assert screen.side.title.text() == "Closing Z 7"


def test_a_till_that_cannot_be_asked_says_so_and_tries_again(stage: Stage) -> None:
    stage.world.drawer.fail_state = errors.DatabaseGone()
    stage.ready()
    stage.click("rail_till")
    wait(lambda: stage.shows("till_state_action"))
    stage.world.drawer.fail_state = None
    stage.click("till_state_action")
    wait(lambda: stage.shows("drawer_open"))


def test_nobody_sells_while_the_till_is_in_front(stage: Stage) -> None:
    till(stage)
    stage.key(Qt.Key.Key_F9)
    assert stage.world.sold_commands == []
    stage.click("rail_sell")
    assert stage.sell.isVisible()


def test_whatever_can_be_worked_has_a_name(stage: Stage) -> None:
    screen = till(stage, opened=True)
    screen.side.ask_float("EUR")
    worked = [one for kind in WORKED for one in screen.findChildren(kind) if one.isVisibleTo(screen)]
    nameless = [type(one).__name__ for one in worked if not (one.objectName() and one.accessibleName())]
    assert nameless == []


@pytest.mark.parametrize(
    ("typed", "currency", "amount"),
    [("12,5", "EUR", "12.5"), ("1.000,00", "EUR", "1000.00"), ("0.005", "KWD", "0.005"),
     ("12.345", "KWD", "12.345"), ("12345678", "JPY", "12345678"), ("1.5", "JPY", None),
     ("0.001", "EUR", None), ("x", "EUR", None)],
)  # fmt: skip
@pytest.mark.usefixtures("theme")
def test_amounts_as_people_type_them(typed: str, currency: str, amount: str | None) -> None:
    field = MoneyField("x", "x")
    field.setText(typed)
    money = field.money(currency)
    assert (None if money is None else money.amount) == (None if amount is None else Decimal(amount))
    field.deleteLater()


def test_every_currency_has_a_grid_of_its_pieces(stage: Stage) -> None:
    screen = till(stage)
    screen.side.ask_float("KWD")
    assert Piece(Decimal("0.250"), is_note=True) in denominations("KWD")
    wait(lambda: stage.shows("float_note_0.250"))
    screen.side.open_form.currency.setCurrentText("JPY")
    wait(lambda: stage.shows("float_note_10000"))
    wait(lambda: not stage.shows("float_note_0.250"))


@pytest.mark.parametrize("language", ["en", "de"])
def test_no_form_is_wider_than_its_column(theme: Theme, language: str) -> None:
    """What does not fit would lie, unseen, to the right of the window."""
    speak(language)
    stage = Stage(theme, shut_world(), language)
    side = till(stage, opened=True).side
    forms = (side.open_form, side.move_form, side.count_form, side.sign_off)
    side.ask_float("KWD")
    widths = {type(form).__name__: form.minimumSizeHint().width() for form in forms}
    stage.close()
    speak("en")
    assert {name: px for name, px in widths.items() if px > SIDE_PX - 2 * 20} == {}
