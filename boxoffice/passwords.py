"""Hashes of passwords and PINs, for what is checked without the server: the lock screen.

argon2id with OWASP's parameters (Password Storage Cheat Sheet: 19 MiB, 2 passes, 1 lane). A hash carries its
own parameters, so one made with older ones still verifies, and tells that it wants renewing.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argon2 import PasswordHasher


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher  # noqa: PLC0415 - loads cffi, and nothing is hashed at the start

    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hashed(secret: str) -> str:
    """Return the hash of a password or PIN; takes some 30 ms, on purpose."""
    return _hasher().hash(secret)


def matches(hash_: str, secret: str) -> bool:
    """Tell whether this is the secret behind the hash; False for what is no hash."""
    from argon2.exceptions import InvalidHashError, VerificationError  # noqa: PLC0415 - as above

    try:
        return _hasher().verify(hash_, secret)
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(hash_: str) -> bool:
    """Tell whether the hash was made with other parameters than today's."""
    return _hasher().check_needs_rehash(hash_)
