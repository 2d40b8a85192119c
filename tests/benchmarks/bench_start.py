"""From the command to a window that sells, on a server that already runs."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from boxoffice.settings import folders
from boxoffice.storage.embedded.server import EmbeddedServer
from tests.benchmarks.report import Aim, Row, percentile
from tests.benchmarks.stage import Stage

STARTS = 7
ROOT = Path(__file__).resolve().parents[2]
BARE = """
import PySide6.QtWidgets, psycopg, sqlalchemy.orm, time
PySide6.QtWidgets.QApplication([])
print(time.time())
"""
"""What the libraries alone cost: the reference."""
WINDOW = """
import time
from boxoffice.bootstrap import collector
collector.rest()
from boxoffice import cli, settings
from boxoffice.bootstrap.program import Program
from PySide6.QtCore import QTimer
program = Program(settings.load(settings.folders().settings_file), settings.folders())
def look():
    window = program._window
    if window is not None and window.sell.counter.offer is not None:
        print(time.time(), flush=True)
        timer.stop()
        window.close()
timer = QTimer(interval=5)
timer.timeout.connect(look)
timer.start()
program.run_window(demo=True)
"""


def run(_stage: Stage) -> Iterator[Row]:
    """Start the program again and again while the demo's server is kept running by this process."""
    with tempfile.TemporaryDirectory(prefix="boxoffice-start-") as home:
        environment = os.environ | {"BOXOFFICE_HOME": home, "QT_QPA_PLATFORM": "offscreen"}
        # As at a venue: what was imported once is compiled.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        environment["PYTHONPYCACHEPREFIX"] = f"{home}/compiled"
        _seconds(WINDOW, environment)  # makes the server and the demo
        with EmbeddedServer(folders(environment).server).acquire():
            bare = [_seconds(BARE, environment) for _ in range(STARTS)]
            usable = [_seconds(WINDOW, environment) for _ in range(STARTS)]
    reference = percentile(bare, 50)
    yield Row("libraries alone", {"p50_seconds": reference, "slowest_seconds": max(bare)})
    figures = {
        "p50_seconds": percentile(usable, 50),
        "slowest_seconds": max(usable),
        "times_libraries": percentile(usable, 50) / reference,
    }
    yield Row("usable window", figures, (Aim("under 2 s", figures["p50_seconds"] < 2),))


def _seconds(script: str, environment: dict[str, str]) -> float:
    """Run the script, which prints the moment that it has come to; return how long that took from nothing."""
    begun = time.time()
    ended = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    return float(ended.stdout.split()[-1]) - begun
