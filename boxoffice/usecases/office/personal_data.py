"""Personal data: find a customer, say what is held about them, change, delete, erase; retention."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import partial
from typing import Any

from boxoffice.domain.errors import KeyMissing, OutOfBounds
from boxoffice.domain.personal import Contact, Customer, Due
from boxoffice.sealing import Kind
from boxoffice.storage import personal
from boxoffice.storage.database import Database
from boxoffice.storage.sealer import Sealer

MOST_LETTERS = {Kind.PHONE: 40, Kind.ADDRESS: 300, Kind.NOTES: 2000}


@dataclass(frozen=True, slots=True)
class PersonalData:
    """A manager's deeds about personal data. Every function blocks; NotAllowed for who is no manager."""

    find: Callable[[str], tuple[Customer, ...]]
    """By a part of the name, the beginning of the e-mail, a whole phone number or payment reference."""
    set_contact: Callable[[Customer, Contact], None]
    """Raises KeyMissing, OutOfBounds, UnknownPerson."""
    set_deleted: Callable[[Customer, bool], None]
    dossier: Callable[[Customer, str], dict[str, Any]]
    """Everything held about somebody, readable; that it was asked for is recorded, with the reason."""
    erase: Callable[[Customer, str], None]
    """Drops the person, keeps the money. Raises ReasonMissing, UnknownPerson, WorksHere."""
    due: Callable[[], tuple[Due, ...]]
    """What retention would remove now."""
    retire: Callable[[], tuple[Due, ...]]
    """Remove it; returns what was removed."""


def open_personal_data(db: Database) -> PersonalData:
    """Return the deeds, done with the rights of whoever is signed in."""
    return PersonalData(
        find=partial(find_customers, db),
        set_contact=partial(_set_contact, db),
        set_deleted=partial(_set_deleted, db),
        dossier=lambda customer, reason: dossier(db, customer.id, reason),
        erase=lambda customer, reason: erase_person(db, customer.id, reason),
        due=partial(retention, db, dry_run=True),
        retire=partial(retention, db, dry_run=False),
    )


def find_customers(db: Database, typed: str) -> tuple[Customer, ...]:
    """Return customers by what was typed; see PersonalData.find."""
    wanted, sealer = typed.strip(), db.sealer
    phones = sealer.fingerprints(Kind.PHONE, wanted)
    references = sealer.fingerprints(Kind.REFERENCE, wanted)
    with db.read() as session:
        found = personal.customers(session, wanted, phones, references)
    return tuple(replace(one, contact=_readable(sealer, one.contact)) for one in found)


def dossier(db: Database, person_id: int, reason: str) -> dict[str, Any]:
    """Return everything held about somebody. Raises UnknownPerson."""
    with db.write() as session:
        found = personal.dossier(session, person_id, reason)
    readable: dict[str, Any] = personal.opened(found, db.sealer)
    return readable


def erase_person(db: Database, person_id: int, reason: str) -> None:
    """Drop the person and keep the money. Raises ReasonMissing, UnknownPerson, WorksHere."""
    with db.write() as session:
        personal.erase(session, person_id, reason)


def retention(db: Database, *, dry_run: bool) -> tuple[Due, ...]:
    """Remove what was kept long enough, or only say what that is."""
    with db.write() as session:
        return personal.retention(session, dry_run=dry_run)


def _readable(sealer: Sealer, sealed: Contact) -> Contact:
    return Contact(
        sealer.shown(Kind.PHONE, sealed.phone),
        sealer.shown(Kind.ADDRESS, sealed.address),
        sealer.shown(Kind.NOTES, sealed.notes),
    )


def _set_contact(db: Database, customer: Customer, contact: Contact) -> None:
    if contact.is_shut:
        raise KeyMissing(db.sealer.keys.current or "")
    words = {Kind(part.name): getattr(contact, part.name).strip() for part in fields(contact)}
    if any(len(word) > MOST_LETTERS[kind] for kind, word in words.items()):
        raise OutOfBounds
    sealed = Contact(**{str(kind): db.sealer.seal(kind, word) for kind, word in words.items()})
    with db.write() as session:
        personal.set_contact(session, customer.id, sealed)


def _set_deleted(db: Database, customer: Customer, deleted: bool) -> None:  # noqa: FBT001 - a deed's one argument
    with db.write() as session:
        personal.set_deleted(session, customer.id, deleted=deleted)
