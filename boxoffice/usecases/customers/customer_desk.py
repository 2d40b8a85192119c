"""What a screen may ask about customers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from boxoffice.domain.customer import KnownCustomer, NewCustomer


@dataclass(frozen=True, slots=True)
class CustomerDesk:
    """The counter's deeds about customers. Every function blocks."""

    find: Callable[[str], tuple[KnownCustomer, ...]]
    """By name, beginning of a name or e-mail, or whole phone; also names that are nearly so."""
    add: Callable[[NewCustomer], KnownCustomer]
    """Raises CustomerNameMissing, BadEmail, BadPhone, EmailTaken, KeyMissing, OutOfBounds."""
