"""Whoever is signed in changes their own password or PIN."""

from __future__ import annotations

from dataclasses import dataclass, replace

from boxoffice import passwords
from boxoffice.domain.errors import PasswordTooShort, SignInFailed, WrongPassword
from boxoffice.domain.person import Hashes
from boxoffice.storage import people
from boxoffice.storage.connect import probe
from boxoffice.storage.database import Database
from boxoffice.usecases.desk import DeskIdentity
from boxoffice.usecases.office.attempts import Attempts
from boxoffice.usecases.office.people import SHORTEST_PASSWORD, SHORTEST_PIN


@dataclass
class OwnAccess:
    """What lets this person on: their name, the hashes of their secrets, and how often somebody guessed."""

    db: Database
    at: DeskIdentity
    attempts: Attempts
    hashes: Hashes

    def set_password(self, current: str, new: str) -> None:
        """Change the password; the PIN goes with the old one.

        Raises:
            WrongPassword: `current` is not the password.
            TooManyAttempts: after many wrong ones, for a while.
            PasswordTooShort: the new one is.
        """
        self._require(current)
        if len(new) < SHORTEST_PASSWORD:
            raise PasswordTooShort(SHORTEST_PASSWORD)
        hash_ = passwords.hashed(new)
        with self.db.write() as session:
            people.set_own_password(session, self.at.sign_in_name, new, hash_)
        self.db.use_password(new)
        self.hashes = Hashes(hash_)

    def set_pin(self, current: str, pin: str) -> None:
        """Change the PIN that unlocks this person's screen. Raises as `set_password`."""
        self._require(current)
        if len(pin) < SHORTEST_PIN:
            raise PasswordTooShort(SHORTEST_PIN)
        hash_ = passwords.hashed(pin)
        with self.db.write() as session:
            people.set_own_pin(session, hash_)
        self.hashes = replace(self.hashes, pin=hash_)

    def _require(self, password: str) -> None:
        self.attempts.require(self.at.sign_in_name)
        try:
            probe(self.db.url_for(self.at.sign_in_name, password))
        except SignInFailed:
            self.attempts.failed(self.at.sign_in_name)
            raise WrongPassword from None
        self.attempts.forgive(self.at.sign_in_name)
