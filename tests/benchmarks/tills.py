"""Tills that sell as fast as they can, each with the product's own use case and a Database of its own."""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
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

    def __init__(self, pool: ProcessPoolExecutor, shares: list[list[Counter]]) -> None:
        self._pool = pool
        self._shares = shares

    def sell(self, seconds: float) -> Run:
        """Let all tills sell at once for so long."""
        rounds = [self._pool.submit(_sell_all, share, seconds) for share in self._shares]
        times = tuple(latency for round_ in rounds for latency in round_.result())
        return Run(len(times) / seconds, times)


@contextmanager
def open_tills(counters: list[Counter]) -> Iterator[Tills]:
    """Share the counters out over as many processes as there are processors, and stop them at the end.

    A real till has a computer of its own; a process each would measure how one machine bears 32 of them.
    """
    processes = min(len(counters), os.cpu_count() or 1)
    context = multiprocessing.get_context("spawn" if sys.platform == "win32" else "forkserver")
    if sys.platform != "win32":
        context.set_forkserver_preload([__name__])
    together = context.Barrier(processes)
    with ProcessPoolExecutor(processes, context, _open, (together,)) as pool:
        yield Tills(pool, [counters[place::processes] for place in range(processes)])


_together: Barrier
_databases: dict[Counter, Database] = {}
"""Of this process: each till keeps its own connections from round to round."""


def _open(together: Barrier) -> None:
    global _together  # noqa: PLW0603 - a process of the pool has no other place for what it was started with
    _together = together


def _sell_all(share: list[Counter], seconds: float) -> list[float]:
    for counter in share:
        if counter not in _databases:
            _databases[counter] = Database(counter.url)
            for _ in range(WARM_UP_SALES):
                _sell_one(counter)
    # Each process takes exactly one share, because it waits here until all the others have theirs.
    _together.wait()
    with ThreadPoolExecutor(len(share)) as threads:
        rounds = threads.map(_sell, share, [time.perf_counter() + seconds] * len(share))
        return [latency for latencies_ms in rounds for latency in latencies_ms]


def _sell(counter: Counter, end: float) -> list[float]:
    latencies_ms = []
    now = time.perf_counter()
    while now < end:
        _sell_one(counter)
        latencies_ms.append((time.perf_counter() - now) * 1000)
        now = time.perf_counter()
    return latencies_ms


def _sell_one(counter: Counter) -> None:
    command = wish(counter.event_id, (counter.tier_id, 1), price=str(counter.price))
    sell_tickets(_databases[counter], counter.at, command)
