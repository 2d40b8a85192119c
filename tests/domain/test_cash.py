"""Notes and coins, and what they are worth together."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.domain.cash import Count, Piece, count_of, denominations
from boxoffice.domain.money import Money, minor_digits

CURRENCIES = (
    "EUR",
    "USD",
    "GBP",
    "CHF",
    "JPY",
    "KWD",
    "BHD",
    "DKK",
    "SEK",
    "NOK",
    "PLN",
    "CZK",
    "HUF",
    "XXX",
)


@pytest.mark.parametrize("currency", CURRENCIES)
def test_pieces_come_largest_first_and_fit_their_currency(currency: str) -> None:
    pieces = denominations(currency)
    for is_note in (True, False):
        values = [piece.value for piece in pieces if piece.is_note is is_note]
        assert values
        assert values == sorted(set(values), reverse=True)
    digits = minor_digits(currency)
    assert all(piece.value == round(piece.value, digits) > 0 for piece in pieces)


def test_a_currency_that_nobody_knows_has_a_usual_set() -> None:
    assert denominations("XXX")[0] == Piece(Decimal(1000), is_note=True)


def test_nothing_counted_is_nothing() -> None:
    assert count_of("EUR", dict.fromkeys(denominations("EUR"), 0)) == Count("EUR")
    assert Count("EUR").total == Money(Decimal(0), "EUR")


def test_a_note_and_a_coin_of_one_value_are_added_up() -> None:
    dollar_note, dollar_coin = (piece for piece in denominations("USD") if piece.value == 1)
    count = count_of("USD", {dollar_note: 3, dollar_coin: 4})
    assert count.pieces == ((Decimal(1), 7),)


@given(st.sampled_from(CURRENCIES), st.data())
def test_a_count_is_worth_what_its_pieces_are(currency: str, data: st.DataObject) -> None:
    pieces = denominations(currency)
    counted = {piece: data.draw(st.integers(0, 10_000)) for piece in pieces}
    total = count_of(currency, counted).total
    minor = Decimal(10) ** minor_digits(currency)
    worth = sum(int(piece.value * minor) * number for piece, number in counted.items())
    assert total == Money(Decimal(worth) / minor, currency)
