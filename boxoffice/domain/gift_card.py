"""Gift cards: an amount that somebody paid for and that pays for tickets later."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID, uuid4

from boxoffice.domain.money import Money
from boxoffice.domain.sale import Payment


@dataclass(frozen=True, slots=True)
class IssueGiftCard:
    """Sell a gift card for this amount. The key is born with the wish and kept through retries."""

    amount: Money
    payments: tuple[Payment, ...]
    key: UUID = field(default_factory=uuid4)


@dataclass(frozen=True, slots=True)
class GiftCard:
    """A card by its code: whoever has the code has the money."""

    code: str
    balance: Money
