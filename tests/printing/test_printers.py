"""Tickets into folders and onto printers of a real CUPS, and what is reported when that goes wrong."""

from __future__ import annotations

import os
import resource
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

import pytest

from boxoffice.domain.ticket import PrintState, TicketFace
from boxoffice.domain.ticket_code import qr_text
from boxoffice.formats import Formats
from boxoffice.printing.destinations import Destination, InstalledPrinter, PdfFolder
from boxoffice.printing.layouts import A4, LAYOUTS, TICKET_STOCK, Layout
from boxoffice.printing.printers import installed_printers, print_by_driver, print_tickets
from boxoffice.printing.problems import PrinterMissing
from tests.printing.conftest import Cups
from tests.printing.reading import codes, pdf_pictures

ENGLISH = Formats("en")
QUEUED, SENT, PRINTED, FAILED = PrintState.QUEUED, PrintState.SENT, PrintState.PRINTED, PrintState.FAILED
CUPS_PDF_OUT = Path("/var/spool/cups-pdf/ANONYMOUS")
"""Where cups-pdf puts the jobs of users whom the system does not know."""

Told = tuple[tuple[int, ...], PrintState, str]


def on_thread(work: Callable[[], object]) -> None:
    failures: list[Exception] = []

    def run() -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 - handed to the test's own thread
            failures.append(error)

    thread = Thread(target=run)
    thread.start()
    thread.join()
    if failures:
        raise failures[0]


def print_and_listen(
    faces: Sequence[TicketFace],
    destination: Destination,
    formats: Formats = ENGLISH,
    on_sent: Callable[[], object] = str,
    stop: Event | None = None,
) -> list[Told]:
    told: list[Told] = []

    def report(ids: tuple[int, ...], state: PrintState, detail: str) -> None:
        told.append((ids, state, detail))
        if state is SENT and len(told) == 2:
            on_sent()

    on_thread(lambda: print_tickets(faces, destination, report, formats, stop=stop))
    return told


# --- folders -----------------------------------------------------------------------------------


def test_each_order_becomes_one_pdf_named_after_it(face: TicketFace, tmp_path: Path) -> None:
    other = replace(face, ticket_id=13, order_number="2026-104218", event_title="Ορφέας/и <Эвридика>: ?")

    told = print_and_listen([face, replace(face, ticket_id=12), other], PdfFolder(tmp_path, TICKET_STOCK))

    first, second = (
        tmp_path / "2026-104217-Blue-Harbour-Quartet.pdf",
        tmp_path / "2026-104218-Ορφέας-и-Эвридика.pdf",
    )
    assert told == [
        ((11, 12, 13), QUEUED, ""),
        ((11, 12), PRINTED, str(first)),
        ((13,), PRINTED, str(second)),
    ]
    assert set(tmp_path.iterdir()) == {first, second}
    assert len(pdf_pictures(first)) == 2


def test_printing_again_keeps_the_first_pdf(face: TicketFace, tmp_path: Path) -> None:
    folder = PdfFolder(tmp_path, A4)
    print_and_listen([face], folder)

    ((_, _, detail),) = print_and_listen([face], folder)[1:]

    assert Path(detail).name == "2026-104217-Blue-Harbour-Quartet-2.pdf"


@pytest.mark.parametrize(("locale", "said"), [("en", "Cannot save in"), ("de", "Kein Speichern in")])
def test_a_missing_folder_is_reported_as_failed(
    face: TicketFace, tmp_path: Path, locale: str, said: str
) -> None:
    missing = tmp_path / "gone"

    told = print_and_listen([face], PdfFolder(missing, A4), Formats(locale))

    assert told[1:] == [((11,), FAILED, f"{said} {missing}: No such file or directory.")]


def test_a_file_in_place_of_the_folder_is_reported_as_failed(face: TicketFace, tmp_path: Path) -> None:
    in_the_way = tmp_path / "tickets"
    in_the_way.write_text("not a folder")

    told = print_and_listen([face], PdfFolder(in_the_way, A4))

    assert told[1][1:] == (FAILED, f"Cannot save in {in_the_way}: Not a directory.")


@pytest.fixture
def full_disk() -> Iterator[None]:
    """Refuse writes beyond 2 kB, as a full disk would."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.usefixtures("full_disk")
def test_a_full_disk_is_reported_as_failed_and_leaves_nothing_behind(
    face: TicketFace, tmp_path: Path
) -> None:
    told = print_and_listen([face], PdfFolder(tmp_path, A4))

    assert told[1] == ((11,), FAILED, f"Cannot save in {tmp_path}: File too large.")
    assert not list(tmp_path.iterdir())


def await_empty_queue(cups: Cups, printer: str) -> None:
    pause = Event()
    for _ in range(200):
        if not cups.run("lpstat", "-o", printer):
            return
        pause.wait(0.1)
    pytest.fail("the job stays in the queue")


# --- CUPS --------------------------------------------------------------------------------------


@pytest.fixture
def pdf_printer(cups: Cups) -> Iterator[str]:
    """A cups-pdf printer; its jobs pass CUPS' real filters."""
    if os.geteuid() != 0:
        pytest.skip("CUPS runs cups-pdf as root only")
    cups.add_printer("tickets", "cups-pdf:/")
    yield "tickets"
    for path in CUPS_PDF_OUT.glob("TEST-*"):
        path.unlink()


@pytest.fixture
def dead_printer(cups: Cups) -> Iterator[str]:
    """A network printer that never answers: jobs stay in its queue."""
    cups.add_printer("dead", "socket://127.0.0.1:9")
    yield "dead"
    cups.run("cancel", "-a", "dead")
    cups.run("cupsenable", "dead")


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_a_printer_gets_tickets_that_can_be_scanned(
    face: TicketFace, pdf_printer: str, layout: Layout
) -> None:
    order = f"TEST-{layout.name}"
    faces = [replace(face, order_number=order), replace(face, ticket_id=12, order_number=order)]

    told = print_and_listen(faces, InstalledPrinter(pdf_printer, layout))

    assert told == [
        ((11, 12), state, detail) for state, detail in ((QUEUED, ""), (SENT, "tickets"), (PRINTED, "tickets"))
    ]
    (printed,) = CUPS_PDF_OUT.glob(f"{order}*")
    assert [code for page in pdf_pictures(printed) for code in codes(page)] == [qr_text(face.code)] * 2


def test_qt_prints_through_the_printers_driver(face: TicketFace, pdf_printer: str, cups: Cups) -> None:
    printer = InstalledPrinter(pdf_printer, TICKET_STOCK)

    on_thread(lambda: print_by_driver([replace(face, order_number="TEST-driver")], printer, ENGLISH))

    await_empty_queue(cups, pdf_printer)
    (printed,) = CUPS_PDF_OUT.glob("TEST-driver*")
    assert codes(pdf_pictures(printed)[0]) == [qr_text(face.code)]


def test_installed_printers_are_listed_the_default_first(cups: Cups) -> None:
    cups.add_printer("another", "file:///dev/null")
    cups.add_printer("usual", "file:///dev/null")
    cups.run("lpadmin", "-d", "usual")
    names: list[str] = []

    on_thread(lambda: names.extend(installed_printers()))

    assert names[0] == "usual"
    assert "another" in names


@pytest.mark.usefixtures("cups")
def test_a_missing_printer_is_reported_as_failed(face: TicketFace) -> None:
    told = print_and_listen([face], InstalledPrinter("nowhere", A4))

    assert told[1:] == [((11,), FAILED, "There is no printer “nowhere”.")]


@pytest.mark.usefixtures("cups")
def test_the_driver_knows_no_missing_printer(face: TicketFace) -> None:
    with pytest.raises(PrinterMissing):
        on_thread(lambda: print_by_driver([face], InstalledPrinter("nowhere", A4), ENGLISH))


def test_without_a_print_service_tickets_are_reported_as_failed(
    face: TicketFace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUPS_SERVER", str(tmp_path / "nobody.sock"))

    told = print_and_listen([face], InstalledPrinter("tickets", A4))

    assert told[1:] == [((11,), FAILED, "There is no printer “tickets”.")]


@pytest.mark.parametrize("command", ["cupsdisable", "cupsreject"])
def test_a_stopped_printer_gets_no_job(face: TicketFace, cups: Cups, command: str) -> None:
    cups.add_printer("stopped", "file:///dev/null")
    cups.run(command, "stopped")

    told = print_and_listen([face], InstalledPrinter("stopped", A4))

    assert told[1][1] is FAILED
    assert told[1][2].startswith("Printer “stopped” is stopped")
    assert not cups.run("lpstat", "-o", "stopped")


def test_a_job_that_cannot_go_on_is_withdrawn_so_that_it_never_comes_out_twice(
    face: TicketFace, cups: Cups, dead_printer: str
) -> None:
    told = print_and_listen(
        [face], InstalledPrinter(dead_printer, A4), on_sent=lambda: cups.run("cupsdisable", dead_printer)
    )

    assert [state for _, state, _ in told] == [QUEUED, SENT, FAILED]
    assert told[-1][2].startswith("Printer “dead” is stopped")
    assert not cups.run("lpstat", "-o", dead_printer)


def test_a_job_cancelled_at_the_printer_is_reported_as_failed(
    face: TicketFace, cups: Cups, dead_printer: str
) -> None:
    told = print_and_listen(
        [face], InstalledPrinter(dead_printer, A4), on_sent=lambda: cups.run("cancel", "-a", dead_printer)
    )

    assert told[-1][1] is FAILED
    assert told[-1][2].startswith("“dead” did not print")


def test_a_job_still_waiting_when_watching_ends_stays_sent(face: TicketFace, dead_printer: str) -> None:
    stop = Event()

    told = print_and_listen([face], InstalledPrinter(dead_printer, A4), on_sent=stop.set, stop=stop)

    assert [state for _, state, _ in told] == [QUEUED, SENT]
