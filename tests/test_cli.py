"""The command line on a database of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import make_url

from boxoffice import bootstrap
from boxoffice.keystore import Keystore
from boxoffice.settings import load
from boxoffice.usecases.mail.account import mail_server
from tests.office import Office
from tests.printing.reading import codes, pdf_pictures
from tests.usecases.conftest import office
from tests.usecases.postbox import SENDER, open_postbox

__all__ = ["office"]

ROOT = Path(__file__).resolve().parent.parent


class CommandLine:
    """Runs `boxoffice ...` on the database that the environment names."""

    def __init__(self, heard: pytest.CaptureFixture[str]) -> None:
        self._heard = heard

    def __call__(self, *arguments: str, code: int = 0) -> str:
        """Run a command and return all that it said."""
        try:
            ended = bootstrap.main(arguments)
        except SystemExit as misused:
            ended = int(misused.code or 0)
        said = self._heard.readouterr()
        assert ended == code, said
        return said.out + said.err

    def json(self, *arguments: str, code: int = 0) -> Any:
        """Run a command and return its answer."""
        return json.loads(self(*arguments, "--json", code=code))


@pytest.fixture
def boxoffice(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> CommandLine:
    monkeypatch.setenv("BOXOFFICE_DATABASE_URL", database_url)
    monkeypatch.setenv("BOXOFFICE_HOME", str(tmp_path))
    return CommandLine(capsys)


SELL = ("sell", "--event", "quartet", "--tier", "Standard", "--tender", "cash")


@pytest.fixture
def sells(boxoffice: CommandLine, office: Office, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The same, signed in as the office's clerk at Counter 2."""
    monkeypatch.setenv("BOXOFFICE_DATABASE_URL", office.let_in(office.at.clerk_id, "clerk"))
    monkeypatch.setenv("BOXOFFICE_TILL", office.at.till)
    return boxoffice


@pytest.mark.usefixtures("qapp")
def test_selling_from_a_script_once_per_key_with_tickets_that_scan(
    sells: CommandLine, office: Office, tmp_path: Path
) -> None:
    office.tier(office.event(slug="quartet"))
    pdf = tmp_path / "tickets.pdf"
    command = (*SELL, "--quantity", "2", "--purchase-key", str(uuid4()), "--pdf", str(pdf))
    first = sells.json(*command)
    again = sells.json(*command)
    assert again["replayed"]
    assert again["order_number"] == first["order_number"]
    minted = [f"BO1:{ticket['face']['code']}" for ticket in first["tickets"]]
    assert [code for page in pdf_pictures(pdf) for code in codes(page)] == minted
    assert office.value("SELECT count(*) FROM orders") == 1


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--quantity", "0"), 1, "whole number"),
        (("--quantity", "-3"), 1, "whole number"),
        (("--quantity", "99"), 1, "At most 10"),
        (("--quantity", "99999999999999999999"), 1, "whole number"),
        (("--quantity", "two"), 2, "not a whole number"),
        (("--quantity", "1", "--tier", "Box"), 1, "no ticket “Box”"),
        (("--quantity", "1", "--event", "%_\\'"), 1, "event"),
        (("--quantity", "1", "--tender", "shells"), 2, "shells"),
        (("--quantity", "1", "--purchase-key", "me"), 2, "not a UUID"),
        (("--quantity", "1_0"), 2, "not a whole number"),
        (("--quantity", "\uff11"), 2, "not a whole number"),
        (("--quantity", "9" * 5000), 2, "not a whole number"),
        (("--quantity", "1", "--event", "\udcff"), 2, "not text"),
        (("--quantity", "1", "--pdf", "/nowhere/tickets.pdf"), 2, "nothing was sold"),
        (("--quantity", "1", "--pdf", "/"), 2, "nothing was sold"),
    ],
)
def test_bad_wishes_are_sentences_and_write_nothing(
    sells: CommandLine, office: Office, arguments: tuple[str, ...], code: int, said: str
) -> None:
    office.tier(office.event(slug="quartet"))
    assert said in sells(*SELL, *arguments, code=code)
    assert office.value("SELECT count(*) FROM orders") == 0


def test_events_and_check_in_json(boxoffice: CommandLine, office: Office) -> None:
    event = office.event(slug="quartet", title="Blue Harbour Quartet")
    office.tier(event, quantity=0)
    office.event(title="Other")
    (row,) = boxoffice.json("events", "--search", "harbour")
    assert (row["slug"], row["available"]) == ("quartet", 0)
    assert boxoffice.json("events", "--available") == []
    assert {finding["broken"] for finding in boxoffice.json("check")} == {0}
    office.connection.execute("UPDATE ticket_tiers SET quantity = 5, sold = 1")
    broken = [finding["name"] for finding in boxoffice.json("check", code=1) if finding["broken"]]
    assert broken == ["sold_is_tickets", "sold_is_items"]


def test_migrating_twice_is_migrating_once_and_older_databases_say_what_to_do(
    boxoffice: CommandLine, office: Office
) -> None:
    boxoffice("migrate")
    boxoffice("migrate")
    office.connection.execute("UPDATE alembic_version SET version_num = '9999'")
    assert "newer" in boxoffice("check", code=2)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://a:b3f@127.0.0.1:1/c", "127.0.0.1"),
        ("mysql://a:b3f@127.0.0.1/c", "address"),
        ("nonsense", "address"),
    ],
)
def test_a_wrong_address_is_a_sentence_without_the_password(
    boxoffice: CommandLine, monkeypatch: pytest.MonkeyPatch, url: str, said: str
) -> None:
    monkeypatch.setenv("BOXOFFICE_DATABASE_URL", url)
    told = boxoffice("events", code=2)
    assert said in told
    assert "b3f" not in told


def test_a_broken_settings_file_is_a_sentence(boxoffice: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "settings.toml").write_text("till = [", encoding="utf-8")
    assert "settings.toml" in boxoffice("events", code=2)


def test_as_a_program_of_its_own_it_ends_with_the_same_code(database_url: str, tmp_path: Path) -> None:
    environment = os.environ | {"BOXOFFICE_DATABASE_URL": database_url, "BOXOFFICE_HOME": str(tmp_path)}
    ended = subprocess.run(
        [sys.executable, "main.py", "sell", "--event", "none", *SELL[3:], "--quantity", "1"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stderr == "boxoffice: There is no event “none”, or no longer. Choose another one.\n"


def test_an_administrator_lets_the_first_manager_in_who_then_sells(
    boxoffice: CommandLine, office: Office, monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    office.tier(office.event(slug="quartet"))
    name = f"margarete.{office.connection.info.dbname}".replace("_", ".")
    monkeypatch.setenv("BOXOFFICE_PASSWORD", "a long password")
    who = ("manager", "--name", name, "--first-name", "Margarete")
    assert "can sign in" in boxoffice(*who)
    assert "taken" in boxoffice(*who, code=1)
    monkeypatch.setenv("BOXOFFICE_PASSWORD", "short")
    assert "at least 8" in boxoffice("manager", "--name", "x.y", "--first-name", "X", code=1)
    url = make_url(database_url).set(username=name, password="a long password")  # noqa: S106 - as above
    monkeypatch.setenv("BOXOFFICE_DATABASE_URL", url.render_as_string(hide_password=False))
    # There is no drawer yet that cash could go into.
    assert boxoffice.json(*SELL, "--quantity", "1", code=1)["error"] == "NoOpenDrawer"
    assert boxoffice.json(*SELL[:-1], "card", "--quantity", "1")["clerk"] == "Margarete"
    assert "right of a manager" not in boxoffice("check")


def test_a_person_who_is_nobodys_sells_nothing(boxoffice: CommandLine, office: Office) -> None:
    office.tier(office.event(slug="quartet"))
    assert "nobody here" in boxoffice(*SELL, "--quantity", "1", code=2)
    assert office.value("SELECT count(*) FROM orders") == 0


@pytest.mark.usefixtures("qapp")
def test_queued_mail_is_sent_without_a_window(
    sells: CommandLine, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    boxoffice = sells
    office.tier(office.event(slug="quartet"))
    boxoffice(*SELL, "--quantity", "1")
    office.connection.execute(
        "INSERT INTO email_notifications (order_id, kind, recipient)"
        " SELECT id, 'resend', 'kim@example.org' FROM orders"
    )
    assert "no mail server is set up" in boxoffice("mail", "send", code=2)
    with open_postbox() as box:
        for name, value in (("HOST", "127.0.0.1"), ("PORT", str(box.port)), ("SECURITY", "none"),
                            ("SENDER", SENDER)):  # fmt: skip
            monkeypatch.setenv(f"BOXOFFICE_MAIL__{name}", value)
        assert boxoffice.json("mail", "send")["sent"] == 1
        assert boxoffice.json("mail", "send")["sent"] == 0
    (pdf,) = box.messages[0].iter_attachments()
    assert len([code for picture in pdf_pictures(pdf.get_content()) for code in codes(picture)]) == 1
    office.connection.execute("UPDATE email_notifications SET state = 'queued', next_attempt_at = now()")
    assert "server: " in boxoffice("mail", "send", code=2)


@pytest.mark.usefixtures("qapp")
def test_what_a_killed_program_had_in_hand_is_sent_by_the_next(
    sells: CommandLine, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed for real, while the mail server hears the e-mail and has not answered."""
    boxoffice = sells
    office.tier(office.event(slug="quartet"))
    boxoffice(*SELL, "--quantity", "1")
    office.connection.execute(
        "INSERT INTO email_notifications (order_id, kind, recipient)"
        " SELECT id, 'resend', 'kim@example.org' FROM orders"
    )
    with open_postbox() as box:
        for name, value in (("HOST", "127.0.0.1"), ("PORT", str(box.port)), ("SECURITY", "none"),
                            ("SENDER", SENDER)):  # fmt: skip
            monkeypatch.setenv(f"BOXOFFICE_MAIL__{name}", value)
        program = subprocess.Popen([sys.executable, "main.py", "mail", "send"], cwd=ROOT)
        box.at_data = program.kill
        assert program.wait(30) != 0
        box.at_data = None
        assert office.value("SELECT state FROM email_notifications") == "queued"
        # Its lease still holds: nobody else touches what may yet be sent.
        assert boxoffice.json("mail", "send")["sent"] == 0
        office.connection.execute("UPDATE email_notifications SET claimed_until = now()")
        assert boxoffice.json("mail", "send")["sent"] == 1
    assert office.value("SELECT state || attempts FROM email_notifications") == "sent2"
    assert len({message["Message-ID"] for message in box.messages}) == 1


def test_the_mail_servers_password_is_kept_for_its_owner_alone(
    boxoffice: CommandLine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert "no user of a mail server is named" in boxoffice("mail", "password", code=2)
    monkeypatch.setenv("BOXOFFICE_MAIL__USER", "tickets@example.org")
    monkeypatch.setenv("BOXOFFICE_MAIL__HOST", "mail.example.org")
    monkeypatch.setenv("BOXOFFICE_MAIL_PASSWORD", "s3cret")
    boxoffice("mail", "password")
    monkeypatch.delenv("BOXOFFICE_MAIL_PASSWORD")
    settings = load(tmp_path / "none.toml")
    store = Keystore(tmp_path / "data" / "keys")
    assert mail_server(settings.mail, settings.mail_password, store).password == "s3cret"  # noqa: S105 - a test's
    (file,) = store.folder.glob("*.password")
    assert file.stat().st_mode & 0o777 == 0o600


def test_an_event_is_cancelled_from_a_script_by_a_manager(
    boxoffice: CommandLine, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = office.event(slug="quartet")
    office.tier(event)
    monkeypatch.setenv("BOXOFFICE_TILL", office.at.till)
    monkeypatch.setenv("BOXOFFICE_DATABASE_URL", office.let_in(office.at.clerk_id, "clerk"))
    refused = boxoffice.json("events", "cancel", "quartet", "--reason", "ill", code=1)
    assert refused["error"] == "NotAllowed"
    boxoffice("sell", "--event", "quartet", "--tier", "Standard", "--tender", "card", "--quantity", "2")
    monkeypatch.setenv("BOXOFFICE_DATABASE_URL", office.person("manager").url)
    assert boxoffice.json("events", "cancel", "quartet", code=1)["error"] == "ReasonMissing"
    done = boxoffice.json("events", "cancel", "quartet", "--reason", "ill")
    assert (done["orders"], done["to_collect"], done["waiting"]) == (1, 1, 0)
    assert office.value("SELECT status FROM events") == "cancelled"
    assert "SLUG" in boxoffice("events", "cancel", code=2)
