"""How long the GUI thread of the real window is ever away, on a real database with 10,000 events.

A 5 ms timer remembers its longest gap through a row of deeds. The reference is an empty window that rests.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from sqlalchemy import make_url

from boxoffice.bootstrap import collector
from boxoffice.bootstrap.program import SWITCH_SECONDS
from boxoffice.domain.ticket import IssuedTicket
from boxoffice.ui.sell.counter import Phase
from boxoffice.usecases.sales.sell_tickets import sell_tickets
from tests.benchmarks.report import Aim, Row
from tests.benchmarks.stage import Stage
from tests.journeys.conftest import Till
from tests.office import Office, open_office, wish
from tests.races.wire import Wire, wire_to
from tests.ui.heartbeat import Heartbeat
from tests.ui.stage import make_theme, rest, wait

EVENTS = 10_000
SALES = 40
TICKETS = 200
STALL_MS = 3_000
AIM_MS, WISH_MS = 50, 16


def run(stage: Stage) -> Iterator[Row]:
    """Work the window through every deed and tell the longest gap of each."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    sys.setswitchinterval(SWITCH_SECONDS)
    collector.wake()
    idle = QWidget()
    idle.show()
    yield _measured("an empty window at rest (reference)", lambda: rest(2_000))
    idle.close()
    url = stage.database("bench_window")
    office = open_office(url.replace("+psycopg", "", 1))
    _fill(office.connection.execute, office.promoter_id)
    with tempfile.TemporaryDirectory() as folder, wire_to(stage.server.port) as wire:
        clerk = make_url(office.let_in(office.at.clerk_id, "clerk"))
        far = clerk.set(port=wire.port).render_as_string(hide_password=False)
        till = Till(far, office, make_theme(application), Path(folder) / "tray")
        tickets = _sold(till, office, TICKETS)
        deeds: tuple[tuple[str, Callable[[], None]], ...] = (
            (f"{SALES} sales, printed to PDF", lambda: _sell(till)),
            ("search, letter by letter", lambda: _search(till)),
            ("scrolling through all events", lambda: _scroll(till)),
            (f"printing {TICKETS} tickets", lambda: _print(till, office, tickets)),
            ("a database stall of 3 s while selling", lambda: _stall(till, wire)),
        )
        for name, deed in deeds:
            yield _measured(name, deed)
        till.close()
    office.connection.close()


def _measured(name: str, deed: Callable[[], None]) -> Row:
    with Heartbeat() as heartbeat:
        deed()
    aims = (
        Aim(f"never over {AIM_MS} ms", heartbeat.longest_ms <= AIM_MS),
        Aim(f"wished {WISH_MS} ms", heartbeat.longest_ms <= WISH_MS),
    )
    return Row(name, {"longest_gap_ms": heartbeat.longest_ms}, aims)


def _fill(execute: Callable[..., object], promoter_id: int) -> None:
    execute(
        "INSERT INTO events (promoter_id, slug, title, venue, start_time, status)"
        " SELECT %s, 'event-' || n, 'Event number ' || n, 'House ' || n %% 40,"
        " %s + n * interval '20 minutes', 'published' FROM generate_series(1, %s) n",
        [promoter_id, datetime.now(UTC) + timedelta(hours=2), EVENTS],
    )
    execute(
        "INSERT INTO ticket_tiers (event_id, name, price, quantity, position)"
        " SELECT e.id, t.name, t.price, 500, t.place FROM events e,"
        " (VALUES ('Standard', 28, 1), ('Reduced', 18, 2), ('Box', 60, 3)) t (name, price, place)"
    )
    execute("ANALYZE")


def _sell(till: Till) -> None:
    for _ in range(SALES):
        till.type("12")
        till.press(Qt.Key.Key_F9)
        wait(lambda: till.counter.phase is Phase.DONE)
        rest(30)
    till.printed()


def _search(till: Till) -> None:
    for letter in "event number 77":
        till.type(letter)
        rest(80)
    till.press(Qt.Key.Key_Escape)
    rest(400)


def _scroll(till: Till) -> None:
    model, bar = till.window.sell.events.model, till.window.sell.events.list.verticalScrollBar()
    while model.rowCount() < EVENTS:
        bar.setValue(bar.maximum())
        rest(15)


def _print(till: Till, office: Office, tickets: tuple[IssuedTicket, ...]) -> None:
    paper = till.window.paper
    paper.send(tickets)
    while (summary := paper.summary(tickets)).working:
        rest(20)
    assert summary.out == TICKETS, summary
    while office.value("SELECT count(*) FROM print_jobs WHERE ticket_id = %s", tickets[-1].id) == 0:
        rest(20)


def _sold(till: Till, office: Office, size: int) -> tuple[IssuedTicket, ...]:
    """Sell so many tickets in orders of ten, past the window."""
    tiers = office.connection.execute(
        "SELECT event_id, id FROM ticket_tiers WHERE name = 'Standard' ORDER BY id LIMIT %s", [size // 10]
    ).fetchall()
    sales = (sell_tickets(till.db, office.at, wish(event, (tier, 10))).value for event, tier in tiers)
    return tuple(ticket for sale in sales for ticket in sale.tickets)


def _stall(till: Till, wire: Wire) -> None:
    till.press(Qt.Key.Key_Return)
    till.type("11")
    wait(lambda: till.counter.totals is not None and not till.counter.is_pricing)
    wire.stall()
    till.press(Qt.Key.Key_F9)
    rest(STALL_MS)
    assert till.counter.phase is Phase.SELLING
    wire.resume()
    wait(lambda: till.counter.phase is Phase.DONE)
