"""What is said of an amount that is none: how one looks, in the money that is asked for."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from boxoffice.domain.money import Money, minor_digits
from boxoffice.language import tr

if TYPE_CHECKING:
    from boxoffice.formats import Formats


def no_amount_words(formats: Formats, currency: str) -> str:
    """Return what is wrong, with an amount of this currency as it is written here."""
    like = Decimal("12.50") if minor_digits(currency) else Decimal(1200)
    return tr("This is not an amount: write it like {example}.", example=formats.money(Money(like, currency)))
