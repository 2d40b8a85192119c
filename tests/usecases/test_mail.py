"""E-mails from the deed to the reader: over a real database and a real mail server."""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Barrier, Event
from uuid import uuid4

import pytest

from boxoffice.domain.errors import BadMailAddress, NothingToSend, UnknownOrder
from boxoffice.domain.mail import MailFailure, MailRound, MailServer, MailState, SendOrder
from boxoffice.domain.sale import Sale
from boxoffice.domain.ticket import TicketFace
from boxoffice.formats import Formats
from boxoffice.printing.code_picture import code_png
from boxoffice.printing.layouts import A4
from boxoffice.printing.output import pdf_bytes
from boxoffice.storage import mail as outbox
from boxoffice.storage.database import Database
from boxoffice.storage.mail import Outcome
from boxoffice.usecases.desk import Reprint
from boxoffice.usecases.mail.outbox import open_outbox
from boxoffice.usecases.mail.post import Post
from boxoffice.usecases.mail.resend_tickets import mail_address_of, resend_tickets
from boxoffice.usecases.mail.send_queued import Office as MailOffice
from boxoffice.usecases.mail.send_queued import send_queued
from boxoffice.usecases.orders.reprint_tickets import reprint_tickets
from boxoffice.usecases.sales.sell_tickets import sell_tickets
from tests.office import Office, wish
from tests.printing.reading import codes, pdf_pictures
from tests.usecases.postbox import Postbox, open_postbox

pytestmark = pytest.mark.usefixtures("qapp")


def draw(faces: Sequence[TicketFace], formats: Formats) -> bytes:
    return pdf_bytes(faces, A4, formats)


@dataclass(frozen=True, slots=True)
class Mailroom:
    """A box office that has sold two tickets, and the mail server that it hands its mail to."""

    db: Database
    office: Office
    sale: Sale
    box: Postbox

    def queue(self, *addresses: str) -> None:
        for address in addresses or ("kim@example.org",):
            resend_tickets(self.db, self.office.at, SendOrder(self.sale.order_id, address))

    def send(self, server: MailServer | None = None, locale: str = "en") -> MailRound:
        there = MailOffice(server or self.box.address(), "Jazz Cellar", locale, draw, code_png)
        return send_queued(self.db, there, Event())

    def state(self) -> tuple[str, str, str]:
        row = self.office.connection.execute(
            "SELECT state, failure, detail FROM email_notifications"
        ).fetchone()
        assert row is not None
        return row

    def queued(self) -> int:
        return int(self.office.value("SELECT count(*) FROM email_notifications"))

    def forget(self) -> None:
        self.office.connection.execute("DELETE FROM email_notifications")

    def let_it_be_due(self) -> None:
        self.office.connection.execute("UPDATE email_notifications SET next_attempt_at = now()")

    def text(self) -> str:
        """Return what the one e-mail that arrived says."""
        (message,) = self.box.messages
        body = message.get_body(("plain",))
        assert body is not None
        return str(body.get_content()).replace("\N{NO-BREAK SPACE}", " ")

    def html(self) -> str:
        (message,) = self.box.messages
        body = message.get_body(("html",))
        assert body is not None
        return str(body.get_content())

    def codes(self) -> list[str]:
        """Return what a scanner reads from the PDF that arrived."""
        (pdf,) = self.box.messages[0].iter_attachments()
        return [code for picture in pdf_pictures(pdf.get_content()) for code in codes(picture)]


@pytest.fixture
def room(db: Database, office: Office) -> Iterator[Mailroom]:
    event = office.event(title="Blue Harbour Quartet", tax_rate_percent=19)
    sale = sell_tickets(db, office.at, wish(event, (office.tier(event), 2))).value
    with open_postbox() as box:
        yield Mailroom(db, office, sale, box)


def test_a_resent_order_arrives_with_its_tickets_in_a_pdf(room: Mailroom) -> None:
    assert (
        resend_tickets(room.db, room.office.at, SendOrder(room.sale.order_id, "kim@example.org")).value
        == "kim@example.org"
    )
    assert room.send() == MailRound(sent=1)
    (message,) = room.box.messages
    assert (message["To"], message["From"]) == (
        "kim@example.org",
        "Jazz Cellar <tickets@jazzcellar.example.org>",
    )
    assert message["Subject"].startswith("Your tickets again: Blue Harbour Quartet, ")
    (pdf,) = message.iter_attachments()
    read = [code for picture in pdf_pictures(pdf.get_content()) for code in codes(picture)]
    assert read == [f"BO1:{ticket.face.code}" for ticket in room.sale.tickets]
    assert room.office.value("SELECT state || attempts FROM email_notifications") == "sent1"


# --- queueing ------------------------------------------------------------------------------------


def test_the_same_wish_is_queued_once_and_evidence_names_no_address(room: Mailroom) -> None:
    wanted = SendOrder(room.sale.order_id, "kim@example.org")
    assert resend_tickets(room.db, room.office.at, wanted) == resend_tickets(room.db, room.office.at, wanted)
    assert room.queued() == 1
    assert room.office.value("SELECT count(*) FROM audit_logs WHERE action = 'mailed'") == 1
    assert "kim" not in room.office.value("SELECT detail::text FROM audit_logs WHERE action = 'mailed'")


def test_nobody_is_written_to_where_no_address_is_known(room: Mailroom) -> None:
    assert mail_address_of(room.db, room.sale.order_id) == ""
    with pytest.raises(BadMailAddress):
        resend_tickets(room.db, room.office.at, SendOrder(room.sale.order_id))
    customer = room.office.insert("users", email="kim@example.org", first_name="Kim")
    room.office.connection.execute("UPDATE orders SET user_id = %s", [customer])
    assert mail_address_of(room.db, room.sale.order_id) == "kim@example.org"
    assert resend_tickets(room.db, room.office.at, SendOrder(room.sale.order_id)).value == "kim@example.org"


@pytest.mark.parametrize(
    "typed",
    ["kim", "kim@", "@example.org", "kim@example", "a@b@example.org",
     "kim@example.org\r\nBcc: all@example.org",
     "kim@example.org, eve@example.org", "kim@exa mple.org", "<kim@example.org>", "kim@example.org\x00"],
)  # fmt: skip
def test_what_is_no_address_is_refused_before_it_is_queued(room: Mailroom, typed: str) -> None:
    with pytest.raises(BadMailAddress):
        resend_tickets(room.db, room.office.at, SendOrder(room.sale.order_id, typed))
    assert room.queued() == 0


def test_an_order_without_valid_tickets_or_none_at_all_is_refused(room: Mailroom) -> None:
    with pytest.raises(UnknownOrder):
        resend_tickets(room.db, room.office.at, SendOrder(0, "kim@example.org"))
    room.office.connection.execute("UPDATE tickets SET status = 'used'")
    with pytest.raises(NothingToSend):
        resend_tickets(room.db, room.office.at, SendOrder(room.sale.order_id, "kim@example.org"))


# --- writing -------------------------------------------------------------------------------------


def test_a_code_that_was_replaced_meanwhile_is_not_mailed(room: Mailroom) -> None:
    room.queue()
    torn = room.sale.tickets[0]
    (new,) = reprint_tickets(room.db, room.office.at, Reprint(room.sale.order_id, (torn.id,), "torn")).value
    room.send()
    (pdf,) = room.box.messages[0].iter_attachments()
    read = [code for picture in pdf_pictures(pdf.get_content()) for code in codes(picture)]
    assert read == [f"BO1:{new.face.code}", f"BO1:{room.sale.tickets[1].face.code}"]


def test_tickets_that_are_no_longer_valid_are_not_mailed_and_it_is_said_why(room: Mailroom) -> None:
    room.queue()
    room.office.connection.execute("UPDATE tickets SET status = 'refunded'")
    assert room.send() == MailRound(failed=1)
    assert (room.box.taken, room.state()) == ([], ("failed", "void", ""))


def test_the_customers_own_language_comes_before_the_offices(room: Mailroom) -> None:
    resend_tickets(room.db, room.office.at, SendOrder(room.sale.order_id, "kim@example.org", language="de"))
    room.send()
    assert "noch einmal. Nur die Codes in dieser PDF-Datei öffnen die Tür" in room.text()
    html = room.box.messages[0].get_body(("html",))
    assert html is not None
    assert '<html lang="de">' in html.get_content()


def test_a_title_cannot_write_headers_tags_or_fields(room: Mailroom) -> None:
    title = "Tea\r\nBcc: all@example.org\r\n\r\n<script>$total</script> \x1b \u2028 ${place}"
    event = room.office.event(title=title)
    sale = sell_tickets(room.db, room.office.at, wish(event, (room.office.tier(event, name="A\nB"), 1))).value
    resend_tickets(room.db, room.office.at, SendOrder(sale.order_id, "kim@example.org"))
    room.send(room.box.address(sender_name="Jazz\r\nBcc: eve@example.org"))
    (message,) = room.box.messages
    assert message["Bcc"] is None
    assert room.box.taken[0].rcpt_tos == ["kim@example.org"]
    assert "Tea Bcc: all@example.org <script>$total</script>" in message["Subject"]
    html = message.get_body(("html",))
    assert html is not None
    assert "&lt;script&gt;$total&lt;/script&gt;" in html.get_content()
    assert "<script>" not in html.get_content()


# --- who is written to without being asked ------------------------------------------------------


@pytest.fixture
def kim(office: Office) -> int:
    return office.insert("users", email="kim@example.org", first_name="Kim", last_name="Ito")


def order_of(office: Office, sale: Sale, customer: int) -> int:
    """Pay an order like this sale's once more, in a customer's name."""
    order = office.insert(
        "orders", user_id=customer, event_id=sale.event_id, currency="EUR", subtotal=28, total_amount=28,
        status="pending", till_id=office.at.till_id, clerk_id=office.at.clerk_id,
    )  # fmt: skip
    tier = sale.totals.lines[0].tier_id
    office.insert("order_items", order_id=order, tier_id=tier, quantity=1, unit_price=28)
    office.insert("tickets", order_id=order, tier_id=tier, event_id=sale.event_id, number=1, price=28)
    office.connection.execute("UPDATE orders SET status = 'paid', paid_at = now() WHERE id = %s", [order])
    return order


@pytest.mark.parametrize(("locale", "says"), [("en", "Dear Kim Ito,"), ("de", "Guten Tag, Kim Ito,")])
def test_whoever_is_known_gets_the_tickets_when_the_order_is_paid(
    room: Mailroom, kim: int, locale: str, says: str
) -> None:
    order_of(room.office, room.sale, kim)
    assert room.send(locale=locale) == MailRound(sent=1)
    assert room.text().startswith(says)
    assert len(list(room.box.messages[0].iter_attachments())) == 1


def test_whoever_bought_at_the_counter_without_a_name_gets_nothing(room: Mailroom) -> None:
    assert room.queued() == 0


def refund(office: Office, order: int, **changes: object) -> None:
    number = office.value("SELECT coalesce(max(number), 0) + 1 FROM receipts")
    office.connection.execute(
        "INSERT INTO receipts (till_id, number, kind, order_id, currency, total, facts)"
        " VALUES (%s, %s, 'refund', %s, 'EUR', -26, '{}')",
        [office.at.till_id, number, order],
    )
    columns = {
        "key": uuid4(), "order_id": order, "kind": "refund", "currency": "EUR", "subtotal": 26,
        "service_fee": 0,
        "tax": 0, "total": 26, "retained": 2, "reason": "ill", "till_id": office.at.till_id,
        "clerk_id": office.at.clerk_id, "receipt_number": number,
    }  # fmt: skip
    office.insert("corrections", **columns | changes)


def test_a_refund_is_told_with_what_went_back_and_what_was_kept(room: Mailroom, kim: int) -> None:
    order = order_of(room.office, room.sale, kim)
    room.forget()
    refund(room.office, order)
    assert room.send() == MailRound(sent=1)
    told = room.text()
    assert "You get back: € 26.00" in told
    assert "Kept as a fee: € 2.00" in told
    assert "ill" not in told.replace("will", "")
    assert list(room.box.messages[0].iter_attachments()) == []


def test_nothing_is_said_of_a_fee_that_was_not_kept(room: Mailroom, kim: int) -> None:
    order = order_of(room.office, room.sale, kim)
    room.forget()
    refund(room.office, order, retained=0)
    room.send()
    assert "Kept" not in room.text()


def test_a_cancelled_event_is_told_once_with_where_the_money_is(room: Mailroom, kim: int) -> None:
    order = order_of(room.office, room.sale, kim)
    room.forget()
    room.office.connection.execute(
        "INSERT INTO event_cancellations (event_id, reason, manager_id) VALUES (%s, 'ill', %s)",
        [room.sale.event_id, room.office.at.clerk_id],
    )
    room.office.connection.execute(
        "INSERT INTO event_cancellation_orders (order_id, event_id) VALUES (%s, %s)",
        [order, room.sale.event_id],
    )
    assert room.queued() == 0
    refund(room.office, order)
    for outcome in ("to_collect", "refunded"):
        room.office.connection.execute("UPDATE event_cancellation_orders SET state = %s", [outcome])
    assert room.send() == MailRound(sent=1)
    told = room.text()
    assert "€ 26.00 waits for you at the counter, in cash." in told
    assert room.box.messages[0]["Subject"].startswith("Cancelled: Blue Harbour Quartet")


def test_an_address_that_nobody_can_have_never_stops_a_deed(room: Mailroom) -> None:
    odd = room.office.insert("users", email="odd one@example.org", first_name="Odd")
    order_of(room.office, room.sale, odd)
    assert room.queued() == 0


# --- sending -------------------------------------------------------------------------------------


def test_a_server_that_is_away_is_tried_again_after_a_growing_wait(room: Mailroom) -> None:
    room.queue()
    with open_postbox() as gone:
        away = gone.address()
    waits = []
    for _ in range(3):
        room.let_it_be_due()
        ended = room.send(away)
        assert (ended.later, ended.trouble) == (1, MailFailure.SERVER)
        waits.append(
            room.office.value(
                "SELECT round(extract(epoch FROM next_attempt_at - now())) FROM email_notifications"
            )
        )
    assert waits == [30, 60, 120]
    assert room.state()[:2] == ("queued", "server")
    assert room.send(away) == MailRound()
    with open_postbox() as box:
        room.let_it_be_due()
        assert room.send(box.address()) == MailRound(sent=1)
    assert room.state() == ("sent", "", "")


def test_an_address_that_is_refused_for_good_fails_with_the_servers_words_and_a_manager_tries_again(
    room: Mailroom,
) -> None:
    room.queue()
    room.box.rcpt = ["550 5.1.1 no such user here"]
    assert room.send() == MailRound(failed=1)
    admin = open_outbox(room.db)
    (entry,) = admin.entries(MailState.FAILED)
    assert (entry.failure, entry.detail) == (MailFailure.ADDRESS, "550 5.1.1 no such user here")
    assert entry.order_number == room.sale.order_number
    assert room.send() == MailRound()
    assert admin.retry((entry.id,)) == 1
    assert room.send() == MailRound(sent=1)
    (entry,) = admin.entries(None)
    assert (entry.state, entry.failure) == (MailState.SENT, None)
    assert admin.retry((entry.id,)) == 0


@pytest.mark.parametrize(
    ("said", "outcome"),
    [("452 4.2.2 full", ("queued", "message")), ("554 5.7.1 looks like spam", ("failed", "message"))],
)
def test_a_message_that_is_refused_for_now_waits_and_one_refused_for_good_fails(
    room: Mailroom, said: str, outcome: tuple[str, str]
) -> None:
    room.queue()
    room.box.data = [said]
    assert room.send().trouble is None
    assert room.state() == (*outcome, said)


def test_one_refused_address_does_not_hold_up_the_others(room: Mailroom) -> None:
    room.queue()
    room.queue("lee@example.org")
    room.box.rcpt = ["550 nobody"]
    assert room.send() == MailRound(sent=1, failed=1)
    assert room.box.taken[0].rcpt_tos == ["lee@example.org"]


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_a_refused_sign_in_is_told_apart_and_ends_the_round(room: Mailroom) -> None:
    room.queue()
    room.queue("lee@example.org")
    with open_postbox(auth=True) as box:
        for user, password in (("anna", "wrong"), ("", "")):
            room.let_it_be_due()
            ended = room.send(box.address(user=user, password=password))
            assert (ended.later, ended.trouble) == (1, MailFailure.SIGN_IN)
        room.let_it_be_due()
        assert room.send(box.address(user="anna", password="opens")) == MailRound(sent=2)  # noqa: S106 - a test's


def test_an_answer_that_is_lost_means_that_it_goes_out_again_under_the_same_name(room: Mailroom) -> None:
    room.queue()
    room.box.hang_up_after_data = 1
    ended = room.send()
    assert (ended.later, ended.trouble) == (1, MailFailure.SERVER)
    room.let_it_be_due()
    assert room.send() == MailRound(sent=1)
    first, second = room.box.messages
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Message-ID"].endswith("@jazzcellar.example.org>")


def test_two_programs_at_once_send_each_e_mail_once(room: Mailroom, database_url: str) -> None:
    for number in range(12):
        resend_tickets(room.db, room.office.at, SendOrder(room.sale.order_id, f"guest{number}@example.org"))
    start = Barrier(2)
    other = Database(database_url)

    def work(own: Database) -> MailRound:
        start.wait(10)
        return replace(room, db=own).send()

    with ThreadPoolExecutor(2) as programs:
        rounds = list(programs.map(work, (room.db, other)))
    other.close()
    assert sum(one.sent for one in rounds) == 12
    assert sorted(to for envelope in room.box.taken for to in envelope.rcpt_tos) == sorted(
        f"guest{number}@example.org" for number in range(12)
    )


def test_while_one_program_has_it_in_hand_another_finds_nothing_and_after_its_death_takes_it(
    room: Mailroom,
) -> None:
    room.queue()
    """Killed between claim and send: no answer ever comes, and the lease runs out."""
    with room.db.write() as session:
        dead = outbox.claim(session, 60)
    assert dead is not None
    assert room.send() == MailRound()
    room.office.connection.execute("UPDATE email_notifications SET claimed_until = now()")
    assert room.send() == MailRound(sent=1)
    with room.db.write() as session:
        # Should it come back to life, it changes nothing any more.
        assert not outbox.settle(session, dead, Outcome("failed", MailFailure.SERVER))
    assert room.state() == ("sent", "", "")
    assert room.office.value("SELECT attempts FROM email_notifications") == 2


def test_a_domain_with_umlauts_goes_out_in_letters_that_every_server_knows(room: Mailroom) -> None:
    resend_tickets(room.db, room.office.at, SendOrder(room.sale.order_id, "kim@bücher.example.org"))
    assert room.send() == MailRound(sent=1)
    assert room.box.taken[0].rcpt_tos == ["kim@xn--bcher-kva.example.org"]


def test_umlauts_before_the_at_sign_need_a_server_that_knows_them_or_fail_clearly(room: Mailroom) -> None:
    resend_tickets(room.db, room.office.at, SendOrder(room.sale.order_id, "jürgen@example.org"))
    with open_postbox(smtputf8=False) as plain:
        assert room.send(plain.address()) == MailRound(failed=1)
    assert room.state()[:2] == ("failed", "address")
    open_outbox(room.db).retry(tuple(entry.id for entry in open_outbox(room.db).entries(None)))
    assert room.send() == MailRound(sent=1)
    assert room.box.taken[0].rcpt_tos == ["jürgen@example.org"]


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and its certificate for 127.0.0.1, in one file."""
    made = tmp_path_factory.mktemp("tls") / "server.pem"
    key, public = made.with_suffix(".key"), made.with_suffix(".crt")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", public,
         "-days", "2",
         "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"],
        check=True, capture_output=True,
    )  # fmt: skip
    made.write_text(key.read_text() + public.read_text())
    return made


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_over_tls_a_certificate_is_checked(room: Mailroom, certificate: Path, security: str) -> None:
    room.queue()
    with open_postbox(tls=certificate, implicit=security == "tls") as box:
        ended = room.send(box.address(security=security))
        assert (ended.sent, ended.trouble) == (0, MailFailure.SERVER)
        room.let_it_be_due()
        trusting = ssl.create_default_context(cafile=str(certificate))
        server = box.address(security=security)
        there = MailOffice(server, "Jazz Cellar", "en", draw, code_png)
        assert send_queued(room.db, there, Event(), Post(server, trusting)) == MailRound(sent=1)


def test_without_encryption_on_offer_nothing_is_said_in_clear(room: Mailroom) -> None:
    room.queue()
    ended = room.send(room.box.address(security="starttls", user="anna", password="opens"))  # noqa: S106 - a test's
    assert (ended.sent, ended.trouble) == (0, MailFailure.SERVER)
    assert room.box.taken == []


def test_a_password_is_never_sent_in_clear_to_another_computer(room: Mailroom) -> None:
    room.queue()
    ended = room.send(room.box.address(host="mail.example.org", user="anna", password="opens"))  # noqa: S106 - a test's
    assert (ended.later, ended.trouble) == (1, MailFailure.SIGN_IN)
