"""What the Orders screen may ask for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from boxoffice.domain.notice import Done
from boxoffice.domain.order_detail import OrderDetail
from boxoffice.domain.order_list import OrderChoices, OrderFilter, OrderKey, OrderPage

MOST_NOTES = 2_000
"""Letters."""


@dataclass(frozen=True, slots=True)
class MoveName:
    """Put an order into this customer's name (None: nobody's). The key is kept through retries."""

    order_id: int
    customer_id: int | None
    key: UUID = field(default_factory=uuid4)


@dataclass(frozen=True, slots=True)
class OrderDesk:
    """The counter's deeds about orders after the sale. Every function blocks."""

    find: Callable[[OrderFilter, OrderKey | None], OrderPage]
    """A page of orders, newest first; what was hit whole comes first."""
    choices: Callable[[], OrderChoices]
    open: Callable[[int], OrderDetail]
    """Raises UnknownOrder."""
    move_name: Callable[[MoveName], Done[None]]
    """Raises UnknownOrder, UnknownPerson."""
    write_notes: Callable[[int, str], Done[None]]
    """Raises UnknownOrder, OutOfBounds, KeyMissing."""
