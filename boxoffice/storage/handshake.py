"""Asks a PostgreSQL server by hand why it would not let us in.

libpq keeps the error code of a refused connection to itself and leaves a text in the server's own
language, which is no ground to decide on. The first messages of the protocol are simple, and carry the code.
"""

from __future__ import annotations

import socket
import ssl
import struct
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from boxoffice.storage.scram import MECHANISM, Scram

_SSL_REQUEST = struct.pack("!ii", 8, 80877103)
_PROTOCOL_3 = 196608
_LONGEST_MESSAGE_BYTES = 65_536
_LENGTH_BYTES = 4
_OPENING_KINDS = b"RESKNvZ"
"""Authentication, error, setting, cancel key, notice, protocol version, ready: all a server says at first."""
_AUTH_OK, _AUTH_SASL, _AUTH_CHALLENGE, _AUTH_DONE = 0, 10, 11, 12


class Meeting(Enum):
    """How far the server went with us."""

    NOBODY = "no PostgreSQL answers there"
    NO_TLS = "the server offers no encryption"
    BAD_TLS = "the encryption could not be agreed on"
    REFUSED = "the server gave a reason for not letting us in"
    PASSWORD_DUE = "the server wants a password, or a way of signing in that we leave to libpq"  # noqa: S105 - words, not a password
    WELCOME = "the server let us in"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How far we came; `sqlstate` with REFUSED, `detail` for people with REFUSED and BAD_TLS."""

    meeting: Meeting
    sqlstate: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Caller:
    """Whom to greet, as whom, and how much encryption to insist on (a libpq sslmode)."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    database: str
    sslmode: str
    root_cert: Path | None


class _NotPostgresError(Exception):
    """What answers there does not speak our protocol."""


def greet(caller: Caller, timeout_seconds: float) -> Outcome:
    """Connect, agree on encryption, sign in by SCRAM, and hang up; the password itself is never sent."""
    try:
        with socket.create_connection((caller.host, caller.port), timeout_seconds) as plain:
            return _encrypt_and_sign_in(plain, caller)
    except ssl.SSLCertVerificationError as untrusted:
        return Outcome(Meeting.BAD_TLS, detail=untrusted.verify_message)
    except ssl.SSLError as failure:
        return Outcome(Meeting.BAD_TLS, detail=failure.reason or str(failure))
    except (OSError, OverflowError, _NotPostgresError):
        return Outcome(Meeting.NOBODY)


def _encrypt_and_sign_in(plain: socket.socket, caller: Caller) -> Outcome:
    if caller.sslmode == "disable":
        return _sign_in(plain, caller)
    plain.sendall(_SSL_REQUEST)
    match plain.recv(1):
        case b"S":
            with _context(caller).wrap_socket(plain, server_hostname=caller.host) as secure:
                return _sign_in(secure, caller)
        case b"N" if caller.sslmode in {"allow", "prefer"}:
            return _sign_in(plain, caller)
        case b"N":
            return Outcome(Meeting.NO_TLS)
    raise _NotPostgresError


def _context(caller: Caller) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=caller.root_cert)
    context.check_hostname = caller.sslmode == "verify-full"
    if caller.sslmode not in {"verify-full", "verify-ca"}:
        context.verify_mode = ssl.CERT_NONE
    return context


def _sign_in(connection: socket.socket, caller: Caller) -> Outcome:
    words = ("user", caller.user, "database", caller.database, "")
    body = struct.pack("!i", _PROTOCOL_3) + b"".join(word.encode() + b"\0" for word in words)
    connection.sendall(struct.pack("!i", len(body) + _LENGTH_BYTES) + body)
    scram = Scram(caller.password)
    while True:
        kind, message = _receive(connection)
        if kind == b"E":
            return _refusal(message)
        if kind == b"Z":
            return Outcome(Meeting.WELCOME)
        if kind == b"R" and not _authenticate(connection, scram, message, caller):
            return Outcome(Meeting.PASSWORD_DUE)


def _authenticate(connection: socket.socket, scram: Scram, message: bytes, caller: Caller) -> bool:
    """Take the next step that the server asks for; tell whether we could."""
    step, data = int.from_bytes(message[:4]), message[4:]
    if step == _AUTH_SASL and caller.password and MECHANISM.encode() in data.split(b"\0"):
        head = MECHANISM.encode() + b"\0" + struct.pack("!i", len(scram.first))
        _send(connection, head + scram.first)
        return True
    if step == _AUTH_CHALLENGE:
        try:
            _send(connection, scram.proof(data))
        except ValueError as nonsense:
            raise _NotPostgresError from nonsense
        return True
    return step in {_AUTH_OK, _AUTH_DONE}


def _send(connection: socket.socket, body: bytes) -> None:
    connection.sendall(b"p" + struct.pack("!i", len(body) + _LENGTH_BYTES) + body)


def _refusal(message: bytes) -> Outcome:
    fields = {part[:1]: part[1:].decode(errors="replace") for part in message.split(b"\0") if part}
    return Outcome(Meeting.REFUSED, fields.get(b"C", ""), fields.get(b"M", ""))


def _receive(connection: socket.socket) -> tuple[bytes, bytes]:
    kind = _read(connection, 1)
    length = int.from_bytes(_read(connection, _LENGTH_BYTES))
    if kind not in _OPENING_KINDS or not _LENGTH_BYTES <= length <= _LONGEST_MESSAGE_BYTES:
        raise _NotPostgresError
    return kind, _read(connection, length - _LENGTH_BYTES)


def _read(connection: socket.socket, count: int) -> bytes:
    received = b""
    while len(received) < count:
        more = connection.recv(count - len(received))
        if not more:
            raise _NotPostgresError
        received += more
    return received
