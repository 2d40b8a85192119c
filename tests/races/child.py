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

from boxoffice.storage.database import Database

NAME = "child"
"""By which the server knows its connections."""


@contextmanager
def child(url: str, deed: Callable[..., Any], *asked: Any) -> Iterator[subprocess.Popen[bytes]]:
    """Run a deed elsewhere; whatever is left of the process at the end is killed."""
    with subprocess.Popen([sys.executable, "-m", __name__], stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        process.stdin.write(pickle.dumps((url, deed, asked)))
        process.stdin.close()
        try:
            yield process
        finally:
            process.kill()
            process.wait()


if __name__ == "__main__":
    address, function, words = pickle.loads(sys.stdin.buffer.read())  # noqa: S301 - from the test that started it
    function(Database(address, application_name=NAME), *words)
