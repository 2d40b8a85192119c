"""Word from other tills, over a line that breaks and comes back."""

from __future__ import annotations

from collections.abc import Iterator
from queue import Queue
from threading import Event, Thread

import pytest
from sqlalchemy import make_url

from boxoffice.domain.notice import Notice, Topic
from boxoffice.storage.database import Database
from boxoffice.storage.notices import listen
from boxoffice.usecases.sales.sell_tickets import sell_tickets
from tests.office import Office, wish
from tests.postgres import Cluster
from tests.races.wire import wire_to

PATIENCE_SECONDS = 20


class Ear:
    """A till that listens: what it heard, and how its line stood."""

    def __init__(self, db: Database) -> None:
        self.heard: Queue[Notice] = Queue()
        self.line: Queue[bool] = Queue()
        self.stop = Event()
        self.thread = Thread(
            target=listen, args=(db.connect_arguments, self.heard.put, self.line.put, self.stop, db.probe)
        )
        self.thread.start()

    def close(self) -> None:
        self.stop.set()
        self.thread.join(PATIENCE_SECONDS)
        assert not self.thread.is_alive()


@pytest.fixture
def ear(db: Database) -> Iterator[Ear]:
    listening = Ear(db)
    assert listening.line.get(timeout=PATIENCE_SECONDS)
    yield listening
    listening.close()


def next_of(ear: Ear, topic: Topic) -> Notice:
    while (notice := ear.heard.get(timeout=PATIENCE_SECONDS)).topic is not topic:
        pass
    return notice


def test_a_sale_is_heard_at_every_till(db: Database, office: Office, ear: Ear) -> None:
    event = office.event()
    tier = office.tier(event)
    other = office.event()
    sell_tickets(db, office.at, wish(event, (tier, 1)))
    heard = {next_of(ear, Topic.AVAILABILITY).event_id}
    assert heard == {event}
    assert other not in heard


def test_hand_written_changes_are_heard_too(office: Office, ear: Ear) -> None:
    event = office.event()
    assert next_of(ear, Topic.EVENTS) == Notice(Topic.EVENTS, event)
    office.connection.execute("UPDATE events SET title = 'New' WHERE id = %s", [event])
    assert next_of(ear, Topic.EVENTS) == Notice(Topic.EVENTS, event)


def test_what_was_rolled_back_is_not_heard(office: Office, ear: Ear) -> None:
    event = office.event()
    next_of(ear, Topic.EVENTS)
    with office.connection.transaction(force_rollback=True):
        office.connection.execute("UPDATE events SET title = 'Never' WHERE id = %s", [event])
    last = office.event()
    assert next_of(ear, Topic.EVENTS).event_id == last


def test_a_broken_line_is_told_and_comes_back(office: Office, ear: Ear) -> None:
    office.connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
    )
    assert ear.line.get(timeout=PATIENCE_SECONDS) is False
    assert ear.line.get(timeout=PATIENCE_SECONDS) is True
    event = office.event()
    assert next_of(ear, Topic.EVENTS).event_id == event


def test_a_stop_ends_listening_even_while_the_line_is_down(
    server: Cluster, database_url: str, office: Office
) -> None:
    with wire_to(server.port) as wire:
        address = make_url(database_url).set(port=wire.port)
        db = Database(address.render_as_string(hide_password=False))
        ear = Ear(db)
        assert ear.line.get(timeout=PATIENCE_SECONDS) is True
        wire.close()
        office.connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
        )
        assert ear.line.get(timeout=PATIENCE_SECONDS) is False
        ear.close()
        db.close()
