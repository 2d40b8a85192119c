"""Runs PostgreSQL's programs: as the right user, in English, with none of our environment's surprises."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from boxoffice.domain.errors import EmbeddedServerFailed
from boxoffice.storage.embedded.account import Account

# A console of its own keeps Ctrl-C in ours from the server; elsewhere pg_ctl gives it a session of its own.
if sys.platform == "win32":
    _CREATION_FLAGS = subprocess.CREATE_NO_WINDOW
else:
    _CREATION_FLAGS = 0


@dataclass(frozen=True, slots=True)
class Finished:
    """How a program ended, and what it wrote."""

    code: int
    output: str


def run(
    command: Sequence[str | Path], folder: Path, account: Account | None, seconds: float = 120
) -> Finished:
    """Run a program to its end, in the folder and as the account.

    Raises EmbeddedServerFailed when it cannot be started at all or takes longer than this.
    """
    # A file, not a pipe: on Windows the server inherits a pipe, which then never closes.
    with tempfile.TemporaryFile() as output:
        try:
            done = subprocess.run(  # noqa: S603 - PostgreSQL's programs, by full path
                command,
                cwd=folder,
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=seconds,
                check=False,
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=[] if account else None,
                umask=0o077 if sys.platform != "win32" else -1,
                creationflags=_CREATION_FLAGS,
            )
        except subprocess.TimeoutExpired as slow:
            name = Path(command[0]).name
            raise EmbeddedServerFailed(f"{name} did not finish within {seconds:.0f} seconds") from slow
        except OSError as failure:
            raise EmbeddedServerFailed(f"{command[0]} cannot be run: {failure.strerror}") from failure
        output.seek(0)
        return Finished(done.returncode, output.read().decode(errors="replace").strip())


def _environment() -> dict[str, str]:
    """Return our environment without PostgreSQL's variables, and with messages in English."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    for name in ("LC_ALL", "LANG", "LANGUAGE"):
        kept.pop(name, None)
    return {**kept, "LC_ALL": "C"}
