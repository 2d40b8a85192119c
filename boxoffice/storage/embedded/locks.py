"""Locks between programs, held by the operating system: a killed program lets go of them by dying."""

from __future__ import annotations

import os
import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from boxoffice.domain.errors import EmbeddedServerFailed

_POLL_SECONDS = 0.05


class FileLock:
    """An exclusive lock on one file; two locks on it exclude each other within one program as well."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = -1

    def take(self) -> bool:
        """Take the lock if it is free; tell whether we have it."""
        file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        if not _try_lock(file):
            os.close(file)
            return False
        self._file = file
        return True

    def give_back(self) -> None:
        """Let others have it; harmless when it is not held."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


@contextmanager
def locked(path: Path, patience_seconds: float) -> Iterator[None]:
    """Hold the lock for a `with`. Raises EmbeddedServerFailed when others keep it for longer."""
    lock = FileLock(path)
    deadline = time.monotonic() + patience_seconds
    while not lock.take():
        if time.monotonic() > deadline:
            raise EmbeddedServerFailed(
                "another program has been starting or stopping the server for too long"
            )
        time.sleep(_POLL_SECONDS)
    try:
        yield
    finally:
        lock.give_back()


class Membership:
    """Who uses a server now: one locked file for each user. Call it under the server's own lock."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._mine: FileLock | None = None

    def join(self) -> None:
        """Enter ourselves, until we leave or die."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        self._mine = FileLock(self._folder / f"{os.getpid()}-{secrets.token_hex(4)}.lock")
        self._mine.take()

    def leave(self) -> None:
        """Strike ourselves off; harmless when we never joined."""
        if self._mine is not None:
            self._mine.give_back()
            self._mine.path.unlink(missing_ok=True)
            self._mine = None

    def others(self) -> int:
        """Return how many living users there are beside us, and tidy away the dead."""
        living = 0
        for path in self._folder.glob("*.lock"):
            lock = FileLock(path)
            if self._mine is not None and path == self._mine.path:
                continue
            if lock.take():
                lock.give_back()
                path.unlink(missing_ok=True)
            else:
                living += 1
        return living


if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: int) -> bool:
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(file: int) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
