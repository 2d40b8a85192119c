"""Real fonts, PDFs, pictures and (where cupsd is installed) a private CUPS; needs no display."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtWidgets import QApplication

from boxoffice.domain.money import Money
from boxoffice.domain.ticket import TicketFace

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

CUPS_PDF_PPD = Path("/usr/share/ppd/cups-pdf/CUPS-PDF_opt.ppd")


@pytest.fixture(autouse=True)
def _gui(qapp: QApplication) -> None:
    """Fonts need a QGuiApplication."""


@pytest.fixture
def face() -> TicketFace:
    return TicketFace(
        ticket_id=11,
        code="K7QM2X04711S",
        event_title="Blue Harbour Quartet",
        promoter="Jazz Cellar",
        venue="Jazz Cellar",
        venue_address="Kanalstraße 14",
        starts_at=datetime(2026, 11, 22, 18, 30, tzinfo=UTC),
        doors_at=datetime(2026, 11, 22, 17, 45, tzinfo=UTC),
        time_zone="Europe/Berlin",
        tier="Standard",
        price=Money(Decimal("28.50"), "EUR"),
        fee=Money(Decimal("0.50"), "EUR"),
        tax_rate_percent=Decimal("7.00"),
        order_number="2026-104217",
        number=1,
        of=3,
        till="Counter 2",
        sold_at=datetime(2026, 11, 22, 11, 41, tzinfo=UTC),
    )


@dataclass(frozen=True)
class Cups:
    """A private print service, told what to do by CUPS' own commands."""

    folder: Path
    socket: Path

    def run(self, *command: str) -> str:
        done = subprocess.run(
            command,
            env=os.environ | {"CUPS_SERVER": str(self.socket)},
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout

    def add_printer(self, name: str, device: str, *more: str) -> None:
        self.run("lpadmin", "-p", name, "-E", "-v", device, "-P", str(CUPS_PDF_PPD), *more)


@pytest.fixture(scope="session")
def _cupsd() -> Iterator[Cups]:
    cupsd = shutil.which("cupsd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if cupsd is None or not CUPS_PDF_PPD.exists():
        pytest.skip("needs cupsd: apt-get install cups cups-filters printer-driver-cups-pdf")
    with tempfile.TemporaryDirectory(prefix="boxoffice-cups-") as folder:
        yield from _serve(cupsd, Path(folder))


def _serve(cupsd: str, folder: Path) -> Iterator[Cups]:
    _open_to_other_users(folder)
    socket = folder / "cups.sock"
    files, settings = _write_settings(folder, socket)
    with subprocess.Popen(
        [cupsd, "-f", "-c", settings, "-s", files], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        cups = Cups(folder, socket)
        _await_answer(cups, server)
        yield cups
        server.terminate()


@pytest.fixture
def cups(_cupsd: Cups, monkeypatch: pytest.MonkeyPatch) -> Cups:
    """Let libcups speak to the private service. It remembers its server per thread: print on a fresh one."""
    monkeypatch.setenv("CUPS_SERVER", str(_cupsd.socket))
    monkeypatch.setenv("CUPS_USER", "boxoffice-tests")
    return _cupsd


def _open_to_other_users(folder: Path) -> None:
    """Filters run as user lp; pytest's own folders are closed to them."""
    folder.chmod(0o755)
    for name in ("conf", "spool", "spool/tmp", "cache", "state", "log", "out"):
        (folder / name).mkdir()
        (folder / name).chmod(0o777)


def _write_settings(folder: Path, socket: Path) -> tuple[Path, Path]:
    files = folder / "conf" / "cups-files.conf"
    files.write_text(
        f"ServerRoot {folder}/conf\nRequestRoot {folder}/spool\nTempDir {folder}/spool/tmp\n"
        f"CacheDir {folder}/cache\nStateDir {folder}/state\nAccessLog {folder}/log/access\n"
        f"ErrorLog {folder}/log/error\nPageLog {folder}/log/page\nUser lp\nGroup lp\nSystemGroup root\n"
        "FileDevice Yes\nSandboxing relaxed\n"
    )
    settings = folder / "conf" / "cupsd.conf"
    settings.write_text(
        f"Listen {socket}\nLogLevel warn\nBrowsing No\nWebInterface No\nDefaultAuthType None\n"
        "<Location />\nOrder allow,deny\nAllow all\n</Location>\n"
        "<Policy default>\nJobPrivateAccess default\nJobPrivateValues none\n"
        "<Limit All>\nOrder deny,allow\n</Limit>\n</Policy>\n"
    )
    return files, settings


def _await_answer(cups: Cups, server: subprocess.Popen[bytes]) -> None:
    pause = Event()
    for _ in range(100):
        if server.poll() is not None:
            pytest.fail(f"cupsd ended with {server.returncode}")
        if cups.socket.exists() and "is running" in cups.run("lpstat", "-r"):
            return
        pause.wait(0.1)
    pytest.fail("cupsd does not answer")
