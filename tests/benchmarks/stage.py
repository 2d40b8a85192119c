"""Where benchmarks run: a server that keeps what it commits, started when the first of them asks for it."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property

import psycopg

from boxoffice.storage.database import Database
from boxoffice.storage.migrate import migrate
from tests.benchmarks.quiet import Quiet
from tests.postgres import Cluster, cluster

SERVER_OPTIONS = {
    "shared_buffers": "256MB",
    "max_connections": "200",
    # As on a server that has run for a while: log segments lie ready, and no checkpoint falls in between.
    "min_wal_size": "1GB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "30min",
}


@dataclass
class Stage:
    """What a benchmark is given."""

    seconds: float
    """Length of one measurement."""
    _stack: ExitStack

    @cached_property
    def server(self) -> Cluster:
        """The server, with fsync on; BOXOFFICE_TEST_POSTGRES chooses which, as for the tests."""
        return self._stack.enter_context(cluster(durable=True, options=SERVER_OPTIONS))

    @cached_property
    def quiet(self) -> Quiet:
        """Measures beside quiet neighbours only."""
        return Quiet(self.server.pid)

    @property
    def server_words(self) -> str:
        """Which server it was, or that none was needed."""
        return f"PostgreSQL {self.server.version}, fsync on" if "server" in self.__dict__ else "no server"

    def database(self, name: str) -> str:
        """Make a fresh box office of this name and return its SQLAlchemy address."""
        with psycopg.connect(self.server.dsn(), autocommit=True) as admin:
            admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            admin.execute(f"CREATE DATABASE {name}")
        database = Database(self.server.url(name))
        migrate(database.engine)
        database.close()
        return self.server.url(name)
