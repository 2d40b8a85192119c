"""What can be chosen at the first start, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from boxoffice.domain.person import NewPerson


class StartWith(StrEnum):
    """Which box office to open."""

    DEMO = "demo"
    PRACTISE = "practise"
    """A box office of its own to practise on: marked everywhere, and nothing in it is real."""
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
    password: str = field(repr=False)
    encryption: Encryption = Encryption.VERIFIED
    root_cert: str = ""
    """Of the authority that signed the server's certificate; empty: those that this computer trusts."""


@dataclass(frozen=True, slots=True)
class SignsIn:
    """Who signs in."""

    name: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class StartChoice:
    """What to open; `server` is set exactly when a server was chosen, the others once they were asked for."""

    start_with: StartWith
    server: ServerAddress | None = None
    signs_in: SignsIn | None = None
    first_manager: NewPerson | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is still to be said before a choice can be opened: who the first manager is, or who signs in."""

    choice: StartChoice
    first_manager: bool = False
    names: tuple[str, ...] = ()
    """Those that there are, as far as that is known before anybody has signed in."""
    name: str = ""
    """Who signed in here last."""
