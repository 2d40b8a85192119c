"""What was typed is read in every way that makes sense, in both languages."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, strategies

from boxoffice.domain.customer import split_name
from boxoffice.domain.ticket_code import ALPHABET, check_letter, grouped
from boxoffice.domain.typed import is_mistyped_offer, read_amount, read_day, read_offer, read_typed

TODAY = date(2026, 11, 26)
CODE = "K7QM2X9D4HT" + check_letter("K7QM2X9D4HT")


@pytest.mark.parametrize("typed", ["2026-104217", " 2026-104 217 ", "2026 104217", "2026\N{EN DASH}104217"])
def test_a_whole_order_number(typed: str) -> None:
    assert read_typed(typed, TODAY).number == "2026-104217"


@pytest.mark.parametrize("typed", ["104217", "104 217", "104\u00a0217"])
def test_the_number_without_its_year(typed: str) -> None:
    assert read_typed(typed, TODAY).serial == "104217"


@pytest.mark.parametrize("typed", [CODE, grouped(CODE).lower(), f"BO1:{CODE}"])
def test_a_ticket_code_typed_or_scanned(typed: str) -> None:
    assert read_typed(typed, TODAY).code == CODE


@pytest.mark.parametrize(
    "typed", [f"W{CODE}", f"w{CODE.lower()}", f"W-{grouped(CODE)}", f" w {CODE[:4]} {CODE[4:]} "]
)
def test_the_code_of_an_offer(typed: str) -> None:
    assert read_offer(typed) == f"W{CODE}"


@pytest.mark.parametrize(
    "typed", ["", "w", CODE, f"W{CODE[:-1]}", f"W{CODE[:-1]}U", f"BO1:{CODE}", "waiting"]
)
def test_what_is_no_code_of_an_offer(typed: str) -> None:
    assert read_offer(typed) == ""


def test_a_title_of_small_letters_is_no_code_even_where_its_last_letter_is_right() -> None:
    letters = "AVESANDRACK"
    title = f"w{letters}{check_letter(letters)}".lower()
    assert title.isalpha()
    assert read_offer(f"{title[:5]} {title[5:]}") == ""
    assert read_offer(title) == title.upper()


@pytest.mark.parametrize("spelling", ["W-{grouped}", "W{bare}", "w {spaced}", "w-{bare}"])
@given(place=strategies.integers(0, 11), wrong=strategies.sampled_from(ALPHABET))
def test_one_wrong_letter_of_an_offers_code_is_noticed(spelling: str, place: int, wrong: str) -> None:
    letters = CODE[:place] + wrong + CODE[place + 1 :]
    spaced = grouped(letters).replace("-", " ")
    typed = spelling.format(grouped=grouped(letters), bare=letters, spaced=spaced)
    assert is_mistyped_offer(typed) == (wrong != CODE[place])
    assert bool(read_offer(typed)) == (wrong == CODE[place])


_WORDS = strategies.text("abcdefghijklmnopqrstuvwxyzäöüß", min_size=1, max_size=12)
_NUMBERS = strategies.integers(0, 3000).map(str)


@given(
    first=_WORDS,
    others=strategies.lists(strategies.one_of(_WORDS, _WORDS.map(str.title), _NUMBERS), max_size=5),
    loud=strategies.booleans(),
)
def test_a_title_that_begins_with_w_is_searched_for(first: str, others: list[str], loud: bool) -> None:
    title = " ".join([f"W{first}", *others])
    assert not is_mistyped_offer(title.upper() if loud else title)


@pytest.mark.parametrize(
    "title",
    [
        "World Jazz Band",
        "W-Club-Jazz-Rock",
        "Wanderabend 26",
        "WINTERREISE 12",
        "Wien 1900 bis 1910",
        "W",
        "W-",
    ],
)
def test_titles_that_look_most_like_a_code_are_none(title: str) -> None:
    assert not is_mistyped_offer(title)


def test_a_scan_is_nothing_else() -> None:
    scanned = read_typed(f"BO1:{CODE}", TODAY)
    assert (scanned.words, scanned.names, scanned.email) == ("", "", "")


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("57,00", "57.00"),
        ("57.00", "57.00"),
        ("57,-", "57.00"),
        ("€ 57", "57.00"),
        ("57 €", "57.00"),
        ("EUR 1.234,50", "1234.50"),
        ("1,234.50", "1234.50"),
        ("1234,5", None),
        ("57", "57.00"),
        ("fifty", None),
    ],
)
def test_an_amount_in_either_notation(typed: str, amount: str | None) -> None:
    assert read_amount(typed) == (None if amount is None else Decimal(amount))


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("26.11.", date(2026, 11, 26)),
        ("26.11", date(2026, 11, 26)),
        ("27.11.", date(2025, 11, 27)),
        ("1.3.26", date(2026, 3, 1)),
        ("26/11/2025", date(2025, 11, 26)),
        ("26 Nov", date(2026, 11, 26)),
        ("26. November", date(2026, 11, 26)),
        ("3 March 2026", date(2026, 3, 3)),
        ("3. März", date(2026, 3, 3)),
        ("24. Dez.", date(2025, 12, 24)),
        ("2026-02-01", date(2026, 2, 1)),
        ("gestern", date(2026, 11, 25)),
        ("today", TODAY),
        ("31.2.", None),
        ("11.26.", None),
        ("29.2.", None),
        ("someday", None),
    ],
)
def test_a_day_in_either_language(typed: str, day: date | None) -> None:
    assert read_day(typed, TODAY) == day


@pytest.mark.parametrize(
    "typed", ["57,00 26.11.", "57.00 26 Nov", "26.11. 57,00", "57 26.11.", "€ 57 today", "57 € heute"]
)
def test_an_amount_and_its_day(typed: str) -> None:
    read = read_typed(typed, TODAY)
    assert (read.amount, read.day) == (Decimal("57.00"), TODAY)
    assert read.names == ""


def test_digits_are_a_number_and_a_phone_and_no_amount() -> None:
    read = read_typed("0301234567", TODAY)
    assert (read.serial, read.phone, read.amount, read.names) == ("0301234567", "0301234567", None, "")
    assert read_typed("+49 (151) 555-0142", TODAY).phone == "+49 (151) 555-0142"


def test_a_name_is_a_name_and_an_address_an_address() -> None:
    assert read_typed("  Jonas   Özdemir ", TODAY).names == "Jonas Özdemir"
    assert read_typed("Sofia@Posteo.de", TODAY).email == "sofia@posteo.de"
    assert read_typed("Sofia@Posteo.de", TODAY).names == ""


@given(strategies.text(max_size=300))
def test_whatever_is_typed_is_read(typed: str) -> None:
    read = read_typed(typed, TODAY)
    assert "\x00" not in read.words
    assert read.amount is None or read.amount >= 0


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Anna Maria Weber", ("Anna Maria", "Weber")),
        ("Weber, Anna", ("Anna", "Weber")),
        ("Weber", ("", "Weber")),
        ("  ", ("", "")),
    ],
)
def test_a_name_typed_as_one_has_two_parts(typed: str, name: tuple[str, str]) -> None:
    assert split_name(typed) == name
