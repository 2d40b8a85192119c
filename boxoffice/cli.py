"""The command line: the same deeds as the window's, for scripts and for whoever looks after the database.

boxoffice migrate | demo | manager | events | sell | check | key | retention | mail |
card, each with --json. Loads
no Qt, so that it runs on a bare server; only sell --pdf and mail send do, for tickets are drawn with it.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from getpass import getpass
from pathlib import Path
from threading import Event
from typing import Any
from uuid import UUID, uuid4

from boxoffice import libraries
from boxoffice import settings as settings_
from boxoffice.domain.errors import Refused, Unavailable, UnknownTier
from boxoffice.domain.event import EventFilter, EventOffer
from boxoffice.domain.money import Money
from boxoffice.domain.person import NewPerson, Role
from boxoffice.domain.sale import Payment, Sale, SaleLine, SellTickets, Tender
from boxoffice.domain.ticket import TicketFace
from boxoffice.formats import Formats
from boxoffice.keystore import Keystore
from boxoffice.language import speak
from boxoffice.storage.database import Database
from boxoffice.usecases.events.browse_events import browse_events, event_offer_by_slug
from boxoffice.usecases.events.cancel_event import cancel_event, give_back_orders
from boxoffice.usecases.mail.account import account, mail_server
from boxoffice.usecases.office.addresses import DEMO_DATABASE, configured_address
from boxoffice.usecases.office.check_database import check_database
from boxoffice.usecases.office.keys import Keyring, make_own_key, seal_with
from boxoffice.usecases.office.make_demo import demo_credentials, make_demo
from boxoffice.usecases.office.open_desk import take_place
from boxoffice.usecases.office.open_office import (
    Credentials,
    EmbeddedOffice,
    OfficeAddress,
    ServerOffice,
    open_as,
    open_office,
)
from boxoffice.usecases.office.people import make_first_manager
from boxoffice.usecases.office.personal_data import retention
from boxoffice.usecases.payments.account import card_account, card_gateway
from boxoffice.usecases.sales.sell_tickets import sell_tickets
from boxoffice.wording import Wording

REFUSED, UNAVAILABLE, BROKEN = 1, 2, 1
PDF_PAPER = "a4"


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    whole = argparse.ArgumentParser(prog="boxoffice", description="Sell tickets, look after the database.")
    commands = whole.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, help_: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=help_, description=help_)
        added.add_argument("--json", action="store_true", help="answer in JSON")
        added.add_argument("--demo", action="store_true", help="work on the demo database")
        return added

    command("migrate", "Bring the database to this program's version.")
    command("demo", "Make the demo database.")
    command("check", "Audit every invariant of the database; exit 1 when one is broken.")
    manager = command("manager", "Let a manager in: the first one, or another when all are locked out.")
    manager.add_argument("--name", required=True, help="to sign in with: an e-mail address or a short name")
    manager.add_argument("--first-name", required=True)
    manager.add_argument("--last-name", default="")
    events = command("events", "List upcoming events; or cancel one and give back its orders.")
    events.add_argument("deed", nargs="?", choices=("cancel",), help="cancel an event, as a manager")
    events.add_argument("slug", nargs="?", metavar="SLUG", help="of the event to be cancelled")
    events.add_argument("--reason", default="", help="why it does not take place; its customers are told")
    events.add_argument("--search", default="", metavar="WORDS", help="words in title, description or venue")
    events.add_argument("--available", action="store_true", help="only events with tickets left")
    sell = command("sell", "Sell tickets of one tier.")
    sell.add_argument("--event", required=True, metavar="SLUG")
    sell.add_argument("--tier", required=True, metavar="NAME")
    sell.add_argument("--quantity", required=True, type=_whole_number, metavar="N")
    sell.add_argument("--tender", required=True, choices=[str(tender) for tender in Tender])
    sell.add_argument("--reference", default="", help="of the card terminal, or a note")
    sell.add_argument(
        "--purchase-key", type=_purchase_key, metavar="UUID", help="makes a repeated command sell once"
    )
    sell.add_argument("--pdf", type=Path, metavar="FILE", help="write the tickets to this file")
    key = command("key", "Show how this computer stands to the office's key; make, copy or bring one.")
    deed = key.add_mutually_exclusive_group()
    deed.add_argument("--make", action="store_true", help="make a new key and seal everything with it")
    deed.add_argument("--seal", action="store_true", help="seal what the current key has not sealed")
    deed.add_argument("--copy", type=Path, metavar="FILE", help="write a copy for a safe or another computer")
    deed.add_argument("--bring", type=Path, metavar="FILE", help="keep the key of such a copy here")
    retention = command("retention", "Say what has been kept for longer than it should be.")
    retention.add_argument("--remove", action="store_true", help="remove it; there is no way back")
    mail = command("mail", "Send the e-mails that wait, or keep the mail server's password on this computer.")
    mail.add_argument("deed", choices=("send", "password"))
    card = command("card", "Keep the card service's token on this computer.")
    card.add_argument("deed", choices=("token",))
    return whole


COMMANDS = ("migrate", "demo", "manager", "check", "events", "sell", "key", "retention", "mail", "card")
"""What the first argument can be for this command line to be meant, not the window."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit code: 0 done, 1 refused or broken, 2 unavailable or misused."""
    chosen = parser().parse_args(arguments)
    for value in vars(chosen).values():
        if isinstance(value, str) and not _is_text(value):
            return _fail("an argument is not text in UTF-8")
    try:
        settings = settings_.load(settings_.folders().settings_file)
    except settings_.BrokenSettings as broken:
        return _fail(f"{broken.path}: {broken.problem}")
    formats = Formats(settings.locale)
    speak(settings.locale)
    if chosen.command == "mail" and chosen.deed == "password":
        return _keep_mail_password(settings)
    if chosen.command == "card":
        return _keep_card_token(settings)
    address = _address(chosen, settings)
    try:
        with _office(chosen, settings, address) as db:
            return _RUN[chosen.command](db, chosen, settings)
    except (Refused, Unavailable) as problem:
        _say_problem(problem, formats, as_json=chosen.json)
        return REFUSED if isinstance(problem, Refused) else UNAVAILABLE


@contextmanager
def _office(
    chosen: argparse.Namespace, settings: settings_.Settings, address: OfficeAddress
) -> Iterator[Database]:
    """Give the database to its keeper for the keeper's deeds, and to a person for selling."""
    store = Keystore(settings_.folders().keys)
    with open_office(address, bring_up_to_date=chosen.command in ("migrate", "demo")) as db:
        if isinstance(address, EmbeddedOffice):
            make_own_key(db, store)
        else:
            seal_with(db, store)
        is_persons = chosen.command == "sell" or (chosen.command == "events" and chosen.deed is not None)
        if not is_persons or isinstance(address, ServerOffice):
            yield db
            return
        if chosen.demo:
            make_demo(db, datetime.now(UTC))
        who = demo_credentials() if chosen.demo else _credentials(settings)
        with open_as(db, who) as own:
            seal_with(own, store)
            yield own


def _credentials(settings: settings_.Settings) -> Credentials:
    """Return who sells from a script, by BOXOFFICE_USER and BOXOFFICE_PASSWORD."""
    return Credentials(settings.user, settings.password.text if settings.password else "")


def _address(chosen: argparse.Namespace, settings: settings_.Settings) -> OfficeAddress:
    if chosen.demo or chosen.command == "demo":
        return EmbeddedOffice(settings_.folders().server, DEMO_DATABASE)
    return configured_address(settings, settings_.folders())


def _migrate(db: Database, chosen: argparse.Namespace, _settings: settings_.Settings) -> int:
    # open_office has done it: all that is left is to say so.
    _answer({"database": db.engine.url.database}, "The database is up to date.", as_json=chosen.json)
    return 0


def _demo(db: Database, chosen: argparse.Namespace, _settings: settings_.Settings) -> int:
    made = make_demo(db, datetime.now(UTC))
    words = "The demo database is made." if made else "The demo database was there already."
    _answer({"made": made}, words, as_json=chosen.json)
    return 0


def _manager(db: Database, chosen: argparse.Namespace, settings: settings_.Settings) -> int:
    # Never an argument: other people of this computer can read those.
    password = settings.password.text if settings.password else getpass("Password: ")
    person = NewPerson(chosen.name, password, Role.MANAGER, chosen.first_name, chosen.last_name)
    make_first_manager(db, person)
    _answer({"name": chosen.name}, f"{chosen.name} can sign in now.", as_json=chosen.json)
    return 0


def _check(db: Database, chosen: argparse.Namespace, _settings: settings_.Settings) -> int:
    findings = check_database(db)
    lines = []
    for finding in findings:
        lines.append(f"{'ok    ' if not finding.broken else 'BROKEN'} {finding.rule}")
        lines.extend(f"         {example}" for example in finding.examples)
    _answer([asdict(finding) for finding in findings], "\n".join(lines), as_json=chosen.json)
    return BROKEN if any(finding.broken for finding in findings) else 0


def _key(db: Database, chosen: argparse.Namespace, _settings: settings_.Settings) -> int:
    keyring, left = Keyring(db, Keystore(settings_.folders().keys)), 0
    if chosen.make:
        keyring.make()
    elif chosen.seal:
        left = keyring.seal_anew()
    elif chosen.copy is not None:
        keyring.save_copy(chosen.copy)
    elif chosen.bring is not None:
        keyring.bring(chosen.bring)
    state = keyring.state()
    words = f"Key {state.key_id or 'none yet'}, {'here' if state.is_here else 'not here'}."
    words += (
        f" Not sealed with it: {state.unsealed}; of these cannot be read here: {left}." if chosen.seal else ""
    )
    words += f" {state.others} older, {state.missing} of them not here." if state.others else ""
    _answer(asdict(state), words, as_json=chosen.json)
    return 0 if state.is_here else REFUSED


def _retention(db: Database, chosen: argparse.Namespace, settings: settings_.Settings) -> int:
    report = retention(db, dry_run=not chosen.remove)
    formats = Formats(settings.locale)
    done = "removed" if chosen.remove else "due"
    lines = [f"{due.what:<16} kept {due.kept:<8} {done} {formats.number(due.rows)}" for due in report]
    _answer([asdict(due) for due in report], "\n".join(lines), as_json=chosen.json)
    return 0


def _mail(db: Database, chosen: argparse.Namespace, settings: settings_.Settings) -> int:
    if chosen.demo:
        return _fail("the demo's customers are made up: nobody is written to")
    if not settings.mail.is_complete:
        return _fail("no mail server is set up here: [mail] in the settings wants a host and a sender")
    lacking = libraries.missing(window=False)
    if lacking:
        return _fail(libraries.sentence(lacking))
    from boxoffice.usecases.mail.send_queued import Office, send_queued  # noqa: PLC0415 - for who sends

    server = mail_server(settings.mail, settings.mail_password, Keystore(settings_.folders().keys))
    with _drawing():
        name = settings.printing.office_name or db.engine.url.database or ""
        office = Office(server, name, settings.locale, _tickets_pdf, _code_png)
        done = send_queued(db, office, Event())
    words = f"Sent {done.sent}, failed {done.failed}, later {done.later}."
    words += f" {done.trouble}: {done.detail}" if done.trouble else ""
    _answer(asdict(done), words, as_json=chosen.json)
    return UNAVAILABLE if done.trouble else REFUSED if done.failed else 0


def _keep_mail_password(settings: settings_.Settings) -> int:
    if not settings.mail.user:
        return _fail("no user of a mail server is named: [mail] in the settings wants one")
    # Never an argument: other people of this computer can read those.
    password = settings.mail_password.text if settings.mail_password else getpass("Password: ")
    try:
        Keystore(settings_.folders().keys).keep_password(account(settings.mail), password)
    except OSError as failure:
        return _fail(f"the password could not be kept: {failure.strerror}")
    return 0


def _keep_card_token(settings: settings_.Settings) -> int:
    if not settings.card.url:
        return _fail("no card service is named: [card] in the settings wants its url")
    # Never an argument, as above.
    token = settings.card_token.text if settings.card_token else getpass("Token: ")
    try:
        Keystore(settings_.folders().keys).keep_password(card_account(settings.card), token)
    except OSError as failure:
        return _fail(f"the token could not be kept: {failure.strerror}")
    return 0


def _cancel_event(db: Database, chosen: argparse.Namespace, settings: settings_.Settings) -> int:
    if not chosen.slug:
        return _fail("events cancel wants the SLUG of an event")
    offer = event_offer_by_slug(db, chosen.slug)
    at = take_place(db, "", settings.till)
    store = Keystore(settings_.folders().keys)
    cancel_event(db, at, offer.id, chosen.reason)
    gateway = card_gateway(settings.card, settings.card_token, store)
    done = give_back_orders(db, at, offer.id, again=True, gateway=gateway)
    words = (
        f"{done.title} is cancelled: {done.refunded} of {done.orders} orders given back, "
        f"{done.to_collect} wait at the counter, {done.failed} failed, {done.waiting} still in hand."
    )
    failures = "".join(f"\n  {number}: {detail}" for number, detail in done.failures)
    _answer(asdict(done), words + failures, as_json=chosen.json)
    return REFUSED if done.failed else 0


def _events(db: Database, chosen: argparse.Namespace, settings: settings_.Settings) -> int:
    if chosen.deed is not None:
        return _cancel_event(db, chosen, settings)
    formats = Formats(settings.locale)
    wanted = EventFilter(text=chosen.search, available_only=chosen.available)
    page = browse_events(db, wanted, None)
    rows = list(page.rows)
    while page.next_key is not None:
        page = browse_events(db, wanted, page.next_key)
        rows.extend(page.rows)
    if not rows and not chosen.json:
        print("No upcoming event fits.")
        return 0
    lines = (
        f"{formats.short_day_and_time(row.starts_at, row.time_zone):<20} {row.available:>6} left  "
        f"{row.slug}  {row.title}, {row.venue}"
        for row in rows
    )
    _answer([asdict(row) for row in rows], "\n".join(lines), as_json=chosen.json)
    return 0


def _sell(db: Database, chosen: argparse.Namespace, settings: settings_.Settings) -> int:
    obstacle = _paper_obstacle(chosen.pdf) if chosen.pdf is not None else ""
    if obstacle:
        return _fail(obstacle)
    offer = event_offer_by_slug(db, chosen.event)
    command = SellTickets(
        purchase_key=chosen.purchase_key or uuid4(),
        event_id=offer.id,
        lines=(_line(offer, chosen.tier, chosen.quantity),),
        payments=(Payment(Tender(chosen.tender), reference=chosen.reference),),
    )
    at = take_place(db, "", settings.till)
    formats = Formats(settings.locale)
    try:
        sale = sell_tickets(db, at, command).value
    except Refused as refused:
        _say_problem(refused, formats, as_json=chosen.json, time_zone=offer.time_zone)
        return REFUSED
    _answer(asdict(sale), _sale_words(sale, formats), as_json=chosen.json)
    if chosen.pdf is not None:
        try:
            _write_pdf(sale, chosen.pdf, formats)
        except OSError as failure:
            return _fail(
                f"order {sale.order_number} is sold,"
                f" but {chosen.pdf} could not be written: {failure.strerror}"
            )
    return 0


def _sale_words(sale: Sale, formats: Formats) -> str:
    tender = ", ".join(payment.tender for payment in sale.payments)
    again = f" (sold before under this key, {tender})" if sale.replayed else ""
    codes = "\n".join(f"  {ticket.face.tier}  {ticket.face.code}" for ticket in sale.tickets)
    return f"Order {sale.order_number}: {formats.money(sale.totals.total)}{again}\n{codes}"


def _paper_obstacle(path: Path) -> str:
    """Say what will keep the tickets from being written, before anything is sold; "" when nothing will."""
    lacking = libraries.missing(window=False)
    if lacking:
        return libraries.sentence(lacking)
    if path.is_dir() or not path.absolute().parent.is_dir():
        return f"{path} is not a file in a folder that exists; nothing was sold"
    return ""


def _line(offer: EventOffer, tier_name: str, quantity: int) -> SaleLine:
    for tier in offer.tiers:
        if tier.name == tier_name:
            return SaleLine(tier.id, quantity, tier.price)
    raise UnknownTier(tier_name)


def _write_pdf(sale: Sale, path: Path, formats: Formats) -> None:
    # Drawing needs QtGui, which a bare server may lack: only who asks for paper loads it.
    with _drawing():
        from boxoffice.printing.layouts import LAYOUTS  # noqa: PLC0415 - see above
        from boxoffice.printing.output import write_pdf  # noqa: PLC0415 - see above

        write_pdf([ticket.face for ticket in sale.tickets], LAYOUTS[PDF_PAPER], path, formats)


def _tickets_pdf(faces: Sequence[TicketFace], formats: Formats) -> bytes:
    from boxoffice.printing.layouts import LAYOUTS  # noqa: PLC0415 - see above
    from boxoffice.printing.output import pdf_bytes  # noqa: PLC0415 - see above

    return pdf_bytes(faces, LAYOUTS[PDF_PAPER], formats)


def _code_png(code: str) -> bytes:
    from boxoffice.printing.code_picture import code_png  # noqa: PLC0415 - see above

    return code_png(code)


@contextmanager
def _drawing() -> Iterator[None]:
    """Have what fonts are measured with while the block lasts."""
    from PySide6.QtGui import QGuiApplication  # noqa: PLC0415 - see above

    application = QGuiApplication.instance() or QGuiApplication(["boxoffice", "-platform", "offscreen"])
    yield
    del application


_RUN: dict[str, Callable[[Database, argparse.Namespace, settings_.Settings], int]] = {
    "migrate": _migrate,
    "demo": _demo,
    "manager": _manager,
    "check": _check,
    "events": _events,
    "sell": _sell,
    "key": _key,
    "retention": _retention,
    "mail": _mail,
}


def _whole_number(typed: str) -> int:
    if not re.fullmatch(r"[+-]?[0-9]{1,30}", typed):
        raise argparse.ArgumentTypeError(f"{typed[:40]!r} is not a whole number")
    return int(typed)


def _purchase_key(typed: str) -> UUID:
    try:
        return UUID(typed)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{typed[:40]!r} is not a UUID") from None


def _is_text(argument: str) -> bool:
    """Return whether it is: what a shell hands over in another encoding arrives as lone surrogates."""
    try:
        argument.encode()
    except UnicodeEncodeError:
        return False
    return True


def _fail(sentence: str) -> int:
    print(f"boxoffice: {sentence}", file=sys.stderr)
    return UNAVAILABLE


def _answer(facts: Any, words: str, *, as_json: bool) -> None:
    print(json.dumps(facts, default=_as_json, ensure_ascii=False, indent=2) if as_json else words)


def _say_problem(
    problem: Refused | Unavailable, formats: Formats, *, as_json: bool, time_zone: str = "UTC"
) -> None:
    sentence = Wording(formats).sentence(problem, time_zone)
    if as_json:
        print(json.dumps({"error": type(problem).__name__, "sentence": sentence}, ensure_ascii=False))
    else:
        print(f"boxoffice: {sentence}", file=sys.stderr)


def _as_json(value: object) -> Any:
    match value:
        case datetime() | date():
            return value.isoformat()
        case Decimal() | UUID() | Path():
            return str(value)
        case Enum():
            return value.value
        case Money():
            return {"amount": str(value.amount), "currency": value.currency}
        case _ if is_dataclass(value) and not isinstance(value, type):
            return asdict(value)
        case Iterable():
            return list(value)
    raise TypeError(type(value).__name__)
