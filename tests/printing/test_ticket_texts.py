"""What a ticket says, before it is drawn."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from boxoffice.domain.money import Money
from boxoffice.domain.ticket import TicketFace
from boxoffice.formats import Formats
from boxoffice.printing.ticket_texts import capitals, printable, ticket_texts

ENGLISH = Formats("en")


def test_times_are_those_of_the_venue(face: TicketFace) -> None:
    berlin = ticket_texts(face, ENGLISH)
    new_york = ticket_texts(replace(face, time_zone="America/New_York"), ENGLISH)

    assert (berlin.date, berlin.starts, berlin.doors) == ("Sun 22 Nov 2026", "19:30", "18:45")
    assert (new_york.starts, new_york.doors) == ("13:30", "12:45")


def test_doors_are_left_out_where_unknown(face: TicketFace) -> None:
    assert not ticket_texts(replace(face, doors_at=None), ENGLISH).doors


def test_small_print_names_fee_tax_place_till_and_moment(face: TicketFace) -> None:
    assert ticket_texts(face, ENGLISH).small_print == (
        "incl. €\N{NO-BREAK SPACE}0.50 fee and 7\N{NO-BREAK SPACE}% tax · 1 of 3 · Counter 2, 22 Nov 12:41"
    )


@pytest.mark.parametrize(
    ("fee", "tax", "begins"),
    [
        ("0", "7", "incl. 7\N{NO-BREAK SPACE}% tax"),
        ("1", "0", "incl. €\N{NO-BREAK SPACE}1.00 fee"),
        ("0", "0", "1 of 3"),
    ],
)
def test_small_print_names_no_fee_or_tax_that_was_not_taken(
    face: TicketFace, fee: str, tax: str, begins: str
) -> None:
    changed = replace(face, fee=Money(Decimal(fee), "EUR"), tax_rate_percent=Decimal(tax))

    assert ticket_texts(changed, ENGLISH).small_print.split(" · ")[0] == begins


def test_a_german_till_prints_german(face: TicketFace) -> None:
    texts = ticket_texts(face, Formats("de"))

    assert texts.words.doors == "Einlass"
    assert texts.presents == "JAZZ CELLAR PRÄSENTIERT"
    assert texts.small_print.endswith("1 von 3 · Counter 2, 22. Nov. 12:41")


def test_without_a_promoter_nobody_presents(face: TicketFace) -> None:
    assert not ticket_texts(replace(face, promoter=" "), ENGLISH).presents


def test_the_code_is_grouped_for_reading(face: TicketFace) -> None:
    assert ticket_texts(face, ENGLISH).code_in_clear == "K7QM-2X04-711S"


@pytest.mark.parametrize(
    ("raw", "printed"),
    [
        ("two\nlines\tand\x00more", "two lines and more"),
        ("left \N{RIGHT-TO-LEFT OVERRIDE}turned", "left turned"),
        ("a" + "\N{COMBINING DOT BELOW}" * 50, "ạ" + "\N{COMBINING DOT BELOW}" * 4),
        ("Jazz 🎷 night 👩\N{ZERO WIDTH JOINER}👧", "Jazz night"),
        ("🎷", "🎷"),
        ("W" * 10_000, "W" * 400),
        ("\N{ZERO WIDTH SPACE}", ""),
    ],
)
def test_printable_keeps_what_paper_can_show(raw: str, printed: str) -> None:
    assert printable(raw) == printed


def test_greek_capitals_carry_no_tonos() -> None:
    assert capitals("Εθνική Λυρική, Čajkovský, Большой") == "ΕΘΝΙΚΗ ΛΥΡΙΚΗ, ČAJKOVSKÝ, БОЛЬШОЙ"
