"""Letting people in, showing them out, and what they may change about themselves."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from boxoffice.domain import errors
from boxoffice.domain.evidence import EvidenceFilter
from boxoffice.domain.person import NewPerson, Role, Till
from boxoffice.keystore import Keystore
from boxoffice.storage.connect import probe
from boxoffice.storage.database import Database
from boxoffice.usecases.office import people
from boxoffice.usecases.office.administration import open_administration
from boxoffice.usecases.office.attempts import Attempts
from boxoffice.usecases.office.open_desk import open_desk, take_place
from boxoffice.usecases.office.open_office import Credentials, open_as
from tests.office import PASSWORD, Office

SECRET = "correct horse, battery"  # noqa: S105 - of people who live as long as a test
OTHER = "something else entirely"


def new(office: Office, first_name: str, role: Role = Role.CLERK, **more: str) -> NewPerson:
    name = f"{first_name.lower()}.{office.connection.info.dbname}".replace("_", ".")
    return NewPerson(name, SECRET, role, first_name, **more)


@pytest.fixture
def keeper(db: Database) -> Database:
    """The database as its owner's program opens it; people come in through it."""
    return db


def test_a_new_office_gets_its_first_manager_who_lets_others_in(keeper: Database, office: Office) -> None:
    assert people.needs_first_manager(keeper)
    margarete = new(office, "Margarete", last_name="Lindner")
    people.make_first_manager(keeper, margarete)
    assert not people.needs_first_manager(keeper)
    assert people.sign_in_names(keeper) == (margarete.sign_in_name,)
    with open_as(keeper, Credentials(margarete.sign_in_name, SECRET)) as own:
        at = take_place(own, "Test", "A till that nobody had")
        assert (at.clerk, at.role, at.till) == ("Margarete Lindner", Role.MANAGER, "A till that nobody had")
        assert at.hashes.password.startswith("$argon2id$")
        promoter = new(office, "Paula", Role.PROMOTER, company="Paula presents")
        people.invite(own, promoter)
        shown = {person.first_name: person for person in people.everybody(own)}
        assert shown["Paula"].company == "Paula presents"
        assert shown["Margarete"].last_sign_in_at is not None
    with open_as(keeper, Credentials(promoter.sign_in_name, SECRET)) as hers:
        assert take_place(hers, "Test", "Counter 2").role is Role.PROMOTER


def test_the_password_is_nowhere_in_the_database_or_in_what_is_sent(keeper: Database, office: Office) -> None:
    person = new(office, "Nora")
    assert SECRET not in repr(person)
    people.invite(keeper, person)
    for (stored,) in office.connection.execute(
        "SELECT u::text FROM users u UNION ALL SELECT a::text FROM audit_logs a"
    ):
        assert SECRET not in stored
    assert office.value(
        "SELECT rolpassword FROM pg_authid WHERE rolname = %s", person.sign_in_name
    ).startswith("SCRAM-SHA-256$")


@pytest.mark.parametrize(
    "name", ["", "A", "Anna", "postgres", "pg_monitor", "boxoffice_owner", "x y", "ä", '"; --']
)
def test_names_that_will_not_do(keeper: Database, office: Office, name: str) -> None:
    with pytest.raises((errors.BadSignInName, errors.NameTaken)):
        people.invite(keeper, NewPerson(name, SECRET, Role.CLERK, "Anna"))
    assert office.value("SELECT count(*) FROM users WHERE database_role IS NOT NULL") == 0


def test_a_name_is_taken_once_and_a_password_has_a_length(keeper: Database, office: Office) -> None:
    anna = new(office, "Anna")
    people.invite(keeper, anna)
    with pytest.raises(errors.NameTaken):
        people.invite(keeper, anna)
    with pytest.raises(errors.PasswordTooShort):
        people.invite(keeper, NewPerson("someone.else", "short", Role.CLERK, "Anna"))


def test_clerks_let_nobody_in(office: Office, tmp_path: Path) -> None:
    own = Database(office.let_in(office.at.clerk_id, "clerk"))
    with pytest.raises(errors.NotAllowed):
        people.invite(own, new(office, "Eve", Role.MANAGER))
    with pytest.raises(errors.NotAllowed):
        open_administration(own, Keystore(tmp_path / "keys")).evidence(EvidenceFilter())
    own.close()


def test_a_clerk_at_an_unknown_till_is_told_which_there_are(office: Office) -> None:
    own = Database(office.let_in(office.at.clerk_id, "clerk"))
    with pytest.raises(errors.UnknownTill) as unknown:
        take_place(own, "Test", "Counter 99")
    assert unknown.value.tills == ("Counter 2",)
    office.connection.execute("UPDATE tills SET is_active = false")
    with pytest.raises(errors.UnknownTill):
        take_place(own, "Test", "Counter 2")
    own.close()


def test_a_role_that_is_nobodys_cannot_sign_in(keeper: Database) -> None:
    with pytest.raises(errors.NotAPerson):
        take_place(keeper, "Test", "Counter 2")


def test_ones_own_password_and_pin(office: Office, tmp_path: Path) -> None:
    url = office.let_in(office.at.clerk_id, "clerk")
    db = Database(url)
    at = take_place(db, "Test", office.at.till)
    desk = open_desk(db, at, Attempts(tmp_path / "attempts.json"), Keystore(tmp_path / "keys"))
    desk.unlock(PASSWORD)  # of whom no hash is known the server is asked
    with pytest.raises(errors.WrongPassword):
        desk.set_password("guess", OTHER)
    with pytest.raises(errors.PasswordTooShort):
        desk.set_password(PASSWORD, "short")
    desk.set_password(PASSWORD, OTHER)
    with pytest.raises(errors.SignInFailed):
        probe(url)
    db.engine.dispose()
    with db.read() as session:
        assert session.scalar(text("SELECT my_role()")) == "clerk"
    desk.unlock(OTHER)
    with pytest.raises(errors.WrongPassword):
        desk.unlock("4711")
    desk.set_pin(OTHER, "4711")
    desk.unlock("4711")
    with pytest.raises(errors.PasswordTooShort):
        desk.set_pin(OTHER, "47")
    other = Database(make_url(url).set(password=OTHER).render_as_string(hide_password=False))
    again = take_place(other, "Test", at.till)
    other.close()
    assert again.hashes.pin
    db.close()


def test_a_forgotten_password_is_reset_and_whoever_is_in_is_out(keeper: Database, office: Office) -> None:
    anna = new(office, "Anna")
    number = people.invite(keeper, anna)
    person = next(one for one in people.everybody(keeper) if one.id == number)
    with open_as(keeper, Credentials(anna.sign_in_name, SECRET)) as inside:
        take_place(inside, "Test", office.at.till)
        people.reset_password(keeper, person, OTHER)
        count = "SELECT count(*) FROM pg_stat_activity WHERE usename = %s"
        while office.value(count, anna.sign_in_name):
            pass
    with pytest.raises(errors.SignInFailed):
        probe(keeper.url_for(anna.sign_in_name, SECRET))
    probe(keeper.url_for(anna.sign_in_name, OTHER))


def test_evidence_is_found_by_words_by_order_and_by_what_it_speaks_of(
    keeper: Database, office: Office, tmp_path: Path
) -> None:
    event = office.event(title="100 % Jazz_Night")
    office.connection.execute("UPDATE events SET title = 'Jazz \\ Day' WHERE id = %s", [event])
    deeds = open_administration(keeper, Keystore(tmp_path / "keys"))
    found = deeds.evidence(EvidenceFilter("changed title"))
    assert [(one.action, one.subject_id) for one in found] == [("changed", event)]
    assert (found[0].before, found[0].after) == ({"title": "100 % Jazz_Night"}, {"title": "Jazz \\ Day"})
    assert len(deeds.evidence(EvidenceFilter(subject=("event", event)))) == 2
    for words, count in (
        ("jazz_night", 2),
        ("jazzxnight", 0),
        ("100 %", 2),
        ("100%", 0),
        ("\\", 1),
        ("'; DROP TABLE users; --", 0),
        ("2026-999999", 0),
    ):
        hits = [one for one in deeds.evidence(EvidenceFilter(words)) if one.subject == "event"]
        assert len(hits) == count, words


def test_tills_are_added_named_and_taken_out_of_use(keeper: Database, office: Office, tmp_path: Path) -> None:
    deeds = open_administration(keeper, Keystore(tmp_path / "keys"))
    number = deeds.add_till("Counter 3", "Foyer")
    with pytest.raises(errors.TillNameTaken):
        deeds.add_till("Counter 3", "")
    deeds.change_till(Till(number, "Counter Three", "Foyer", is_active=False))
    assert deeds.tills()[-1] == Till(number, "Counter Three", "Foyer", is_active=False)
    assert office.value("SELECT count(*) FROM audit_logs WHERE entity = 'till' AND action = 'changed'") == 1
