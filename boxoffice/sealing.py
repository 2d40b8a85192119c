"""Personal words, sealed before they reach the database: phone, address, notes, payment references.

A sealed value is one token of text, `bo1:<key>:<fingerprint>:<box>`. The box is AES-256-GCM with a nonce of
its own for every value, bound to the kind of value, so that a token does not open in another column. The
fingerprint is an HMAC-SHA256 of the words in their plainest spelling, cut to 128 bits: equal words have equal
fingerprints, so that they are found by exact match, and nobody without the key can make or guess one. Both
use keys derived from the office's key by HKDF (RFC 5869). Nobody who holds the database alone can read,
search or forge a value.

What this does not hide: that two values are equal, and roughly how long they are.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_NONCE_BYTES = 12
_FINGERPRINT_BYTES = 16
_PREFIX = "bo1"
_TOKEN = re.compile(r"bo1:([0-9a-f]{16}):([A-Za-z0-9_-]{22}):([A-Za-z0-9_-]{38,})", re.ASCII)
_NOT_IN_A_NUMBER = re.compile(r"[\s().\-/\u2010-\u2015]")


class Kind(StrEnum):
    """What a value is; a value of one kind neither opens nor matches as another."""

    PHONE = "phone"
    ADDRESS = "address"
    NOTES = "notes"
    REFERENCE = "reference"


class Sealed(Exception):
    """The value cannot be read here: `key_id` names the key that it wants."""

    def __init__(self, key_id: str) -> None:
        super().__init__(key_id)
        self.key_id = key_id


class Tampered(ValueError):
    """The token is none of ours, or was changed or moved since it was made."""


@dataclass(frozen=True)
class Key:
    """An office's key: 32 random bytes, known by the first 16 digits of its SHA-256."""

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) != KEY_BYTES:
            raise ValueError(f"a key has {KEY_BYTES} bytes")

    @classmethod
    def new(cls) -> Key:
        """Make a key."""
        return cls(os.urandom(KEY_BYTES))

    @property
    def id(self) -> str:
        """Its name, which tells nothing of it."""
        return hashlib.sha256(b"box office key " + self.secret).hexdigest()[:16]

    @cached_property
    def _box(self) -> AESGCM:
        return AESGCM(self._derived(b"box"))

    @cached_property
    def _stamp(self) -> bytes:
        return self._derived(b"fingerprint")

    def seal(self, kind: Kind, words: str) -> str:
        """Return the token of these words."""
        nonce = os.urandom(_NONCE_BYTES)
        box = nonce + self._box.encrypt(nonce, words.encode(), kind.encode())
        return ":".join((_PREFIX, self.id, self.fingerprint(kind, words), _encoded(box)))

    def open(self, kind: Kind, token: str) -> str:
        """Return the words of a token that this key made. Raises Tampered."""
        _, _, box = _parts(token)
        try:
            raw = base64.urlsafe_b64decode(box + "=" * (-len(box) % 4))
            return self._box.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], kind.encode()).decode()
        except (InvalidTag, ValueError) as wrong:
            raise Tampered(token[:40]) from wrong

    def fingerprint(self, kind: Kind, words: str) -> str:
        """Return what equal words of this kind are found by."""
        plain = f"{kind}:{plainest(kind, words)}".encode()
        return _encoded(hmac.digest(self._stamp, plain, "sha256")[:_FINGERPRINT_BYTES])

    def _derived(self, purpose: bytes) -> bytes:
        """HKDF-SHA256 without salt, one block: RFC 5869, sections 2.2 and 2.3."""
        extracted = hmac.digest(bytes(32), self.secret, "sha256")
        return hmac.digest(extracted, b"box office " + purpose + b"\x01", "sha256")


def is_token(stored: str) -> bool:
    """Tell whether this is a sealed value."""
    return _TOKEN.fullmatch(stored) is not None


def key_of(token: str) -> str:
    """Return the id of the key that made the token. Raises Tampered for what is no token."""
    return _parts(token)[0]


def plainest(kind: Kind, words: str) -> str:
    """Return words as they are compared: without case and double spaces; phones without punctuation."""
    folded = " ".join(unicodedata.normalize("NFKC", words).casefold().split())
    if kind is not Kind.PHONE:
        return folded
    digits = _NOT_IN_A_NUMBER.sub("", folded)
    return "+" + digits[2:] if digits.startswith("00") else digits


def _parts(token: str) -> tuple[str, str, str]:
    found = _TOKEN.fullmatch(token)
    if found is None:
        raise Tampered(token[:40])
    return found[1], found[2], found[3]


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
