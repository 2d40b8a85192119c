"""What a manager asks and does in the Admin screen, bound to one database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from boxoffice.domain.evidence import Evidence, EvidenceFilter
from boxoffice.domain.person import Till
from boxoffice.keystore import Keystore
from boxoffice.storage import tills
from boxoffice.storage.database import Database
from boxoffice.storage.queries import evidence as evidence_
from boxoffice.usecases.events.cancellation_desk import Cancellations
from boxoffice.usecases.mail.outbox import Outbox, open_outbox
from boxoffice.usecases.office.keys import Keyring
from boxoffice.usecases.office.people import Staff, open_staff
from boxoffice.usecases.office.personal_data import PersonalData, open_personal_data


@dataclass(frozen=True, slots=True)
class Administration:
    """The deeds of the Admin screen. Every function blocks; NotAllowed for who is no manager."""

    staff: Staff
    tills: Callable[[], tuple[Till, ...]]
    add_till: Callable[[str, str], int]
    """Name and venue. Raises TillNameTaken."""
    change_till: Callable[[Till], None]
    """Raises TillNameTaken."""
    evidence: Callable[[EvidenceFilter], tuple[Evidence, ...]]
    personal: PersonalData
    keyring: Keyring
    outbox: Outbox
    cancellations: Cancellations | None = None
    """None where nobody stands at a till."""


def open_administration(
    db: Database, store: Keystore, cancellations: Cancellations | None = None
) -> Administration:
    """Return the deeds of the Admin screen, done with the rights of whoever is signed in."""
    return Administration(
        staff=open_staff(db),
        tills=partial(_tills, db),
        add_till=partial(_add_till, db),
        change_till=partial(_change_till, db),
        evidence=partial(_evidence, db),
        personal=open_personal_data(db),
        keyring=Keyring(db, store),
        outbox=open_outbox(db),
        cancellations=cancellations,
    )


def _tills(db: Database) -> tuple[Till, ...]:
    with db.read() as session:
        return tills.all_tills(session)


def _add_till(db: Database, name: str, venue: str) -> int:
    with db.write() as session:
        return tills.add(session, name, venue)


def _change_till(db: Database, till: Till) -> None:
    with db.write() as session:
        tills.change(session, till)


def _evidence(db: Database, wanted: EvidenceFilter) -> tuple[Evidence, ...]:
    with db.read() as session:
        return evidence_.evidence(session, wanted)
