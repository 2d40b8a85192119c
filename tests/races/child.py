"""One deed in a process of its own, so that the process can be killed in the middle of it.

The deed comes pickled on standard input: the database's address, then a function and what it is asked.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from boxoffice.domain.sale import HoldBasket, SellTickets
from boxoffice.storage.database import Database
from boxoffice.usecases.desk import DeskIdentity
from boxoffice.usecases.sales.hold_basket import hold_basket
from boxoffice.usecases.sales.sell_tickets import sell_tickets

NAME = "child"
"""By which the server knows its connections."""


@contextmanager
def child() -> Iterator[subprocess.Popen[bytes]]:
    """Start a process that waits for its deed; whatever is left of it at the end is killed."""
    with subprocess.Popen([sys.executable, "-m", "tests.races.child"], stdin=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def ask(process: subprocess.Popen[bytes], url: str, deed: Callable[..., Any], *asked: Any) -> None:
    """Tell it what to do."""
    assert process.stdin is not None
    process.stdin.write(pickle.dumps((url, deed, asked)))
    process.stdin.close()


def hold_and_sell(db: Database, at: DeskIdentity, command: SellTickets, key: UUID) -> None:
    """Hold a basket, then sell another one, which is where the program will die."""
    hold_basket(db, at, HoldBasket(key, command.event_id, command.lines))
    sell_tickets(db, at, command)


if __name__ == "__main__":
    address, function, words = pickle.loads(sys.stdin.buffer.read())  # noqa: S301 - of the test that started it
    function(Database(address, application_name=NAME), *words)
