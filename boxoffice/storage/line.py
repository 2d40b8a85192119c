"""The till's open line: a session that stays on its connection from one single statement to the next.

Fetching a connection, opening a session on it and giving both back costs a till half as much of its own time
as asking for a sale does (docs/decisions/0002-the-form-of-the-sale.md has the figures). In AUTOCOMMIT
nothing is left open on the server in between.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import cast

import psycopg
from sqlalchemy import Engine
from sqlalchemy.orm import Session

IDLE_BEFORE_PING_SECONDS = 5.0


def driver(session: Session) -> psycopg.Connection:
    """Return the driver's connection under a session, for statements where SQLAlchemy's own time counts."""
    return cast("psycopg.Connection", session.connection().connection.driver_connection)


class Line:
    """Sessions of an AUTOCOMMIT engine: whoever comes alone gets the one that is kept, others pass by it.

    The engine's pool must look at each connection that it hands out (pool_pre_ping); the kept one is looked
    at here, when it has lain idle.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._kept: Session | None = None
        self._used_at = 0.0
        self._taken = Lock()
        self._closed = False

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Give a session in which each statement is a transaction of its own."""
        if not self._taken.acquire(blocking=False):
            with Session(self._engine) as passing, self._on_guard(passing):
                yield passing
            return
        try:
            # Out of the drawer while it is used: after an error it does not come back.
            session, self._kept = self._ready(), None
            with self._on_guard(session):
                yield session
            self._kept, self._used_at = session, time.monotonic()
        finally:
            self._taken.release()
        if self._closed:
            self._hang_up()

    def close(self) -> None:
        """Hang up; a statement that still runs hangs up when it has ended."""
        self._closed = True
        if self._taken.acquire(blocking=False):
            self._hang_up()
            self._taken.release()
        self._engine.dispose()

    def _ready(self) -> Session:
        kept = self._kept
        if kept is None:
            return Session(self._engine)
        if time.monotonic() - self._used_at > IDLE_BEFORE_PING_SECONDS:
            try:
                driver(kept).execute("")
            except psycopg.OperationalError:
                kept.invalidate()
                return Session(self._engine)
        return kept

    def _hang_up(self) -> None:
        kept, self._kept = self._kept, None
        if kept is not None:
            kept.invalidate()

    @contextmanager
    def _on_guard(self, session: Session) -> Iterator[None]:
        try:
            yield
        except psycopg.Error:
            # From the driver itself, past SQLAlchemy, which cannot know whether the connection outlived it.
            if driver(session).closed or self._closed:
                session.invalidate()
            session.close()
            raise
        except BaseException:
            session.close()
            raise
