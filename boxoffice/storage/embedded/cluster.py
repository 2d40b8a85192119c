"""One data folder of PostgreSQL: made by initdb, started and stopped by pg_ctl."""

from __future__ import annotations

import secrets
import shlex
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from boxoffice.domain.errors import EmbeddedServerFailed
from boxoffice.storage.embedded.account import Account
from boxoffice.storage.embedded.binaries import Binaries
from boxoffice.storage.embedded.diagnosis import explain, free_space_bytes
from boxoffice.storage.embedded.process import Finished, run

SUPERUSER = "postgres"
HOST = "127.0.0.1"
NOT_RUNNING = 3
"""What `pg_ctl status` exits with when no server runs."""
_MORE_LINES = 4
"""Behind the port: socket folder, address, shared memory key and, once known, the status."""
NEEDED_BYTES = 200_000_000
"""A fresh data folder with its write-ahead log, and room to sell some tickets."""


class StartRefused(EmbeddedServerFailed):
    """The server did not start; `log` is what it said meanwhile."""

    def __init__(self, reason: str, log: str) -> None:
        super().__init__(reason)
        self.log = log


@dataclass(frozen=True, slots=True)
class Postmaster:
    """What a server wrote about itself; `status` is e.g. "ready", "starting", "stopping"."""

    pid: int
    port: int
    status: str


@dataclass(frozen=True, slots=True)
class Cluster:
    """A data folder, the programs that made it and the user it belongs to (None: ourselves)."""

    binaries: Binaries
    data: Path
    log: Path
    account: Account | None = None

    def postmaster(self) -> Postmaster | None:
        """Return what the last server wrote of itself, living or not; None after a clean stop."""
        try:
            lines = self.pid_file.read_text().splitlines()
        except FileNotFoundError:
            return None
        match lines:
            case [pid, _folder, _started, port, *more] if pid.isdigit() and port.isdigit():
                return Postmaster(
                    int(pid), int(port), more[-1].strip() if len(more) == _MORE_LINES else "starting"
                )
        return None

    @property
    def pid_file(self) -> Path:
        """Return where the server writes its process id and port."""
        return self.data / "postmaster.pid"

    def control(self, *arguments: str | Path, seconds: float = 120) -> Finished:
        """Run pg_ctl on this data folder."""
        command = [self.binaries.program("pg_ctl"), "-D", self.data, *arguments]
        return run(command, self.data, self.account, seconds)


def major_of(data: Path) -> int | None:
    """Return the major version a data folder was made by, or None when there is none."""
    try:
        return int((data / "PG_VERSION").read_text().partition(".")[0])
    except (FileNotFoundError, ValueError):
        return None


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def is_free(port: int) -> bool:
    """Tell whether a server could listen on this port of 127.0.0.1 now."""
    with socket.socket() as probe:
        if sys.platform != "win32":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def create(cluster: Cluster, password: str, *, durable: bool = True) -> None:
    """Make the data folder, complete or not at all, with one superuser who signs in with this password.

    Raises EmbeddedServerFailed with the reason in plain words.
    """
    if free_space_bytes(cluster.data.parent) < NEEDED_BYTES:
        raise EmbeddedServerFailed(f"the disk of {cluster.data.parent} is full")
    # Made beside its place and moved there: a program killed in between leaves no half data folder.
    draft = cluster.data.with_name(f"{cluster.data.name}.new")
    secret_file = cluster.data.with_name(f"{cluster.data.name}.{secrets.token_hex(4)}")
    try:
        _write_secret(secret_file, password, cluster.account)
        for locale in _locales(cluster.binaries.major):
            _empty_folder(draft, cluster.account)
            made = _initdb(cluster, draft, secret_file, [*locale, *([] if durable else ["--no-sync"])])
            if made.code == 0 or "locale" not in made.output:
                break
        if made.code != 0:
            raise EmbeddedServerFailed(explain(made.output, cluster.data))
        draft.rename(cluster.data)
    except OSError as failure:
        raise EmbeddedServerFailed(explain(str(failure), cluster.data)) from failure
    finally:
        secret_file.unlink(missing_ok=True)


def start(cluster: Cluster, port: int, options: Mapping[str, str], seconds: float = 120) -> None:
    """Start the server on this port and wait until it takes connections.

    Raises StartRefused with the reason in plain words.
    """
    log_size = cluster.log.stat().st_size if cluster.log.exists() else 0
    settings = {
        "listen_addresses": HOST,
        "port": str(port),
        "unix_socket_directories": "",
        "lc_messages": "C",
        **options,
    }
    pairs = [f"{name}={value}" for name, value in settings.items()]
    quote = subprocess.list2cmdline if sys.platform == "win32" else shlex.join
    wait = ("-w", "-t", f"{seconds:.0f}")
    done = cluster.control(
        "start", *wait, "-l", cluster.log, "-o", quote([part for pair in pairs for part in ("-c", pair)]),
        seconds=seconds + 10,
    )  # fmt: skip
    if done.code != 0:
        log = _log_since(cluster.log, log_size)
        raise StartRefused(explain(f"{log}\n{done.output}", cluster.data), log)


def stop(cluster: Cluster, mode: str = "fast", seconds: float = 60) -> bool:
    """Stop the server and wait for it; tell whether it is down. Stopping a stopped one is fine."""
    if cluster.postmaster() is None:
        return True
    stopped = cluster.control("stop", "-w", "-t", f"{seconds:.0f}", "-m", mode, seconds=seconds + 10)
    return stopped.code == 0 or cluster.control("status").code == NOT_RUNNING


def hand_over(path: Path, account: Account | None) -> None:
    """Give a file or folder of ours to the account that the server runs as."""
    if account is not None and sys.platform != "win32":
        import os  # noqa: PLC0415 - chown exists only here

        os.chown(path, account.uid, account.gid)


def _initdb(cluster: Cluster, draft: Path, secret_file: Path, options: list[str]) -> Finished:
    command: list[str | Path] = [
        cluster.binaries.program("initdb"), "-D", draft, "-U", SUPERUSER, "-A", "scram-sha-256",
        "--pwfile", secret_file, "--encoding=UTF8", "--data-checksums", *options,
    ]  # fmt: skip
    return run(command, draft, cluster.account)


def _locales(major: int) -> Iterator[list[str]]:
    """Yield initdb's options for sorting by code point with Unicode case rules, the best first."""
    if major >= 17:  # noqa: PLR2004 - the version that brought it
        yield ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        return
    yield ["--locale=C.UTF-8"]
    yield ["--locale=C", "--locale-provider=icu", "--icu-locale=und"]


def _empty_folder(folder: Path, account: Account | None) -> None:
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(mode=0o700)
    hand_over(folder, account)


def _write_secret(path: Path, password: str, account: Account | None) -> None:
    path.touch(mode=0o600, exist_ok=False)
    path.write_text(password)
    hand_over(path, account)


def _log_since(log: Path, offset: int) -> str:
    try:
        with log.open("rb") as lines:
            lines.seek(offset)
            return lines.read().decode(errors="replace")
    except FileNotFoundError:
        return ""
