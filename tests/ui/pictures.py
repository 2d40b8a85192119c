"""Every state of the window as a picture, to be looked at: python -m tests.ui.pictures FOLDER [NAME ...]."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from threading import Event
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from boxoffice.domain import errors
from boxoffice.domain.card_payment import CardAnswer, CardState
from boxoffice.domain.mail import MailEntry, MailFailure, MailState
from boxoffice.domain.receipt import receipt_from_facts
from boxoffice.domain.sale import Reduction, ReductionKind
from boxoffice.formats import Formats
from boxoffice.printing.destinations import InstalledPrinter, PdfFolder
from boxoffice.printing.layouts import A4, ROLL_80
from boxoffice.ui.admin.mails import MailsPane
from boxoffice.ui.language import install_language
from boxoffice.ui.payments.card_charge import CardTalk
from boxoffice.ui.pictures import take_picture
from boxoffice.ui.start.choice import StartChoice, StartWith
from boxoffice.ui.start.window import StartWindow
from boxoffice.ui.theme.theme import Mode, Theme
from boxoffice.usecases.mail.outbox import Outbox
from boxoffice.wording import Wording
from tests.printing.test_receipt import facts
from tests.ui.demo_data import demo_world, long_world
from tests.ui.fake_desk import World
from tests.ui.fake_event import NOW
from tests.ui.fake_orders import demo_orders, long_orders
from tests.ui.stage import Stage, make_theme, rest, wait

SHIFT = Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
SIZES = ((1280, 800), (1920, 1080))

type Scene = Callable[[Stage], None]


def choosing(stage: Stage) -> None:
    stage.ready().choose(2)


def basket(stage: Stage) -> None:
    choosing(stage)
    stage.type("1221")
    stage.priced()


def counting(stage: Stage) -> None:
    choosing(stage)
    stage.type("1")
    stage.priced()


def cash(stage: Stage) -> None:
    basket(stage)
    stage.key(Qt.Key.Key_F9, SHIFT)
    stage.type("100")


def cash_missing(stage: Stage) -> None:
    basket(stage)
    stage.key(Qt.Key.Key_F9, SHIFT)
    stage.type("50")


def card(stage: Stage) -> None:
    basket(stage)
    stage.key(Qt.Key.Key_F10)


def gateway_unknown(stage: Stage) -> None:
    basket(stage)
    stage.key(Qt.Key.Key_F10)
    stage.key(Qt.Key.Key_Return)
    wait(lambda: stage.counter.card.talk is CardTalk.UNKNOWN)


def printing(stage: Stage) -> None:
    cash(stage)
    stage.printer.stop_after = 1
    stage.key(Qt.Key.Key_Return)
    wait(lambda: len(stage.printer.printed) == 1)


def done(stage: Stage) -> None:
    basket(stage)
    stage.key(Qt.Key.Key_F9)
    wait(lambda: len(stage.world.reports) == 3)
    rest(30)


def not_printed(stage: Stage) -> None:
    stage.printer.failure = "The printer is out of paper"
    done(stage)


def next_while_failed(stage: Stage) -> None:
    not_printed(stage)
    stage.type("12")
    stage.priced()


def reprint(stage: Stage) -> None:
    done(stage)
    stage.key(Qt.Key.Key_P, CONTROL)


def refused(stage: Stage) -> None:
    basket(stage)
    stage.world.event(2).tiers[0].sold = 79
    stage.key(Qt.Key.Key_F9)
    wait(lambda: stage.counter.problem is not None)


def price_changed(stage: Stage) -> None:
    basket(stage)
    tier = stage.world.event(2).tiers[0]
    tier.price = tier.price + tier.price
    stage.key(Qt.Key.Key_F9)
    wait(lambda: stage.counter.problem is not None)
    stage.priced()


def unsure(stage: Stage) -> None:
    basket(stage)
    stage.world.fail_sell.append(errors.AnswerLost())
    stage.key(Qt.Key.Key_F9)
    wait(lambda: bool(stage.window.banner.words()))


def reconnecting(stage: Stage) -> None:
    basket(stage)
    stage.window.freshness.connected(alive=False)


def empty(stage: Stage) -> None:
    stage.world.events.clear()
    stage.open()
    wait(lambda: bool(stage.world.browsed))


def no_match(stage: Stage) -> None:
    choosing(stage)
    stage.type("xylophone")
    wait(lambda: stage.world.browsed[-1][0].text == "xylophone")


def loading(stage: Stage) -> None:
    stage.world.wait_for_events = Event()
    stage.open()


def failed(stage: Stage) -> None:
    stage.world.fail_looks = errors.DatabaseGone()
    stage.open()
    rest(200)


def filtering(stage: Stage) -> None:
    choosing(stage)
    stage.key(Qt.Key.Key_F, CONTROL)
    stage.click("filter_available")


def order(stage: Stage) -> None:
    not_printed(stage)
    stage.type("/")
    stage.type(stage.world.sales[0].order_number)
    stage.key(Qt.Key.Key_Return)


def last_sales(stage: Stage) -> None:
    choosing(stage)
    for _ in range(2):
        stage.type("12")
        stage.priced()
        stage.key(Qt.Key.Key_F9)
        wait(lambda: stage.counter.sale is not None)
        stage.key(Qt.Key.Key_Return)
    stage.key(Qt.Key.Key_L, CONTROL)


def orders(stage: Stage) -> None:
    stage.world.book = demo_orders()
    choosing(stage)
    stage.key(Qt.Key.Key_O, CONTROL)
    screen = stage.window.orders
    wait(lambda: screen.list.model.rowCount() > 0)
    screen.list.table.choose(3)
    wait(lambda: screen.detail.order is not None)


def orders_filtered(stage: Stage) -> None:
    orders(stage)
    stage.click("order_filter_more")


def orders_name(stage: Stage) -> None:
    orders(stage)
    stage.window.orders.list.table.choose(0)
    wait(lambda: stage.shows("order_move_name"))
    rest(100)
    stage.click("order_move_name")
    stage.type("i")
    wait(lambda: stage.window.orders.detail.name.picker.model.rowCount() > 0)


def orders_new_name(stage: Stage) -> None:
    orders(stage)
    rest(100)
    stage.click("order_move_name")
    stage.type("Yuki Tanaka")
    stage.key(Qt.Key.Key_Return)
    wait(stage.window.orders.detail.name.picker.form.isVisible)
    stage.type("yuki")
    stage.key(Qt.Key.Key_Return)
    wait(lambda: stage.shows("order_customer_notice"))


def orders_notes(stage: Stage) -> None:
    orders(stage)
    rest(100)
    stage.click("order_edit_notes")


def orders_reprint(stage: Stage) -> None:
    orders(stage)
    stage.window.orders.list.table.choose(0)
    rest(200)
    stage.key(Qt.Key.Key_P, CONTROL)


def orders_none(stage: Stage) -> None:
    orders(stage)
    stage.type("xylophagous")
    wait(lambda: stage.window.orders.list.model.rowCount() == 0)


def orders_empty(stage: Stage) -> None:
    choosing(stage)
    stage.key(Qt.Key.Key_O, CONTROL)


def orders_loading(stage: Stage) -> None:
    choosing(stage)
    stage.world.book.gate = Event()
    stage.key(Qt.Key.Key_O, CONTROL)


def orders_failed(stage: Stage) -> None:
    choosing(stage)
    stage.world.book.fail = errors.DatabaseGone()
    stage.key(Qt.Key.Key_O, CONTROL)


def orders_long(stage: Stage) -> None:
    stage.world.book = long_orders()
    choosing(stage)
    stage.key(Qt.Key.Key_O, CONTROL)
    screen = stage.window.orders
    wait(lambda: screen.list.model.rowCount() > 0)
    screen.list.table.choose(0)
    wait(lambda: screen.detail.order is not None)


def help_keys(stage: Stage) -> None:
    choosing(stage)
    stage.key(Qt.Key.Key_F1)


def order_receipts(stage: Stage) -> None:
    stage.world.receipts = {
        104217 + n: (
            receipt_from_facts(facts()),
            receipt_from_facts(facts(kind="refund", receipt_number=124)),
        )
        for n in range(-20, 20)
    }
    order(stage)
    wait(lambda: stage.shows("order_receipt_124"))
    stage.click("order_receipt_123")


def order_mail(stage: Stage) -> None:
    stage.world.customer_address = "kim.ito@example.org"
    order(stage)
    wait(lambda: stage.shows("order_mail"))
    stage.click("order_mail")
    rest(100)


def order_mailed(stage: Stage) -> None:
    order_receipts(stage)
    stage.click("order_mail")
    stage.type("kim.ito@example.org")
    stage.click("order_mail_send")
    wait(lambda: stage.shows("order_mail_done"))


def done_receipt(stage: Stage) -> None:
    stage.world.receipts = {104217 + n: (receipt_from_facts(facts()),) for n in range(-20, 20)}
    done(stage)
    wait(lambda: stage.shows("done_receipt_123"))
    stage.click("done_receipt_123")


def mails(stage: Stage) -> None:
    choosing(stage)
    columns: dict[str, Any] = {
        "id": 1, "kind": "resend", "recipient": "kim.ito@example.org", "order_number": "2026-104217",
        "state": MailState.FAILED, "attempts": 1, "queued_at": NOW, "next_attempt_at": NOW, "sent_at": None,
        "failure": MailFailure.ADDRESS, "subject": "",
        "detail": "550 5.1.1 <kim.ito@example.org>: Recipient address rejected: User unknown in mailbox",
    }  # fmt: skip
    waiting = {"state": MailState.QUEUED, "failure": MailFailure.SERVER, "detail": "timed out"}
    title = "Your tickets: Blue Harbour Quartet, Sun 22 Nov 2026"
    sent = {"state": MailState.SENT, "failure": None, "detail": "", "sent_at": NOW, "subject": title}
    kinds: tuple[dict[str, Any], ...] = (
        {},
        waiting,
        sent | {"kind": "order_confirmation"},
        sent | {"kind": "refund"},
        {"kind": "waitlist_offer", "order_number": "", "failure": MailFailure.VOID, "detail": ""},
        sent
        | {"kind": "waitlist_cancelled", "order_number": "", "subject": "Cancelled: Blue Harbour Quartet"},
    )
    entries = tuple(MailEntry(**columns | {"id": n} | changes) for n, changes in enumerate(kinds))
    pane = MailsPane(stage.window.context, Outbox(lambda _: entries, len))
    stage.window._screens.addWidget(pane)
    stage.window._screens.setCurrentWidget(pane)
    pane.reload()
    wait(lambda: len(pane.table.rows) == len(entries))
    pane.table.selectRow(0)


def printer(stage: Stage) -> None:
    basket(stage)
    stage.printer.installed = (
        "Demo printer",
        "Laser at the box office",
        "Zebra ZD421 for ticket stock at the second counter in the foyer",
        "Épson TM-T88 Rolle",
    )
    stage.key(Qt.Key.Key_P, CONTROL | SHIFT)


def printer_stock(stage: Stage) -> None:
    printer(stage)
    stage.click("paper_ticket-stock")
    stage.click("paper_test")
    wait(lambda: bool(stage.printer.printed))


def printer_roll(stage: Stage) -> None:
    long_name = "Zebra ZD421 for ticket stock at the second counter in the foyer"
    stage.printer.destination = InstalledPrinter(long_name, ROLL_80)
    stage.printer.failure = "The printer is out of paper."
    basket(stage)
    stage.key(Qt.Key.Key_P, CONTROL | SHIFT)
    stage.click("paper_test")
    wait(lambda: bool(stage.printer.used))


def printer_looking(stage: Stage) -> None:
    stage.printer.look_gate = Event()
    printer(stage)


def printer_pdf(stage: Stage) -> None:
    stage.printer.destination = PdfFolder(Path("/home/anna/tickets"), A4)
    stage.printer.installed = ()
    stage.printer.fail_save = OSError(28, "No space left on device")
    basket(stage)
    stage.key(Qt.Key.Key_P, CONTROL | SHIFT)
    stage.click("paper_roll-80")


def fault(stage: Stage) -> None:
    basket(stage)
    stage.world.fail_sell.append(ValueError("a mistake of ours"))
    stage.key(Qt.Key.Key_F9)
    wait(lambda: stage.counter.problem is not None)


def long_texts(stage: Stage) -> None:
    stage.ready()
    stage.type("12")
    stage.type("21")
    stage.priced()


def more(stage: Stage) -> None:
    basket(stage)
    stage.key(Qt.Key.Key_F12)


def split(stage: Stage) -> None:
    more(stage)
    stage.type("2")
    stage.find("split_amount").setProperty("text", "20")
    stage.key(Qt.Key.Key_Return)


def _by_card(stage: Stage) -> None:
    split(stage)
    stage.click("split_card")
    stage.find("split_amount").setProperty("text", "30")
    stage.key(Qt.Key.Key_Return)


def split_terminal(stage: Stage) -> None:
    _by_card(stage)
    wait(lambda: len(stage.world.pins) == 1)


def split_left(stage: Stage) -> None:
    split_terminal(stage)
    stage.key(Qt.Key.Key_Return)
    stage.key(Qt.Key.Key_Escape)


def split_unknown(stage: Stage) -> None:
    _by_card(stage)
    wait(lambda: stage.counter.parts.talk is CardTalk.UNKNOWN)


def no_drawer(stage: Stage) -> None:
    stage.world.drawer.drawer = None
    basket(stage)
    stage.key(Qt.Key.Key_F9)


def reprinted(stage: Stage) -> None:
    done(stage)
    stage.key(Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    stage.type("jammed")
    stage.key(Qt.Key.Key_Return)
    wait(lambda: stage.shows("order_reprinted"))


def card_cancelled(stage: Stage) -> None:
    card(stage)
    for event in stage.world.events:
        for tier in event.tiers:
            tier.cancelled = True
    stage.world.tell(2)
    wait(lambda: stage.shows("basket_notice"))


def reduced(stage: Stage) -> None:
    more(stage)
    stage.type("5")
    stage.type("50")


def later(stage: Stage) -> None:
    basket(stage)
    stage.counter.set_customer(7, "Mia-Sophie Kramer-Lindenberg, mia.kramer@example.org")
    stage.key(Qt.Key.Key_F12)
    stage.type("3")


def all_terms(stage: Stage) -> None:
    basket(stage)
    stage.counter.set_customer(7, "Mia-Sophie Kramer-Lindenberg, mia.kramer@example.org")
    terms = replace(
        stage.counter.terms,
        notes="Needs a place for a wheelchair near the aisle, comes with an assistant",
        reduction=Reduction(ReductionKind.REDUCED, Decimal(20)),
        reason="members of the friends' association",
    )
    stage.counter.set_terms(terms)
    stage.priced()
    stage.key(Qt.Key.Key_F9, SHIFT)


SCENES: tuple[Scene, ...] = (
    more,
    split,
    split_terminal,
    split_left,
    split_unknown,
    no_drawer,
    card_cancelled,
    reprinted,
    reduced,
    later,
    all_terms,
    order_receipts,
    order_mail,
    order_mailed,
    done_receipt,
    mails,
    choosing,
    basket,
    counting,
    cash,
    cash_missing,
    card,
    gateway_unknown,
    printing,
    done,
    not_printed,
    next_while_failed,
    reprint,
    refused,
    price_changed,
    unsure,
    reconnecting,
    empty,
    no_match,
    loading,
    failed,
    filtering,
    order,
    last_sales,
    orders,
    orders_filtered,
    orders_name,
    orders_new_name,
    orders_notes,
    orders_reprint,
    orders_none,
    orders_empty,
    orders_loading,
    orders_failed,
    orders_long,
    help_keys,
    printer,
    printer_stock,
    printer_roll,
    printer_looking,
    printer_pdf,
    fault,
    long_texts,
)


def picture(theme: Theme, scene: Scene, size: tuple[int, int], locale: str, file: Path) -> None:
    world: World = long_world() if scene is long_texts else demo_world()
    if scene in (gateway_unknown, split_unknown):
        world.charge = lambda _pin: CardAnswer(CardState.UNKNOWN)
        world.card_look_up = lambda _key: CardAnswer(CardState.UNKNOWN)
    stage = Stage(theme, world, locale, size)
    scene(stage)
    rest(350)
    take_picture(stage.window, file)
    top = QApplication.activeModalWidget()
    if top is not None:
        take_picture(top, file.with_stem(f"{file.stem}-dialog"))
        top.close()
    stage.close()


def start_pictures(theme: Theme, folder: Path, locale: str) -> None:
    gate = Event()

    def open_choice(choice: StartChoice, say: Callable[[str], None]) -> object:
        if choice.start_with is StartWith.DEMO:
            say("Starting the database…")
            gate.wait(10)
            return None
        raise errors.ServerNotFound("db.theatre.example", 5432)

    window = StartWindow(theme, Wording(Formats(locale)), open_choice)
    window.show()
    name = "dark" if theme.is_dark else "light"
    rest(150)
    take_picture(window, folder / f"start-{name}-{locale}.png")
    window._show_server()
    window.server.host.setText("db.theatre.example")
    window.server.database.setText("boxoffice")
    window.server.user.setText("anna")
    window.server.enter()
    rest(150)
    take_picture(window, folder / f"start-server-{name}-{locale}.png")
    window._show_choices()
    window.choose(StartChoice(StartWith.DEMO))
    rest(150)
    take_picture(window, folder / f"start-busy-{name}-{locale}.png")
    gate.set()
    window.close()


def main() -> None:
    folder, *names = sys.argv[1:]
    out = Path(folder)
    out.mkdir(parents=True, exist_ok=True)
    locale = "de" if "de" in names else "en"
    quick = "quick" in names
    wanted = set(names) - {"de", "quick", "dark"}
    app = QApplication([])
    install_language(app, locale)
    theme = make_theme(app)
    for mode in (Mode.DARK,) if "dark" in names else (Mode.LIGHT,) if quick else (Mode.LIGHT, Mode.DARK):
        theme.set_mode(mode)
        if not wanted or "start" in wanted:
            start_pictures(theme, out, locale)
        for scene in SCENES:
            if wanted and scene.__name__ not in wanted:
                continue
            for size in SIZES[:1] if quick else SIZES:
                picture(
                    theme, scene, size, locale, out / f"{scene.__name__}-{mode.value}-{size[0]}-{locale}.png"
                )


if __name__ == "__main__":
    main()
