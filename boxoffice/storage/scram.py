"""SCRAM-SHA-256 (RFC 5802, 7677), the client's side: proves that we know a password without sending it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import unicodedata

MECHANISM = "SCRAM-SHA-256"
_NO_CHANNEL_BINDING = "n,,"
_MOST_ITERATIONS = 1_000_000
"""A server that asks for more wants to keep us busy."""


class Scram:
    """One exchange: say `first`, then what `proof` makes of the server's answer to it."""

    def __init__(self, password: str, nonce: str | None = None) -> None:
        # RFC 4013 also forbids some characters; servers take passwords with them as they are, and so do we.
        self._password = unicodedata.normalize("NFKC", password).encode()
        self._bare = f"n=,r={nonce or secrets.token_urlsafe(18)}"

    @property
    def first(self) -> bytes:
        """Return the opening message."""
        return (_NO_CHANNEL_BINDING + self._bare).encode()

    def proof(self, challenge: bytes) -> bytes:
        """Return the answer to the server's salt and iterations. Raises ValueError when they are none."""
        said = dict(part.partition("=")[::2] for part in challenge.decode().split(","))
        if not {"r", "s", "i"} <= said.keys() or not 0 < int(said["i"]) <= _MOST_ITERATIONS:
            raise ValueError("not a SCRAM challenge")
        binding = base64.b64encode(_NO_CHANNEL_BINDING.encode()).decode()
        final = f"c={binding},r={said['r']}"
        salt = base64.b64decode(said["s"], validate=True)
        salted = hashlib.pbkdf2_hmac("sha256", self._password, salt, int(said["i"]))
        key = hmac.digest(salted, b"Client Key", "sha256")
        spoken = f"{self._bare},{challenge.decode()},{final}".encode()
        signature = hmac.digest(hashlib.sha256(key).digest(), spoken, "sha256")
        mixed = bytes(ours ^ theirs for ours, theirs in zip(key, signature, strict=True))
        return f"{final},p={base64.b64encode(mixed).decode()}".encode()
