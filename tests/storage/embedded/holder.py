"""A program that uses the embedded server, for tests to kill: takes a lease, says so, gives it back.

Its arguments: the data folder and, optionally, the folder of PostgreSQL's programs. It says one line of JSON.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
from pathlib import Path

from boxoffice.domain.errors import EmbeddedServerFailed
from boxoffice.storage.embedded import EmbeddedServer
from boxoffice.storage.embedded.binaries import inspect


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(data: str, programs: str = "") -> None:
    signal.signal(signal.SIGINT, lambda *_: say("interrupted"))
    binaries = inspect(Path(programs)) if programs else None
    try:
        lease = EmbeddedServer(Path(data), binaries).acquire()
    except EmbeddedServerFailed as failure:
        say(json.dumps({"failed": failure.reason}))
        return
    with lease:
        say(json.dumps({"url": lease.open_database("office")}))
        _wait_for_a_line()


def _wait_for_a_line() -> None:
    """Wait for standard input, and let a signal in that comes before the waiting has quite begun."""
    waker, woken = os.pipe()
    os.set_blocking(woken, False)
    signal.set_wakeup_fd(woken)
    while sys.stdin not in select.select([sys.stdin, waker], [], [])[0]:
        os.read(waker, 1)
    sys.stdin.readline()


if __name__ == "__main__":
    main(*sys.argv[1:])
