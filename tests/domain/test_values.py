"""Money and ticket codes."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.domain.money import CurrencyMismatch, Money
from boxoffice.domain.ticket_code import (
    ALPHABET,
    MistypedCode,
    check_letter,
    grouped,
    normalise,
    qr_text,
)

bodies = st.text(ALPHABET, min_size=11, max_size=11)
amounts = st.decimals(-(10**9), 10**9, places=3)


def code_of(body: str) -> str:
    return body + check_letter(body)


@given(bodies)
def test_a_code_survives_scanner_dashes_and_small_letters(body: str) -> None:
    code = code_of(body)
    assert normalise(qr_text(code)) == code
    assert normalise(f"  {grouped(code).lower()} ") == code


@given(bodies, st.integers(0, 11), st.sampled_from(ALPHABET))
def test_one_wrong_letter_is_noticed(body: str, place: int, letter: str) -> None:
    code = code_of(body)
    wrong = code[:place] + letter + code[place + 1 :]
    if wrong == code:
        assert normalise(wrong) == code
    else:
        with pytest.raises(MistypedCode):
            normalise(wrong)


@given(bodies, st.integers(0, 10))
def test_two_swapped_neighbours_are_noticed_but_for_the_outermost_pair(body: str, place: int) -> None:
    """Luhn cannot see 0 and the last letter change places; every other swap it sees."""
    code = code_of(body)
    first, second = code[place], code[place + 1]
    swapped = code[:place] + second + first + code[place + 2 :]
    if first == second or {first, second} == {ALPHABET[0], ALPHABET[-1]}:
        assert normalise(swapped) == swapped
    else:
        with pytest.raises(MistypedCode):
            normalise(swapped)


@pytest.mark.parametrize(
    "typed", ["", "K7QM", "K7QM-2X9D-4HTB-9", "K7QM-2X9D-4HT!", "ТИКЕТ", "BO2:K7QM2X9D4HTB"]
)
def test_what_cannot_be_a_code(typed: str) -> None:
    with pytest.raises(MistypedCode):
        normalise(typed)


def test_letters_that_are_misread_are_read_as_meant() -> None:
    code = code_of("0101AAAAAAA")
    assert normalise("o" + code[1] + "O" + "l" + code[4:]) == code
    assert normalise("0i0I" + code[4:]) == code


@given(amounts, amounts)
def test_money_adds_and_takes_away_exactly(first: Decimal, second: Decimal) -> None:
    total = Money(first, "EUR") + Money(second, "EUR")
    assert total - Money(second, "EUR") == Money(first, "EUR")
    assert -total + total == Money(Decimal(0), "EUR")
    assert bool(total) is (first + second != 0)


def test_currencies_do_not_mix() -> None:
    with pytest.raises(CurrencyMismatch):
        Money(Decimal(1), "EUR") + Money(Decimal(1), "JPY")
    with pytest.raises(CurrencyMismatch):
        assert Money(Decimal(1), "EUR") < Money(Decimal(1), "JPY")
    assert Money(Decimal(2), "EUR") > Money(Decimal(1), "EUR")
    assert Money(Decimal("1.50"), "EUR") * 3 == Money(Decimal("4.5"), "EUR")
