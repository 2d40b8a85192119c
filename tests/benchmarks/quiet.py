"""How much of the machine others used meanwhile: a figure taken beside a busy neighbour is worth little."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
LOUD_PERCENT = 12.0
TRIES = 4
GLANCE_SECONDS = 0.5
PATIENCE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class _Moment:
    at: float
    busy: float
    ours: float


@dataclass(frozen=True, slots=True)
class Quiet:
    """Measures while others are quiet, as far as this system tells (Linux does)."""

    server_pid: int

    def measure[T](self, what: Callable[[], T]) -> tuple[T, float]:
        """Measure, again when others were loud; return the quietest try and the others' percent of it."""
        best: tuple[T, float] | None = None
        for _ in range(TRIES):
            self._wait()
            before = self._moment()
            measured = what()
            loudness = _others_percent(before, self._moment())
            if best is None or loudness < best[1]:
                best = measured, loudness
            if loudness < LOUD_PERCENT:
                break
        assert best is not None
        return best

    def _wait(self) -> None:
        """Return once others are quiet, or when patience is at its end."""
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            before = self._moment()
            time.sleep(GLANCE_SECONDS)
            if _others_percent(before, self._moment()) < LOUD_PERCENT:
                return

    def _moment(self) -> _Moment:
        if not PROC.joinpath("stat").exists():
            return _Moment(time.monotonic(), 0, 0)
        ticks = os.sysconf("SC_CLK_TCK")
        user, nice, system, _idle, _iowait, irq, softirq = map(
            int, PROC.joinpath("stat").read_text().split(maxsplit=8)[1:8]
        )
        busy = user + nice + system + irq + softirq
        return _Moment(time.monotonic(), busy / ticks, _used_by({os.getpid(), self.server_pid}) / ticks)


def _others_percent(before: _Moment, after: _Moment) -> float:
    others = (after.busy - before.busy) - (after.ours - before.ours)
    return max(0.0, 100 * others / (after.at - before.at) / (os.cpu_count() or 1))


def _used_by(roots: set[int]) -> int:
    """Return the ticks of these processes and all that they started; the dead are in their parents' books."""
    parents: dict[int, int] = {}
    used: dict[int, int] = {}
    for folder in PROC.iterdir():
        if not folder.name.isdigit():
            continue
        try:
            fields = folder.joinpath("stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(folder.name)] = int(fields[1])
        used[int(folder.name)] = sum(map(int, fields[11:15]))
    return sum(ticks for pid, ticks in used.items() if _is_of(pid, roots, parents))


def _is_of(pid: int, roots: set[int], parents: dict[int, int]) -> bool:
    while pid > 1:
        if pid in roots:
            return True
        pid = parents.get(pid, 0)
    return False
