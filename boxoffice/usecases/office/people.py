"""Let people in, and show them out: the deeds of the Admin screen, and the very first manager."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from boxoffice import passwords
from boxoffice.domain.errors import PasswordTooShort
from boxoffice.domain.person import NewPerson, Person, Role
from boxoffice.storage import people
from boxoffice.storage.database import Database

SHORTEST_PASSWORD = 8
SHORTEST_PIN = 4


@dataclass(frozen=True, slots=True)
class Staff:
    """What the Admin screen may ask for. Every function blocks; NotAllowed for who is no manager."""

    everybody: Callable[[], tuple[Person, ...]]
    invite: Callable[[NewPerson], int]
    """Raises NameTaken, BadSignInName, PasswordTooShort."""
    set_role: Callable[[Person, Role], None]
    """Raises LastManager."""
    disable: Callable[[Person], None]
    """At once: open connections of theirs end. Raises LastManager."""
    enable: Callable[[Person], None]
    reset_password: Callable[[Person, str], None]
    """Raises PasswordTooShort."""


def open_staff(db: Database) -> Staff:
    """Return the deeds of the Admin screen, done with the rights of whoever is signed in."""
    return Staff(
        everybody=partial(everybody, db),
        invite=partial(invite, db),
        set_role=partial(set_role, db),
        disable=partial(disable, db),
        enable=partial(enable, db),
        reset_password=partial(reset_password, db),
    )


def needs_first_manager(keeper: Database) -> bool:
    """Tell whether nobody is there who could let people in."""
    with keeper.read() as session:
        return not people.has_manager(session)


def sign_in_names(keeper: Database) -> tuple[str, ...]:
    """Return the names that people sign in with, for the list of the sign-in window."""
    with keeper.read() as session:
        return people.sign_in_names(session)


def make_first_manager(keeper: Database, person: NewPerson) -> None:
    """Let the first manager in, with the rights of the database's owner.

    Raises:
        NameTaken, BadSignInName, PasswordTooShort.
    """
    invite(keeper, replace(person, role=Role.MANAGER))


def everybody(db: Database) -> tuple[Person, ...]:
    """Return everybody who can or could sign in."""
    with db.read() as session:
        return people.staff(session)


def invite(db: Database, person: NewPerson) -> int:
    """Let somebody in; return their number."""
    _require_length(person.password)
    hash_ = passwords.hashed(person.password)
    with db.write() as session:
        return people.invite(session, person, hash_)


def set_role(db: Database, person: Person, role: Role) -> None:
    """Give somebody another role; it holds from their next statement on."""
    with db.write() as session:
        people.set_role(session, person.id, role)


def disable(db: Database, person: Person) -> None:
    """Let nobody in under this name any more, and end whatever is open under it."""
    with db.single_statement() as session:
        people.disable(session, person.id)


def enable(db: Database, person: Person) -> None:
    """Let somebody sign in again, with their old password."""
    with db.write() as session:
        people.enable(session, person.id)


def reset_password(db: Database, person: Person, password: str) -> None:
    """Give somebody a new password, for whoever forgot it; whoever is in with the old one is out."""
    _require_length(password)
    hash_ = passwords.hashed(password)
    with db.write() as session:
        people.reset_password(session, person, password, hash_)
    with db.write() as session:
        people.end_connections(session, person.id)


def _require_length(password: str) -> None:
    if len(password) < SHORTEST_PASSWORD:
        raise PasswordTooShort(SHORTEST_PASSWORD)
