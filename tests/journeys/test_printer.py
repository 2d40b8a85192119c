"""What a clerk chooses about paper and colours holds at once, and at the next start."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from boxoffice import settings as settings_
from boxoffice.bootstrap.memory import Memory
from boxoffice.settings import PrintingSettings, Settings
from tests.journeys.conftest import OpenTill
from tests.office import Office
from tests.printing.reading import codes, pdf_pictures
from tests.ui.stage import wait

ALT = Qt.KeyboardModifier.AltModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(settings_.HOME_VARIABLE, str(tmp_path))
    return settings_.folders().settings_file


def test_the_paper_chosen_is_tried_used_for_the_next_ticket_and_remembered(
    open_till: OpenTill, office: Office, file: Path
) -> None:
    office.tier(office.event(title="Blue Harbour Quartet"), quantity=6)
    till = open_till(settings_file=file)
    till.press(Qt.Key.Key_P, CONTROL | SHIFT)
    till.press(Qt.Key.Key_3, ALT)
    till.press(Qt.Key.Key_T, ALT)
    wait(lambda: len(list(till.folder.glob("*.pdf"))) == 1)
    (tried,) = till.folder.glob("*.pdf")
    till.press(Qt.Key.Key_Escape)
    till.type("12")
    till.press(Qt.Key.Key_F9)
    till.sold()
    (pdf,) = [path for path in till.printed() if path != tried]
    pages = list(pdf_pictures(pdf))
    assert len(pages) == 2
    assert all(page.height > page.width for page in pages)
    minted = office.connection.execute("SELECT qr_code FROM tickets ORDER BY number").fetchall()
    assert [code for page in pages for code in codes(page)] == [code for (code,) in minted]
    wait(lambda: office.value("SELECT count(*) FROM print_jobs WHERE state = 'printed'") == 2)
    assert office.value("SELECT count(*) FROM print_jobs") == 2
    assert settings_.load(file).printing == PrintingSettings(ticket_layout="roll-80")


def test_the_colours_chosen_are_remembered_and_nothing_is_written_without_a_choice(file: Path) -> None:
    memory = Memory(Settings(), file)
    memory.keep_theme(settings_.Theme.SYSTEM)
    assert not file.exists()
    memory.keep_theme(settings_.Theme.DARK)
    assert settings_.load(file).theme is settings_.Theme.DARK


def test_the_demo_keeps_what_is_chosen_for_its_run_alone(file: Path) -> None:
    memory = Memory(Settings(), None)
    memory.keep_printing(PrintingSettings(ticket_printer="Laser"))
    assert memory.settings.printing.ticket_printer == "Laser"
    assert not file.exists()
