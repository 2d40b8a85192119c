"""Practice from the start: a database of its own, a marked window, and a real one that nothing touches."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from PySide6.QtWidgets import QWidget

from boxoffice.bootstrap.memory import Memory
from boxoffice.bootstrap.opening import OpenDesk, Opening
from boxoffice.bootstrap.paper import ticket_printing
from boxoffice.domain.event import EventFilter
from boxoffice.domain.sale import Payment, Sale, SaleLine, SellTickets, Tender
from boxoffice.settings import Folders, Settings
from boxoffice.ui.main_window import MainWindow
from boxoffice.ui.start.choice import StartChoice, StartWith
from boxoffice.ui.theme.theme import Theme
from boxoffice.usecases.office.open_office import EmbeddedOffice, open_office
from boxoffice.usecases.office.people import needs_first_manager
from tests.journeys.conftest import FORMATS
from tests.printing.reading import codes, pdf_pictures, pdf_texts
from tests.ui.stage import wait

REAL = "boxoffice"
COUNTS = """
    SELECT (SELECT count(*) FROM events) + (SELECT count(*) FROM orders) + (SELECT count(*) FROM users)
         + (SELECT count(*) FROM audit_logs) + (SELECT count(*) FROM tills)
"""


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path / "config", tmp_path / "data", tmp_path / "logs")


@pytest.fixture
def practice(folders: Folders) -> Iterator[OpenDesk]:
    opened = Opening(Settings(), folders).open(StartChoice(StartWith.PRACTISE), lambda _: None)
    assert isinstance(opened, OpenDesk)
    yield opened
    opened.resources.close()


def test_practice_is_marked_and_the_real_books_stay_empty(
    practice: OpenDesk, folders: Folders, theme: Theme, tmp_path: Path
) -> None:
    with open_office(EmbeddedOffice(folders.server, REAL)) as real:
        assert needs_first_manager(real)
        with real.engine.connect() as connection:
            before = connection.exec_driver_sql(COUNTS).scalar()
        memory = Memory(practice.settings, None)
        tray = tmp_path / "tray"
        printing = ticket_printing(memory, tray, FORMATS, "Training", is_training=True)
        window = MainWindow(practice.desk, printing, theme, FORMATS)
        window.mark_training()
        window.show()
        window.begin()
        wait(lambda: window.sell.counter.offer is not None)
        mark = window.findChild(QWidget, "training_mark")
        assert mark is not None
        assert mark.isVisible()
        assert mark.geometry() == window.rect()
        assert window.windowTitle().startswith("TRAINING")
        sale = _sell(practice)
        window.paper.send(sale.tickets)
        wait(lambda: window.paper.summary(sale.tickets).out == 1)
        [pdf] = tray.glob("*.pdf")
        assert "TRAINING" in " ".join(pdf_texts(pdf))
        [code] = codes(pdf_pictures(pdf)[0])
        assert code.startswith("TRN:")
        # Whoever practises can scan what they printed.
        assert practice.desk.find_order(code).order_id == sale.order_id
        window.close()
        window.deleteLater()
        with real.engine.connect() as connection:
            assert connection.exec_driver_sql(COUNTS).scalar() == before
    assert practice.db.engine.url.database == "boxoffice_training"
    assert practice.is_made_up
    assert not folders.settings_file.exists()


def _sell(practice: OpenDesk) -> Sale:
    desk = practice.desk
    for row in desk.browse_events(EventFilter(available_only=True), None).rows:
        for tier in desk.event_offer(row.id).tiers:
            if tier.not_sellable is None and tier.min_purchase == 1:
                line = SaleLine(tier.id, 1, tier.price)
                wish = SellTickets(uuid4(), row.id, (line,), (Payment(Tender.CASH),))
                return desk.sell(wish).value
    raise AssertionError("nothing is on sale")
