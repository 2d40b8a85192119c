"""The outbox as managers see it: what waits, what was sent, what failed and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from boxoffice.domain.mail import MailEntry, MailState
from boxoffice.storage import mail
from boxoffice.storage.database import Database


@dataclass(frozen=True, slots=True)
class Outbox:
    """A manager's deeds about e-mails. Every function blocks; NotAllowed for who is no manager."""

    entries: Callable[[MailState | None], tuple[MailEntry, ...]]
    """The newest ones, newest first; of one state only, where one is given."""
    retry: Callable[[tuple[int, ...]], int]
    """Let these be tried again at once; returns how many will be."""


def open_outbox(db: Database) -> Outbox:
    """Return the deeds, done with the rights of whoever is signed in."""
    return Outbox(partial(_entries, db), partial(_retry, db))


def _entries(db: Database, state: MailState | None) -> tuple[MailEntry, ...]:
    with db.read() as session:
        return mail.entries(session, state)


def _retry(db: Database, ids: tuple[int, ...]) -> int:
    with db.write() as session:
        return mail.retry(session, ids)
