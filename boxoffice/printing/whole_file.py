"""Writes a file so that it appears complete or not at all, even when the disk fills or the power goes."""

from __future__ import annotations

import os
from pathlib import Path


def write_whole(path: Path, data: bytes) -> None:
    """Write `data` beside `path`, force it to the disk, then give it its name.

    Raises:
        OSError: the folder is missing, not writable or full; nothing is left behind.
    """
    partial = path.with_name(f".{path.name}.part")
    try:
        with partial.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError:
        _remove_if_there(partial)
        raise


def _remove_if_there(partial: Path) -> None:
    """Tidy up; what went wrong before matters more than this going wrong too."""
    try:
        partial.unlink(missing_ok=True)
    except OSError:
        return
