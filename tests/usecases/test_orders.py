"""After the sale: finding it, printing it, printing it again."""

from __future__ import annotations

import pytest

from boxoffice.domain.errors import MistypedTicketCode, ReasonMissing, TicketNotPrintable, UnknownOrder
from boxoffice.domain.sale import Sale
from boxoffice.domain.ticket import PrintState, TicketStatus
from boxoffice.domain.ticket_code import check_letter, grouped
from boxoffice.storage.database import Database
from boxoffice.usecases.desk import PrintReport, Reprint
from boxoffice.usecases.office.check_database import check_database
from boxoffice.usecases.orders.find_order import find_order, last_sales
from boxoffice.usecases.orders.record_print import record_print
from boxoffice.usecases.orders.reprint_tickets import reprint_tickets
from boxoffice.usecases.sales.sell_tickets import sell_tickets
from tests.office import Office, wish


@pytest.fixture
def sale(db: Database, office: Office) -> Sale:
    event = office.event(title="Blue Harbour Quartet", tax_rate_percent=19, tax_inclusive=False)
    return sell_tickets(db, office.at, wish(event, (office.tier(event), 3))).value


def test_an_order_is_found_by_number_however_it_is_spaced(db: Database, sale: Sale) -> None:
    year, serial = sale.order_number.split("-")
    for typed in (sale.order_number, f" {year}-{serial[:3]} {serial[3:]} ", f"{year} {serial}"):
        assert find_order(db, typed) == sale


def test_an_order_is_found_by_a_ticket_scanned_or_typed(db: Database, sale: Sale) -> None:
    code = sale.tickets[1].face.code
    for typed in (code, f"BO1:{code}", grouped(code).lower()):
        assert find_order(db, typed) == sale


def test_mistyped_is_not_the_same_as_unknown(db: Database, sale: Sale) -> None:
    code = sale.tickets[0].face.code
    wrong = code[:-1] + ("A" if code[-1] != "A" else "B")
    with pytest.raises(MistypedTicketCode):
        find_order(db, wrong)
    unknown = "00000000000"
    with pytest.raises(UnknownOrder):
        find_order(db, unknown + check_letter(unknown))
    with pytest.raises(UnknownOrder):
        find_order(db, "2026-999999999")


def test_the_last_sales_are_this_tills_newest_first(db: Database, office: Office, sale: Sale) -> None:
    event = office.event()
    newer = sell_tickets(db, office.at, wish(event, (office.tier(event), 1))).value
    assert [one.order_id for one in last_sales(db, office.at.till_id, 10)] == [newer.order_id, sale.order_id]
    assert len(last_sales(db, office.at.till_id, 1)) == 1
    assert last_sales(db, office.at.till_id + 1, 10) == ()


def test_the_newest_step_is_a_tickets_print_state(db: Database, office: Office, sale: Sale) -> None:
    ids = tuple(ticket.id for ticket in sale.tickets)
    assert [ticket.print_state for ticket in sale.tickets] == [None] * 3
    record_print(db, office.at, PrintReport(ids, PrintState.QUEUED, "Zebra"))
    record_print(db, office.at, PrintReport(ids[:1], PrintState.PRINTED, "Zebra"))
    record_print(db, office.at, PrintReport(ids[1:2], PrintState.FAILED, "Zebra", "out of paper"))
    states = [ticket.print_state for ticket in find_order(db, sale.order_number).tickets]
    assert states == [PrintState.PRINTED, PrintState.FAILED, PrintState.QUEUED]


def test_a_reprint_takes_the_old_code_out_of_use(db: Database, office: Office, sale: Sale) -> None:
    old = sale.tickets[1]
    (new,) = reprint_tickets(db, office.at, Reprint(sale.order_id, (old.id,), "torn")).value
    assert new.face.code != old.face.code
    assert (new.face.number, new.face.of, new.face.price) == (old.face.number, 3, old.face.price)
    assert office.value("SELECT status FROM tickets WHERE id = %s", old.id) == TicketStatus.SUPERSEDED
    assert office.value("SELECT reason FROM audit_logs WHERE action = 'reprinted'") == "torn"
    assert find_order(db, old.face.code).order_id == sale.order_id
    assert [ticket.id for ticket in find_order(db, sale.order_number).tickets] == [
        sale.tickets[0].id,
        new.id,
        sale.tickets[2].id,
    ]
    assert not [finding for finding in check_database(db) if finding.broken]


def test_the_same_wish_prints_one_new_ticket(db: Database, office: Office, sale: Sale) -> None:
    wanted = Reprint(sale.order_id, (sale.tickets[0].id,), "jam")
    assert reprint_tickets(db, office.at, wanted).value == reprint_tickets(db, office.at, wanted).value
    assert office.value("SELECT count(*) FROM tickets") == 4


def test_a_reprint_without_reason_of_a_dead_or_a_foreign_ticket_is_refused(
    db: Database, office: Office, sale: Sale
) -> None:
    first = sale.tickets[0].id
    with pytest.raises(ReasonMissing):
        reprint_tickets(db, office.at, Reprint(sale.order_id, (first,), "  "))
    with pytest.raises(UnknownOrder):
        reprint_tickets(db, office.at, Reprint(sale.order_id, (10**9,), "jam"))
    with pytest.raises(UnknownOrder):
        reprint_tickets(db, office.at, Reprint(10**9, (first,), "jam"))
    reprint_tickets(db, office.at, Reprint(sale.order_id, (first,), "jam"))
    with pytest.raises(TicketNotPrintable) as refused:
        reprint_tickets(db, office.at, Reprint(sale.order_id, (first,), "jam"))
    assert refused.value.status == "superseded"
    assert office.value("SELECT count(*) FROM tickets") == 4
