"""The window and the database have the same idea of a currency's decimals."""

from __future__ import annotations

from itertools import product
from string import ascii_uppercase

from boxoffice.domain.money import minor_digits
from tests.office import Office


def test_every_currency_has_as_many_decimals_here_as_in_the_database(office: Office) -> None:
    codes = ["".join(letters) for letters in product(ascii_uppercase, repeat=3)]
    rows = office.connection.execute(
        "SELECT code, minor_digits(code) FROM unnest(%s::text[]) AS code", [codes]
    ).fetchall()
    assert {code: minor_digits(code) for code in codes} == dict(rows)
