"""A manager cancels an event at the real window, and its customers' money goes back."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel, QWidget

from tests.journeys.conftest import OpenTill, Till
from tests.journeys.test_admin import click, fill, find
from tests.office import Office
from tests.takings import ring_up
from tests.ui.stage import wait

DONE = "SELECT count(*) FROM event_cancellation_orders WHERE state <> 'waiting'"


@pytest.fixture
def manager(office: Office, open_till: OpenTill) -> Till:
    event = office.event(title="Blue Harbour")
    office.tier(event)
    for _ in range(3):
        ring_up(office.connection, office, event, "30")
    return open_till(url=office.person("manager", first_name="Margarete").url)


def shows(till: Till, name: str) -> bool:
    found = till.window.findChild(QWidget, name)
    return found is not None and found.isVisible()


def facts(till: Till) -> str:
    label = find(till, "cancellation_facts")
    assert isinstance(label, QLabel)
    return label.text().replace("\N{NO-BREAK SPACE}", " ")


def test_an_event_is_cancelled_with_a_reason(manager: Till, office: Office) -> None:
    click(manager, "event_cancel")
    wait(lambda: shows(manager, "cancel_event"))
    assert "3 orders are given back." in facts(manager)
    assert "Cash: € 90.00" in facts(manager)
    click(manager, "cancel_event")
    assert office.value("SELECT count(*) FROM event_cancellations") == 0
    fill(manager, "cancel_event_reason", "the singer is ill")
    click(manager, "cancel_event")
    wait(lambda: office.value(DONE) == 3)
    wait(lambda: "3 to collect at the counter" in facts(manager))
    assert office.value("SELECT status FROM events") == "cancelled"
    assert office.value("SELECT reason FROM event_cancellations") == "the singer is ill"
    # The order says so to whoever looks it up.
    order = office.value("SELECT min(id) FROM orders")
    assert manager.window.context.desk.orders.open(order).waits_at_counter
