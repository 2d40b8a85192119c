"""For every test: a server of its own kind, and a fresh database with a small box office in it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import count

import psycopg
import pytest

from boxoffice.storage.database import Database
from boxoffice.storage.migrate import migrate
from tests.postgres import Cluster, cluster, shut_doors

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# Nobody's own keyring is written to by a test.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"

TEMPLATE = "boxoffice_template"
_numbers = count(1)


@pytest.fixture(scope="session")
def server() -> Iterator[Cluster]:
    """One PostgreSQL for this worker's whole session."""
    with cluster() as running:
        yield running


@pytest.fixture(scope="session")
def template(server: Cluster) -> str:
    """Name of a database migrated by Alembic, to be cloned and never connected to again."""
    name = f"{TEMPLATE}_{os.getpid()}"
    with psycopg.connect(server.dsn(), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
    db = Database(server.url(name))
    migrate(db.engine)
    db.close()
    return name


@pytest.fixture
def database_url(server: Cluster, template: str) -> Iterator[str]:
    """Address of a database of this test's own, gone with it; connections left open are a failure."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(server.dsn(), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        shut_doors(admin, name)
    yield server.url(name)
    with psycopg.connect(server.dsn(), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    """The product's own door to the test's database."""
    database = Database(database_url, application_name="test")
    yield database
    database.close()
