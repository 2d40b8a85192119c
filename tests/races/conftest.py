"""Two tills and more on one database, and eyes on who waits for whom."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from boxoffice.storage.database import Database
from boxoffice.usecases.office.check_database import check_database
from tests.office import Office, open_office


@pytest.fixture
def office(database_url: str, db: Database) -> Iterator[Office]:
    """A small box office; after every race its database must add up."""
    opened = open_office(database_url.replace("+psycopg", "", 1))
    yield opened
    assert [finding for finding in check_database(db) if finding.broken] == []
    opened.connection.close()


@pytest.fixture
def other_till(database_url: str) -> Iterator[Database]:
    """A second program on the same database."""
    database = Database(database_url, application_name="other till")
    yield database
    database.close()


@pytest.fixture
def hand(database_url: str) -> Iterator[psycopg.Connection]:
    """Somebody with psql: a transaction of hand-written SQL, rolled back at the end."""
    with psycopg.connect(database_url.replace("+psycopg", "", 1)) as connection:
        yield connection
        connection.rollback()


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    """Threads to stand at tills."""
    with ThreadPoolExecutor(max_workers=40) as pool:
        yield pool


WAITING = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0
"""


def until_waiting(office: Office, sessions: int = 1, futures: tuple[Future[Any], ...] = ()) -> None:
    """Return once so many sessions wait for another one's lock; fail if a till finished without waiting."""
    _until(lambda: office.value(WAITING) >= sessions, futures)


def _until(happened: Callable[[], bool], futures: tuple[Future[Any], ...]) -> None:
    while not happened():
        for future in futures:
            assert not future.done(), f"went through without waiting: {future.result()}"
