"""One person's data: found, changed, exported, deleted, erased; and records that were kept long enough."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from boxoffice.domain.errors import (
    KeyMissing,
    NotAllowed,
    OutOfBounds,
    ReasonMissing,
    UnknownPerson,
    WorksHere,
)
from boxoffice.domain.personal import SHUT, Contact, Customer
from boxoffice.domain.sale import Payment, Tender
from boxoffice.formats import Formats
from boxoffice.printing.dossier import write_dossier
from boxoffice.sealing import Key, Kind
from boxoffice.storage.database import Database
from boxoffice.usecases.office.check_database import check_database
from boxoffice.usecases.office.keys import seal_with
from boxoffice.usecases.office.personal_data import PersonalData, dossier, erase_person, open_personal_data
from boxoffice.usecases.sales.sell_tickets import sell_tickets
from tests.office import Office, wish
from tests.printing.reading import pdf_texts

CONTACT = Contact("+49 30 2312-5017", "Kanalstraße 14\n10115 Berlin", "Sits on the aisle")


@pytest.fixture
def deeds(db: Database, office: Office, tmp_path: Path) -> PersonalData:
    seal_with(db, office.give_key(tmp_path))
    return open_personal_data(db)


def add_kim(office: Office, deeds: PersonalData) -> Customer:
    office.insert("users", first_name="Kim", last_name="Ito", email="kim@example.org")
    [kim] = deeds.find("kim@")
    deeds.set_contact(kim, CONTACT)
    return deeds.find("kim@")[0]


def buy(db: Database, office: Office, kim: Customer) -> None:
    event = office.event()
    payment = Payment(Tender.CARD, reference="V 4711")
    sale = sell_tickets(db, office.at, wish(event, (office.tier(event), 2), payment=payment)).value
    office.connection.execute("UPDATE orders SET user_id = %s WHERE id = %s", [kim.id, sale.order_id])


def wait_for(office: Office, kim: Customer, phone: str, **columns: object) -> int:
    event = office.event()
    return office.insert("waitlist", event_id=event, user_id=kim.id, position=1, phone=phone, **columns)


@pytest.mark.parametrize(
    "typed", ["kim", "Kim I", "ITO", "kim@exam", "+49 (30) 23125017", "0049 30 2312 5017", "v 4711"]
)
def test_a_customer_is_found_by_what_they_say(
    db: Database, office: Office, deeds: PersonalData, typed: str
) -> None:
    kim = add_kim(office, deeds)
    buy(db, office, kim)
    office.insert("users", first_name="Somebody", last_name="Else", email="else@example.org")
    [found] = deeds.find(typed)
    assert (found.name, found.contact, found.orders) == ("Kim Ito", CONTACT, 1)


@pytest.mark.parametrize("typed", ["+49 30 2312-501", "4711", "%", "_", "exam", "nobody"])
def test_a_part_of_a_sealed_word_finds_nobody(
    db: Database, office: Office, deeds: PersonalData, typed: str
) -> None:
    buy(db, office, add_kim(office, deeds))
    assert deeds.find(typed) == ()


def test_somebody_who_waits_is_found_by_the_phone_left_with_the_wish(
    db: Database, office: Office, deeds: PersonalData
) -> None:
    kim = add_kim(office, deeds)
    wait_for(office, kim, db.sealer.seal(Kind.PHONE, "+49 170 555"))
    assert [found.id for found in deeds.find("+49170555")] == [kim.id]


def test_nothing_of_it_lies_in_the_database_in_clear(office: Office, deeds: PersonalData) -> None:
    kim = add_kim(office, deeds)
    row = office.connection.execute(
        "SELECT to_jsonb(u)::text FROM users u WHERE id = %s", [kim.id]
    ).fetchone()
    logged = office.connection.execute("SELECT string_agg(l::text, ' ') FROM audit_logs l").fetchone()
    written = f"{row}{logged}"
    assert "Kim" in written
    for word in ("2312", "Kanalstra", "aisle"):
        assert word not in written


@pytest.mark.parametrize("column", ["phone", "address", "notes"])
def test_the_database_takes_no_word_in_clear(office: Office, deeds: PersonalData, column: str) -> None:
    kim = add_kim(office, deeds)
    with pytest.raises(psycopg.errors.CheckViolation):
        office.connection.execute(f"UPDATE users SET {column} = 'in clear' WHERE id = %s".encode(), [kim.id])


def test_what_cannot_be_read_here_is_not_overwritten(office: Office, deeds: PersonalData) -> None:
    kim = add_kim(office, deeds)
    with pytest.raises(KeyMissing):
        deeds.set_contact(kim, Contact(SHUT, "", ""))
    with pytest.raises(OutOfBounds):
        deeds.set_contact(kim, Contact("1" * 41))
    assert deeds.find("kim")[0].contact == CONTACT


def test_the_dossier_is_whole_readable_and_recorded(
    db: Database, office: Office, deeds: PersonalData
) -> None:
    kim = add_kim(office, deeds)
    buy(db, office, kim)
    note = db.sealer.seal(Kind.NOTES, "In a wheelchair")
    wait_for(office, kim, db.sealer.seal(Kind.PHONE, "+49 170 555"), notes=note)
    office.insert(
        "email_notifications",
        user_id=kim.id,
        kind="tickets",
        recipient="kim@example.org",
        subject="Your tickets",
        body="Dear Kim",
    )
    told = deeds.dossier(kim, "asked at the counter")
    person = told["person"]
    assert (person["phone"], person["address"], person["notes"]) == (
        CONTACT.phone,
        CONTACT.address,
        CONTACT.notes,
    )
    [order] = told["orders"]
    assert order["payments"][0]["reference"] == "V 4711"
    assert len(order["tickets"]) == 2
    [place] = told["waitlist"]
    assert (place["phone"], place["notes"], place["state"]) == ("+49 170 555", "In a wheelchair", "waiting")
    assert told["emails"][0]["body"] == "Dear Kim"
    assert [row["action"] for row in told["evidence"]][-1] == "exported"
    assert "argon2" not in json.dumps(told, default=str)
    assert office.value("SELECT reason FROM audit_logs WHERE action = 'exported'") == "asked at the counter"


@pytest.mark.usefixtures("qapp")
def test_the_paper_of_the_dossier_shows_places_on_waitlists(
    db: Database, office: Office, deeds: PersonalData, tmp_path: Path
) -> None:
    kim = add_kim(office, deeds)
    note = db.sealer.seal(Kind.NOTES, "In a <wheelchair>")
    wait_for(office, kim, db.sealer.seal(Kind.PHONE, "+49 170 555"), notes=note)
    _, paper = write_dossier(deeds.dossier(kim, "asked"), tmp_path / "kim", Formats("en"))
    told = " ".join(" ".join(pdf_texts(paper)).split())
    for words in ("Waitlist", "+49 170 555", "In a <wheelchair>", "waiting"):
        assert words in told


def test_erasing_keeps_the_money_and_drops_the_person(
    db: Database, office: Office, deeds: PersonalData
) -> None:
    kim = add_kim(office, deeds)
    buy(db, office, kim)
    note = db.sealer.seal(Kind.NOTES, "In a wheelchair")
    entry = wait_for(office, kim, db.sealer.seal(Kind.PHONE, "+49 170 555"), notes=note)
    tier = office.tier(office.event(), quantity=5)
    office.insert("holds", tier_id=tier, kind="waitlist", quantity=2, waitlist_id=entry)
    office.insert("email_notifications", user_id=kim.id, kind="t", recipient="kim@e", subject="s", body="Kim")
    money = "SELECT json_agg(t ORDER BY t.id)::text FROM {} t"
    before = {
        t: office.value(money.format(t)) for t in ("orders", "order_items", "tickets", "payment_transactions")
    }
    with pytest.raises(ReasonMissing):
        deeds.erase(kim, " … ")
    deeds.erase(kim, "Article 17 request")
    assert {t: office.value(money.format(t)) for t in before} == before
    left = office.value("SELECT to_jsonb(u) FROM users u WHERE id = %s", kim.id)
    assert {name for name, value in left.items() if value} == {
        "id", "role", "created_at", "deleted_at", "erased_at"
    }  # fmt: skip
    assert office.value("SELECT count(*) FROM waitlist") == 0
    assert office.value("SELECT count(*) FROM email_notifications") == 0
    assert office.value("SELECT reserved FROM ticket_tiers WHERE id = %s", tier) == 0
    everything = " ".join(
        office.value(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM {table} t")
        for table in ("users", "audit_logs", "orders", "holds")
    )
    for word in ("Kim", "Ito", "kim@", note):
        assert word not in everything
    assert office.value("SELECT reason FROM audit_logs WHERE action = 'erased'") == "Article 17 request"
    assert deeds.find("kim") == ()
    with pytest.raises(UnknownPerson):
        deeds.erase(kim, "again")
    assert [finding for finding in check_database(db) if finding.broken] == []


def test_whoever_works_here_is_not_erased(db: Database, office: Office) -> None:
    office.let_in(office.at.clerk_id, "clerk")
    with pytest.raises(WorksHere):
        erase_person(db, office.at.clerk_id, "wrong button")
    with pytest.raises(UnknownPerson):
        erase_person(db, 999_999, "nobody")
    assert dossier(db, office.at.clerk_id, "asked")["person"]["first_name"] == "Anna"


@pytest.mark.parametrize("role", ["clerk", "promoter", "door"])
def test_it_is_a_managers_deed(office: Office, deeds: PersonalData, role: str) -> None:
    kim = add_kim(office, deeds)
    db = Database(office.person(role).url)
    for deed in (
        lambda: dossier(db, kim.id, "curious"),
        lambda: erase_person(db, kim.id, "curious"),
        lambda: open_personal_data(db).due(),
        lambda: open_personal_data(db).retire(),
        lambda: open_personal_data(db).set_deleted(kim, True),
    ):
        with pytest.raises(NotAllowed):
            deed()
    db.close()
    assert deeds.find("kim")


def test_a_deleted_customer_comes_back_within_ninety_days(office: Office, deeds: PersonalData) -> None:
    kim = add_kim(office, deeds)
    deeds.set_deleted(kim, True)
    assert deeds.find("kim")[0].deleted_at is not None
    assert deeds.retire()
    deeds.set_deleted(kim, False)
    assert deeds.find("kim")[0] == kim


# --- retention ---------------------------------------------------------------------------------


def age(office: Office, table: str, column: str, days: int, where: str = "true") -> None:
    """Let rows be older than they are, as only somebody who owns the server could."""
    office.connection.execute("SET session_replication_role = replica")
    office.connection.execute(
        f"UPDATE {table} SET {column} = {column} - {days} * interval '1 day' WHERE {where}".encode()
    )
    office.connection.execute("RESET session_replication_role")


def due(deeds: PersonalData) -> dict[str, int]:
    return {one.what: one.rows for one in deeds.due()}


def test_nothing_is_due_in_a_young_office(db: Database, office: Office, deeds: PersonalData) -> None:
    buy(db, office, add_kim(office, deeds))
    assert due(deeds) == {"audit": 0, "emails": 0, "deleted_people": 0, "payments": 0}
    assert deeds.retire()
    assert office.value("SELECT count(*) FROM payment_transactions") == 1


def test_each_kind_goes_at_its_time_and_not_a_day_before(
    db: Database, office: Office, deeds: PersonalData
) -> None:
    kim, lea = add_kim(office, deeds), office.insert("users", first_name="Lea", email="lea@example.org")
    buy(db, office, kim)
    buy(db, office, kim)
    for days in (364, 367):
        office.insert("email_notifications", kind="t", recipient="x@y", subject="s", body="b")
        age(
            office,
            "email_notifications",
            "created_at",
            days,
            "id = (SELECT max(id) FROM email_notifications)",
        )
    year = 365.25
    age(office, "payment_transactions", "created_at", int(7 * year) + 2, "id = 1")
    age(office, "payment_transactions", "created_at", int(7 * year) - 2, "id = 2")
    age(office, "orders", "created_at", int(7 * year) + 2, "id = 1")
    office.connection.execute("UPDATE users SET deleted_at = now() WHERE id IN (%s, %s)", [kim.id, lea])
    age(office, "users", "deleted_at", 91, f"id IN ({kim.id}, {lea})")
    report = deeds.due()
    assert {one.what: one.rows for one in report} == {
        "audit": 0, "emails": 1, "deleted_people": 2, "payments": 1
    }  # fmt: skip
    assert deeds.due() == report
    assert deeds.retire() == report
    assert office.value("SELECT count(*) FROM email_notifications") == 1
    assert office.value("SELECT array_agg(id) FROM payment_transactions") == [2]
    # Kim has orders, so the money keeps a number; of Lea nothing is left.
    assert office.value("SELECT first_name FROM users WHERE id = %s", kim.id) == ""
    assert office.value("SELECT count(*) FROM users WHERE id = %s", lea) == 0
    assert office.value("SELECT count(*) FROM orders WHERE user_id = %s", kim.id) == 2
    removed = office.value("SELECT detail -> 'removed' FROM audit_logs WHERE action = 'retired'")
    assert {one["what"]: one["due"] for one in removed} == {one.what: one.rows for one in report}
    assert due(deeds) == {"audit": 0, "emails": 0, "deleted_people": 0, "payments": 0}
    assert [finding for finding in check_database(db) if finding.broken] == []


def test_old_evidence_goes_and_its_chain_stays_whole(
    db: Database, office: Office, deeds: PersonalData
) -> None:
    """Rows are written with an old time from the start, so that their hashes are right."""
    now = datetime.now(UTC)
    long_ago = now - timedelta(days=8 * 366)
    # A role with a chain of its own, which begins here.
    office.connection.execute("CREATE ROLE archivist SUPERUSER LOGIN")
    office.connection.execute("SET SESSION AUTHORIZATION archivist")
    for number, at in enumerate((long_ago, long_ago, long_ago, now, now, long_ago)):
        office.insert("audit_logs", action="looked", entity="event", entity_id=number, at=at)
    office.connection.execute("RESET SESSION AUTHORIZATION")
    assert due(deeds)["audit"] == 3
    deeds.retire()
    kept = "SELECT array_agg(entity_id ORDER BY seq) FROM audit_logs WHERE chain = 'archivist'"
    # The last is old, but stands behind younger ones: a chain is cut at its beginning, never in the middle.
    assert office.value(kept) == [3, 4, 5]
    assert [finding for finding in check_database(db) if finding.broken] == []
    office.connection.execute("SET session_replication_role = replica")
    office.connection.execute("DELETE FROM audit_logs WHERE chain = 'archivist' AND entity_id = 3")
    assert [finding.name for finding in check_database(db) if finding.broken] == ["evidence_is_whole"]
    office.connection.execute("DROP ROLE archivist")


def test_nobody_retires_by_hand_not_even_the_owner(office: Office, db: Database, deeds: PersonalData) -> None:
    buy(db, office, add_kim(office, deeds))
    age(office, "payment_transactions", "created_at", 8 * 366)
    for statement in (
        "DELETE FROM payment_transactions",
        "UPDATE payment_transactions SET reference = ''",
        "UPDATE payment_transactions SET amount = 0",
        "DELETE FROM audit_logs",
        "TRUNCATE audit_logs",
        "TRUNCATE payment_transactions CASCADE",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            office.connection.execute(statement.encode())
    office.connection.execute("SET ROLE boxoffice_owner")
    for statement in (
        "UPDATE payment_transactions SET amount = amount + 1",
        "UPDATE audit_logs SET reason = 'none'",
        "DELETE FROM audit_logs",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            office.connection.execute(statement.encode())


# --- found by an outside look ------------------------------------------------------------------


def test_somebody_who_is_brought_back_while_records_are_removed_stays(
    office: Office, deeds: PersonalData
) -> None:
    kim = add_kim(office, deeds)
    deeds.set_deleted(kim, True)
    age(office, "users", "deleted_at", 91, f"id = {kim.id}")
    with psycopg.connect(office.connection.info.dsn, password=office.connection.info.password) as other:
        other.execute("SELECT set_customer_deleted(%s, false)", [kim.id])
        with ThreadPoolExecutor(1) as elsewhere:
            removing = elsewhere.submit(deeds.retire)
            waits = "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted)"
            while not office.value(waits) and not removing.done():
                pass
            other.commit()
            removing.result()
    assert [found.name for found in deeds.find("kim")] == ["Kim Ito"]


def test_whoever_was_erased_gets_no_new_records_and_retention_goes_on(
    office: Office, deeds: PersonalData
) -> None:
    kim = add_kim(office, deeds)
    deeds.erase(kim, "asked")
    for table, columns in (
        ("waitlist", {"event_id": office.event(), "position": 1}),
        ("promoters", {"company": "Kim Ito Concerts"}),
        ("email_notifications", {"kind": "t", "recipient": "x@y", "subject": "s", "body": "b"}),
    ):
        with pytest.raises(psycopg.DatabaseError, match="unknown_person"):
            office.insert(table, user_id=kim.id, **columns)
    age(office, "users", "deleted_at", 91, f"id = {kim.id}")
    assert due(deeds)["deleted_people"] == 1
    deeds.retire()
    assert office.value("SELECT count(*) FROM users WHERE id = %s", kim.id) == 0


def test_a_promoter_is_no_customer_to_erase(office: Office, deeds: PersonalData) -> None:
    kim = add_kim(office, deeds)
    office.insert("promoters", user_id=kim.id, company="Kim Ito Concerts")
    with pytest.raises(WorksHere):
        deeds.erase(kim, "asked")


def test_emails_that_hang_on_the_order_or_bear_the_address_go_too(
    db: Database, office: Office, deeds: PersonalData
) -> None:
    kim = add_kim(office, deeds)
    buy(db, office, kim)
    order = office.value("SELECT id FROM orders")
    mail = {"kind": "t", "subject": "s", "body": "Dear Kim Ito"}
    office.insert("email_notifications", recipient="other@example.org", order_id=order, **mail)
    office.insert("email_notifications", recipient="KIM@example.org", **mail)
    office.insert("email_notifications", recipient="else@example.org", **mail)
    assert len(deeds.dossier(kim, "asked")["emails"]) == 2
    deeds.erase(kim, "asked")
    assert office.value("SELECT array_agg(recipient) FROM email_notifications") == ["else@example.org"]


def test_a_cut_off_is_the_same_in_every_time_zone(db: Database, office: Office, deeds: PersonalData) -> None:
    buy(db, office, add_kim(office, deeds))
    office.connection.execute("SET session_replication_role = replica")
    office.connection.execute(
        "UPDATE payment_transactions SET created_at ="
        " (now() AT TIME ZONE 'UTC' - interval '7 years') AT TIME ZONE 'UTC' + interval '30 minutes'"
    )
    office.connection.execute("RESET session_replication_role")
    for zone in ("UTC", "America/Whitehorse", "Pacific/Kiritimati", "Etc/GMT+12"):
        office.connection.execute("SELECT set_config('TimeZone', %s, false)", [zone])
        assert office.value("SELECT due FROM apply_retention(true) WHERE what = 'payments'") == 0


def test_resealing_takes_tokens_of_the_current_key_only_and_says_which_rows(
    db: Database, office: Office, deeds: PersonalData
) -> None:
    kim = add_kim(office, deeds)
    phone = office.value("SELECT phone FROM users WHERE id = %s", kim.id)
    for after in (None, "", "in clear", Key.new().seal(Kind.PHONE, "x")):
        with pytest.raises(psycopg.errors.CheckViolation):
            office.connection.execute("SELECT reseal('phone', %s, %s, %s)", [[kim.id], [phone], [after]])
    renewed = db.sealer.seal(Kind.PHONE, CONTACT.phone)
    office.connection.execute("SELECT reseal('phone', %s, %s, %s)", [[kim.id], [phone], [renewed]])
    told = office.value("SELECT detail FROM audit_logs WHERE action = 'resealed' ORDER BY id DESC LIMIT 1")
    assert told == {"column": "phone", "rows": 1, "ids": [kim.id]}


def test_handing_over_wants_a_reason_too(office: Office, deeds: PersonalData) -> None:
    with pytest.raises(ReasonMissing):
        deeds.dossier(add_kim(office, deeds), "  ")


@pytest.mark.usefixtures("qapp")
def test_what_was_offered_to_somebody_and_how_they_were_called_is_handed_out(
    office: Office, deeds: PersonalData, tmp_path: Path
) -> None:
    kim = add_kim(office, deeds)
    event = office.event()
    tier = office.tier(event, name="Stalls", quantity=0)
    entry = office.insert("waitlist", event_id=event, user_id=kim.id, tier_id=tier, position=1)
    office.connection.execute("UPDATE ticket_tiers SET quantity = 1 WHERE id = %s", [tier])
    offer = office.value("SELECT id FROM waitlist_offers WHERE waitlist_id = %s", entry)
    office.insert("waitlist_calls", key=uuid4(), offer_id=offer, outcome="no_answer")
    told = deeds.dossier(kim, "asked")
    [place] = told["waitlist"]
    assert [(one["tier"], one["quantity"], one["status"]) for one in place["offers"]] == [
        ("Stalls", 1, "open")
    ]
    assert [one["outcome"] for one in place["calls"]] == ["no_answer"]
    _, paper = write_dossier(told, tmp_path / "kim", Formats("en"))
    words = " ".join(" ".join(pdf_texts(paper)).split())
    assert place["offers"][0]["code"] in words
    assert "no_answer" in words
