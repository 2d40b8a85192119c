"""Add a customer, or find who has this e-mail address already."""

from __future__ import annotations

from boxoffice.domain.customer import LONGEST_NAME, KnownCustomer, NewCustomer
from boxoffice.domain.errors import CustomerNameMissing, OutOfBounds
from boxoffice.sealing import Kind
from boxoffice.storage import customers
from boxoffice.storage.database import Database
from boxoffice.usecases.customers.contact import tidy_email, tidy_phone
from boxoffice.usecases.customers.find_customers import readable
from boxoffice.usecases.desk import DeskIdentity


def add_customer(db: Database, at: DeskIdentity, new: NewCustomer) -> KnownCustomer:
    """Return the customer, new or known. Asked again after a lost answer, it finds what it made.

    Raises:
        CustomerNameMissing: there is no letter in the name.
        BadEmail, BadPhone: nothing looks like this.
        EmailTaken: the address is of somebody who works here or was deleted.
        KeyMissing: the phone cannot be sealed here.
    """
    if not any(letter.isalnum() for letter in new.first_name + new.last_name):
        raise CustomerNameMissing
    if max(len(new.first_name), len(new.last_name)) > LONGEST_NAME:
        raise OutOfBounds
    tidy = NewCustomer(new.first_name.strip(), new.last_name.strip(), tidy_email(new.email), "")
    sealed = db.sealer.seal(Kind.PHONE, tidy_phone(new.phone))

    def once() -> KnownCustomer:
        with db.write() as session:
            return customers.add(session, tidy, sealed, at.till_id)

    return readable(db.sealer, db.repeat(once, keyed=bool(tidy.email or sealed)))
