"""E-mail addresses and telephone numbers as people write them, and as the office keeps them."""

from __future__ import annotations

from boxoffice.domain.customer import LONGEST_EMAIL
from boxoffice.domain.errors import BadEmail, BadPhone

REGION = "DE"
"""Where a number without a country's + belongs: the house's own country."""
SMALLEST = 10_000
"""Numbers of fewer digits are the fire brigade's and other services'."""


def tidy_email(typed: str) -> str:
    """Return an address as it is kept; nothing stays nothing. Asks no server whether it exists.

    Raises:
        BadEmail: no address looks like this.
    """
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415 - not at the start

    plain = typed.strip()
    if not plain:
        return ""
    try:
        found = validate_email(plain, check_deliverability=False)
    except EmailNotValidError as wrong:
        raise BadEmail(plain[:LONGEST_EMAIL]) from wrong
    return found.normalized


def tidy_phone(typed: str) -> str:
    """Return a number as it is dialled from anywhere, e.g. "+49 151 5550142"; nothing stays nothing.

    Raises:
        BadPhone: no number of any country looks like this.
    """
    plain = typed.strip()
    if not plain:
        return ""
    found = international(plain)
    if not found:
        raise BadPhone(plain[:40])
    return found


def international(typed: str) -> str:
    """Return the number with its country in front, empty for what can be no number."""
    import phonenumbers  # noqa: PLC0415 - not at the start

    try:
        number = phonenumbers.parse(typed, REGION)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number) or (number.national_number or 0) < SMALLEST:
        return ""
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL))


def spellings(typed: str) -> tuple[str, ...]:
    """Return a number as typed and with its country in front: either may have been written down."""
    whole = international(typed)
    return tuple(dict.fromkeys(spelling for spelling in (typed, whole) if spelling))
