"""An evening at the real till: open, sell for cash, count blind, sign off, and the Z lies in the tray."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget
from sqlalchemy import make_url

from boxoffice.formats import Formats
from boxoffice.storage.database import Database
from boxoffice.ui.till.screen import TillScreen
from boxoffice.ui.widgets.table import Table
from boxoffice.usecases.office.check_database import check_database
from tests.journeys.conftest import OpenTill, Till
from tests.journeys.test_admin import click, fill
from tests.office import PASSWORD, Office
from tests.printing.reading import pdf_texts
from tests.takings import ring_up, without_drawer
from tests.ui.stage import wait

EVENING = """Closing Z 1
Margarete Lindner
Anna Weber
Float € 100.00
Cash sales € 56.00
Cash (1) € 56.00
Expected € 156.00
Counted € 155.00
Variance \N{MINUS SIGN} € 1.00
Card (1) € 30.00"""
ENTER, CONTROL = Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier


@pytest.fixture(autouse=True)
def _no_drawer(office: Office) -> None:
    """Each test opens its own."""
    without_drawer(office)


def there(till: Till, name: str) -> bool:
    found = till.window.findChild(QWidget, name)
    return isinstance(found, QWidget) and found.isVisible()


def go_to_till(till: Till) -> TillScreen:
    till.press(Qt.Key.Key_D, CONTROL)
    wait(lambda: there(till, "drawer_x"))
    screen = till.window.findChild(QWidget, "till_screen")
    assert isinstance(screen, TillScreen)
    return screen


def open_drawer(till: Till, office: Office, amount: str) -> None:
    till.press(Qt.Key.Key_F2)
    till.type(amount)
    till.press(ENTER)
    wait(lambda: office.value("SELECT count(*) FROM cash_drawers WHERE closed_at IS NULL") == 1)
    wait(lambda: there(till, "drawer_count"))


def count(till: Till, *numbers: str) -> None:
    """Type how many there are of each piece, from the largest note down."""
    till.press(Qt.Key.Key_F6)
    for number in numbers:
        till.type(number)
        till.press(ENTER)
    till.press(ENTER, CONTROL)
    wait(lambda: there(till, "sign_off_enter"))


def words(till: Till, name: str) -> str:
    found = till.window.findChild(QWidget, name)
    assert found is not None
    return str(found.property("text")).replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture
def manager_url(office: Office) -> str:
    return office.person("manager", first_name="Margarete", last_name="Lindner").url


def test_an_evening_from_the_float_to_the_z(
    open_till: OpenTill, office: Office, manager_url: str, db: Database
) -> None:
    event = office.event()
    office.tier(event)
    till = open_till()
    wait(lambda: there(till, "drawer"))
    go_to_till(till)
    open_drawer(till, office, "100")
    till.window.findChild(QWidget, "rail_sell").click()  # type: ignore[union-attr]
    till.type("12")
    till.press(Qt.Key.Key_F9)
    till.sold()
    assert office.value("SELECT sum(amount) FROM drawer_entries") == 56
    # A receipt of another program at this till, by card.
    ring_up(office.connection, office, event, "30", tender="card")
    go_to_till(till)
    assert words(till, "drawer_expected") == "•••"
    count(till, "", "", "1", "1", "", "", "1")
    assert words(till, "sign_off_expected") == "€ 156.00"
    assert words(till, "sign_off_variance") == "\N{MINUS SIGN} € 1.00"
    till.press(ENTER)
    wait(lambda: there(till, "till_manager"))
    till.type(make_url(manager_url).username or "")
    till.press(ENTER)
    till.type(PASSWORD)
    till.press(ENTER)
    wait(lambda: there(till, "report_sheet"))
    till.press(ENTER)
    wait(lambda: there(till, "report_done"))
    [paper] = till.folder.glob("Z-1-*.pdf")
    said = " ".join(" ".join(pdf_texts(paper)).split())
    for expected in EVENING.splitlines():
        assert expected in said, expected
    assert office.value("SELECT count(*) FROM closings") == 1
    assert office.value("SELECT closed_by FROM closings") != till.at.clerk_id
    assert [finding for finding in check_database(db) if finding.broken] == []


def test_a_manager_signs_off_another_tills_drawer_from_their_own_place(
    open_till: OpenTill, office: Office, manager_url: str
) -> None:
    office.tier(office.event())
    till = open_till()
    go_to_till(till)
    open_drawer(till, office, "50")
    count(till, "", "", "", "1")
    # The manager's window stands at another till.
    other = office.insert("tills", name="Office")
    office.connection.execute(
        "UPDATE tills SET name = 'Counter 2 (clerk)' WHERE id = %s", [office.at.till_id]
    )
    office.connection.execute("UPDATE tills SET name = 'Counter 2' WHERE id = %s", [other])
    manager = open_till(url=manager_url)
    screen = go_to_till(manager)
    wait(lambda: len(screen.elsewhere.rows) == 1)
    manager.window.findChild(QWidget, "till_tab_elsewhere").click()  # type: ignore[union-attr]
    screen.elsewhere.selectRow(0)
    manager.window.findChild(QWidget, "till_elsewhere_sign_off").click()  # type: ignore[union-attr]
    wait(lambda: office.value("SELECT count(*) FROM closings") == 1)
    # The clerk's own window hears of it.
    wait(lambda: words_of_state(till) == "No drawer")


def words_of_state(till: Till) -> str:
    found = till.window.findChild(QWidget, "drawer_state")
    return found.accessibleName() if found is not None else ""


def test_somebody_elses_drawer_takes_a_managers_leave(
    open_till: OpenTill, office: Office, manager_url: str
) -> None:
    office.tier(office.event())
    first = open_till()
    go_to_till(first)
    open_drawer(first, office, "50")
    second = open_till(url=office.person("clerk", first_name="Otto").url)
    go_to_till(second)
    wait(lambda: there(second, "drawer_join"))
    second.press(Qt.Key.Key_F2)
    wait(lambda: there(second, "till_manager"))
    second.type(make_url(manager_url).username or "")
    second.press(ENTER)
    second.type(PASSWORD)
    second.press(ENTER)
    wait(lambda: office.value("SELECT count(*) FROM drawer_users") == 1)
    wait(lambda: there(second, "drawer_count"))


def test_the_paper_of_a_closing_is_the_same_a_year_later(
    office: Office, open_till: OpenTill, manager_url: str
) -> None:
    """Names change, people go, events are renamed: the Z does not."""
    from boxoffice.printing.layouts import A4  # noqa: PLC0415 - loads Qt
    from boxoffice.printing.report_output import report_pdf  # noqa: PLC0415

    event = office.event(title="Blue Harbour")
    office.tier(event)
    manager = open_till(url=manager_url)
    screen = go_to_till(manager)
    open_drawer(manager, office, "0")
    ring_up(office.connection, office, event, "30", "2.10", tender="card")
    count(manager)
    manager.press(ENTER)
    wait(lambda: there(manager, "report_sheet"))
    first = pdf_texts(report_pdf(screen.side.view.report, A4, Formats("en")))
    office.connection.execute("UPDATE users SET first_name = 'Somebody', last_name = 'Else'")
    office.connection.execute("UPDATE events SET title = 'Another'")
    office.connection.execute("UPDATE tills SET time_zone = 'Asia/Tokyo', venue = 'Elsewhere', name = '99'")
    closing = office.value("SELECT id FROM closings")
    again = manager.window.context.desk.drawer.z_report(closing)
    assert pdf_texts(report_pdf(again, A4, Formats("en"))) == first


def test_a_manager_says_when_the_business_day_of_a_till_turns(
    open_till: OpenTill, office: Office, manager_url: str
) -> None:
    office.tier(office.event())
    other = office.insert("tills", name="Tokyo")
    manager = open_till(url=manager_url)
    click(manager, "rail_admin")
    click(manager, "admin_tills")
    table = manager.window.findChild(Table, "tills")
    assert table is not None
    wait(lambda: len(table.rows) == 2)
    table.choose(other)
    for name, typed in (("till_time_zone", "Asia/Atlantis"), ("till_day_starts", "4:30")):
        fill(manager, name, typed)
    click(manager, "till_save")
    field = manager.window.findChild(QLineEdit, "till_time_zone")
    assert field is not None
    assert field.property("state") == "bad"
    field.setText("Asia/Tokyo")
    click(manager, "till_save")
    day = "SELECT business_day(%s, '2026-03-01 19:29Z')::text || business_day(%s, '2026-03-01 19:30Z')"
    wait(lambda: office.value(day, other, other) == "2026-03-012026-03-02")
