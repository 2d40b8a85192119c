"""List orders, newest first, by whatever a customer has in hand."""

from __future__ import annotations

from dataclasses import replace

from boxoffice.domain.order_list import OrderChoices, OrderFilter, OrderKey, OrderListing, OrderPage
from boxoffice.domain.typed import Typed, read_typed
from boxoffice.sealing import Kind, is_token
from boxoffice.storage.database import Database
from boxoffice.storage.queries import find_orders as queries
from boxoffice.storage.sealer import Sealer
from boxoffice.usecases.customers.find_customers import phone_fingerprints


def find_orders(db: Database, wanted: OrderFilter, after: OrderKey | None = None) -> OrderPage:
    """Return the page of orders behind `after`; what was hit whole comes before names."""
    sought = _sought(db.sealer, read_typed(wanted.text, wanted.today))
    with db.read() as session:
        page = queries.find_orders(session, wanted, sought, after)
    return replace(page, rows=tuple(_readable(db.sealer, row) for row in page.rows))


def order_choices(db: Database) -> OrderChoices:
    """Return what the list can be narrowed to."""
    with db.read() as session:
        return queries.order_choices(session)


def _sought(sealer: Sealer, typed: Typed) -> queries.Sought:
    phones = phone_fingerprints(sealer, typed.phone) if typed.phone else []
    # A reference may be anything; letters of a name alone are looked for as one, too.
    references = sealer.fingerprints(Kind.REFERENCE, typed.words) if not typed.email else []
    return queries.Sought(typed, phones, references)


def _readable(sealer: Sealer, row: OrderListing) -> OrderListing:
    if not is_token(row.contact):
        return row
    return replace(row, contact=sealer.shown(Kind.PHONE, row.contact))
