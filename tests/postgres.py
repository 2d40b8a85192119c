"""A private PostgreSQL for one test session: started in its own folder, stopped and removed by it.

BOXOFFICE_TEST_POSTGRES chooses which: "embedded" (the wheel, default), "system" (the newest one installed), a
folder of server programs, or the URL of a server whose superuser the tests may be.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from boxoffice.storage.embedded import cluster as embedded
from boxoffice.storage.embedded.account import Account, service_account
from boxoffice.storage.embedded.binaries import Binaries, inspect, system_folders, wheel_folder
from boxoffice.storage.embedded.cluster import hand_over
from boxoffice.storage.embedded.liveness import start_after_crash

CHOICE_VARIABLE = "BOXOFFICE_TEST_POSTGRES"
QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""A test's data need not survive a power cut."""
SIZES = {"max_connections": "200", "shared_buffers": "128MB", "max_wal_size": "1GB"}


@dataclass
class Cluster:
    """A server that belongs to the tests; `pid` is 0 and only `url` works for one named by its URL."""

    version: str
    user: str
    password: str
    port: int
    host: str = "127.0.0.1"
    _own: embedded.Cluster | None = None
    _options: Mapping[str, str] = field(default_factory=dict)

    def url(self, database: str = "postgres") -> str:
        """Return the SQLAlchemy address of one database, for the superuser."""
        secret = f":{self.password}" if self.password else ""
        return f"postgresql+psycopg://{self.user}{secret}@{self.host}:{self.port}/{database}"

    def dsn(self, database: str = "postgres") -> str:
        """Return the same address as bare psycopg takes it."""
        return self.url(database).replace("+psycopg", "", 1)

    @property
    def major(self) -> int:
        """Return the server's major version."""
        return int(self.version.partition(".")[0])

    @property
    def pid(self) -> int:
        """Return the process id of the running postmaster, 0 when it is down or not ours."""
        postmaster = self._own.postmaster() if self._own else None
        return postmaster.pid if postmaster else 0

    @property
    def own(self) -> embedded.Cluster:
        """Return the data folder and programs behind it; an error for a server named by its URL."""
        assert self._own is not None, f"only for a server that the tests start, not {CHOICE_VARIABLE}=<url>"
        return self._own

    def stop(self, mode: str = "fast") -> None:
        """Shut the server down: "smart", "fast" or "immediate"."""
        assert embedded.stop(self.own, mode)

    def kill(self) -> None:
        """Kill -9 the postmaster, as a power cut would; its children notice by themselves."""
        os.kill(self.pid, signal.SIGKILL)

    def start(self) -> None:
        """Start the server again on the same port."""
        start_after_crash(self.own, self.port, self._options)

    def restart(self) -> None:
        """Stop and start on the same port: every connection breaks."""
        self.stop()
        self.start()


@contextmanager
def cluster(
    choice: str | None = None, *, durable: bool = False, options: Mapping[str, str] | None = None
) -> Iterator[Cluster]:
    """Run a server for the length of a `with`; `durable` leaves fsync on, for benchmarks."""
    choice = choice or os.environ.get(CHOICE_VARIABLE, "embedded")
    if "://" in choice:
        yield _foreign(choice)
        return
    settings = {**SIZES, **({} if durable else QUICK), **(options or {})}
    account = service_account()
    binaries = programs(choice, account)
    with server_folder(account) as folder:
        own = embedded.Cluster(binaries, folder / "data", folder / "server.log", account)
        password = secrets.token_hex(8)
        embedded.create(own, password, durable=durable)
        running = Cluster(
            binaries.version, embedded.SUPERUSER, password, embedded.free_port(), _own=own, _options=settings
        )
        running.start()
        try:
            yield running
        finally:
            running.stop("fast")


def shut_doors(admin: psycopg.Connection, database: str) -> None:
    """Give a copied database what secure_database() gave the one it was copied from."""
    for statement in (
        f"REVOKE ALL ON DATABASE {database} FROM PUBLIC",
        f"GRANT TEMPORARY ON DATABASE {database} TO boxoffice_owner",
        f"GRANT CONNECT ON DATABASE {database} TO boxoffice_roles WITH GRANT OPTION",
    ):
        admin.execute(statement.encode())


def programs(choice: str, account: Account | None = None) -> Binaries:
    """Return the PostgreSQL that a choice names: "embedded", "system" or a folder."""
    if choice == "embedded":
        folder = wheel_folder()
    elif choice == "system":
        folder = next(system_folders(), None)
    else:
        folder = Path(choice)
    assert folder is not None, f"no PostgreSQL for {CHOICE_VARIABLE}={choice}"
    return inspect(folder, account)


@contextmanager
def server_folder(account: Account | None) -> Iterator[Path]:
    """Make a folder that the server's account may enter (pytest's own is closed to others), and remove it."""
    folder = Path(tempfile.mkdtemp(prefix="boxoffice-test-"))
    hand_over(folder, account)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def _foreign(url: str) -> Cluster:
    address = make_url(url)
    with psycopg.connect(
        address.set(drivername="postgresql").render_as_string(hide_password=False)
    ) as connection:
        number = connection.info.server_version
    return Cluster(
        f"{number // 10000}.{number % 10000}",
        address.username or "postgres",
        str(address.password or ""),
        address.port or 5432,
        address.host or "127.0.0.1",
    )


def has_system() -> bool:
    """Tell whether this computer has a PostgreSQL server installed, beside the wheel's."""
    return next(system_folders(), None) is not None
