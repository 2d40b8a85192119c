"""People at the real window: leave of a manager, letting in and showing out, reading the evidence."""

from __future__ import annotations

import psycopg
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget
from sqlalchemy import make_url

from boxoffice.domain.evidence import Evidence
from boxoffice.domain.person import Person
from boxoffice.ui.admin.screen import AdminScreen
from boxoffice.ui.sell.counter import Phase
from tests.journeys.conftest import OpenTill, Till
from tests.office import PASSWORD, Office
from tests.ui.stage import wait

NEW_PASSWORD = "long enough, with spaces: 100% & more"  # noqa: S105 - of somebody who lives as long as a test


def find(till: Till, name: str) -> QWidget:
    found = till.window.findChild(QWidget, name)
    assert isinstance(found, QWidget), name
    return found


def click(till: Till, name: str) -> None:
    QTest.mouseClick(find(till, name), Qt.MouseButton.LeftButton)


def fill(till: Till, name: str, text: str) -> None:
    field = find(till, name)
    assert isinstance(field, QLineEdit)
    field.setText(text)


def admin(till: Till) -> AdminScreen:
    click(till, "rail_admin")
    screen = find(till, "admin_screen")
    assert isinstance(screen, AdminScreen)
    return screen


def names(screen: AdminScreen) -> list[str]:
    return [row.thing.name for row in screen.people.table.rows if isinstance(row.thing, Person)]


@pytest.fixture
def manager_url(office: Office) -> str:
    return office.person("manager", first_name="Margarete").url


def reprint(till: Till, reason: str) -> None:
    till.press(Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    till.type(reason)
    till.press(Qt.Key.Key_Return)


def test_the_second_reprint_takes_a_manager_at_the_clerks_side(
    open_till: OpenTill, office: Office, manager_url: str
) -> None:
    office.tier(office.event())
    till = open_till()
    till.type("11")
    till.press(Qt.Key.Key_F9)
    till.sold()
    till.printed()
    reprint(till, "jammed")
    wait(lambda: office.value("SELECT count(*) FROM audit_logs WHERE action = 'reprinted'") == 1)
    wait(lambda: find(till, "order_print_again").isVisible() and find(till, "order_print_again").isEnabled())
    reprint(till, "lost")
    wait(find(till, "order_manager").isVisible)
    name = make_url(manager_url).username or ""
    fill(till, "order_manager", name)
    QTest.keyClick(find(till, "order_manager"), Qt.Key.Key_Return)
    assert find(till, "order_manager_password").hasFocus()
    QTest.keyClicks(find(till, "order_manager_password"), "wrong")
    QTest.keyClick(find(till, "order_manager_password"), Qt.Key.Key_Return)
    wait(find(till, "order_allow").isEnabled)
    assert find(till, "order_reprint_notice").isVisible()
    assert office.value("SELECT count(*) FROM overrides") == 0
    QTest.keyClicks(find(till, "order_manager_password"), PASSWORD)
    QTest.keyClick(find(till, "order_manager_password"), Qt.Key.Key_Return)
    wait(lambda: office.value("SELECT count(*) FROM audit_logs WHERE action = 'reprinted'") == 2)
    [(role, reason, override)] = office.connection.execute(
        "SELECT database_role, reason, detail ->> 'override' FROM audit_logs"
        " WHERE action = 'reprinted' ORDER BY id DESC LIMIT 1"
    ).fetchall()
    assert role.startswith("clerk")
    assert (reason, override) == ("lost", str(office.value("SELECT id FROM overrides")))
    assert office.value("SELECT database_role FROM audit_logs WHERE action = 'allowed'") == name
    assert office.value("SELECT used_at IS NOT NULL FROM overrides")


def test_leave_is_for_one_deed_of_one_clerk(office: Office, open_till: OpenTill, manager_url: str) -> None:
    office.tier(office.event())
    till = open_till()
    till.type("11")
    till.press(Qt.Key.Key_F9)
    till.sold()
    sale = till.counter.sale
    assert sale is not None
    other = office.person("clerk")
    ticket = office.value("SELECT id FROM tickets")
    dsn = make_url(manager_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(dsn, autocommit=True) as manager:
        grant = "SELECT grant_override('reprint again', 'order', %s, %s, 'x')"
        manager.execute(grant, [sale.order_id, office.at.clerk_id])
    call = "SELECT reprint_tickets(gen_random_uuid(), %s, ARRAY[%s], 'torn', %s)"
    with psycopg.connect(other.dsn, autocommit=True) as hand:
        hand.execute(call, [sale.order_id, ticket, office.at.till_id])
        again = office.value("SELECT max(id) FROM tickets")
        with pytest.raises(psycopg.Error) as refused:
            hand.execute(call, [sale.order_id, again, office.at.till_id])
    assert refused.value.diag.message_primary == "needs_override"


def test_a_clerk_sees_no_admin_screen(open_till: OpenTill, office: Office) -> None:
    office.tier(office.event())
    till = open_till()
    assert till.window.findChild(QWidget, "rail_admin") is None
    assert till.window.findChild(QWidget, "rail_sell") is not None


def test_somebody_is_let_in_sells_and_is_shown_out(
    open_till: OpenTill, office: Office, manager_url: str
) -> None:
    office.tier(office.event())
    manager = open_till(url=manager_url)
    screen = admin(manager)
    wait(lambda: "Margarete" in names(screen))
    click(manager, "person_new")
    name = f"nina.{office.connection.info.dbname.replace('_', '.')}"
    for field, text in (
        ("new_first_name", "Nina"),
        ("new_name", name),
        ("new_password", NEW_PASSWORD),
        ("new_password_again", NEW_PASSWORD),
    ):
        fill(manager, field, text)
    click(manager, "new_enter")
    wait(lambda: "Nina" in names(screen))
    assert find(manager, "person_title").property("text") == "Nina"
    # She stands in at Anna's drawer, which was opened for everybody at this till.
    office.connection.execute("UPDATE cash_drawers SET is_shared = true")
    url = make_url(manager_url).set(username=name, password=NEW_PASSWORD)
    nina = open_till(url=url.render_as_string(hide_password=False))
    nina.type("11")
    nina.press(Qt.Key.Key_F9)
    nina.sold()
    assert (
        office.value("SELECT count(*) FROM audit_logs WHERE action = 'sold' AND database_role = %s", name)
        == 1
    )
    person = next(row.thing for row in screen.people.table.rows if getattr(row.thing, "name", "") == "Nina")
    assert isinstance(person, Person)
    screen.people.table.choose(person.id)
    click(manager, "person_state")
    wait(lambda: office.value("SELECT count(*) FROM pg_stat_activity WHERE usename = %s", name) == 0)
    wait(lambda: not office.value("SELECT is_active FROM users WHERE database_role = %s", name))
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(office.connection.info.dsn, user=name, password=NEW_PASSWORD)
    wait(lambda: nina.window.findChild(QWidget, "lock_screen") is not None)
    wait(find(nina, "unlock_notice").isVisible)
    assert not find(nina, "unlock").isEnabled()
    screen.evidence.search.setText("Nina sold")
    click(manager, "admin_evidence")
    wait(lambda: len(screen.evidence.table.rows) == 1)
    screen.evidence.show_history(("person", person.id), "Nina")
    screen.evidence.search.setText("")
    wait(lambda: len(screen.evidence.table.rows) >= 3)


def test_nobody_sells_while_the_admin_screen_is_in_front(
    open_till: OpenTill, office: Office, manager_url: str
) -> None:
    office.tier(office.event())
    till = open_till(url=manager_url)
    till.type("11")
    admin(till)
    till.press(Qt.Key.Key_F9)
    till.type("1")
    assert till.counter.phase is Phase.CHOOSING
    click(till, "rail_sell")
    till.press(Qt.Key.Key_F9)
    till.sold()


def test_a_new_till_and_a_name_that_is_taken(open_till: OpenTill, office: Office, manager_url: str) -> None:
    office.tier(office.event())
    till = open_till(url=manager_url)
    screen = admin(till)
    click(till, "admin_tills")
    wait(lambda: len(screen.tills.table.rows) == 1)
    fill(till, "till_name", "Counter 9")
    fill(till, "till_venue", "Foyer")
    click(till, "till_save")
    wait(lambda: len(screen.tills.table.rows) == 2)
    fill(till, "till_name", "Counter 9")
    click(till, "till_save")
    wait(find(till, "till_notice").isVisible)
    assert office.value("SELECT count(*) FROM tills") == 2


def test_a_role_is_given_and_oneself_is_left_alone(
    open_till: OpenTill, office: Office, manager_url: str
) -> None:
    office.tier(office.event())
    clerk = office.person("clerk", first_name="Carla")
    till = open_till(url=manager_url)
    screen = admin(till)
    wait(lambda: "Carla" in names(screen))
    screen.people.table.choose(clerk.id)
    role = find(till, "person_role")
    assert isinstance(role, QComboBox)
    role.setCurrentIndex(role.findText("Door staff"))
    click(till, "person_give_role")
    wait(lambda: office.value("SELECT role FROM users WHERE id = %s", clerk.id) == "door")
    screen.people.table.choose(till.at.clerk_id)
    assert not find(till, "person_state").isEnabled()
    assert not role.isEnabled()


def test_the_history_of_an_order_and_of_an_event_is_one_press_away(
    open_till: OpenTill, office: Office, manager_url: str
) -> None:
    event = office.event()
    office.tier(event)
    till = open_till(url=manager_url)
    till.type("11")
    till.press(Qt.Key.Key_F9)
    till.sold()
    till.printed()
    reprint(till, "jammed")
    wait(lambda: office.value("SELECT count(*) FROM audit_logs WHERE action = 'reprinted'") == 1)
    till.press(Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    till.type(office.value("SELECT order_number FROM orders"))
    till.press(Qt.Key.Key_Return)
    wait(lambda: find(till, "order_history").isVisible())
    click(till, "order_history")
    screen = find(till, "admin_screen")
    assert isinstance(screen, AdminScreen)
    wait(lambda: {row.thing.action for row in screen.evidence.table.rows if isinstance(row.thing, Evidence)}
         == {"sold", "reprinted"})  # fmt: skip
    office.connection.execute("UPDATE ticket_tiers SET price = 30 WHERE event_id = %s", [event])
    click(till, "rail_sell")
    click(till, "event_history")
    wait(lambda: {row.thing.subject for row in screen.evidence.table.rows if isinstance(row.thing, Evidence)}
         == {"event", "tier"})  # fmt: skip


def test_a_clerk_is_shown_no_history(open_till: OpenTill, office: Office) -> None:
    office.tier(office.event())
    till = open_till()
    assert till.window.findChild(QWidget, "event_history") is None
    assert till.window.findChild(QWidget, "order_history") is None
