"""Word between tills: NOTIFY, and LISTEN on a connection of its own, again and again until told to stop."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from threading import Event
from typing import Any

import psycopg
from sqlalchemy.orm import Session

from boxoffice.domain.errors import SignInFailed, Unavailable
from boxoffice.domain.notice import Notice, Topic

_LOG = logging.getLogger(__name__)

CHANNEL = "boxoffice"
_NOTIFY = "SELECT pg_notify(%s, payload) FROM unnest(%s::text[]) AS payload"
POLL_SECONDS = 0.5
"""How soon a stop is noticed; notices themselves arrive at once."""
HEARTBEAT_EVERY_POLLS = 20
RETRY_SECONDS = (0.5, 1.0, 2.0, 5.0)
"""Waits between attempts to come back; the last one is kept."""


def listen(
    arguments: Callable[[], dict[str, Any]],
    deliver: Callable[[Notice], None],
    connected: Callable[[bool], None],
    stop: Event,
    probe: Callable[[], None],
) -> None:
    """Hand over notices until `stop` is set; tell `connected` whenever the line comes or goes.

    `arguments` are asked for before every connection: the password may be another one by then. The connection
    is not the pool's: a pooled one goes back and forth between transactions, and a connection
    pooler in between would lose what is sent to it.

    Raises SignInFailed when `probe`, which tries to sign in, says that this is why the line is gone.
    """
    failures = 0

    def came_back() -> None:
        nonlocal failures
        failures = 0
        connected(True)

    while not stop.is_set():
        try:
            _listen_once(arguments(), deliver, came_back, stop)
        except psycopg.OperationalError:
            if failures == 0:
                connected(False)
            _find_out(probe)
            stop.wait(RETRY_SECONDS[min(failures, len(RETRY_SECONDS) - 1)])
            failures += 1


def _find_out(probe: Callable[[], None]) -> None:
    """Raise SignInFailed when that is why the line is gone; every other reason may pass."""
    try:
        probe()
    except SignInFailed:
        raise
    except Unavailable:
        return


def _listen_once(
    arguments: dict[str, Any], deliver: Callable[[Notice], None], came: Callable[[], None], stop: Event
) -> None:
    bounds = {"connect_timeout": 5, "tcp_user_timeout": 10_000}
    with psycopg.connect(**(arguments | bounds), autocommit=True) as connection:
        connection.execute(f"LISTEN {CHANNEL}")
        came()
        polls = 0
        while not stop.is_set():
            for notify in connection.notifies(timeout=POLL_SECONDS):
                heard = _notice(notify.payload)
                if heard is not None:
                    deliver(heard)
            polls += 1
            if polls % HEARTBEAT_EVERY_POLLS == 0:
                connection.execute("")


def notify(session: Session, notices: Sequence[Notice]) -> None:
    """Send notices to every till, this one too; delivered when the session's transaction commits."""
    payloads = [":".join((notice.topic, str(notice.event_id or ""))) for notice in notices]
    session.connection().exec_driver_sql(_NOTIFY, (CHANNEL, payloads))


def _notice(payload: str) -> Notice | None:
    """Return what a payload says; None for one that a newer program, or nobody, would send."""
    topic, _, event_id = payload.partition(":")
    try:
        return Notice(Topic(topic), int(event_id) if event_id else None)
    except ValueError:
        _LOG.warning("a notice that cannot be read: %.100r", payload)
        return None
