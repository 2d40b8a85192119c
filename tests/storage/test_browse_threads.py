"""A window asks for events and for what to filter them by at the same moment, first of all when it opens."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from boxoffice.domain.event import EventFilter, EventPage, FilterChoices
from boxoffice.storage.database import Database
from boxoffice.storage.queries import browse
from tests.office import Office

THREADS = 4
OPENINGS = 15
"""With columns that were filled by whoever came first, one opening in four broke."""


@pytest.fixture
def eager_threads() -> Iterator[None]:
    """Let threads take turns as often as they can."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("eager_threads")
def test_the_first_questions_of_a_window_may_come_all_at_once(db: Database, office: Office) -> None:
    office.tier(office.event())
    together = Barrier(THREADS)

    def ask(number: int) -> EventPage | FilterChoices:
        with db.read() as session:
            together.wait(20)
            if number % 2:
                return browse.filter_choices(session)
            return browse.browse_events(session, EventFilter(), None)

    with ThreadPoolExecutor(THREADS) as threads:
        for _ in range(OPENINGS):
            importlib.reload(browse)  # as a program that has just been started
            pages = list(threads.map(ask, range(THREADS)))
            assert [len(page.rows) for page in pages[::2] if isinstance(page, EventPage)] == [1, 1]
            assert pages[1] == pages[3]
