"""The office's key: made, carried, replaced, missing, lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from boxoffice.domain.errors import Busy, KeyFileBad, KeyFileTaken, KeyMissing, NotAllowed, NotOurKey
from boxoffice.domain.personal import SHUT
from boxoffice.domain.sale import Payment, Tender, Terms
from boxoffice.keystore import Keystore, write_copy
from boxoffice.sealing import Key, Kind, key_of
from boxoffice.storage.database import Database
from boxoffice.usecases.office.check_database import check_database
from boxoffice.usecases.office.keys import Keyring, make_own_key, seal_with
from boxoffice.usecases.office.personal_data import dossier, erase_person
from boxoffice.usecases.orders.find_order import find_order, last_sales
from boxoffice.usecases.orders.open_order import open_order
from boxoffice.usecases.sales.sell_tickets import sell_tickets
from tests.office import Office, booked, wish

CARD = Payment(Tender.CARD, reference="V 4711")


@pytest.fixture
def here(db: Database, tmp_path: Path) -> Keyring:
    """The computer at which the key was made."""
    store = Keystore(tmp_path / "here" / "keys")
    make_own_key(db, store)
    return Keyring(db, store)


@pytest.fixture
def elsewhere(database_url: str, tmp_path: Path) -> Iterator[Keyring]:
    """Another computer, to which nobody has brought the key."""
    db, store = Database(database_url), Keystore(tmp_path / "elsewhere" / "keys")
    seal_with(db, store)
    yield Keyring(db, store)
    db.close()


def sell_by_card(ring: Keyring, office: Office) -> str:
    event = office.event()
    sale = sell_tickets(ring.db, office.at, wish(event, (office.tier(event), 1), payment=CARD)).value
    assert booked(sale) == CARD
    return sale.order_number


def stored(office: Office) -> str:
    return str(office.value("SELECT reference FROM payment_transactions"))


def test_without_the_key_words_are_shut_and_money_goes_on(
    here: Keyring, elsewhere: Keyring, office: Office
) -> None:
    number = sell_by_card(here, office)
    seen = booked(find_order(elsewhere.db, number))
    assert seen is not None
    assert seen.reference == SHUT
    assert booked(last_sales(elsewhere.db, office.at.till_id, 5)[0]) == seen
    event = office.event()
    basket = (office.tier(event), 1)
    with pytest.raises(KeyMissing) as refused:
        sell_tickets(elsewhere.db, office.at, wish(event, basket, payment=CARD))
    assert refused.value.key_id == here.state().key_id
    assert office.value("SELECT count(*) FROM orders") == 1
    assert sell_tickets(elsewhere.db, office.at, wish(event, basket, payment=Payment(Tender.CARD))).value
    state = elsewhere.state()
    assert (state.is_here, state.unsealed) == (False, 0)


def test_what_was_sealed_here_is_read_even_when_the_keys_cannot_be_fetched_again(
    here: Keyring, office: Office
) -> None:
    """Else a till could hear "nothing was written" of a sale that is committed."""
    number = sell_by_card(here, office)
    kept = here.db.sealer.keys
    here.db.sealer.forget()
    with office.connection.transaction():
        office.connection.execute("LOCK TABLE sealing_keys IN ACCESS EXCLUSIVE MODE")
        assert here.db.sealer.keys == kept
        assert booked(find_order(here.db, number)) == CARD


def test_keys_that_were_never_here_are_not_made_up(elsewhere: Keyring, office: Office) -> None:
    with office.connection.transaction():
        office.connection.execute("LOCK TABLE sealing_keys IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(Busy):
            elsewhere.db.sealer.seal(Kind.PHONE, "+49301")


def test_an_office_without_a_key_refuses_words_and_says_so(elsewhere: Keyring, office: Office) -> None:
    with pytest.raises(KeyMissing) as refused:
        sell_by_card(elsewhere, office)
    assert refused.value.key_id == ""
    assert elsewhere.state().key_id == ""


def test_a_copy_carries_the_key_to_another_computer(
    here: Keyring, elsewhere: Keyring, office: Office, tmp_path: Path
) -> None:
    number = sell_by_card(here, office)
    copy = tmp_path / "copy.key"
    here.save_copy(copy)
    with pytest.raises(KeyFileTaken):
        here.save_copy(copy)
    with pytest.raises(KeyMissing):
        elsewhere.save_copy(tmp_path / "nothing.key")
    elsewhere.bring(copy)
    assert booked(find_order(elsewhere.db, number)) == CARD
    assert elsewhere.state() == here.state()


def test_only_a_key_of_this_office_is_brought(elsewhere: Keyring, here: Keyring, tmp_path: Path) -> None:
    write_copy(Key.new(), tmp_path / "other.key")
    with pytest.raises(NotOurKey):
        elsewhere.bring(tmp_path / "other.key")
    for path in (tmp_path, tmp_path / "missing"):
        with pytest.raises(KeyFileBad):
            elsewhere.bring(path)
    assert not elsewhere.state().is_here
    assert here.state().is_here


def test_an_order_is_found_by_its_reference_however_it_is_spelt(here: Keyring, office: Office) -> None:
    number = sell_by_card(here, office)
    assert find_order(here.db, " v  4711 ").order_number == number


def test_a_new_key_seals_everything_anew_and_nothing_is_lost(
    here: Keyring, elsewhere: Keyring, office: Office, tmp_path: Path
) -> None:
    number = sell_by_card(here, office)
    here.save_copy(tmp_path / "old.key")
    elsewhere.bring(tmp_path / "old.key")
    before = stored(office)
    phone = here.db.sealer.seal(Kind.PHONE, "+49301")
    customer = office.insert("users", first_name="Kim", phone=phone)
    note = here.db.sealer.seal(Kind.NOTES, "in a wheelchair")
    office.insert("waitlist", event_id=office.event(), user_id=customer, position=1, phone=phone, notes=note)
    here.make()
    assert stored(office) != before
    assert key_of(stored(office)) == here.state().key_id
    assert (here.state().others, here.state().missing, here.state().unsealed) == (1, 0, 0)
    assert booked(find_order(here.db, number)) == CARD
    assert find_order(here.db, CARD.reference).order_number == number
    for table in ("users", "waitlist"):
        renewed = office.value(f"SELECT phone FROM {table} WHERE phone IS NOT NULL")
        assert here.db.sealer.open(Kind.PHONE, renewed) == "+49301"
        assert renewed != phone
    renewed = office.value("SELECT notes FROM waitlist")
    assert here.db.sealer.open(Kind.NOTES, renewed) == "in a wheelchair"
    assert key_of(renewed) == here.state().key_id
    # The other computer has the old key alone, and says so.
    elsewhere.db.sealer.forget()
    assert not elsewhere.state().is_here
    shut = booked(find_order(elsewhere.db, number))
    assert shut is not None
    assert shut.reference == SHUT
    assert [finding for finding in check_database(here.db) if finding.broken] == []
    assert office.value("SELECT count(*) FROM audit_logs WHERE action = 'made_key'") == 2
    assert office.value("SELECT sum((detail ->> 'rows')::int) FROM audit_logs WHERE action = 'resealed'") == 4


def test_a_lost_key_leaves_what_it_sealed_shut_and_a_new_one_goes_on(
    here: Keyring, elsewhere: Keyring, office: Office
) -> None:
    number = sell_by_card(here, office)
    elsewhere.make()
    assert elsewhere.seal_anew() == 1
    assert (elsewhere.state().missing, elsewhere.state().unsealed) == (1, 1)
    shut = booked(find_order(elsewhere.db, number))
    assert shut is not None
    assert shut.reference == SHUT
    sell_by_card(elsewhere, office)


def test_a_note_of_the_waitlist_that_an_old_key_sealed_is_counted(
    here: Keyring, elsewhere: Keyring, office: Office
) -> None:
    customer = office.insert("users", first_name="Kim")
    note = here.db.sealer.seal(Kind.NOTES, "in a wheelchair")
    office.insert("waitlist", event_id=office.event(), user_id=customer, position=1, notes=note)
    assert here.state().unsealed == 0
    elsewhere.make()
    assert elsewhere.state().unsealed == 1


def test_what_older_programs_left_in_clear_is_sealed(
    elsewhere: Keyring, db: Database, office: Office
) -> None:
    office.connection.execute("ALTER TABLE users DROP CONSTRAINT users_sealed_check")
    customer = office.insert("users", first_name="Kim", phone="+49301")
    broken = {finding.name for finding in check_database(db) if finding.broken}
    assert broken == {"personal_words_are_sealed"}
    make_own_key(db, elsewhere.store)
    token = office.value("SELECT phone FROM users WHERE id = %s", customer)
    assert db.sealer.open(Kind.PHONE, token) == "+49301"
    assert [finding for finding in check_database(db) if finding.broken] == []


def test_many_values_are_sealed_in_pages(
    here: Keyring, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("boxoffice.usecases.office.keys.PAGE", 7)
    for number in range(20):
        office.insert("users", first_name="Kim", phone=here.db.sealer.seal(Kind.PHONE, f"+4930{number}"))
    here.make()
    assert here.state().unsealed == 0


def test_clerks_make_no_key_and_seal_with_the_one_there_is(here: Keyring, office: Office) -> None:
    db = Database(office.let_in(office.at.clerk_id, "clerk"))
    seal_with(db, here.store)
    event = office.event()
    assert (
        booked(sell_tickets(db, office.at, wish(event, (office.tier(event), 1), payment=CARD)).value) == CARD
    )
    with pytest.raises(NotAllowed):
        Keyring(db, here.store).make()
    with pytest.raises(NotAllowed):
        Keyring(db, here.store).seal_anew()
    db.close()


def test_a_forged_token_is_shown_shut_and_breaks_nothing(here: Keyring, office: Office) -> None:
    """Whoever has psql can hand the sale a token of their own making."""
    number = sell_by_card(here, office)
    head, _, box = stored(office).rpartition(":")
    office.connection.execute("ALTER TABLE payment_transactions DISABLE TRIGGER ALL")
    office.connection.execute("UPDATE payment_transactions SET reference = %s", [f"{head}:{box[::-1]}"])
    seen = booked(find_order(here.db, number))
    assert seen is not None
    assert seen.reference == SHUT
    assert here.seal_anew() == 0
    here.make()
    assert here.state().unsealed == 1


def test_a_new_key_seals_notes_of_orders_and_references_of_terminals_anew(
    here: Keyring, office: Office
) -> None:
    event = office.event()
    customer = office.insert("users", first_name="Kim", role="customer")
    terms = Terms(customer_id=customer, notes="comes in a wheelchair")
    command = wish(event, (office.tier(event), 1), payment=CARD, terms=terms)
    sale = sell_tickets(here.db, office.at, command).value
    office.insert(
        "card_payments",
        key=uuid4(),
        purchase_key=uuid4(),
        kind="payment",
        amount=28,
        currency="EUR",
        gateway="manual",
        till_id=office.at.till_id,
        clerk_id=office.at.clerk_id,
        state="unknown",
        reference=here.db.sealer.seal(Kind.REFERENCE, "V 4711"),
    )
    words = ("SELECT notes FROM orders", "SELECT reference FROM card_payments")
    before = [str(office.value(one)) for one in words]
    here.make()
    after = [str(office.value(one)) for one in words]
    assert [key_of(one) for one in after] == [here.state().key_id] * 2
    assert all(old != new for old, new in zip(before, after, strict=True))
    assert here.state().unsealed == 0
    assert here.db.sealer.open(Kind.REFERENCE, after[1]) == "V 4711"
    assert open_order(here.db, sale.order_id).notes == "comes in a wheelchair"
    [order] = dossier(here.db, customer, "asked for it")["orders"]
    assert order["notes"] == "comes in a wheelchair"
    erase_person(here.db, customer, "asked for it")
    assert office.value("SELECT count(*) FROM orders WHERE notes IS NOT NULL") == 0
    assert [finding for finding in check_database(here.db) if finding.broken] == []
