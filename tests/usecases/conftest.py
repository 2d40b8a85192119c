"""A box office to do deeds in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.office import Office, open_office


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    """A small box office in the test's database."""
    opened = open_office(database_url.replace("+psycopg", "", 1))
    yield opened
    opened.connection.close()
