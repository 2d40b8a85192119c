from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from boxoffice.storage.embedded import Binaries, EmbeddedServer
from boxoffice.storage.embedded.account import service_account
from boxoffice.storage.embedded.server import OPTIONS
from tests.postgres import has_system, programs, server_folder

NEEDS_SYSTEM = pytest.mark.skipif(not has_system(), reason="no PostgreSQL installed on this computer")
ROOT = Path(__file__).resolve().parents[3]
AS_NOBODY = (
    "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
    # Only to read this checkout and its Python, wherever they lie; PostgreSQL sees a plain user.
    "--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search",
)  # fmt: skip


@dataclass
class Program:
    """A running holder.py."""

    process: subprocess.Popen[str]

    def hello(self) -> dict[str, Any]:
        """Return the line of JSON that it prints once it has its lease, or has failed to get one."""
        assert self.process.stdout is not None
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer

    def leave(self) -> None:
        self.process.communicate("\n", timeout=60)
        assert self.process.returncode == 0

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


class Launcher:
    """Starts holders and sees to it that none outlives the test."""

    def __init__(self) -> None:
        self._started: list[Program] = []

    def __call__(
        self, data: Path, binaries: Binaries | None = None, *, prefix: tuple[str, ...] = (), path: Path = ROOT
    ) -> Program:
        command = [*prefix, sys.executable, "-m", "tests.storage.embedded.holder", str(data)]
        process = subprocess.Popen(
            [*command, str(binaries.folder)] if binaries else command,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, start_new_session=True,
            env={**os.environ, "PYTHONPATH": f"{path}{os.pathsep}{ROOT}"},
        )  # fmt: skip
        self._started.append(Program(process))
        return self._started[-1]

    def end_all(self) -> None:
        for program in self._started:
            program.kill()


@pytest.fixture(params=["embedded", pytest.param("system", marks=NEEDS_SYSTEM)])
def binaries(request: pytest.FixtureRequest) -> Binaries:
    return programs(request.param, service_account())


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the server's user may enter; a server left in it is killed."""
    assert OPTIONS["fsync"] == "on"
    with server_folder(service_account()) as made:
        made.chmod(0o711)
        yield made
        for pid_file in made.glob("*/data/postmaster.pid"):
            pid = int(pid_file.read_text().splitlines()[0])
            if psutil.pid_exists(pid) and psutil.Process(pid).name().startswith("postgres"):
                server = psutil.Process(pid)
                server.send_signal(signal.SIGQUIT)
                psutil.wait_procs([server], timeout=20)


@pytest.fixture(scope="session")
def prototypes() -> Iterator[dict[str, Path]]:
    """Server folders that were started once, by version: copying one is ten times as fast as making one."""
    with server_folder(service_account()) as made:
        made.chmod(0o711)
        yield {"place": made}


@pytest.fixture
def data(folder: Path, binaries: Binaries, prototypes: dict[str, Path]) -> Path:
    """The folder of a server that was used before and is down now."""
    if binaries.version not in prototypes:
        first = prototypes["place"] / binaries.version
        EmbeddedServer(first, binaries).acquire().release()
        prototypes[binaries.version] = first
    subprocess.run(["cp", "-a", prototypes[binaries.version], folder / "server"], check=True)
    return folder / "server"


@pytest.fixture
def launch() -> Iterator[Launcher]:
    launcher = Launcher()
    yield launcher
    launcher.end_all()
