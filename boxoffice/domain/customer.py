"""Somebody at the counter who gives a name."""

from __future__ import annotations

from dataclasses import dataclass

MOST_FOUND = 20
LONGEST_NAME = 120
LONGEST_EMAIL = 320


@dataclass(frozen=True, slots=True)
class KnownCustomer:
    """Somebody whom the office knows. `phone` is dots where its key is not here."""

    id: int
    name: str
    email: str
    phone: str
    orders: int = 0


@dataclass(frozen=True, slots=True)
class NewCustomer:
    """Somebody to be added, as typed. A name is all that is needed."""

    first_name: str
    last_name: str
    email: str = ""
    phone: str = ""


def split_name(typed: str) -> tuple[str, str]:
    """Return first and last name of what was typed as one: the last word is the last name, "X, Y" is Y X."""
    last, comma, first = typed.partition(",")
    if comma:
        return " ".join(first.split()), " ".join(last.split())
    words = typed.split()
    if len(words) <= 1:
        return "", " ".join(words)
    return " ".join(words[:-1]), words[-1]
