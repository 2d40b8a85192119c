"""What people who wait are told by e-mail: over a real database and a real mail server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from email.message import EmailMessage
from io import BytesIO
from threading import Barrier, Event

import pytest
from PIL import Image

from boxoffice.domain.mail import MailFailure, MailKind, MailRound
from boxoffice.domain.sale import Terms
from boxoffice.domain.ticket import TicketFace
from boxoffice.domain.waitlist import EntryState, Offer, grouped_offer_code, offer_code
from boxoffice.formats import Formats
from boxoffice.printing.code_picture import code_png
from boxoffice.printing.layouts import A4
from boxoffice.printing.output import pdf_bytes
from boxoffice.storage import mail as outbox
from boxoffice.storage.database import Database
from boxoffice.storage.mail import Outcome
from boxoffice.usecases.events.cancel_event import cancel_event, give_back_orders
from boxoffice.usecases.mail.outbox import open_outbox
from boxoffice.usecases.mail.send_queued import Office as MailOffice
from boxoffice.usecases.mail.send_queued import send_queued
from boxoffice.usecases.office.personal_data import erase_person
from boxoffice.usecases.waitlist.offers import decline_offer, find_offer, tend_waitlist
from tests.printing.reading import codes
from tests.usecases.postbox import Postbox, open_postbox
from tests.waitlist.conftest import House

pytestmark = pytest.mark.usefixtures("qapp")

NOON = "2030-06-02 10:00+00"
OFFERS = "email_notifications WHERE kind = 'waitlist_offer'"


def draw(faces: Sequence[TicketFace], formats: Formats) -> bytes:
    return pdf_bytes(faces, A4, formats)


@dataclass(frozen=True, slots=True)
class Mailroom:
    """A house with a list, and the mail server that it hands its mail to."""

    house: House
    box: Postbox

    def offer(self, quantity: int = 2, **person: object) -> Offer:
        """Let somebody wait and get what a refund frees."""
        customer = self.house.person(**person)
        entry = self.house.join(quantity, customer_id=customer).entry_id
        self.house.free(quantity)
        made = self.house.entry(entry).offer
        assert made is not None
        return made

    def send(self, locale: str = "en", db: Database | None = None) -> MailRound:
        office = MailOffice(self.box.address(), "Jazz Cellar", locale, draw, code_png)
        return send_queued(db or self.house.db, office, Event())

    def run(self, statement: str) -> None:
        self.house.office.connection.execute(statement.encode())

    def state(self) -> str:
        """Return how the one notice of an offer stands."""
        return str(self.house.office.value(f"SELECT state || ' ' || failure FROM {OFFERS}"))

    def move_deadline(self, to: str) -> None:
        self.run(f"UPDATE waitlist_offers SET expires_at = '{to}'; UPDATE holds SET expires_at = '{to}'")


@pytest.fixture
def room(house: House) -> Iterator[Mailroom]:
    house.office.connection.execute(
        "UPDATE events SET title = 'Blue Harbour Quartet', time_zone = 'Europe/Berlin',"
        " start_time = '2030-06-21 17:30+00'"
    )
    with open_postbox() as box:
        yield Mailroom(house, box)


def part(message: EmailMessage, kind: str) -> EmailMessage:
    (found,) = [one for one in message.walk() if one.get_content_type() == kind]
    assert isinstance(found, EmailMessage)
    return found


def text(message: EmailMessage) -> str:
    return str(part(message, "text/plain").get_content())


# --- an offer's letter ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("locale", "says"),
    [
        ("en", ("Dear Guest 1,", "until Sun 2 Jun, 12:00.", "Fri 21 Jun 2030, 19:30", "answer this mail")),
        ("de", ("Guten Tag, Guest 1,", "bis So. 2. Juni, 12:00 frei", "Fr. 21. Juni 2030, 19:30", "rufen")),
    ],
)  # fmt: skip
def test_what_a_refund_frees_is_told_once_with_its_code_and_deadline(
    room: Mailroom, locale: str, says: tuple[str, ...]
) -> None:
    offer = room.offer()
    room.move_deadline(NOON)
    assert room.send(locale) == MailRound(sent=1)
    assert room.send(locale) == MailRound()
    (message,) = room.box.messages
    assert message["To"] == "guest1@example.org"
    for words in (*says, "2 \N{MULTIPLICATION SIGN} Standard", grouped_offer_code(offer.code)):
        assert words in text(message)
        assert words in part(message, "text/html").get_content()
    assert room.state() == "sent "


def test_the_code_is_shown_as_a_picture_that_opens_the_offer_at_the_counter(room: Mailroom) -> None:
    offer = room.offer()
    room.send()
    (message,) = room.box.messages
    picture = part(message, "image/png")
    (read,) = codes(Image.open(BytesIO(picture.get_content())).convert("L"))
    assert offer_code(read) == offer.code
    assert find_offer(room.house.db, read).offer.id == offer.id
    cid = picture["Content-ID"].strip("<>")
    assert (
        f'<img src="cid:{cid}" alt="{grouped_offer_code(offer.code)}">'
        in part(message, "text/html").get_content()
    )
    assert picture.get_content_disposition() == "inline"
    assert "cid:" not in text(message)
    # Beside the text, not attached to it: programs that show no HTML show no stray file either.
    assert message.get_content_type() == "multipart/alternative"
    assert [one.get_content_type() for one in message.iter_parts()] == ["text/plain", "multipart/related"]


def test_names_and_titles_cannot_write_headers_tags_or_fields(room: Mailroom) -> None:
    title = "Tea\r\nBcc: all@example.org\r\n\r\n<img src=x> $code \u2028 ${until}"
    room.house.office.connection.execute("UPDATE events SET title = %s", [title])
    room.offer(first_name="$picture\n\n$code <script>", last_name="\x1b")
    assert room.send() == MailRound(sent=1)
    (message,) = room.box.messages
    assert message["Bcc"] is None
    assert "Tea Bcc: all@example.org <img src=x> $code" in message["Subject"]
    assert "Dear $picture $code <script>," in text(message)
    html = part(message, "text/html").get_content()
    assert "<script>" not in html
    assert html.count("<img") == 1
    assert "&lt;img src=x&gt; $code" in html


# --- whether it still stands ---------------------------------------------------------------------


def test_the_letter_tells_of_the_event_as_it_is_when_it_goes_out(room: Mailroom) -> None:
    room.offer()
    room.run("UPDATE events SET start_time = '2030-06-22 18:00+00', venue = 'Town Hall'")
    room.send()
    (message,) = room.box.messages
    assert "Sat 22 Jun 2030, 20:00" in text(message)
    assert "Town Hall, Kanalstraße 14" in text(message)


def test_an_offer_that_was_declined_is_not_told(room: Mailroom) -> None:
    decline_offer(room.house.db, room.house.office.at, room.offer().id)
    assert room.send() == MailRound()
    assert room.state() == "failed void"


def test_an_offer_that_was_redeemed_is_not_told(room: Mailroom) -> None:
    room.house.sell(2, terms=Terms(offer=room.offer().code))
    room.send()
    assert room.box.taken == []
    assert room.state() == "failed void"


def test_an_offer_that_is_over_is_not_told_though_nobody_came_by_to_end_it(room: Mailroom) -> None:
    room.offer()
    room.move_deadline("2020-01-01")
    assert room.send() == MailRound(failed=1)
    assert (room.box.taken, room.state()) == ([], "failed void")
    assert tend_waitlist(room.house.db) is not None


def test_what_is_no_longer_so_stays_void_when_a_manager_tries_it_again(room: Mailroom) -> None:
    decline_offer(room.house.db, room.house.office.at, room.offer().id)
    manager = Database(room.house.office.person("manager").url)
    mails = open_outbox(manager)
    (entry,) = mails.entries(None)
    assert (entry.kind, entry.order_number, entry.failure) == ("waitlist_offer", "", MailFailure.VOID)
    assert mails.retry((entry.id,)) == 1
    manager.close()
    assert room.send() == MailRound(failed=1)
    assert (room.box.taken, room.state()) == ([], "failed void")


def test_whoever_was_erased_while_the_letter_was_in_hand_is_not_written_to(room: Mailroom) -> None:
    room.offer()
    guest = room.house.office.value("SELECT id FROM users WHERE email = 'guest1@example.org'")
    with room.house.db.write() as session:
        held = outbox.claim(session, 60)
    assert held is not None
    assert held.kind is MailKind.WAITLIST_OFFER
    manager = Database(room.house.office.person("manager").url)
    erase_person(manager, guest, "asked for it")
    manager.close()
    with room.house.db.write() as session:
        assert outbox.standing_offer(session, held.id) is None
        assert outbox.name_of(session, guest) is None
        assert not outbox.settle(session, held, Outcome("failed", MailFailure.VOID))


# --- when ----------------------------------------------------------------------------------------


def be_quiet(room: Mailroom) -> None:
    """Let the event's quiet hours have begun two hours ago, and end in two."""
    here = "now() AT TIME ZONE 'Europe/Berlin'"
    room.run(
        f"UPDATE events SET waitlist_quiet_from = ({here} - interval '2 h')::time(0),"
        f" waitlist_quiet_until = ({here} + interval '2 h')::time(0)"
    )


def be_loud(room: Mailroom) -> None:
    room.run("UPDATE events SET waitlist_quiet_from = NULL, waitlist_quiet_until = NULL")


def test_quiet_hours_hold_the_letter_back(room: Mailroom) -> None:
    be_quiet(room)
    room.offer()
    assert room.send() == MailRound()
    waits = room.house.office.value(f"SELECT extract(epoch FROM next_attempt_at - now()) FROM {OFFERS}")
    assert 7100 < waits < 7202
    be_loud(room)
    room.run("UPDATE email_notifications SET next_attempt_at = now()")
    assert room.send() == MailRound(sent=1)


def test_a_letter_that_is_late_does_not_go_out_in_quiet_hours(room: Mailroom) -> None:
    room.offer()
    be_quiet(room)
    assert room.send() == MailRound()
    assert room.house.office.value(f"SELECT attempts FROM {OFFERS}") == 0
    be_loud(room)
    assert room.send() == MailRound(sent=1)


def test_two_programs_at_once_tell_each_offer_once(room: Mailroom, database_url: str) -> None:
    for _ in range(4):
        room.offer()
    start = Barrier(2)
    other = Database(database_url)

    def work(own: Database) -> MailRound:
        start.wait(10)
        return room.send(db=own)

    with ThreadPoolExecutor(2) as programs:
        rounds = list(programs.map(work, (room.house.db, other)))
    other.close()
    assert sum(one.sent for one in rounds) == 4
    told = sorted(to for envelope in room.box.taken for to in envelope.rcpt_tos)
    assert told == [f"guest{number}@example.org" for number in range(1, 5)]


# --- an event that does not take place -------------------------------------------------------------


@pytest.mark.parametrize(
    ("locale", "says"),
    [("en", "Nothing was bought for you from the waitlist"), ("de", "Sie müssen nichts tun.")],
)
def test_a_cancelled_event_is_told_to_everybody_who_waits_and_to_whoever_bought_by_the_order_alone(
    room: Mailroom, locale: str, says: str
) -> None:
    house = room.house
    buyer = house.person(first_name="Buyer")
    house.free(2)
    house.sell(2, terms=Terms(customer_id=buyer))
    room.offer()
    house.join(1, customer_id=buyer)
    waits = house.join(2)
    room.run("DELETE FROM email_notifications WHERE kind <> 'waitlist_offer'")
    manager = house.office.person("manager")
    boss, at = Database(manager.url), replace(house.office.at, clerk_id=manager.id)
    cancel_event(boss, at, house.event, "the singer is ill")
    give_back_orders(boss, at, house.event)
    assert room.send(locale) == MailRound(sent=3)
    boss.close()
    arrived = {message["To"]: message for message in room.box.messages}
    assert sorted(arrived) == ["guest1@example.org", "guest2@example.org", "guest3@example.org"]
    assert says not in text(arrived["guest1@example.org"])
    for guest in ("guest2@example.org", "guest3@example.org"):
        assert says in text(arrived[guest])
        assert says in part(arrived[guest], "text/html").get_content()
        assert arrived[guest]["Subject"].endswith("Blue Harbour Quartet, Fri 21 Jun 2030") or locale == "de"
    assert house.entry(waits.entry_id).state is EntryState.CANCELLED
    assert room.state() == "failed void"
