"""E-mail addresses: what somebody typed, as a mail server takes it."""

from __future__ import annotations

from boxoffice.domain.errors import BadMailAddress


def mail_address(typed: str) -> str:
    """Return the address in its normal form; a domain with umlauts in letters that every server knows.

    Umlauts before the @ stay: only the receiving server can say whether it knows them.

    Raises:
        BadMailAddress: it cannot be anybody's.
    """
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415 - when first needed

    try:
        # Whether a domain exists is asked of the network, and the network may be away.
        valid = validate_email(typed.strip(), check_deliverability=False)
    except EmailNotValidError as wrong:
        raise BadMailAddress(typed.strip()[:320]) from wrong
    return valid.ascii_email or f"{valid.local_part}@{valid.ascii_domain}"
