from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import psutil
import psycopg
import pytest

from boxoffice.domain.errors import EmbeddedServerFailed
from boxoffice.storage.embedded import Binaries, EmbeddedServer
from boxoffice.storage.embedded.account import service_account
from boxoffice.storage.embedded.cluster import free_port
from tests.storage.embedded.conftest import Launcher


def connect(url: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(url.replace("+psycopg", "", 1), autocommit=True)


def one(url: str, query: str) -> object:
    with connect(url) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]


def postmaster(data: Path) -> int:
    return int((data / "data" / "postmaster.pid").read_text().splitlines()[0])


def runs(data: Path) -> bool:
    return (data / "data" / "postmaster.pid").exists()


def test_the_first_start_makes_a_durable_private_server(folder: Path, binaries: Binaries) -> None:
    data = folder / "server"
    with EmbeddedServer(data, binaries).acquire() as lease:
        url = lease.open_database("office")
        assert lease.open_database("office") == url
        assert one(url, "SELECT current_setting('server_version_num')::int / 10000") == binaries.major
        assert one(url, "SELECT current_setting('fsync')") == "on"
        assert one(url, "SELECT current_setting('data_checksums')") == "on"
        assert one(url, "SELECT current_setting('server_encoding')") == "UTF8"
        assert one(url, "SELECT lower('ÄΣ') || upper('ß') = 'äσß'") is True
        with pytest.raises(psycopg.OperationalError):
            connect(url.replace(lease_password(data), "guess"))
        with connect(url) as connection:
            connection.execute("CREATE ROLE stranger LOGIN PASSWORD 'x'")
        for elsewhere in ("postgres", "template1"):
            with pytest.raises(psycopg.OperationalError):
                psycopg.connect(
                    host="127.0.0.1",
                    port=connection.info.port,
                    dbname=elsewhere,
                    user="stranger",
                    password="x",  # noqa: S106 - a stranger's
                )
    assert not runs(data)
    assert lease_password(data) not in (data / "log" / "server.log").read_text()
    if sys.platform != "win32":
        assert stat.S_IMODE((data / "password").stat().st_mode) == 0o600
        assert stat.S_IMODE(data.stat().st_mode) & 0o007 == 0


def lease_password(data: Path) -> str:
    return (data / "password").read_text()


def test_what_was_written_is_there_at_the_next_start(data: Path, binaries: Binaries) -> None:
    server = EmbeddedServer(data, binaries)
    with server.acquire() as lease, connect(lease.open_database("office")) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS value")
    with server.acquire() as lease:
        assert one(lease.url("office"), "SELECT value FROM kept") == 7


def test_giving_back_twice_does_not_stop_another_lease(data: Path, binaries: Binaries) -> None:
    server = EmbeddedServer(data, binaries)
    with server.acquire() as kept:
        first = server.acquire()
        first.release()
        first.release()
        assert one(kept.url("postgres"), "SELECT 1") == 1


def test_a_killed_program_leaves_a_server_to_adopt(data: Path, binaries: Binaries, launch: Launcher) -> None:
    program = launch(data, binaries)
    url = program.hello()["url"]
    pid = postmaster(data)
    program.kill()
    assert one(url, "SELECT 1") == 1
    with EmbeddedServer(data, binaries).acquire() as lease:
        assert postmaster(data) == pid
        assert lease.url("office") == url
        assert len(list((data / "users").iterdir())) == 2
    assert not runs(data)
    assert not list((data / "users").iterdir())


def test_a_killed_server_recovers_what_was_committed(data: Path, binaries: Binaries) -> None:
    server = EmbeddedServer(data, binaries)
    lease = server.acquire()
    with connect(lease.open_database("office")) as connection:
        connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS value")
    pid = postmaster(data)
    with connect(lease.url("office")):
        os.kill(pid, signal.SIGKILL)
        with server.acquire() as again:
            assert postmaster(data) != pid
            assert one(again.url("office"), "SELECT count(*) FROM kept") == 1000
            lease.release()
            assert one(again.url("office"), "SELECT 1") == 1
    assert not runs(data)


def test_programs_that_start_together_share_one_server(
    folder: Path, binaries: Binaries, launch: Launcher
) -> None:
    data = folder / "server"
    programs = [launch(data, binaries) for _ in range(3)]
    urls = {program.hello()["url"] for program in programs}
    assert len(urls) == 1
    pid = postmaster(data)
    programs[0].leave()
    programs[1].kill()
    assert postmaster(data) == pid
    assert one(urls.pop(), "SELECT 1") == 1
    programs[2].leave()
    assert not runs(data)
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_control_c_reaches_the_program_alone(data: Path, binaries: Binaries, launch: Launcher) -> None:
    program = launch(data, binaries)
    url = program.hello()["url"]
    os.killpg(program.process.pid, signal.SIGINT)
    assert program.process.stdout is not None
    assert program.process.stdout.readline() == "interrupted\n"
    assert one(url, "SELECT 1") == 1
    program.leave()
    assert not runs(data)


def test_a_port_taken_at_the_last_moment_is_replaced(data: Path, binaries: Binaries) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ports = iter([taken.getsockname()[1], free_port()])
        with EmbeddedServer(data, binaries, lambda: next(ports)).acquire() as lease:
            assert one(lease.url("postgres"), "SELECT 1") == 1


def test_a_port_that_is_always_taken_is_named(folder: Path, binaries: Binaries) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        server = EmbeddedServer(folder / "server", binaries, lambda: int(taken.getsockname()[1]))
        with pytest.raises(EmbeddedServerFailed, match="another program uses the port"):
            server.acquire()
    assert not list((folder / "server" / "users").iterdir())


def test_data_of_another_version_is_left_alone(data: Path, binaries: Binaries) -> None:
    EmbeddedServer(data, binaries).acquire().release()
    version = data / "data" / "PG_VERSION"
    version.write_text("14\n")
    with pytest.raises(
        EmbeddedServerFailed, match=f"PostgreSQL 14 and cannot be read by PostgreSQL {binaries.major}"
    ):
        EmbeddedServer(data, binaries).acquire()
    with pytest.raises(EmbeddedServerFailed, match="PostgreSQL 14 was not found"):
        EmbeddedServer(data).acquire()
    assert version.read_text() == "14\n"


def test_a_process_number_now_used_by_another_program(data: Path, binaries: Binaries) -> None:
    server = EmbeddedServer(data, binaries)
    lease = server.acquire()
    pid_file = data / "data" / "postmaster.pid"
    left_behind = pid_file.read_text().splitlines(keepends=True)
    lease.release()
    # What a power cut leaves, once the number has gone to another program of the same user.
    account = service_account()
    with subprocess.Popen(
        ["sleep", "600"], user=account.uid if account else None, group=account.gid if account else None
    ) as another:
        try:
            pid_file.write_text("".join([f"{another.pid}\n", *left_behind[1:]]))
            with server.acquire() as again:
                assert one(again.url("postgres"), "SELECT 1") == 1
        finally:
            another.kill()


@pytest.mark.skipif(sys.platform == "win32", reason="there are no zombies on Windows")
def test_a_killed_server_that_nobody_buries(data: Path, binaries: Binaries) -> None:
    account = service_account()
    with subprocess.Popen(
        [binaries.program("postgres"), "-D", data / "data", "-p", str(free_port()), "-k", ""],
        user=account.uid if account else None, group=account.gid if account else None, cwd="/",
        stderr=subprocess.PIPE, text=True,
    ) as parent_of_a_zombie:  # fmt: skip
        assert parent_of_a_zombie.stderr is not None
        assert any("ready to accept connections" in line for line in parent_of_a_zombie.stderr)
        parent_of_a_zombie.kill()
        with EmbeddedServer(data, binaries).acquire() as lease:
            assert one(lease.url("postgres"), "SELECT 1") == 1
            assert psutil.Process(parent_of_a_zombie.pid).status() == psutil.STATUS_ZOMBIE


def test_a_first_start_killed_half_way_begins_anew(folder: Path, binaries: Binaries) -> None:
    data = folder / "server"
    (data / "data.new").mkdir(parents=True)
    (data / "data.new" / "PG_VERSION").touch()
    with EmbeddedServer(data, binaries).acquire() as lease:
        assert one(lease.url("postgres"), "SELECT 1") == 1
    assert not (data / "data.new").exists()


def test_a_large_log_is_put_aside(data: Path, binaries: Binaries) -> None:
    server = EmbeddedServer(data, binaries)
    server.acquire().release()
    log = data / "log" / "server.log"
    with log.open("a") as lines:
        lines.write("x" * 1_000_001)
    server.acquire().release()
    assert log.stat().st_size < 10_000
    assert (data / "log" / "server.log.1").stat().st_size > 1_000_000
