"""The unprivileged user a server runs as when we are root, which PostgreSQL refuses to be."""

from __future__ import annotations

import os
import stat
import sys
from dataclasses import dataclass
from pathlib import Path

from boxoffice.domain.errors import EmbeddedServerFailed

CANDIDATES = ("boxoffice", "postgres", "_postgres", "nobody")
"""Login names to run as, best first. The last one exists on every system we know."""


@dataclass(frozen=True, slots=True)
class Account:
    """A user of this computer, by name and numbers."""

    name: str
    uid: int
    gid: int

    def may_enter(self, folder: Path) -> bool:
        """Tell whether this user may walk down to the folder and into it (by mode bits alone)."""
        return all(self._may_pass(step) for step in (folder, *folder.parents) if step.exists())

    def _may_pass(self, folder: Path) -> bool:
        status = folder.stat()
        if status.st_uid == self.uid:
            return bool(status.st_mode & stat.S_IXUSR)
        if status.st_gid == self.gid:
            return bool(status.st_mode & stat.S_IXGRP)
        return bool(status.st_mode & stat.S_IXOTH)


def service_account(data_folder: Path | None = None) -> Account | None:
    """Return who the server must run as, or None for ourselves; an existing data folder keeps its owner.

    Raises EmbeddedServerFailed when we are root and there is nobody else to be.
    """
    if sys.platform == "win32" or os.geteuid() != 0:
        return None
    import pwd  # noqa: PLC0415 - no such module on Windows

    if data_folder is not None and data_folder.exists() and (owner := data_folder.stat().st_uid) != 0:
        try:
            entry = pwd.getpwuid(owner)
        except KeyError as unknown:
            raise EmbeddedServerFailed(f"{data_folder} belongs to user {owner}, who is unknown") from unknown
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    by_name = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in CANDIDATES:
        if name in by_name:
            return Account(name, by_name[name].pw_uid, by_name[name].pw_gid)
    raise EmbeddedServerFailed("root may not run PostgreSQL, and this computer has no unprivileged user")
