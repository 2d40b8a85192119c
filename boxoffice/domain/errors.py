"""Everything that can go wrong, as nouns of the trade with their data. Wording belongs to the screens.

Three kinds, three looks (docs/architecture.md): `Refused` is a rule of the trade speaking, nothing was
written; `Unavailable` is the world failing (database, network, disk), worth a retry; anything else is a fault
of ours.

The dataclasses are not frozen: contextlib writes `__traceback__` on an exception in flight.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from boxoffice.domain.money import Money
from boxoffice.domain.person import Role
from boxoffice.domain.tier import NotSellable
from boxoffice.domain.waitlist import EntryState, OfferAtCounter


class Refused(Exception):
    """The trade says no. Nothing was written."""


class Unavailable(Exception):
    """Not now: the database, the network or the disk is in the way. Nothing is lost; try again."""


# --- sales -------------------------------------------------------------------------------------


class EmptyBasket(Refused):
    """There is nothing to sell."""


@dataclass(eq=False)
class OtherEventInBasket(Refused):
    """A basket holds tickets of one event only; `title` is that event's."""

    title: str


@dataclass(eq=False)
class BadQuantity(Refused):
    """A quantity must be a whole number of at least 1."""

    tier_id: int
    quantity: int


@dataclass(eq=False)
class UnknownEvent(Refused):
    """There is no such event."""

    event: str


@dataclass(eq=False)
class UnknownTier(Refused):
    """There is no such tier in this event."""

    tier: str


@dataclass(eq=False)
class TierNotSellable(Refused):
    """The tier or its event is not on sale now; `at` is when its sale starts or ended, where that is why."""

    tier_id: int
    tier: str
    reason: NotSellable
    at: datetime | None = None


@dataclass(eq=False)
class SoldOut(Refused):
    """Fewer tickets are left than were asked for (0: none)."""

    tier_id: int
    tier: str
    available: int
    requested: int
    held: int
    """Reserved for others at this moment; some may come back."""


@dataclass(eq=False)
class OverLimit(Refused):
    """More tickets than one order may hold of this tier."""

    tier_id: int
    tier: str
    limit: int
    requested: int


@dataclass(eq=False)
class UnderMinimum(Refused):
    """Fewer tickets than this tier sells at once."""

    tier_id: int
    tier: str
    minimum: int
    requested: int


@dataclass(eq=False)
class PriceChanged(Refused):
    """The price is no longer the one that was shown."""

    tier_id: int
    tier: str
    shown: Money
    now: Money


@dataclass(eq=False)
class TotalChanged(Refused):
    """Fees or tax changed since the total was shown."""

    shown: Money
    now: Money


@dataclass(eq=False)
class CashTooLittle(Refused):
    """The cash handed over does not cover the total."""

    total: Money
    tendered: Money


class ReferenceTooLong(Refused):
    """The reference of a payment has at most 200 letters."""


@dataclass(eq=False)
class PurchaseKeyReused(Refused):
    """This purchase key already belongs to a sale of something else."""

    order_number: str


# --- money -------------------------------------------------------------------------------------


@dataclass(eq=False)
class NoOpenDrawer(Refused):
    """Cash needs an open drawer of its currency; `open` is that of the one that is, empty for none."""

    currency: str
    open: str


@dataclass(eq=False)
class PaymentsDiffer(Refused):
    """The payments do not come to what is due."""

    due: Money
    paid: Money


@dataclass(eq=False)
class DiscountInvalid(Refused):
    """The code gives nothing: `reason` is unknown, not_yet, ended or used_up."""

    code: str
    reason: str


@dataclass(eq=False)
class UnknownGiftCard(Refused):
    """There is no usable gift card of this code, or it is of another currency."""

    code: str


@dataclass(eq=False)
class GiftCardTooLittle(Refused):
    """Less is left on the gift card than it should pay."""

    balance: Money
    wanted: Money


@dataclass(eq=False)
class CardPaymentDiffers(Refused):
    """The card payment is in another state, or of another amount, than the deed needs."""

    state: str


@dataclass(eq=False)
class CardRefundDeclined(Refused):
    """The card gateway gives this money not back; `detail` is its own word."""

    detail: str


class CustomerMissing(Refused):
    """An order that is paid later needs somebody who owes the money."""


class DueDatePast(Refused):
    """An order is due at a moment to come, within a year."""


@dataclass(eq=False)
class TicketNotReturnable(Refused):
    """Only a valid ticket can be given back; a used one by a manager."""

    ticket_id: int
    status: str


@dataclass(eq=False)
class OrderNotReturnable(Refused):
    """There is nothing in this order that could be given back."""

    status: str


@dataclass(eq=False)
class OrderNotPending(Refused):
    """The order does not wait to be paid."""

    status: str


@dataclass(eq=False)
class OtherCurrency(Refused):
    """Tickets are exchanged within their currency."""

    currency: str


# --- personal data -----------------------------------------------------------------------------


@dataclass(eq=False)
class KeyMissing(Refused):
    """Personal words cannot be sealed or read here; `key_id` is empty where the office has no key at all."""

    key_id: str


@dataclass(eq=False)
class NotOurKey(Refused):
    """The key is not one of this office's."""

    key_id: str


@dataclass(eq=False)
class KeyFileBad(Refused):
    """The file cannot be read, or holds no key."""

    path: str


@dataclass(eq=False)
class KeyFileTaken(Refused):
    """There is a file of this name; a key is never written over anything."""

    path: str


@dataclass(eq=False)
class KeyNowhereKept(Refused):
    """Neither the system's keyring nor the disk takes the key."""

    problem: str


@dataclass(eq=False)
class WorksHere(Refused):
    """Only customers are erased: whoever works here stands on receipts and in the evidence."""

    person_id: int


# --- customers ---------------------------------------------------------------------------------


class CustomerNameMissing(Refused):
    """A customer who is added has a name."""


@dataclass(eq=False)
class EmailTaken(Refused):
    """This e-mail address is of somebody who works here, or who was deleted and is not offered."""

    email: str


@dataclass(eq=False)
class BadEmail(Refused):
    """No e-mail address looks like this."""

    email: str


@dataclass(eq=False)
class BadPhone(Refused):
    """No telephone number looks like this."""

    phone: str


# --- the waitlist ------------------------------------------------------------------------------


@dataclass(eq=False)
class UnknownEntry(Refused):
    """There is no such entry, or offer, on the waitlist."""

    entry: str


@dataclass(eq=False)
class EntryClosed(Refused):
    """The entry's state does not allow this (any more)."""

    state: EntryState


class ContactMissing(Refused):
    """Somebody who waits has to be told: by e-mail or by phone."""


@dataclass(eq=False)
class StillAvailable(Refused):
    """Nobody has to wait: so many tickets of this tier can be bought now."""

    tier: str
    available: int


@dataclass(eq=False)
class WaitlistClosed(Refused):
    """So close to the event nothing is offered any more; `since` says from when on."""

    since: datetime


class AlreadyWaiting(Refused):
    """The same person stands on the list of that tier already."""


@dataclass(eq=False)
class WaitlistLimit(Refused):
    """More tickets than one entry may wait for, or one order of that tier hold."""

    limit: int


@dataclass(eq=False)
class UnknownOffer(Refused):
    """There is no offer of this code."""

    code: str


@dataclass(eq=False)
class OfferOver(Refused):
    """The offer was redeemed, declined or taken back, or its time is up; `until` is when that was."""

    state: EntryState
    until: datetime
    offer: OfferAtCounter | None = None
    """Whose it was and of what, where that is known."""
    order_number: str = ""
    """Of the order that it was redeemed with."""


class OfferMistyped(Refused):
    """It looks like the code of an offer, and is none: a letter is wrong."""


@dataclass(eq=False)
class OfferInOtherBasket(Refused):
    """Somebody else has the offer's tickets in a basket that is being paid; `clerk` may be empty."""

    till: str
    clerk: str
    until: datetime


@dataclass(eq=False)
class OtherOfferInBasket(Refused):
    """The basket holds what is offered to somebody else; `name` may be empty."""

    name: str


@dataclass(eq=False)
class OfferOfOtherTickets(Refused):
    """The basket does not hold what was offered: another event, or none of the tier."""

    tier: str


# --- orders and tickets ------------------------------------------------------------------------


@dataclass(eq=False)
class UnknownOrder(Refused):
    """No order or ticket bears this number or code."""

    searched: str


@dataclass(eq=False)
class MistypedTicketCode(Refused):
    """What was typed or scanned looks like a ticket code but cannot be one."""

    typed: str


class ReasonMissing(Refused):
    """A reprint needs a reason."""


@dataclass(eq=False)
class TicketNotPrintable(Refused):
    """Only a valid ticket may be printed; this one is used, cancelled, refunded or superseded."""

    ticket_id: int
    status: str


@dataclass(eq=False)
class BadMailAddress(Refused):
    """This can be nobody's e-mail address; empty where none was typed and none is known of the customer."""

    address: str


@dataclass(eq=False)
class NothingToSend(Refused):
    """No ticket of the order is valid, so there is none to send."""

    order_number: str


class OutOfBounds(Refused):
    """A value is too long, too large or not one of those that there are."""


class UnreadableText(Refused):
    """A text has a NUL character in it, which no text has that somebody typed."""


# --- the drawer ---------------------------------------------------------------------------------


@dataclass(eq=False)
class DrawerOpen(Refused):
    """The till has an open drawer already, of this person."""

    opened_by: str


@dataclass(eq=False)
class DrawerNotYours(Refused):
    """The drawer is somebody else's; a manager may let others use it."""

    drawer_id: int
    opened_by: str


class DrawerCounted(Refused):
    """The drawer was counted: nothing more goes into it, or out of it."""


class DrawerNotCounted(Refused):
    """A drawer is counted before it is signed off."""


class DrawerClosed(Refused):
    """There is no such drawer at this till, or it is closed."""


class BadAmount(Refused):
    """An amount that no coins make, or nothing at all."""


class UnknownClosing(Refused):
    """There is no such closing."""


# --- people and rights -------------------------------------------------------------------------


@dataclass(eq=False)
class NotAllowed(Refused):
    """This person lacks the right; `needs` are the roles that have it, as far as they are known."""

    needs: tuple[Role, ...] = ()


@dataclass(eq=False)
class NeedsOverride(Refused):
    """A manager has to allow this deed, once."""

    deed: str
    entity: str
    entity_id: int


@dataclass(eq=False)
class UnknownTill(Refused):
    """There is no till of this name, or it is not in use; `tills` are those that are."""

    till: str
    tills: tuple[str, ...]


class TillNameTaken(Refused):
    """Another till has this name."""


@dataclass(eq=False)
class UnknownPerson(Refused):
    """There is no member of staff with this number."""

    person: str


@dataclass(eq=False)
class NameTaken(Refused):
    """The server knows somebody by this sign-in name already."""

    name: str


@dataclass(eq=False)
class BadSignInName(Refused):
    """A sign-in name is an e-mail address or a short name in small letters."""

    name: str


@dataclass(eq=False)
class TooManyAttempts(Refused):
    """So many wrong passwords of one name that the next try has to wait."""

    seconds: int


class WrongPassword(Refused):
    """Neither the password nor the PIN of whoever locked this screen."""


@dataclass(eq=False)
class PasswordTooShort(Refused):
    """A password has at least so many letters."""

    shortest: int


class LastManager(Refused):
    """Somebody has to be left who can let people in."""


# --- the world ---------------------------------------------------------------------------------


class Busy(Unavailable):
    """Another till holds the same tickets for longer than we wait. Nothing was written."""


class AnswerLost(Unavailable):
    """The connection broke while the database was deciding: it may have happened or not.

    A retry with the same purchase key finds out and never does it twice.
    """


class DatabaseGone(Unavailable):
    """No connection to the database."""


class CardRefundUnknown(Unavailable):
    """The card gateway does not say whether it gave the money back; asking again gives nothing twice."""


class DiskFull(Unavailable):
    """The database's disk is full."""


# --- connecting --------------------------------------------------------------------------------


class CannotConnect(Unavailable):
    """The database could not be opened with the settings given."""


@dataclass(eq=False)
class ServerNotFound(CannotConnect):
    """Nothing answers at this host and port."""

    host: str
    port: int


@dataclass(eq=False)
class SignInFailed(CannotConnect):
    """The server refuses this user name and password."""

    user: str


@dataclass(eq=False)
class NotAPerson(CannotConnect):
    """The server lets this role in, but it is nobody's in this box office (any more)."""

    role: str


@dataclass(eq=False)
class DatabaseMissing(CannotConnect):
    """The server has no database of this name."""

    database: str


@dataclass(eq=False)
class TlsFailed(CannotConnect):
    """The server does not offer the encryption that was asked for, or its certificate is not trusted."""

    detail: str


@dataclass(eq=False)
class BadDatabaseUrl(CannotConnect):
    """The database address cannot be read."""

    problem: str


@dataclass(eq=False)
class ServerTooOld(CannotConnect):
    """The server is older than PostgreSQL 15."""

    version: str


@dataclass(eq=False)
class SchemaMissing(CannotConnect):
    """The database is empty: nobody has set up a box office in it."""

    database: str


@dataclass(eq=False)
class SchemaTooOld(CannotConnect):
    """The database was made by an older Box Office; `boxoffice migrate` brings it up to date."""

    found: str
    needed: str


@dataclass(eq=False)
class SchemaTooNew(CannotConnect):
    """The database was made by a newer Box Office than this program."""

    found: str


@dataclass(eq=False)
class SchemaUnknown(CannotConnect):
    """The database bears a revision that this program has never heard of."""

    found: str


@dataclass(eq=False)
class ForeignDatabase(CannotConnect):
    """The database holds tables of something else and no box office."""

    database: str


@dataclass(eq=False)
class EmbeddedServerFailed(CannotConnect):
    """The program's own PostgreSQL could not be started."""

    reason: str
