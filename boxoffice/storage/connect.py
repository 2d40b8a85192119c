"""Where a database lies, as people fill it in, and a first try to reach it with a clear answer."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import psycopg
from psycopg import errors
from psycopg.conninfo import make_conninfo
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from boxoffice.domain.errors import (
    BadDatabaseUrl,
    CannotConnect,
    DatabaseMissing,
    ServerNotFound,
    ServerTooOld,
    SignInFailed,
    TlsFailed,
)
from boxoffice.storage.handshake import Caller, Meeting, Outcome, greet

OLDEST_SERVER = 150000
"""As servers state it: PostgreSQL 15."""
SSLMODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
DEFAULT_PORT = 5432
_DRIVER = "postgresql+psycopg"
_SCHEMES = ("postgresql", "postgres", _DRIVER)
_DEFAULT_ROOT_CERT = Path("~/.postgresql/root.crt")
_MAINTENANCE_DATABASE = "postgres"
_SIGN_IN_REFUSED = "28"
_NO_SUCH_DATABASE = "3D000"


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """A database on a server, without the password. An empty `sslmode` means the default for its host."""

    host: str
    database: str
    user: str
    port: int = DEFAULT_PORT
    sslmode: str = ""
    root_cert: Path | None = None

    def url(self, password: str | None = None) -> str:
        """Return the SQLAlchemy address, with encryption spelt out. Raises BadDatabaseUrl."""
        query = {"sslmode": self.sslmode} if self.sslmode else {}
        if self.root_cert is not None:
            query["sslrootcert"] = str(self.root_cert)
        host = self.host.strip("[]")
        whole = URL.create(_DRIVER, self.user, password, host or None, self.port, self.database, query)
        return normal_url(whole.render_as_string(hide_password=False))

    @classmethod
    def from_url(cls, url: str) -> ServerAddress:
        """Return the address in a URL, leaving its password out. Raises BadDatabaseUrl."""
        parsed = _parsed(url)
        root_cert = _stated(parsed, "sslrootcert")
        return cls(
            parsed.host or _stated(parsed, "host"),
            parsed.database or parsed.username or "",
            parsed.username or "",
            parsed.port or DEFAULT_PORT,
            _stated(parsed, "sslmode"),
            Path(root_cert) if root_cert not in {"", "system"} else None,
        )


def normal_url(url: str) -> str:
    """Return a PostgreSQL URL of any accepted spelling as SQLAlchemy needs it, with encryption spelt out.

    Raises BadDatabaseUrl.
    """
    parsed = _parsed(url)
    query = {name: _stated(parsed, name) for name in parsed.query}
    host = parsed.host or query.get("host", "")
    if not query.get("sslmode") and not is_local(host):
        query["sslmode"] = "verify-full"
    if query.get("sslmode") == "verify-full" and not query.get("sslrootcert"):
        own = _DEFAULT_ROOT_CERT.expanduser()
        query["sslrootcert"] = str(own) if own.exists() else "system"
    return parsed.set(drivername=_DRIVER, query=query).render_as_string(hide_password=False)


def is_local(host: str) -> bool:
    """Tell whether a connection to this host stays within this computer."""
    if host in {"", "localhost"} or host.startswith(("/", "@")):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def probe(url: str, timeout_seconds: int = 5) -> None:
    """Open one connection and close it again.

    Raises BadDatabaseUrl, ServerNotFound, TlsFailed, SignInFailed, DatabaseMissing or ServerTooOld, and
    CannotConnect itself with the server's words for the rest (starting up, full, no right to this database).
    """
    whole = make_url(normal_url(url))
    try:
        with _open(whole, timeout_seconds) as connection:
            check_version(connection.info.server_version)
    except psycopg.ProgrammingError as unreadable:
        raise BadDatabaseUrl(str(unreadable).strip()) from unreadable
    except UnicodeError as unreadable:
        raise BadDatabaseUrl(f"{whole.host!r} cannot be a host name") from unreadable
    except psycopg.OperationalError as failure:
        _explain(whole, failure, timeout_seconds)


def check_version(number: int) -> None:
    """Raise ServerTooOld for a server version (as servers state it, e.g. 140005) that we do not support."""
    if number < OLDEST_SERVER:
        raise ServerTooOld(f"{number // 10000}.{number % 10000}")


def _explain(url: URL, failure: psycopg.OperationalError, timeout_seconds: int) -> NoReturn:
    """Find out why the connection failed by asking the server anew, and raise that."""
    address = ServerAddress.from_url(url.render_as_string(hide_password=False))
    if address.root_cert is not None and not address.root_cert.is_file():
        raise TlsFailed(f"the certificate file {address.root_cert} does not exist") from failure
    outcome = _outcome(url, address, failure, timeout_seconds)
    match outcome.meeting:
        case Meeting.NOBODY:
            raise ServerNotFound(address.host, address.port) from failure
        case Meeting.NO_TLS | Meeting.BAD_TLS:
            raise TlsFailed(outcome.detail or outcome.meeting.value) from failure
        case Meeting.PASSWORD_DUE:
            # Signing in comes first: if it works elsewhere, only the database is wrong.
            if _signs_in(url.set(database=_MAINTENANCE_DATABASE), timeout_seconds):
                raise DatabaseMissing(address.database) from failure
            raise SignInFailed(address.user) from failure
    if outcome.sqlstate.startswith(_SIGN_IN_REFUSED):
        raise SignInFailed(address.user) from failure
    if outcome.sqlstate == _NO_SUCH_DATABASE:
        raise DatabaseMissing(address.database) from failure
    if outcome.meeting is Meeting.WELCOME and address.sslmode.startswith("verify"):
        # We got in where libpq did not: it trusts other certificates than Python does.
        raise TlsFailed(str(failure)) from failure
    raise CannotConnect(outcome.detail or str(failure)) from failure


def _outcome(
    url: URL, address: ServerAddress, failure: psycopg.OperationalError, timeout_seconds: int
) -> Outcome:
    if isinstance(failure, errors.ConnectionTimeout):
        return Outcome(Meeting.NOBODY)
    if not address.host or address.host.startswith(("/", "@")):
        # A local socket: all that libpq tells is whether the server was there to want a password.
        connection = failure.pgconn
        asked = connection is not None and (connection.needs_password or connection.used_password)
        return Outcome(Meeting.PASSWORD_DUE if asked else Meeting.NOBODY)
    caller = Caller(
        address.host,
        address.port,
        address.user,
        str(url.password or ""),
        address.database,
        address.sslmode or "prefer",
        address.root_cert,
    )
    return greet(caller, timeout_seconds)


def _signs_in(url: URL, timeout_seconds: int) -> bool:
    try:
        _open(url, timeout_seconds).close()
    except psycopg.OperationalError:
        return False
    return True


def _open(url: URL, timeout_seconds: int) -> psycopg.Connection:
    return psycopg.connect(_conninfo(url), autocommit=True, connect_timeout=timeout_seconds)


def _conninfo(url: URL) -> str:
    """Return the address as libpq reads it; in a URL it would stumble over a space in a password."""
    parts = url.translate_connect_args(username="user", database="dbname")
    return make_conninfo(**parts, **{name: _stated(url, name) for name in url.query})


def _parsed(url: str) -> URL:
    if "%00" in url or "\0" in url:
        raise BadDatabaseUrl("it contains a NUL character")
    try:
        parsed = make_url(url.strip())
        scheme = parsed.drivername
        _conninfo(parsed)
    except (ArgumentError, ValueError) as unreadable:
        raise BadDatabaseUrl("expected postgresql://user@host:port/database") from unreadable
    except psycopg.ProgrammingError as unreadable:
        raise BadDatabaseUrl(str(unreadable).strip()) from unreadable
    if scheme not in _SCHEMES:
        raise BadDatabaseUrl(f"{scheme} is not PostgreSQL")
    sslmode = _stated(parsed, "sslmode")
    if sslmode and sslmode not in SSLMODES:
        raise BadDatabaseUrl(f"sslmode {sslmode} is none of {', '.join(SSLMODES)}")
    return parsed


def _stated(url: URL, name: str) -> str:
    value = url.query.get(name, "")
    return value if isinstance(value, str) else ",".join(value)
