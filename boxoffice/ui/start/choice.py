"""What can be chosen at the first start, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class StartWith(StrEnum):
    """Which box office to open."""

    DEMO = "demo"
    THIS_COMPUTER = "this_computer"
    SERVER = "server"
    AS_CONFIGURED = "as_configured"
    """What this computer's settings name; never offered, chosen by the program itself."""


class Encryption(StrEnum):
    """How the connection is protected; the values are libpq's own `sslmode`."""

    VERIFIED = "verify-full"
    REQUIRED = "require"
    OFF = "disable"


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """Where the database is and who signs in."""

    host: str
    port: int
    database: str
    user: str
    password: str
    encryption: Encryption


@dataclass(frozen=True, slots=True)
class StartChoice:
    """What to open; `server` is set exactly when a server was chosen."""

    start_with: StartWith
    server: ServerAddress | None = None
