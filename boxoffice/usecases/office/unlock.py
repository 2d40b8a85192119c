"""Unlock a screen: the person who locked it shows that they are back, also while the server is away."""

from __future__ import annotations

from boxoffice import passwords
from boxoffice.domain.errors import SignInFailed, WrongPassword
from boxoffice.storage import people
from boxoffice.storage.connect import probe
from boxoffice.storage.database import Database
from boxoffice.usecases.desk import DeskIdentity
from boxoffice.usecases.office.own_access import OwnAccess


def unlock(own: OwnAccess, secret: str) -> None:
    """Let the person on with their password or their PIN, which were hashed when they signed in.

    Somebody of whom no hash is known is asked of the server.

    Raises:
        WrongPassword: it is neither.
        TooManyAttempts: after many wrong ones, for a while.
        Unavailable: only the server could tell, and it does not answer.
    """
    name = own.at.sign_in_name
    own.attempts.require(name)
    if not _is_right(own, secret):
        own.attempts.failed(name)
        raise WrongPassword
    own.attempts.forgive(name)


def _is_right(own: OwnAccess, secret: str) -> bool:
    if own.hashes.pin and passwords.matches(own.hashes.pin, secret):
        return True
    if own.hashes.password:
        return passwords.matches(own.hashes.password, secret)
    try:
        probe(own.db.url_for(own.at.sign_in_name, secret))
    except SignInFailed:
        return False
    return True


def renew_hash(db: Database, at: DeskIdentity, password: str) -> None:
    """Hash the password that somebody signed in with, when there is no hash or its parameters are old."""
    if at.hashes.password and not passwords.is_outdated(at.hashes.password):
        return
    with db.write() as session:
        people.renew_own_hash(session, passwords.hashed(password))
