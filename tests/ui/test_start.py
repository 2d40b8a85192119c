from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Event

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from boxoffice.domain.errors import (
    EmbeddedServerFailed,
    SchemaTooOld,
    ServerNotFound,
    SignInFailed,
    TooManyAttempts,
)
from boxoffice.formats import Formats
from boxoffice.ui.start.choice import Encryption, ServerAddress, SignsIn, StartChoice, StartWith, Wanted
from boxoffice.ui.start.window import StartWindow
from boxoffice.ui.theme.theme import Theme
from boxoffice.wording import Wording
from tests.ui.stage import wait

ADDRESS = ServerAddress("db.example.org", 5432, "boxoffice", "anna", "s3cret", Encryption.VERIFIED)


class Opener:
    def __init__(self) -> None:
        self.asked: list[StartChoice] = []
        self.errors: list[Exception] = []
        self.wanted: list[Wanted] = []
        self.gate = Event()
        self.gate.set()

    def __call__(self, choice: StartChoice, say: Callable[[str], None]) -> object:
        self.asked.append(choice)
        say("Starting the database…")
        self.gate.wait(10)
        if self.errors:
            raise self.errors.pop(0)
        return self.wanted.pop(0) if self.wanted else "a desk"


@pytest.fixture
def opener() -> Opener:
    return Opener()


@pytest.fixture
def window(theme: Theme, opener: Opener) -> Iterator[StartWindow]:
    made = StartWindow(theme, Wording(Formats("en")), opener)
    made.show()
    yield made
    opener.gate.set()
    made.close()
    made.deleteLater()


def find(window: StartWindow, name: str) -> QWidget:
    found = window.findChild(QWidget, name)
    assert isinstance(found, QWidget), name
    return found


def click(window: StartWindow, name: str) -> None:
    QTest.mouseClick(find(window, name), Qt.MouseButton.LeftButton)


@pytest.mark.parametrize(
    ("button", "start_with"),
    [("start_demo", StartWith.DEMO), ("start_here", StartWith.THIS_COMPUTER)],
)
def test_a_choice_is_opened_and_handed_over(
    window: StartWindow, opener: Opener, button: str, start_with: StartWith
) -> None:
    opened: list[object] = []
    window.opened.connect(opened.append)
    click(window, button)
    wait(lambda: opened == ["a desk"])
    assert opener.asked == [StartChoice(start_with)]


def test_progress_is_said_while_the_server_starts(window: StartWindow, opener: Opener) -> None:
    opener.gate.clear()
    click(window, "start_demo")
    wait(lambda: window.busy.title() == "Starting the database…")
    assert find(window, "start_state").isVisible()
    assert not find(window, "start_demo").isVisible()


def fill_in(window: StartWindow) -> None:
    click(window, "start_server")
    for name in ("host", "database", "user", "password"):
        QTest.keyClicks(find(window, f"server_{name}"), getattr(ADDRESS, name))


def test_a_server_is_asked_for_with_everything_it_needs(window: StartWindow, opener: Opener) -> None:
    fill_in(window)
    click(window, "server_connect")
    wait(lambda: len(opener.asked) == 1)
    assert opener.asked == [StartChoice(StartWith.SERVER, ADDRESS)]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ServerNotFound("db.example.org", 5432), "No database answers"),
        (SignInFailed("anna"), "refuses “anna”"),
        (SchemaTooOld("3", "7"), "boxoffice migrate"),
    ],
)
def test_a_failure_is_said_above_the_fields_that_stay_filled_in(
    window: StartWindow, opener: Opener, error: Exception, words: str
) -> None:
    opener.errors = [error]
    fill_in(window)
    click(window, "server_connect")
    wait(lambda: words in window.notice.sentence())
    assert find(window, "server_host").property("text") == "db.example.org"
    opened: list[object] = []
    window.opened.connect(opened.append)
    click(window, "server_connect")
    wait(lambda: opened == ["a desk"])


def test_a_failed_embedded_server_leads_back_to_the_choices(window: StartWindow, opener: Opener) -> None:
    opener.errors = [EmbeddedServerFailed("no room")]
    click(window, "start_here")
    wait(lambda: "no room" in window.notice.sentence())
    assert find(window, "start_demo").isVisible()


@pytest.mark.parametrize("port", ["", "0", "65536", "abc", "-1", "٥٤٣٢"])
def test_a_port_that_is_none_is_marked_and_not_asked(window: StartWindow, opener: Opener, port: str) -> None:
    fill_in(window)
    find(window, "server_port").setProperty("text", port)
    click(window, "server_connect")
    assert find(window, "server_port").property("state") == "bad"
    assert opener.asked == []


def test_missing_fields_are_marked(window: StartWindow, opener: Opener) -> None:
    click(window, "start_server")
    click(window, "server_connect")
    assert find(window, "server_host").property("state") == "bad"
    assert opener.asked == []


def test_a_choice_given_from_outside_is_opened_without_a_click(window: StartWindow, opener: Opener) -> None:
    window.choose(StartChoice(StartWith.DEMO))
    wait(lambda: len(opener.asked) == 1)
    assert opener.asked == [StartChoice(StartWith.DEMO)]


HERE = StartChoice(StartWith.THIS_COMPUTER)


def test_whoever_is_asked_for_signs_in(window: StartWindow, opener: Opener) -> None:
    opened: list[object] = []
    window.opened.connect(opened.append)
    opener.wanted.append(Wanted(HERE, names=("anna", "ben"), name="anna"))
    click(window, "start_here")
    wait(window.sign_in.isVisible)
    assert window.sign_in.name.text() == "anna"
    wait(window.sign_in.password.hasFocus)
    opener.errors.append(SignInFailed("anna"))
    QTest.keyClicks(window.sign_in.password, "guess")
    QTest.keyClick(window.sign_in.password, Qt.Key.Key_Return)
    wait(lambda: len(opener.asked) == 2 and window.sign_in.isVisible())
    assert "anna" in window.notice.sentence()
    assert window.sign_in.password.text() == ""
    QTest.keyClicks(window.sign_in.password, "s3cret")
    QTest.keyClick(window.sign_in.password, Qt.Key.Key_Return)
    wait(lambda: opened == ["a desk"])
    assert opener.asked[-1] == StartChoice(StartWith.THIS_COMPUTER, signs_in=SignsIn("anna", "s3cret"))
    assert "s3cret" not in repr(opener.asked)


def test_too_many_wrong_passwords_are_counted_down(window: StartWindow, opener: Opener) -> None:
    opener.wanted.append(Wanted(HERE, name="anna"))
    click(window, "start_here")
    wait(window.sign_in.isVisible)
    opener.errors.append(TooManyAttempts(2))
    QTest.keyClicks(window.sign_in.password, "guess")
    click(window, "sign_in")
    wait(lambda: find(window, "sign_in_wait").isVisible())
    assert not window.sign_in.enter_button.isEnabled()
    QTest.keyClicks(window.sign_in.password, "s3cret")
    QTest.keyClick(window.sign_in.password, Qt.Key.Key_Return)
    assert len(opener.asked) == 2
    wait(window.sign_in.enter_button.isEnabled)
    click(window, "sign_in")
    wait(lambda: len(opener.asked) == 3)


def test_a_new_office_asks_who_looks_after_it(window: StartWindow, opener: Opener) -> None:
    opener.wanted.append(Wanted(HERE, first_manager=True))
    click(window, "start_here")
    wait(window.manager.isVisible)
    QTest.keyClicks(window.manager.first_name, "Margarete")
    assert window.manager.name.text() == "margarete"
    window.manager.password.setText("a long password")
    window.manager.again.setText("another one")
    click(window, "make_manager")
    assert len(opener.asked) == 1
    window.manager.again.setText("a long password")
    click(window, "make_manager")
    wait(lambda: len(opener.asked) == 2)
    person = opener.asked[-1].first_manager
    assert person is not None
    assert (person.sign_in_name, person.password, person.first_name) == (
        "margarete",
        "a long password",
        "Margarete",
    )
