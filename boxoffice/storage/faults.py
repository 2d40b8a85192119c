"""What the driver's errors mean: SQLSTATE and constraint name to an error of the trade, in one place.

Text of error messages is never read: it changes with version and language.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from boxoffice.domain.errors import (
    AlreadyWaiting,
    AnswerLost,
    BadAmount,
    BadMailAddress,
    BadQuantity,
    BadSignInName,
    Busy,
    CardPaymentDiffers,
    CashTooLittle,
    ContactMissing,
    CustomerMissing,
    CustomerNameMissing,
    DatabaseGone,
    DiscountInvalid,
    DiskFull,
    DrawerClosed,
    DrawerCounted,
    DrawerNotCounted,
    DrawerNotYours,
    DrawerOpen,
    DueDatePast,
    EmailTaken,
    EmptyBasket,
    EntryClosed,
    GiftCardTooLittle,
    LastManager,
    NameTaken,
    NeedsOverride,
    NoOpenDrawer,
    NotAllowed,
    NotAPerson,
    NothingToSend,
    OfferInOtherBasket,
    OfferOfOtherTickets,
    OfferOver,
    OrderNotPending,
    OrderNotReturnable,
    OtherCurrency,
    OutOfBounds,
    OverLimit,
    PaymentsDiffer,
    PriceChanged,
    PurchaseKeyReused,
    ReasonMissing,
    ReferenceTooLong,
    Refused,
    SoldOut,
    StillAvailable,
    TicketNotPrintable,
    TicketNotReturnable,
    TierNotSellable,
    TillNameTaken,
    TotalChanged,
    Unavailable,
    UnderMinimum,
    UnknownEntry,
    UnknownEvent,
    UnknownGiftCard,
    UnknownOffer,
    UnknownOrder,
    UnknownPerson,
    UnknownTier,
    UnknownTill,
    UnreadableText,
    WaitlistClosed,
    WaitlistLimit,
    WorksHere,
)
from boxoffice.domain.money import Money
from boxoffice.domain.person import Role
from boxoffice.domain.tier import NotSellable
from boxoffice.domain.waitlist import EntryState

REFUSED = "BX001"
"""SQLSTATE of refusals raised by our own SQL (migrations/sql, `refuse`)."""

_GONE = {"57P01", "57P02", "57P03", "25P03", "25P04", "57P05"}
"""Shutting down, crashed, starting up; a transaction idle or open for too long, an idle session."""
_CANCELLED = "57014"


class TryAgain(Unavailable):
    """The server undid this transaction in favour of another one; a fresh try may succeed."""


_CONSTRAINTS: dict[str, type[Refused | Unavailable]] = {
    # A new ticket code that exists already (one in 2^55 per ticket there is): mint again.
    "tickets_ticket_code_key": TryAgain,
    "payment_transactions_reference_check": ReferenceTooLong,
    "tills_name_key": TillNameTaken,
}
_MEANINGS: dict[str, type[Refused | Unavailable]] = {
    "55P03": Busy,  # lock_not_available
    _CANCELLED: Busy,  # here always by a timeout
    "40P01": TryAgain,  # deadlock_detected
    "40001": TryAgain,  # serialization_failure
    "53100": DiskFull,
    "23514": OutOfBounds,  # check_violation, of a constraint that has no words of its own
    "42501": NotAllowed,  # insufficient_privilege: the server's own no, where no function of ours spoke first
    "25006": DatabaseGone,  # read_only_sql_transaction: a standby that nobody has promoted
}


@contextmanager
def translated(*, committing: bool) -> Iterator[None]:
    """Turn driver errors in the block into errors of the trade.

    Args:
        committing: whether a connection that breaks in the block leaves open if the work was committed.
    """
    try:
        yield
    except DBAPIError as error:
        meaning = _meaning(error, committing=committing)
        if meaning is None:
            raise
        raise meaning from error
    except PoolTimeout as error:
        raise Busy from error
    except psycopg.Error as error:
        # Past SQLAlchemy, so on a connection that was open before.
        meaning = _meaning_of_driver_error(error, committing=committing, broken=True)
        if meaning is None:
            raise
        raise meaning from error


def _meaning(error: DBAPIError, *, committing: bool) -> Exception | None:
    if not isinstance(error.orig, psycopg.Error):
        return None
    return _meaning_of_driver_error(error.orig, committing=committing, broken=error.connection_invalidated)


def _meaning_of_driver_error(error: psycopg.Error, *, committing: bool, broken: bool) -> Exception | None:
    state = error.sqlstate
    if state is None:
        return _meaning_without_state(error, committing=committing and broken)
    if state == REFUSED:
        facts = json.loads(error.diag.message_detail or "{}", parse_float=Decimal)
        return _REFUSALS[error.diag.message_primary or ""](facts)
    if state in _GONE or state.startswith("08"):
        # The server said goodbye before it answered: with a commit under way nobody knows.
        return AnswerLost() if committing and state != "57P03" else DatabaseGone()
    if state == _CANCELLED and committing:
        # A timeout may strike between the commit and the answer (sell() commits before it is at its end).
        return AnswerLost()
    meaning = _CONSTRAINTS.get(error.diag.constraint_name or "") or _MEANINGS.get(state)
    return meaning() if meaning else None


def _meaning_without_state(error: psycopg.Error, *, committing: bool) -> Exception | None:
    """Return what the driver's own errors mean: those that no server spoke of."""
    if isinstance(error, psycopg.DataError):
        return UnreadableText()
    if isinstance(error, psycopg.OperationalError):
        return AnswerLost() if committing else DatabaseGone()
    return None


def _not_sellable(facts: dict[str, Any]) -> Refused:
    reason = NotSellable(facts["reason"])
    at = {NotSellable.NOT_YET: facts["starts_at"], NotSellable.ENDED: facts["ended_at"]}.get(reason)
    when = None if at is None else datetime.fromisoformat(at)
    return TierNotSellable(facts["tier_id"], facts["tier"], reason, when)


def _money(facts: dict[str, Any], name: str) -> Money:
    return Money(Decimal(str(facts[name])), facts["currency"])


_REFUSALS: dict[str, Callable[[dict[str, Any]], Refused | Unavailable]] = {
    "empty_basket": lambda _: EmptyBasket(),
    "bad_quantity": lambda f: BadQuantity(f["tier_id"], f["requested"]),
    "unknown_event": lambda f: UnknownEvent(f["event"]),
    "unknown_tier": lambda f: UnknownTier(f["tier"]),
    "not_sellable": _not_sellable,
    "over_limit": lambda f: OverLimit(f["tier_id"], f["tier"], f["limit"], f["requested"]),
    "under_minimum": lambda f: UnderMinimum(f["tier_id"], f["tier"], f["minimum"], f["requested"]),
    "sold_out": lambda f: SoldOut(f["tier_id"], f["tier"], f["available"], f["requested"], f["held"]),
    "price_changed": lambda f: PriceChanged(f["tier_id"], f["tier"], _money(f, "shown"), _money(f, "now")),
    "total_changed": lambda f: TotalChanged(_money(f, "shown"), _money(f, "now")),
    "cash_too_little": lambda f: CashTooLittle(_money(f, "total"), _money(f, "tendered")),
    "purchase_key_reused": lambda f: PurchaseKeyReused(f["order_number"]),
    "unknown_order": lambda f: UnknownOrder(f["order"]),
    "reason_missing": lambda _: ReasonMissing(),
    "ticket_not_printable": lambda f: TicketNotPrintable(f["ticket"], f["status"]),
    "drawer_open": lambda f: DrawerOpen(f["opened_by"]),
    "drawer_not_yours": lambda f: DrawerNotYours(f["drawer"], f["opened_by"]),
    "drawer_counted": lambda _: DrawerCounted(),
    "drawer_not_counted": lambda _: DrawerNotCounted(),
    "drawer_closed": lambda _: DrawerClosed(),
    "bad_amount": lambda _: BadAmount(),
    "not_allowed": lambda f: NotAllowed(tuple(map(Role, f["needs"]))),
    "needs_override": lambda f: NeedsOverride(f["deed"], f["entity"], f["entity_id"]),
    "not_a_person": lambda f: NotAPerson(f["role"]),
    "unknown_till": lambda f: UnknownTill(f["till"], tuple(f["tills"])),
    "unknown_person": lambda f: UnknownPerson(f["person"]),
    "name_taken": lambda f: NameTaken(f["name"]),
    "bad_sign_in_name": lambda f: BadSignInName(f["name"]),
    "last_manager": lambda _: LastManager(),
    "works_here": lambda f: WorksHere(f["person"]),
    "no_drawer": lambda f: NoOpenDrawer(f["currency"], f["open"] or ""),
    "payments_differ": lambda f: PaymentsDiffer(_money(f, "due"), _money(f, "paid")),
    "discount_invalid": lambda f: DiscountInvalid(f["code"], f["reason"]),
    "unknown_gift_card": lambda f: UnknownGiftCard(f["code"]),
    "gift_card_too_little": lambda f: GiftCardTooLittle(_money(f, "balance"), _money(f, "wanted")),
    "card_payment_differs": lambda f: CardPaymentDiffers(f["state"]),
    "customer_missing": lambda _: CustomerMissing(),
    "due_date_past": lambda _: DueDatePast(),
    "ticket_not_returnable": lambda f: TicketNotReturnable(f["ticket"], f["status"]),
    "order_not_returnable": lambda f: OrderNotReturnable(f["status"]),
    "order_not_pending": lambda f: OrderNotPending(f["status"]),
    "other_currency": lambda f: OtherCurrency(f["currency"]),
    "name_missing": lambda _: CustomerNameMissing(),
    "email_taken": lambda f: EmailTaken(f["email"]),
    "bad_address": lambda f: BadMailAddress(f["address"]),
    "nothing_to_send": lambda f: NothingToSend(f["order_number"]),
    "unknown_entry": lambda f: UnknownEntry(f["entry"]),
    "entry_closed": lambda f: EntryClosed(EntryState(f["state"])),
    "contact_missing": lambda _: ContactMissing(),
    "still_available": lambda f: StillAvailable(f["tier"], f["available"]),
    "already_waiting": lambda _: AlreadyWaiting(),
    "waitlist_closed": lambda f: WaitlistClosed(datetime.fromisoformat(f["since"])),
    "waitlist_limit": lambda f: WaitlistLimit(f["limit"]),
    "unknown_offer": lambda f: UnknownOffer(f["code"]),
    "offer_over": lambda f: OfferOver(EntryState(f["state"]), datetime.fromisoformat(f["until"])),
    "offer_in_other_basket": lambda f: OfferInOtherBasket(
        f["till"], f["clerk"], datetime.fromisoformat(f["until"])
    ),
    "offer_of_other_tickets": lambda f: OfferOfOtherTickets(f["tier"]),
}
