"""Whether the server that a postmaster.pid names still lives, and what to do with the file when it does not.

PostgreSQL itself overlooks two cases and then refuses to start: the number now belongs to another program of
the same user (common after a power cut on a desktop), and the killed server is a zombie that nobody collects
(common in containers).
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

import psutil

from boxoffice.domain.errors import EmbeddedServerFailed
from boxoffice.storage.embedded.cluster import Cluster, StartRefused, start

ORPHANS_SECONDS = 10
"""How long the processes of a killed server may take to notice and let go of its shared memory."""
_POLL_SECONDS = 0.1
_NOBODY = 2**31 - 1
"""A process id above what any system gives out."""
_LEFTOVERS = ("already exists", "shared memory block", "is still in use")


def serves(pid: int, data: Path) -> bool:
    """Tell whether a living process of this number is a PostgreSQL server at work in this data folder."""
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE or not process.name().lower().startswith("postgres"):
            return False
        return data.samefile(process.cwd())
    except (psutil.NoSuchProcess, FileNotFoundError):
        return False
    except psutil.AccessDenied:
        return True


def disown_dead_server(cluster: Cluster) -> None:
    """Make postmaster.pid name nobody, when the process it names is not a server.

    Only the number is replaced: by the rest of the file PostgreSQL still finds out whether orphans of the
    killed server use its shared memory, and refuses to start beside them rather than damage the data.
    """
    postmaster = cluster.postmaster()
    if postmaster is None or postmaster.pid == _NOBODY or serves(postmaster.pid, cluster.data):
        return
    lines = cluster.pid_file.read_text().splitlines(keepends=True)
    cluster.pid_file.write_text("".join([f"{_NOBODY}\n", *lines[1:]]))


def start_after_crash(
    cluster: Cluster, port: int, options: Mapping[str, str], patience_seconds: float = ORPHANS_SECONDS
) -> None:
    """Start the server; when a killed predecessor is not quite gone, try again for a while.

    Raises EmbeddedServerFailed with the reason in plain words.
    """
    deadline = time.monotonic() + patience_seconds
    while True:
        disown_dead_server(cluster)
        try:
            start(cluster, port, options)
        except StartRefused as refused:
            if not any(sign in refused.log for sign in _LEFTOVERS) or time.monotonic() > deadline:
                raise EmbeddedServerFailed(refused.reason) from refused
            time.sleep(_POLL_SECONDS)
        else:
            return
