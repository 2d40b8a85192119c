"""The one door to PostgreSQL: transactions that write, snapshots that read, and single statements.

`write()` is for deeds of several statements, `read()` for questions, `single_statement()` for a deed that
the server does in one statement and commits by itself, which saves the two round trips of BEGIN and COMMIT
while a lock is held. All three raise what storage/faults.py makes of the driver's errors.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from threading import local
from typing import Any

import psycopg
from sqlalchemy import Engine, create_engine, event, exc, make_url
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from boxoffice.domain.errors import AnswerLost, Busy, CannotConnect, Unavailable
from boxoffice.domain.notice import Notice
from boxoffice.storage.connect import is_local, probe
from boxoffice.storage.crier import Crier
from boxoffice.storage.faults import TryAgain, translated
from boxoffice.storage.line import IDLE_BEFORE_PING_SECONDS, Line, driver
from boxoffice.storage.notices import notify
from boxoffice.storage.sealer import without_keys

LOCK_TIMEOUT_MS = 3_000
STATEMENT_TIMEOUT_MS = 15_000
CONNECT_TIMEOUT_SECONDS = 5
POOL_SIZE, POOL_OVERFLOW = 3, 2
ATTEMPTS = 4
"""A deadlock's victim tries again at once; four losses in a row mean that the database is busy."""

_JSON = json.JSONDecoder(parse_float=Decimal)

_SESSION_BOUNDS = (
    f"SELECT set_config('lock_timeout', '{LOCK_TIMEOUT_MS}', false),"
    f" set_config('statement_timeout', '{STATEMENT_TIMEOUT_MS}', false),"
    f" set_config('idle_in_transaction_session_timeout', '{STATEMENT_TIMEOUT_MS}', false),"
    " set_config('default_transaction_isolation', 'read committed', false)"
)


class NestedTransaction(RuntimeError):
    """A deed opened a transaction inside another: a fault of ours."""


class Database:
    """One shared PostgreSQL, through a small pool of connections of this program."""

    def __init__(self, url: str, *, application_name: str = "boxoffice") -> None:
        self.engine = _engine(url, application_name)
        self._password: str | None = None
        self.sealer = without_keys()
        """Seals what must not lie in the database in clear."""
        event.listen(self.engine, "checkin", _remember_when)
        event.listen(self.engine, "checkout", _ping_if_idle)
        line = _engine(url, application_name, isolation_level="AUTOCOMMIT", pool_pre_ping=True)
        self._line = Line(line)
        for engine in (self.engine, line):
            event.listen(engine, "do_connect", self._with_password)
        self._open = local()
        self._crier = Crier(self._send)

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Give a session whose transaction commits when the block is left and rolls back on any error.

        Raises:
            NestedTransaction: inside another block of this thread.
            Busy, DatabaseGone, DiskFull, TryAgain: see storage/faults.py; nothing was written.
            AnswerLost: the connection broke at COMMIT.
        """
        with self._one_at_a_time(), Session(self.engine, expire_on_commit=False) as session:
            with translated(committing=False):
                _begin(session)
                yield session
            with translated(committing=True):
                session.commit()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Give a session on one snapshot that the server itself keeps from writing."""
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with (
            self._one_at_a_time(),
            translated(committing=False),
            Session(self.engine.execution_options(**options)) as session,
        ):
            _begin(session)
            yield session

    @contextmanager
    def single_statement(self) -> Iterator[Session]:
        """Give a session in which each statement commits by itself.

        Raises:
            AnswerLost: the connection broke or time was up; the statement may have been committed.
        """
        with self._one_at_a_time(), translated(committing=True), self._line.session() as session:
            yield session

    def repeat[T](self, deed: Callable[[], T], *, keyed: bool) -> T:
        """Do the whole deed again while the server says that a fresh try may succeed.

        Args:
            deed: the whole deed, from opening its transaction on.
            keyed: the deed carries an idempotency key, so that it may also be repeated once after an answer
                that was lost: it finds out what happened and is never done twice.

        Raises:
            Busy: it lost every time.
            AnswerLost: one answer was lost, and no later try found out what became of it.
        """
        lost: AnswerLost | None = None
        for _ in range(ATTEMPTS):
            try:
                return deed()
            except TryAgain:
                continue
            except AnswerLost as unheard:
                if lost is not None or not keyed:
                    raise
                lost = unheard
            except Unavailable as unavailable:
                if lost is None:
                    raise
                # "Nothing was written" is true of this try only; the first one may have gone through.
                raise AnswerLost from unavailable
        raise lost or Busy

    def tell(self, notice: Notice) -> None:
        """Let every till know of a change that is committed; returns at once, see storage/crier.py."""
        self._crier.tell(notice)

    def use_password(self, password: str) -> None:
        """Open connections with this password from now on; those that are open stay."""
        self._password = password

    def _with_password(
        self, _dialect: object, _record: object, _args: object, arguments: dict[str, Any]
    ) -> None:
        if self._password is not None:
            arguments["password"] = self._password

    def sign_in(self) -> None:
        """Open the first connection, which the next deed uses. Raises CannotConnect, one of its kinds."""
        try:
            self.engine.connect().close()
        except exc.OperationalError as failure:
            # What is wrong is found out by asking the server anew.
            self.probe()
            raise CannotConnect(str(failure.orig)) from failure

    def probe(self) -> None:
        """Sign in once more and hang up. Raises CannotConnect, one of its kinds."""
        password = self._password or str(self.engine.url.password or "")
        probe(self.url_for(self.user, password))

    def connect_arguments(self) -> dict[str, Any]:
        """Return what libpq needs for one more connection beside the pool's."""
        arguments = dict(self.engine.dialect.create_connect_args(self.engine.url)[1])
        self._with_password(None, None, None, arguments)
        return arguments

    @property
    def is_exposed(self) -> bool:
        """Whether what goes to and fro can be read on the way: no encryption to another computer."""
        host = self.engine.url.host or ""
        with self.engine.connect() as connection:
            driver_connection = connection.connection.driver_connection
            encrypted = driver_connection is not None and driver_connection.pgconn.ssl_in_use
        return not encrypted and not is_local(host)

    @property
    def user(self) -> str:
        """The role that this program signed in with."""
        return self.engine.url.username or ""

    def url_for(self, user: str, password: str) -> str:
        """Return the address of the same database for another role."""
        return self.engine.url.set(username=user, password=password).render_as_string(hide_password=False)

    def close(self) -> None:
        """Tell what is still to be told, and give all connections back."""
        self._crier.close()
        self._line.close()
        self.engine.dispose()

    def _send(self, notices: Sequence[Notice]) -> None:
        with self.single_statement() as session:
            notify(session, notices)

    @contextmanager
    def _one_at_a_time(self) -> Iterator[None]:
        if getattr(self._open, "yes", False):
            raise NestedTransaction
        self._open.yes = True
        try:
            yield
        finally:
            self._open.yes = False


def _begin(session: Session) -> None:
    """Begin on a connection that answers: those that died in the pool are left behind.

    A single statement is spared this round trip; it can be asked again by its key.
    """
    for _ in range(POOL_SIZE + POOL_OVERFLOW):
        connection = session.connection()
        try:
            driver(session).execute("SELECT 1")
        except psycopg.OperationalError:
            connection.invalidate()
            session.rollback()
        else:
            return
    session.connection()


def _engine(url: str, application_name: str, **options: Any) -> Engine:
    address = make_url(url).set(drivername="postgresql+psycopg")
    engine = create_engine(
        address,
        pool_size=POOL_SIZE,
        max_overflow=POOL_OVERFLOW,
        skip_autocommit_rollback=True,
        json_deserializer=_read_json,
        # Errors go to the log, and what was sent may be a verifier or somebody's phone number.
        hide_parameters=True,
        **options,
        connect_args={
            "application_name": application_name,
            "connect_timeout": CONNECT_TIMEOUT_SECONDS,
            # A server that vanished without a word is noticed within seconds, not hours.
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 3,
            "tcp_user_timeout": 10_000,
        },
    )
    event.listen(engine, "connect", _bound_waits)
    return engine


def _read_json(document: str | bytes) -> Any:
    return _JSON.decode(document if isinstance(document, str) else document.decode())


def _bound_waits(connection: psycopg.Connection, _entry: ConnectionPoolEntry) -> None:
    """Let nothing on this connection wait for ever, and pin the isolation that the locks are made for."""
    connection.execute(_SESSION_BOUNDS)
    connection.commit()


def _remember_when(_connection: psycopg.Connection | None, entry: ConnectionPoolEntry) -> None:
    entry.info["idle_since"] = time.monotonic()


def _ping_if_idle(connection: psycopg.Connection, entry: ConnectionPoolEntry, _proxy: object) -> None:
    """Replace a connection that died while it lay idle; a busy till is spared the round trip."""
    idle_since = entry.info.get("idle_since")
    if idle_since is None or time.monotonic() - idle_since < IDLE_BEFORE_PING_SECONDS:
        return
    try:
        autocommit = connection.autocommit
        connection.autocommit = True
        connection.execute("")
        connection.autocommit = autocommit
    except psycopg.OperationalError as gone:
        raise exc.DisconnectionError from gone
