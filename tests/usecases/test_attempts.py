"""Wrong passwords at one computer: counted, remembered, slowed down."""

from __future__ import annotations

from pathlib import Path

import pytest

from boxoffice import passwords
from boxoffice.domain.errors import TooManyAttempts, WrongPassword
from boxoffice.domain.person import Hashes, Role
from boxoffice.storage.database import Database
from boxoffice.usecases.desk import DeskIdentity
from boxoffice.usecases.office.attempts import FREE_ATTEMPTS, Attempts
from boxoffice.usecases.office.own_access import OwnAccess
from boxoffice.usecases.office.unlock import unlock


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def attempts(tmp_path: Path, clock: Clock) -> Attempts:
    return Attempts(tmp_path / "data" / "attempts.json", clock)


def waits(attempts: Attempts, clock: Clock, name: str, times: int) -> list[int]:
    """Fail so often, waiting as long as one must, and return the waits."""
    told = []
    for _ in range(times):
        try:
            attempts.require(name)
        except TooManyAttempts as wait:
            told.append(wait.seconds)
            clock.now += wait.seconds
            attempts.require(name)
        attempts.failed(name)
    return told


def test_ten_wrong_passwords_take_longer_and_longer(attempts: Attempts, clock: Clock) -> None:
    assert waits(attempts, clock, "anna", 10) == [31, 61, 121, 241, 481]


def test_the_wait_has_an_end_and_an_hour_later_all_is_forgotten(attempts: Attempts, clock: Clock) -> None:
    assert max(waits(attempts, clock, "anna", 14)) == 901
    clock.now += 3_601
    attempts.require("anna")


def test_it_survives_a_restart_and_counts_each_name_by_itself(
    attempts: Attempts, clock: Clock, tmp_path: Path
) -> None:
    for _ in range(FREE_ATTEMPTS):
        attempts.failed("anna")
    again = Attempts(tmp_path / "data" / "attempts.json", clock)
    with pytest.raises(TooManyAttempts):
        again.require(" Anna ")
    again.require("ben")
    again.forgive("anna")
    attempts.require("anna")


@pytest.mark.parametrize("text", ["", "nonsense", "[]", '{"a": 1}', '{"a": ["x"]}', '{"a": [9e99]}'])
def test_a_broken_file_locks_nobody_out(attempts: Attempts, tmp_path: Path, text: str) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "attempts.json").write_text(text)
    attempts.require("anna")
    attempts.failed("anna")


def test_the_file_names_nobody(attempts: Attempts, tmp_path: Path) -> None:
    attempts.failed("anna.weber@example.org")
    assert "anna" not in (tmp_path / "data" / "attempts.json").read_text()


def identity(**hashes: str) -> DeskIdentity:
    return DeskIdentity("Test", "Anna", 1, "Counter 1", 1, Role.CLERK, "anna", Hashes(**hashes))


def test_a_screen_opens_to_password_or_pin_without_the_server(attempts: Attempts) -> None:
    """The database is away: the address leads nowhere."""
    db = Database("postgresql://anna@127.0.0.1:1/gone")
    at = identity(password=passwords.hashed("a long password"), pin=passwords.hashed("4711"))
    own = OwnAccess(db, at, attempts, at.hashes)
    unlock(own, "a long password")
    unlock(own, "4711")
    for wrong in ("", "a long passwor", "47111", "' OR true --"):
        with pytest.raises(WrongPassword):
            unlock(own, wrong)
    unlock(own, "4711")
    for _ in range(FREE_ATTEMPTS):
        with pytest.raises(WrongPassword):
            unlock(own, "guess")
    with pytest.raises(TooManyAttempts):
        unlock(own, "4711")
    db.close()


def test_hashes_are_argon2id_with_todays_parameters_and_renewed_when_those_change() -> None:
    hash_ = passwords.hashed("secret")
    assert hash_.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.matches(hash_, "secret")
    assert not passwords.is_outdated(hash_)
    old = "$argon2id$v=19$m=8192,t=1,p=1$" + hash_.partition("p=1$")[2]
    assert passwords.is_outdated(old)
    assert not passwords.matches("no hash", "secret")
