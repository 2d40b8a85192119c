"""Unlock a screen: the person who locked it shows that they are back, also while the server is away."""

from __future__ import annotations

from boxoffice import passwords
from boxoffice.domain.errors import SignInFailed, WrongPassword
from boxoffice.storage import people
from boxoffice.storage.connect import probe
from boxoffice.storage.database import Database
from boxoffice.usecases.desk import DeskIdentity
from boxoffice.usecases.office.attempts import Attempts


def unlock(db: Database, at: DeskIdentity, attempts: Attempts, secret: str) -> None:
    """Let the person on with their password or their PIN, which were hashed when they signed in.

    Somebody of whom no hash is known is asked of the server.

    Raises:
        WrongPassword: it is neither.
        TooManyAttempts: after many wrong ones, for a while.
        Unavailable: only the server could tell, and it does not answer.
    """
    attempts.require(at.sign_in_name)
    if not _is_right(db, at, secret):
        attempts.failed(at.sign_in_name)
        raise WrongPassword
    attempts.forgive(at.sign_in_name)


def _is_right(db: Database, at: DeskIdentity, secret: str) -> bool:
    if at.hashes.pin and passwords.matches(at.hashes.pin, secret):
        return True
    if at.hashes.password:
        return passwords.matches(at.hashes.password, secret)
    try:
        probe(db.url_for(at.sign_in_name, secret))
    except SignInFailed:
        return False
    return True


def renew_hash(db: Database, at: DeskIdentity, password: str) -> None:
    """Hash the password that somebody signed in with, when there is no hash or its parameters are old."""
    if at.hashes.password and not passwords.is_outdated(at.hashes.password):
        return
    with db.write() as session:
        people.renew_own_hash(session, passwords.hashed(password))
