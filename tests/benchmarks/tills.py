"""Tills that sell as fast as they can: one process each, with the product's own use case and Database."""

from __future__ import annotations

import multiprocessing
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from multiprocessing.synchronize import Barrier

from boxoffice.storage.database import Database
from boxoffice.usecases.desk import DeskIdentity
from boxoffice.usecases.sales.sell_tickets import sell_tickets
from tests.benchmarks.pgbench import Run
from tests.office import wish

WARM_UP_SALES = 30


@dataclass(frozen=True, slots=True)
class Counter:
    """Who sells what where."""

    url: str
    at: DeskIdentity
    event_id: int
    tier_id: int
    price: Decimal


class Tills:
    """A row of tills, open for as many rounds as wanted."""

    def __init__(self, pool: ProcessPoolExecutor, counters: list[Counter]) -> None:
        self._pool = pool
        self._counters = counters

    def sell(self, seconds: float) -> Run:
        """Let all tills sell at once for so long."""
        rounds = [self._pool.submit(_sell, counter, seconds) for counter in self._counters]
        times = tuple(latency for round_ in rounds for latency in round_.result())
        return Run(len(times) / seconds, times)


@contextmanager
def open_tills(counters: list[Counter]) -> Iterator[Tills]:
    """Start one process for each counter and stop them at the end."""
    context = multiprocessing.get_context("spawn" if sys.platform == "win32" else "forkserver")
    if sys.platform != "win32":
        context.set_forkserver_preload([__name__])
    together = context.Barrier(len(counters))
    with ProcessPoolExecutor(len(counters), context, _open, (together,)) as pool:
        yield Tills(pool, counters)


_together: Barrier
_databases: dict[str, Database] = {}
"""Of this process: a till keeps its connections from round to round."""


def _open(together: Barrier) -> None:
    global _together  # noqa: PLW0603 - a process of the pool has no other place for what it was started with
    _together = together


def _sell(counter: Counter, seconds: float) -> list[float]:
    if counter.url not in _databases:
        _databases[counter.url] = Database(counter.url)
        for _ in range(WARM_UP_SALES):
            _sell_one(counter)
    # Each process takes exactly one counter, because it waits here until all the others have theirs.
    _together.wait()
    latencies_ms = []
    now = time.perf_counter()
    end = now + seconds
    while now < end:
        _sell_one(counter)
        latencies_ms.append((time.perf_counter() - now) * 1000)
        now = time.perf_counter()
    return latencies_ms


def _sell_one(counter: Counter) -> None:
    command = wish(counter.event_id, (counter.tier_id, 1), price=str(counter.price))
    sell_tickets(_databases[counter.url], counter.at, command)
