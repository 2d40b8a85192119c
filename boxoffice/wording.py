"""The one place that turns refusals and failures into a sentence that says what to do.

Every error of domain.errors has its words here, in every language; a test holds that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from boxoffice.domain import errors
from boxoffice.domain.person import Role
from boxoffice.domain.sale import LARGEST_QUANTITY
from boxoffice.domain.tier import NotSellable
from boxoffice.domain.waitlist import EntryState
from boxoffice.language import tr, trn

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from boxoffice.domain.waitlist import OfferAtCounter
    from boxoffice.formats import Formats


@dataclass(frozen=True, slots=True)
class Wording:
    """Words in one locale; moments are said in `time_zone` (IANA name), the venue's."""

    formats: Formats

    def sentence(self, error: Exception, time_zone: str = "UTC") -> str:
        """Return what happened and what to do. An error without words of its own is called a fault."""
        for kind in type(error).__mro__:
            words = _WORDS.get(kind)
            if words is not None:
                return words(error, self.formats, time_zone)
        return tr(
            "Something went wrong in the program itself. Nothing is hidden: the details are in the log."
        )


type _Words = Callable[[Any, Formats, str], str]

_LONGEST_NAME = 60
"""Of a person or a tier within a sentence."""


def _bad_quantity(_error: errors.BadQuantity, formats: Formats, _zone: str) -> str:
    return tr(
        "The number of tickets must be a whole number from 1 to {most}.",
        most=formats.number(LARGEST_QUANTITY),
    )


def _not_sellable(error: errors.TierNotSellable, formats: Formats, zone: str) -> str:
    reason = not_sellable_reason(error.reason, error.at, formats, zone)
    return tr("{tier} cannot be sold: {reason}.", tier=error.tier, reason=reason)


def not_sellable_reason(reason: NotSellable, at: datetime | None, formats: Formats, zone: str) -> str:
    """Return why a tier cannot be sold, as it follows a colon or stands below its name."""
    when = formats.short_day_and_time(at, zone) if at else ""
    if reason is NotSellable.NOT_YET:
        return tr("on sale from {when}", when=when) if when else tr("not on sale yet")
    if reason is NotSellable.ENDED:
        return tr("on sale until {when}", when=when) if when else tr("sale has ended")
    return {
        NotSellable.SOLD_OUT: tr("sold out"),
        NotSellable.HELD: tr("the last ones are held for others"),
        NotSellable.INACTIVE: tr("not offered at the moment"),
        NotSellable.EVENT_DRAFT: tr("the event is not published yet"),
        NotSellable.EVENT_CLOSED: tr("the event is closed for sales"),
        NotSellable.EVENT_CANCELLED: tr("the event is cancelled"),
        NotSellable.EVENT_PAST: tr("the event is over"),
    }[reason]


def _sold_out(error: errors.SoldOut, formats: Formats, _zone: str) -> str:
    if error.available > 0:
        return trn(
            "Only {n} ticket of {tier} is left.",
            "Only {n} tickets of {tier} are left.",
            error.available,
            n=formats.number(error.available),
            tier=error.tier,
        )
    if error.held > 0:
        return trn(
            "{tier}: none left to sell. {n} is held for others and may come back.",
            "{tier}: none left to sell. {n} are held for others and may come back.",
            error.held,
            n=formats.number(error.held),
            tier=error.tier,
        )
    return tr("{tier} is sold out.", tier=error.tier)


def _over_limit(error: errors.OverLimit, _formats: Formats, _zone: str) -> str:
    return trn(
        "At most {n} ticket of {tier} per order.",
        "At most {n} tickets of {tier} per order.",
        error.limit,
        tier=error.tier,
    )


def _under_minimum(error: errors.UnderMinimum, _formats: Formats, _zone: str) -> str:
    return tr("{tier} is sold from {n} tickets up.", tier=error.tier, n=error.minimum)


def _price_changed(error: errors.PriceChanged, formats: Formats, _zone: str) -> str:
    return tr(
        "{tier} now costs {now}, no longer {shown}. Tell the customer, then take the money.",
        tier=error.tier,
        now=formats.money(error.now),
        shown=formats.money(error.shown),
    )


def _total_changed(error: errors.TotalChanged, formats: Formats, _zone: str) -> str:
    return tr(
        "The total is now {now}, no longer {shown}. Tell the customer, then take the money.",
        now=formats.money(error.now),
        shown=formats.money(error.shown),
    )


def _cash_too_little(error: errors.CashTooLittle, formats: Formats, _zone: str) -> str:
    missing = formats.money(error.total - error.tendered)
    return tr(
        "{missing} is missing: the total is {total}.", missing=missing, total=formats.money(error.total)
    )


def _key_reused(error: errors.PurchaseKeyReused, formats: Formats, _zone: str) -> str:
    number = formats.order_number(error.order_number)
    return tr("This basket was already sold as order {number}. Clear it and begin again.", number=number)


def _other_event(error: errors.OtherEventInBasket, _formats: Formats, _zone: str) -> str:
    return tr("The basket holds tickets for {title}. Sell or clear it first.", title=error.title)


def _unknown_event(error: errors.UnknownEvent, _formats: Formats, _zone: str) -> str:
    return tr("There is no event “{event}”, or no longer. Choose another one.", event=error.event[:80])


def _unknown_tier(error: errors.UnknownTier, _formats: Formats, _zone: str) -> str:
    return tr("The event has no ticket “{tier}”, or no longer. Choose another one.", tier=error.tier[:80])


def _unknown_order(error: errors.UnknownOrder, _formats: Formats, _zone: str) -> str:
    return tr("No order or ticket bears “{searched}”.", searched=error.searched)


def _mistyped(error: errors.MistypedTicketCode, _formats: Formats, _zone: str) -> str:
    return tr("“{typed}” is not a ticket code: a letter is wrong or missing. Check it.", typed=error.typed)


def _not_printable(error: errors.TicketNotPrintable, _formats: Formats, _zone: str) -> str:
    why = {
        "used": tr("it has been used at the door"),
        "cancelled": tr("it is cancelled"),
        "refunded": tr("it is refunded"),
        "superseded": tr("it was replaced by a newer one"),
    }.get(error.status, error.status)
    return tr("This ticket cannot be printed: {why}.", why=why)


def _bad_mail_address(error: errors.BadMailAddress, _formats: Formats, _zone: str) -> str:
    if not error.address:
        return tr("No e-mail address is known of this customer. Type one.")
    return tr("“{address}” is no e-mail address. Check it.", address=error.address[:80])


def _nothing_to_send(error: errors.NothingToSend, formats: Formats, _zone: str) -> str:
    number = formats.order_number(error.order_number)
    return tr("No ticket of order {number} is valid any more: there is nothing to send.", number=number)


def _server_not_found(error: errors.ServerNotFound, _formats: Formats, _zone: str) -> str:
    return tr(
        "No database answers at {host}, port {port}. Check both, and that the server is running.",
        host=error.host,
        port=error.port,
    )


def _sign_in_failed(error: errors.SignInFailed, _formats: Formats, _zone: str) -> str:
    return tr("The server refuses “{user}” with this password. Check both.", user=error.user)


def _not_allowed(error: errors.NotAllowed, _formats: Formats, _zone: str) -> str:
    if not error.needs:
        return tr("The database does not let you do this. A manager can give you the right.")
    who = tr(" or ").join(role_name(role) for role in error.needs)
    return tr("This takes the right of a {role}. A manager can give it to you.", role=who)


def role_name(role: Role) -> str:
    """Return what people call a role."""
    return {
        Role.CLERK: tr("clerk"),
        Role.PROMOTER: tr("promoter"),
        Role.MANAGER: tr("manager"),
        Role.DOOR: tr("door staff"),
    }[role]


def _needs_override(error: errors.NeedsOverride, _formats: Formats, _zone: str) -> str:
    return {
        "use drawer": tr("This drawer is somebody else's. A manager has to let you use it."),
        "close drawer": tr("A manager has to sign this drawer off."),
        "take cash out": tr("Paying out takes a manager's leave."),
        "refund": tr(
            "This order was sold elsewhere or before this drawer was opened. A manager has to allow it."
        ),
        "refund elsewhere": tr("Money goes back the way it came. A manager has to allow another way."),
        "reduce price": tr("A manager has to allow a reduced price."),
        "prioritise": tr("Serving somebody sooner than others takes a manager's leave."),
    }.get(error.deed, tr("This ticket was printed again once already. A manager has to allow it."))


def _drawer_open(error: errors.DrawerOpen, _formats: Formats, _zone: str) -> str:
    return tr("This till has an open drawer already, opened by {name}.", name=error.opened_by or "?")


def _drawer_not_yours(error: errors.DrawerNotYours, _formats: Formats, _zone: str) -> str:
    return tr(
        "The drawer of this till is {name}'s. On the Till screen a manager can let you use it.",
        name=error.opened_by,
    )


def _unknown_till(error: errors.UnknownTill, formats: Formats, _zone: str) -> str:
    if not error.tills:
        return tr("There is no till “{till}” yet. A manager has to sign in here first.", till=error.till)
    return tr(
        "There is no till “{till}”. The tills are {tills}. A manager can add one.",
        till=error.till,
        tills=formats.list(error.tills),
    )


def _unknown_person(error: errors.UnknownPerson, _formats: Formats, _zone: str) -> str:
    return tr("Person {person} is not there any more. Look them up again.", person=error.person)


def _name_taken(error: errors.NameTaken, _formats: Formats, _zone: str) -> str:
    return tr("“{name}” is taken on this server. Choose another sign-in name.", name=error.name)


def _bad_sign_in_name(error: errors.BadSignInName, _formats: Formats, _zone: str) -> str:
    return tr(
        "“{name}” will not do as a sign-in name. Take an e-mail address or a short name in small letters.",
        name=error.name,
    )


def _password_too_short(error: errors.PasswordTooShort, formats: Formats, _zone: str) -> str:
    return tr("That is too short: at least {n} letters or figures.", n=formats.number(error.shortest))


def _too_many_attempts(error: errors.TooManyAttempts, _formats: Formats, _zone: str) -> str:
    minutes, seconds = divmod(error.seconds, 60)
    return tr("Too many wrong passwords. The next try is in {wait}.", wait=f"{minutes}:{seconds:02}")


def _not_a_person(error: errors.NotAPerson, _formats: Formats, _zone: str) -> str:
    return tr(
        "“{role}” is nobody here, or was disabled. Sign in with a name that a manager gave you.",
        role=error.role,
    )


def _key_missing(error: errors.KeyMissing, _formats: Formats, _zone: str) -> str:
    if not error.key_id:
        return tr(
            "The office has no key yet to seal this with. A manager makes one: Admin, Keys and keeping. "
            "Without a reference the sale goes on."
        )
    return tr(
        "The office's key is not on this computer, so this cannot be sealed or read here. A manager brings "
        "it: Admin, Keys and keeping. Without a reference the sale goes on."
    )


def _key_file_bad(error: errors.KeyFileBad, _formats: Formats, _zone: str) -> str:
    return tr("{path} holds no key, or cannot be read. Choose a copy that was saved here.", path=error.path)


def _key_file_taken(error: errors.KeyFileTaken, _formats: Formats, _zone: str) -> str:
    return tr(
        "{path} is there already. A key is never written over anything: choose another name.", path=error.path
    )


def _key_nowhere_kept(error: errors.KeyNowhereKept, _formats: Formats, _zone: str) -> str:
    return tr("The key could not be kept: {problem}. Nothing was changed.", problem=error.problem)


def _database_missing(error: errors.DatabaseMissing, _formats: Formats, _zone: str) -> str:
    return tr("The server has no database “{name}”. Check the name.", name=error.database)


def _tls_failed(error: errors.TlsFailed, _formats: Formats, _zone: str) -> str:
    return tr(
        "No encrypted connection could be made: {detail}. Ask whoever runs the server for its certificate.",
        detail=error.detail,
    )


def _bad_url(error: errors.BadDatabaseUrl, _formats: Formats, _zone: str) -> str:
    return tr("The database address cannot be read: {problem}.", problem=error.problem)


def _server_too_old(error: errors.ServerTooOld, _formats: Formats, _zone: str) -> str:
    return tr(
        "The server is PostgreSQL {version}. Box Office needs version 15 or newer.", version=error.version
    )


def _schema_missing(error: errors.SchemaMissing, _formats: Formats, _zone: str) -> str:
    return tr(
        "The database “{name}” is empty. Run “boxoffice migrate” once to set up a box office in it.",
        name=error.database,
    )


def _schema_too_old(error: errors.SchemaTooOld, _formats: Formats, _zone: str) -> str:
    return tr(
        "The database is at revision {found}, this program needs {needed}. Run “boxoffice migrate” once.",
        found=error.found,
        needed=error.needed,
    )


def _schema_too_new(error: errors.SchemaTooNew, _formats: Formats, _zone: str) -> str:
    return tr(
        "The database was made by a newer Box Office (revision {found}). Update this program.",
        found=error.found,
    )


def _schema_unknown(error: errors.SchemaUnknown, _formats: Formats, _zone: str) -> str:
    return tr(
        "The database bears the revision “{found}”, which is none of Box Office's. Check its name.",
        found=error.found,
    )


def _foreign_database(error: errors.ForeignDatabase, _formats: Formats, _zone: str) -> str:
    return tr(
        "The database “{name}” holds tables of another program. Make an empty one for Box Office.",
        name=error.database,
    )


def _embedded_failed(error: errors.EmbeddedServerFailed, _formats: Formats, _zone: str) -> str:
    return tr("The program's own database could not be started: {reason}.", reason=error.reason)


def _no_drawer(error: errors.NoOpenDrawer, _formats: Formats, _zone: str) -> str:
    if error.open:
        return tr(
            "The drawer of this till holds {open}. Take this sale in {currency} by card, or at another till.",
            open=error.open,
            currency=error.currency,
        )
    return tr("Cash needs an open drawer. Open it with what is counted in it, then take the cash.")


def _payments_differ(error: errors.PaymentsDiffer, formats: Formats, _zone: str) -> str:
    return tr(
        "The payments come to {paid}, and {due} is due.",
        paid=formats.money(error.paid),
        due=formats.money(error.due),
    )


def _discount_invalid(error: errors.DiscountInvalid, _formats: Formats, _zone: str) -> str:
    return {
        "not_yet": tr("The code {code} is not valid yet.", code=error.code),
        "ended": tr("The code {code} is no longer valid.", code=error.code),
        "used_up": tr("The code {code} has been used as often as it may be.", code=error.code),
    }.get(error.reason, tr("There is no code {code} for this event.", code=error.code))


def _gift_card_too_little(error: errors.GiftCardTooLittle, formats: Formats, _zone: str) -> str:
    return tr(
        "The gift card holds {balance}. Take that much from it and the rest another way.",
        balance=formats.money(error.balance),
    )


def _not_returnable(error: errors.TicketNotReturnable, _formats: Formats, _zone: str) -> str:
    if error.status == "used":
        return tr("A ticket that was used at the door is only given back by a manager.")
    return tr("This ticket was given back or replaced before. Look the order up again.")


def _entry_closed(error: errors.EntryClosed, _formats: Formats, _zone: str) -> str:
    return {
        EntryState.WAITING: tr("Nothing is offered to them at the moment."),
        EntryState.OFFERED: tr("They hold an offer. Decline it or take them off the list first."),
        EntryState.REDEEMED: tr("They have bought their tickets."),
        EntryState.CANCELLED: tr("The event is cancelled; nobody waits for it any more."),
    }.get(error.state, tr("This entry is closed. Look at the list again."))


def _still_available(error: errors.StillAvailable, formats: Formats, _zone: str) -> str:
    return trn(
        "Nobody has to wait: {n} ticket of {tier} can be sold now.",
        "Nobody has to wait: {n} tickets of {tier} can be sold now.",
        error.available,
        n=formats.number(error.available),
        tier=error.tier,
    )


def _waitlist_limit(error: errors.WaitlistLimit, formats: Formats, _zone: str) -> str:
    return trn(
        "One entry waits for {n} ticket at most. Add a second person for more.",
        "One entry waits for {n} tickets at most. Add a second person for more.",
        error.limit,
        n=formats.number(error.limit),
    )


def _waitlist_closed(error: errors.WaitlistClosed, formats: Formats, zone: str) -> str:
    return tr(
        "Nothing is offered any more since {when}. What comes free now is sold at the counter.",
        when=formats.short_day_and_time(error.since, zone),
    )


def _offer_over(error: errors.OfferOver, formats: Formats, zone: str) -> str:
    if error.offer is not None:
        return _what_became(error, error.offer, formats)
    if error.state is EntryState.REDEEMED:
        return tr("This offer was redeemed already.")
    if error.state in (EntryState.EXPIRED, EntryState.OFFERED):
        return tr(
            "This offer stood until {when}. Its tickets go to the next one who waits.",
            when=formats.short_day_and_time(error.until, zone),
        )
    return tr("This offer does not stand any more.")


def _in_other_basket(error: errors.OfferInOtherBasket, formats: Formats, zone: str) -> str:
    return tr(
        "These tickets are in a basket at {till}, {clerk}, until {when}.",
        till=error.till,
        clerk=error.clerk or tr("somebody else"),
        when=formats.time(error.until, zone),
    )


def _what_became(error: errors.OfferOver, held: OfferAtCounter, formats: Formats) -> str:
    said = {
        "name": _short(held.name),
        "n": formats.number(held.offer.quantity),
        "tier": _short(held.offer.tier),
        "when": formats.short_day_and_time(error.until, held.time_zone),
    }
    lapsed = tr("{name}'s offer of {n} x {tier} lapsed on {when}.", **said)
    became = {
        EntryState.REDEEMED: tr("{name}'s offer of {n} x {tier} was redeemed on {when}.", **said),
        EntryState.RETURNED: tr(
            "{name}'s offer of {n} x {tier} was redeemed, and the tickets came back.", **said
        ),
        EntryState.DECLINED: tr("{name}'s offer of {n} x {tier} was declined on {when}.", **said),
        EntryState.EXPIRED: lapsed,
        EntryState.OFFERED: lapsed,
        EntryState.WITHDRAWN: tr("{name}'s offer of {n} x {tier} was withdrawn on {when}.", **said),
        EntryState.CANCELLED: tr("{name}'s offer of {n} x {tier}: the event does not take place.", **said),
    }.get(error.state, tr("{name}'s offer of {n} x {tier} does not stand any more.", **said))
    if not error.order_number:
        return became
    return f"{became} {tr('Order {number}', number=formats.order_number(error.order_number))}."


def _other_offer(error: errors.OtherOfferInBasket, _formats: Formats, _zone: str) -> str:
    return tr(
        "The basket holds what is offered to {name}. Sell it or clear it, then scan this code again.",
        name=_short(error.name) or tr("somebody else"),
    )


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1].rstrip()}…"


def _other_tickets(error: errors.OfferOfOtherTickets, _formats: Formats, _zone: str) -> str:
    return tr("The offer is for {tier}, and the basket has none of it.", tier=error.tier)


def _bad_email(error: errors.BadEmail, _formats: Formats, _zone: str) -> str:
    return tr("“{email}” is no e-mail address. Correct it or leave it out.", email=error.email)


def _bad_phone(error: errors.BadPhone, _formats: Formats, _zone: str) -> str:
    return tr("“{phone}” is no telephone number. Correct it or leave it out.", phone=error.phone)


def mark(source: str) -> _Words:
    """Return words that need nothing from the error. The name tells the translation test what `source` is."""
    return lambda _error, _formats, _zone: tr(source)


_WORDS: dict[type, _Words] = {
    errors.BadQuantity: _bad_quantity,
    errors.TierNotSellable: _not_sellable,
    errors.SoldOut: _sold_out,
    errors.OverLimit: _over_limit,
    errors.UnderMinimum: _under_minimum,
    errors.PriceChanged: _price_changed,
    errors.TotalChanged: _total_changed,
    errors.ReferenceTooLong: mark("The reference of a payment has at most 200 letters. Shorten it."),
    errors.CashTooLittle: _cash_too_little,
    errors.PurchaseKeyReused: _key_reused,
    errors.UnknownEvent: _unknown_event,
    errors.UnknownTier: _unknown_tier,
    errors.UnknownOrder: _unknown_order,
    errors.MistypedTicketCode: _mistyped,
    errors.TicketNotPrintable: _not_printable,
    errors.BadMailAddress: _bad_mail_address,
    errors.NothingToSend: _nothing_to_send,
    errors.NotAllowed: _not_allowed,
    errors.NeedsOverride: _needs_override,
    errors.UnknownTill: _unknown_till,
    errors.UnknownPerson: _unknown_person,
    errors.NameTaken: _name_taken,
    errors.BadSignInName: _bad_sign_in_name,
    errors.PasswordTooShort: _password_too_short,
    errors.TooManyAttempts: _too_many_attempts,
    errors.WrongPassword: mark("That is neither the password nor the PIN."),
    errors.OutOfBounds: mark("One of the values is too long or out of range. Nothing was written."),
    errors.UnreadableText: mark("That is not a text that anybody can read."),
    errors.TillNameTaken: mark("Another till has this name already."),
    errors.LastManager: mark("Somebody has to be left who can let people in. Make another manager first."),
    errors.NotAPerson: _not_a_person,
    errors.ServerNotFound: _server_not_found,
    errors.SignInFailed: _sign_in_failed,
    errors.DatabaseMissing: _database_missing,
    errors.TlsFailed: _tls_failed,
    errors.BadDatabaseUrl: _bad_url,
    errors.ServerTooOld: _server_too_old,
    errors.SchemaMissing: _schema_missing,
    errors.SchemaTooOld: _schema_too_old,
    errors.SchemaTooNew: _schema_too_new,
    errors.SchemaUnknown: _schema_unknown,
    errors.ForeignDatabase: _foreign_database,
    errors.EmbeddedServerFailed: _embedded_failed,
    errors.OtherEventInBasket: _other_event,
    errors.EmptyBasket: mark("The basket is empty. Choose a ticket first."),
    errors.ReasonMissing: mark("Say why: a few words are enough."),
    errors.DrawerOpen: _drawer_open,
    errors.DrawerNotYours: _drawer_not_yours,
    errors.DrawerCounted: mark(
        "This drawer is counted: nothing more goes into it. Sign it off, then open the next."
    ),
    errors.DrawerNotCounted: mark("Count the drawer first."),
    errors.DrawerClosed: mark("This drawer is closed, or it belongs to another till."),
    errors.BadAmount: mark("That is no amount of money. Check it."),
    errors.UnknownClosing: mark("There is no such closing."),
    errors.KeyMissing: _key_missing,
    errors.NotOurKey: mark("This is the key of another box office. Nothing was changed."),
    errors.KeyFileBad: _key_file_bad,
    errors.KeyFileTaken: _key_file_taken,
    errors.KeyNowhereKept: _key_nowhere_kept,
    errors.CustomerNameMissing: mark("Type a name: it is how the tickets are found again."),
    errors.EmailTaken: mark(
        "This e-mail address is of somebody who works here or was deleted. Leave it out, or ask a manager."
    ),
    errors.BadEmail: _bad_email,
    errors.BadPhone: _bad_phone,
    errors.WorksHere: mark(
        "Whoever works here stands on receipts and in the evidence. Disable them; only customers are erased."
    ),
    errors.NoOpenDrawer: _no_drawer,
    errors.PaymentsDiffer: _payments_differ,
    errors.DiscountInvalid: _discount_invalid,
    errors.UnknownGiftCard: mark("There is no usable gift card of this code and currency. Check the code."),
    errors.GiftCardTooLittle: _gift_card_too_little,
    errors.CardPaymentDiffers: mark(
        "This card payment does not fit: it was settled before, or is of another amount. "
        "Look at it under Till."
    ),
    errors.CardRefundDeclined: mark(
        "The card service gives this money not back, so nothing was refunded. "
        "A manager can pay it out otherwise."
    ),
    errors.CardRefundUnknown: mark(
        "The card service does not say whether the money went back. Refund once more: nothing is given twice."
    ),
    errors.CustomerMissing: mark("An order that is paid later needs a customer."),
    errors.DueDatePast: mark("Choose a day to come, within a year."),
    errors.TicketNotReturnable: _not_returnable,
    errors.OrderNotReturnable: mark("Nothing of this order can be given back."),
    errors.OrderNotPending: mark("This order does not wait for a payment. Look it up again."),
    errors.OtherCurrency: mark("Tickets are exchanged for tickets in the same currency only."),
    errors.UnknownEntry: mark("This entry of the waitlist is not there any more."),
    errors.EntryClosed: _entry_closed,
    errors.ContactMissing: mark("Type a phone number: they have to be told, and no e-mail address is known."),
    errors.StillAvailable: _still_available,
    errors.AlreadyWaiting: mark("They wait for that tier already. Merge the two entries."),
    errors.WaitlistClosed: _waitlist_closed,
    errors.WaitlistLimit: _waitlist_limit,
    errors.UnknownOffer: mark("There is no offer of this code. Check the code."),
    errors.OfferOver: _offer_over,
    errors.OfferInOtherBasket: _in_other_basket,
    errors.OfferMistyped: mark("This is no offer's code: one letter is wrong. Correct it."),
    errors.OtherOfferInBasket: _other_offer,
    errors.OfferOfOtherTickets: _other_tickets,
    errors.Busy: mark("Another till is selling the same tickets right now. Nothing was sold; try again."),
    errors.AnswerLost: mark(
        "The connection broke during the sale. It is not known whether it went through: try again to see. "
        "Nothing is ever sold twice."
    ),
    errors.DatabaseGone: mark("There is no connection to the database. Check the network, then try again."),
    errors.DiskFull: mark("The database's disk is full. Nothing was written; make room on the server."),
    errors.CannotConnect: mark("The database could not be opened with these settings."),
    errors.Refused: mark("This is not possible. Nothing was changed."),
    errors.Unavailable: mark("This does not work at the moment. Nothing is lost; try again."),
}
