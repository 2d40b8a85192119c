"""A shift at the counter."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from boxoffice.domain.errors import SoldOut
from boxoffice.storage.database import Database
from boxoffice.ui.sell.counter import Phase
from boxoffice.usecases.office.check_database import check_database
from tests.journeys.conftest import OpenTill
from tests.office import Office
from tests.postgres import Cluster
from tests.printing.reading import codes, pdf_pictures
from tests.races.test_lost_answers import SALE
from tests.races.wire import wire_to
from tests.ui.stage import wait

SHIFT = Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture(autouse=True)
def quartet(office: Office) -> tuple[int, int]:
    event = office.event(title="Blue Harbour Quartet", service_fee_per_ticket="0.5", tax_rate_percent=7)
    standard = office.tier(event, quantity=6, position=1)
    office.tier(event, name="Reduced", price=18, quantity=3, position=2)
    office.tier(office.event(title="Poetry Slam Finals"), quantity=50)
    return event, standard


def test_two_adults_for_exact_cash_are_three_keys_and_two_tickets_that_scan(
    open_till: OpenTill, office: Office, db: Database
) -> None:
    till = open_till()
    till.type("12")
    till.press(Qt.Key.Key_F9)
    till.sold()
    (pdf,) = till.printed()
    minted = office.connection.execute("SELECT qr_code FROM tickets ORDER BY number").fetchall()
    assert [code for page in pdf_pictures(pdf) for code in codes(page)] == [code for (code,) in minted]
    wait(lambda: office.value("SELECT count(*) FROM print_jobs WHERE state = 'printed'") == 2)
    assert not [finding for finding in check_database(db) if finding.broken]


def test_search_choose_two_tiers_take_a_hundred_give_change(open_till: OpenTill, office: Office) -> None:
    till = open_till()
    till.type("harb")
    wait(lambda: till.window.sell.events.model.rowCount() == 2)
    till.press(Qt.Key.Key_Return)
    till.type("12")
    till.press(Qt.Key.Key_Return)
    till.type("21")
    till.press(Qt.Key.Key_F9, SHIFT)
    wait(lambda: till.counter.totals is not None and not till.counter.is_pricing)
    till.type("100")
    till.press(Qt.Key.Key_Return)
    till.sold()
    assert till.counter.sale is not None
    assert str(till.counter.sale.change.amount) == "24.500"
    assert office.value("SELECT tendered FROM payment_transactions") == 100
    till.printed()


def test_what_one_till_sells_is_gone_at_the_other_without_a_key(open_till: OpenTill) -> None:
    first, second = open_till(), open_till()
    first.type("14")
    first.press(Qt.Key.Key_F9)
    first.sold()
    wait(lambda: second.counter.offer is not None and second.counter.offer.tiers[0].available == 2)
    first.printed()


def test_a_basket_overtaken_by_the_other_till_is_refused_and_says_what_is_left(
    open_till: OpenTill, office: Office, quartet: tuple[int, int]
) -> None:
    till = open_till()
    till.type("15")
    wait(lambda: till.counter.totals is not None)
    office.connection.execute("ALTER TABLE ticket_tiers DISABLE TRIGGER ticket_tiers_tell_tills")
    office.insert("holds", tier_id=quartet[1], kind="house", quantity=3)
    till.press(Qt.Key.Key_F9)
    wait(lambda: isinstance(till.counter.problem, SoldOut))
    assert office.value("SELECT count(*) FROM orders") == 0
    wait(lambda: till.counter.offer is not None and till.counter.offer.tiers[0].available == 3)


def test_a_lost_answer_is_one_sale_and_the_clerk_sees_it_done(
    open_till: OpenTill, office: Office, server: Cluster
) -> None:
    with wire_to(server.port) as wire:
        till = open_till(port=wire.port)
        till.type("12")
        wait(lambda: till.counter.totals is not None)
        wire.swallow_answer_to(SALE, times=2)
        till.press(Qt.Key.Key_F9)
        wait(lambda: till.counter.phase is Phase.UNSURE)
        assert till.window.banner.isVisible()
        assert office.value("SELECT count(*) FROM orders") == 1
        till.press(Qt.Key.Key_R, CONTROL)
        till.sold()
        assert till.counter.sale is not None
        assert till.counter.sale.replayed
        assert office.value("SELECT count(*) FROM orders") == 1
        till.printed()


def test_the_banner_comes_with_the_break_and_goes_with_the_line(open_till: OpenTill, office: Office) -> None:
    till = open_till()
    wait(lambda: office.value("SELECT count(*) FROM pg_stat_activity WHERE query = 'LISTEN boxoffice'") == 1)
    office.connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    wait(till.window.banner.isVisible)
    wait(lambda: not till.window.banner.isVisible())
    office.connection.execute("UPDATE ticket_tiers SET quantity = 99 WHERE name = 'Standard'")
    wait(lambda: till.counter.offer is not None and till.counter.offer.tiers[0].quantity == 99)


def test_a_ticket_is_looked_up_by_scanning_it(open_till: OpenTill, office: Office) -> None:
    till = open_till()
    till.type("11")
    till.press(Qt.Key.Key_F9)
    till.sold()
    till.printed()
    till.press(Qt.Key.Key_Return)
    till.type(office.value("SELECT qr_code FROM tickets") + "\r")
    wait(lambda: till.window.sell.till.is_looking_up)
