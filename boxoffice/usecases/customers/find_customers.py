"""Find a customer while somebody types: by name, e-mail or telephone."""

from __future__ import annotations

from dataclasses import replace

from boxoffice.domain.customer import KnownCustomer
from boxoffice.sealing import Kind
from boxoffice.storage import customers
from boxoffice.storage.database import Database
from boxoffice.storage.sealer import Sealer
from boxoffice.usecases.customers.contact import spellings

SHORTEST = 2
LONGEST = 200


def find_customers(db: Database, typed: str) -> tuple[KnownCustomer, ...]:
    """Return who may be meant, the likeliest first; nobody for fewer than two letters."""
    wanted = " ".join(typed.split())[:LONGEST]
    if len(wanted) < SHORTEST:
        return ()
    phones = phone_fingerprints(db.sealer, wanted)
    with db.read() as session:
        found = customers.find(session, wanted, phones)
    return tuple(readable(db.sealer, one) for one in found)


def readable(sealer: Sealer, one: KnownCustomer) -> KnownCustomer:
    """Return the customer with the phone opened, as far as its key is here."""
    return replace(one, phone=sealer.shown(Kind.PHONE, one.phone)) if one.phone else one


def phone_fingerprints(sealer: Sealer, typed: str) -> list[str]:
    """Return what a telephone number is found by; nothing for what is none."""
    if sum(letter.isdigit() for letter in typed) < 5:  # noqa: PLR2004 - the shortest that is dialled
        return []
    return [print_ for number in spellings(typed) for print_ in sealer.fingerprints(Kind.PHONE, number)]
