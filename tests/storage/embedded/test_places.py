from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from boxoffice.domain.errors import EmbeddedServerFailed
from boxoffice.storage.embedded import Binaries, EmbeddedServer, find_binaries
from boxoffice.storage.embedded.account import Account, service_account
from boxoffice.storage.embedded.binaries import inspect, wheel_folder
from boxoffice.storage.embedded.place import ROOT_PLACE, reachable
from tests.storage.embedded.conftest import AS_NOBODY, Launcher

IS_ROOT = sys.platform != "win32" and os.geteuid() == 0
ROOT_ONLY = pytest.mark.skipif(
    not IS_ROOT or shutil.which("setpriv") is None, reason="needs root, to become somebody else"
)
SOMEBODY = Account("somebody", 12345, 12345)
LOADER = "error while loading shared libraries: libxml2.so.2: cannot open shared object file"


@contextmanager
def owned_by_nobody(folder: Path) -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(dir=folder))
    os.chown(made, 65534, 65534)
    yield made


@ROOT_ONLY
def test_a_plain_user_needs_no_other(folder: Path, binaries: Binaries, launch: Launcher) -> None:
    with owned_by_nobody(folder) as home:
        program = launch(home / "server", binaries, prefix=AS_NOBODY)
        assert "url" in program.hello()
        assert (home / "server" / "data").stat().st_uid == 65534
        program.leave()
        assert not (home / "server" / "data" / "postmaster.pid").exists()


@ROOT_ONLY
def test_root_runs_the_server_as_somebody_else(folder: Path, binaries: Binaries) -> None:
    with EmbeddedServer(folder / "server", binaries).acquire():
        assert (folder / "server" / "data").stat().st_uid not in {0, -1}
        assert (folder / "server" / "password").stat().st_uid == 0


@ROOT_ONLY
def test_a_folder_that_may_not_be_written_to(folder: Path, binaries: Binaries, launch: Launcher) -> None:
    answer = launch(folder / "server", binaries, prefix=AS_NOBODY).hello()
    assert answer == {"failed": f"{folder / 'server'} cannot be made: Permission denied"}


@ROOT_ONLY
def test_our_programs_are_copied_when_they_lie_out_of_reach(folder: Path, launch: Launcher) -> None:
    wheel = wheel_folder()
    assert wheel is not None
    package = wheel.parent.parent
    private = folder / "private"
    private.mkdir(mode=0o700)
    for name in (package.name, f"{package.name}.libs"):
        if (package.parent / name).exists():
            shutil.copytree(package.parent / name, private / name)
    program = launch(folder / "server", path=private)
    assert "url" in program.hello()
    copies = [entry.name for entry in (folder / "server").iterdir() if entry.name.startswith("postgresql-")]
    assert copies == [f"postgresql-{inspect(wheel).version}"]
    program.leave()


def test_a_private_home_stays_private(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    wanted = home / "data" / "server"
    assert reachable(wanted, None) == wanted
    elsewhere = reachable(wanted, SOMEBODY)
    assert elsewhere.parent == ROOT_PLACE
    assert elsewhere == reachable(wanted, SOMEBODY)
    assert elsewhere != reachable(home / "other" / "server", SOMEBODY)
    assert home.stat().st_mode & 0o777 == 0o700


def test_a_file_in_the_folders_place(folder: Path, binaries: Binaries) -> None:
    (folder / "server").touch()
    with pytest.raises(EmbeddedServerFailed, match="server"):
        EmbeddedServer(folder / "server", binaries).acquire()


def test_the_wheel_comes_before_the_system() -> None:
    assert find_binaries(account=service_account()).folder == wheel_folder()


def test_a_configured_folder_is_the_only_one_looked_at(tmp_path: Path) -> None:
    with pytest.raises(EmbeddedServerFailed, match="has no postgres program"):
        find_binaries(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="stands in for a program by a shell script")
def test_a_missing_system_library_is_named(folder: Path) -> None:
    for name in ("postgres", "initdb", "pg_ctl"):
        (folder / name).write_text(f"#!/bin/sh\necho '{name}: {LOADER}' >&2\nexit 127\n")
        (folder / name).chmod(0o755)
    with pytest.raises(EmbeddedServerFailed, match="libxml2"):
        find_binaries(folder)


@ROOT_ONLY
def test_a_full_disk(folder: Path, binaries: Binaries) -> None:
    disk = folder / "disk"
    disk.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=20m,mode=0755", "none", disk], check=False
    ).returncode:
        pytest.skip("this computer does not let root mount")
    try:
        with pytest.raises(EmbeddedServerFailed, match="is full"):
            EmbeddedServer(disk / "server", binaries).acquire()
    finally:
        subprocess.run(["umount", disk], check=True)
