"""Turns what PostgreSQL's programs wrote (in English, we see to that) into one reason in plain words."""

from __future__ import annotations

import shutil
from pathlib import Path

_KNOWN = (
    ("No space left on device", "the disk of {data} is full"),
    ("not enough space", "the disk of {data} is full"),
    ("error while loading shared libraries", "a system library is missing: {line}"),
    ("Library not loaded", "a system library is missing: {line}"),
    ("Read-only file system", "{data} is on a disk that cannot be written to"),
    ("Permission denied", "{data} may not be written to: {line}"),
    ("Address already in use", "another program uses the port: {line}"),
    ("shared memory", "the computer gives too little shared memory: {line}"),
    ("incompatible with server", "{data} was made by another version of PostgreSQL: {line}"),
)
_SERIOUS = ("PANIC:", "FATAL:", "initdb: error:", "pg_ctl: ", "ERROR:")


def explain(output: str, data: Path) -> str:
    """Return why a start failed: a known cause in our words, or the most serious line in PostgreSQL's."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    for sign, words in _KNOWN:
        for line in lines:
            if sign in line:
                return words.format(data=data, line=line)
    for sign in _SERIOUS:
        for line in lines:
            if sign in line:
                return line.partition(sign)[2].strip() if sign != "pg_ctl: " else line
    return lines[-1] if lines else "PostgreSQL gave no reason"


def free_space_bytes(folder: Path) -> int:
    """Return how many bytes fit on the disk of this folder."""
    return shutil.disk_usage(folder).free
