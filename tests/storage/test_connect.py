from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import psycopg
import pytest
from sqlalchemy import make_url

from boxoffice.domain.errors import (
    BadDatabaseUrl,
    CannotConnect,
    DatabaseMissing,
    ServerNotFound,
    ServerTooOld,
    SignInFailed,
    TlsFailed,
)
from boxoffice.storage.connect import ServerAddress, check_version, normal_url, probe
from boxoffice.storage.embedded.cluster import hand_over
from boxoffice.storage.scram import Scram
from tests.postgres import Cluster, cluster, has_system

NEEDS_SYSTEM = pytest.mark.skipif(not has_system(), reason="no PostgreSQL installed on this computer")


@pytest.fixture(scope="module", params=["embedded", pytest.param("system", marks=NEEDS_SYSTEM)])
def server(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    with cluster(request.param) as running:
        with psycopg.connect(running.dsn(), autocommit=True) as admin:
            admin.execute("CREATE ROLE clerk LOGIN PASSWORD 'geheim/@:ß'")
            admin.execute("CREATE ROLE retired NOLOGIN PASSWORD 'x'")
            admin.execute("CREATE ROLE one LOGIN CONNECTION LIMIT 0 PASSWORD 'x'")
            admin.execute("CREATE DATABASE office")
            admin.execute("CREATE DATABASE private")
            admin.execute("REVOKE CONNECT ON DATABASE private FROM PUBLIC")
        yield running


def url(server: Cluster, **changes: object) -> str:
    parts = {"username": "clerk", "password": "geheim/@:ß", "database": "office", **changes}
    return make_url(server.url()).set(**parts).render_as_string(hide_password=False)  # type: ignore[arg-type]  # set() names each


def test_a_good_address_opens(server: Cluster) -> None:
    probe(url(server))
    probe(url(server, drivername="postgresql"))
    probe(url(server, drivername="postgres"))


@pytest.mark.parametrize("password", ["wrong", ""])
def test_a_wrong_password(server: Cluster, password: str) -> None:
    with pytest.raises(SignInFailed) as caught:
        probe(url(server, password=password))
    assert caught.value.user == "clerk"


@pytest.mark.parametrize("user", ["ghost", "retired"])
def test_a_user_who_may_not_sign_in(server: Cluster, user: str) -> None:
    with pytest.raises(SignInFailed) as caught:
        probe(url(server, username=user, password="x"))  # noqa: S106 - a password of the test
    assert caught.value.user == user


def test_a_missing_database(server: Cluster) -> None:
    with pytest.raises(DatabaseMissing) as caught:
        probe(url(server, database="nowhere"))
    assert caught.value.database == "nowhere"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"database": "private"}, 'permission denied for database "private"'),
        ({"username": "one", "password": "x"}, "too many connections"),
    ],
)
def test_other_refusals_keep_the_servers_words(
    server: Cluster, changes: dict[str, object], words: str
) -> None:
    with pytest.raises(CannotConnect) as caught:
        probe(url(server, **changes))
    assert type(caught.value) is CannotConnect
    assert words in str(caught.value)


@pytest.mark.parametrize("sslmode", ["require", "verify-ca", "verify-full"])
def test_encryption_that_the_server_does_not_offer(server: Cluster, sslmode: str) -> None:
    with pytest.raises(TlsFailed):
        probe(url(server, query={"sslmode": sslmode}))


def test_a_missing_certificate_file(server: Cluster) -> None:
    with pytest.raises(TlsFailed) as caught:
        probe(url(server, query={"sslmode": "verify-full", "sslrootcert": "/no/such.pem"}))
    assert "/no/such.pem" in caught.value.detail


def test_nobody_at_this_port() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(ServerNotFound) as caught:
            probe(f"postgresql://u:p@127.0.0.1:{port}/d")
    assert (caught.value.host, caught.value.port) == ("127.0.0.1", port)


def test_a_host_without_an_address() -> None:
    with pytest.raises(ServerNotFound) as caught:
        probe("postgresql://u:p@no-such-host.invalid/d?sslmode=disable")
    assert caught.value.host == "no-such-host.invalid"


def test_a_host_that_accepts_and_says_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(ServerNotFound):
        probe(f"postgresql://u:p@127.0.0.1:{silent.getsockname()[1]}/d", timeout_seconds=2)


@pytest.mark.parametrize("answer", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"N", b"", b"E\xff\xff\xff\xff"])
def test_a_host_that_speaks_something_else(answer: bytes) -> None:
    with babbling(answer) as port, pytest.raises(ServerNotFound):
        probe(f"postgresql://u:p@127.0.0.1:{port}/d", timeout_seconds=2)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "mysql://u@h/d",
        "sqlite:///x",
        "postgresql://h:port/d",
        "postgresql://[::1/d",
        "postgresql://u:hush%00@h/d",
        "postgresql://u:hush@h/d?sslmode=maybe",
        "postgresql://u:hush@h/d?colour=red",
        f"postgresql://u:hush@a..{'x' * 80}/d?sslmode=disable",
    ],
)
def test_an_address_that_cannot_be_read(text: str) -> None:
    with pytest.raises(BadDatabaseUrl) as caught:
        probe(text)
    assert caught.value.problem
    assert "hush" not in caught.value.problem


def test_local_sockets_are_answered_for_too(tmp_path: Path) -> None:
    with pytest.raises(ServerNotFound):
        probe(f"postgresql://u@/d?host={tmp_path}")


@pytest.mark.parametrize(("number", "version"), [(140012, "14.12"), (90624, "9.624")])
def test_an_old_server(number: int, version: str) -> None:
    with pytest.raises(ServerTooOld) as caught:
        check_version(number)
    assert caught.value.version == version
    check_version(150000)


@pytest.mark.parametrize(
    ("given", "sslmode"),
    [
        ("postgresql://u@db.venue/d", "verify-full"),
        ("postgresql://u@192.168.1.5/d", "verify-full"),
        ("postgresql://u@db.venue/d?sslmode=require", "require"),
        ("postgresql://u@localhost/d", None),
        ("postgresql://u@127.0.0.1/d", None),
        ("postgresql://u@[::1]/d", None),
        ("postgresql:///d?host=/run/postgresql", None),
    ],
)
def test_other_computers_must_prove_who_they_are(given: str, sslmode: str | None) -> None:
    assert make_url(normal_url(given)).query.get("sslmode") == sslmode


def test_an_address_survives_the_way_there_and_back() -> None:
    address = ServerAddress("db.venue", "d", "ü@b", 5433, "verify-ca", Path("/ca file.pem"))
    assert ServerAddress.from_url(address.url("p@/:")) == address
    assert make_url(address.url("p@/:")).password == "p@/:"  # noqa: S105 - a password of the test
    assert ServerAddress.from_url(ServerAddress("::1", "d", "u").url()) == ServerAddress("::1", "d", "u")


def test_scram_speaks_as_the_standard_shows() -> None:
    # RFC 7677's example, but for the user name, which PostgreSQL takes from the start of the connection.
    scram = Scram("pencil", nonce="rOprNGfwEbeRWgbNEkqO")
    challenge = b"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
    assert scram.first == b"n,,n=,r=rOprNGfwEbeRWgbNEkqO"
    assert scram.proof(challenge).startswith(
        b"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p="
    )


@pytest.mark.parametrize(
    "challenge", [b"", b"r=x,s=!,i=1", b"r=x,s=eA==,i=0", b"r=x,s=eA==,i=99999999", b"\xff"]
)
def test_scram_refuses_nonsense(challenge: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - each kind of nonsense is called something else
        Scram("pencil").proof(challenge)


@pytest.mark.skipif(sys.platform == "win32", reason="makes certificates with the openssl program")
@NEEDS_SYSTEM
def test_a_server_with_encryption(tmp_path: Path) -> None:
    make_certificate(tmp_path / "server", "localhost")
    make_certificate(tmp_path / "stranger", "localhost")
    with cluster("system") as server:
        for ending in ("crt", "key"):
            target = server.own.data / f"server.{ending}"
            target.write_bytes((tmp_path / f"server.{ending}").read_bytes())
            target.chmod(0o600)
            hand_over(target, server.own.account)
        with psycopg.connect(server.dsn(), autocommit=True) as admin:
            admin.execute("ALTER SYSTEM SET ssl = on")
        server.restart()
        trusted = {"sslmode": "verify-full", "sslrootcert": str(tmp_path / "server.crt")}
        known = make_url(server.url()).set(host="localhost", query=trusted)
        probe(known.render_as_string(hide_password=False))
        stranger = {**trusted, "sslrootcert": str(tmp_path / "stranger.crt")}
        with pytest.raises(TlsFailed, match="self-signed certificate"):
            probe(known.set(query=stranger).render_as_string(hide_password=False))
        with pytest.raises(TlsFailed, match=r"127\.0\.0\.1"):
            probe(known.set(host="127.0.0.1").render_as_string(hide_password=False))
        with pytest.raises(SignInFailed):
            probe(known.set(password="wrong").render_as_string(hide_password=False))  # noqa: S106 - a password of the test
        with pytest.raises(DatabaseMissing):
            probe(known.set(database="nowhere").render_as_string(hide_password=False))


def test_servers_that_trust_or_refuse_by_address(server: Cluster) -> None:
    rules = server.own.data / "pg_hba.conf"
    before = rules.read_text()
    rules.write_text("host office trusted 127.0.0.1/32 trust\nhost nowhere all 127.0.0.1/32 trust\n")
    server.restart()
    try:
        with pytest.raises(SignInFailed):
            probe(url(server, username="trusted"))
        with pytest.raises(DatabaseMissing):
            probe(url(server, database="nowhere"))
        with pytest.raises(SignInFailed):
            probe(url(server))
    finally:
        rules.write_text(before)
        server.restart()


@contextmanager
def babbling(answer: bytes) -> Iterator[int]:
    """Answer every caller with these bytes and hang up, until the test is over."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer_all() -> None:
            while True:
                caller, _ = server.accept()
                with caller:
                    if caller.recv(8) == b"":
                        return
                    caller.sendall(answer)

        thread = Thread(target=answer_all)
        thread.start()
        port = server.getsockname()[1]
        try:
            yield port
        finally:
            socket.create_connection(("127.0.0.1", port)).close()
            thread.join()


def make_certificate(path: Path, name: str) -> None:
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}",
         "-addext", f"subjectAltName=DNS:{name}", "-keyout", f"{path}.key", "-out", f"{path}.crt"],
        check=True, capture_output=True,
    )  # fmt: skip
