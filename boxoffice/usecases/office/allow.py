"""A manager allows somebody one deed: over a connection of the manager's own, so that nobody can claim it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from boxoffice.domain.errors import NotAllowed, SignInFailed
from boxoffice.domain.person import Role
from boxoffice.storage import people
from boxoffice.storage.connect import probe
from boxoffice.storage.database import Database
from boxoffice.usecases.desk import AllowOnce, DeskIdentity
from boxoffice.usecases.office.attempts import Attempts


def allow(db: Database, at: DeskIdentity, attempts: Attempts, wanted: AllowOnce) -> None:
    """Give whoever is signed in leave for a deed, once and for two minutes; both are recorded.

    Raises:
        SignInFailed: name and password do not fit.
        TooManyAttempts: after many wrong ones, for a while.
        NotAllowed: that is no manager.
    """
    manager = wanted.manager
    attempts.require(manager.name)
    url = db.url_for(manager.name, manager.password)
    try:
        probe(url)
    except SignInFailed:
        attempts.failed(manager.name)
        raise
    attempts.forgive(manager.name)
    own = Database(url)
    try:
        with _managers_only(), own.write() as session:
            people.grant_override(session, wanted.deed, at.clerk_id, wanted.reason)
    finally:
        own.close()


@contextmanager
def _managers_only() -> Iterator[None]:
    try:
        yield
    except NotAllowed:
        raise NotAllowed((Role.MANAGER,)) from None
