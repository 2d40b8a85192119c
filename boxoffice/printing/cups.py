"""CUPS, the print service of Linux and macOS: hands it a PDF and asks what became of the job.

Qt prints through CUPS too, but neither tells the job's number nor notices a refusal, so that "printed" could
only be guessed. The functions used here are the same in libcups 1 and 2, which Qt's own plugin needs too.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import tempfile
from dataclasses import dataclass
from enum import IntEnum
from functools import cache

from boxoffice.printing.problems import PrinterMissing, PrintFailed

_ALL_JOBS = -1
_EVERYBODYS = 0


class JobState(IntEnum):
    """States of a print job (RFC 8011, 5.3.7)."""

    PENDING = 3
    HELD = 4
    PROCESSING = 5
    STOPPED = 6
    CANCELED = 7
    ABORTED = 8
    COMPLETED = 9


@dataclass(frozen=True, slots=True)
class QueueState:
    """Whether a printer takes and prints jobs; `reason` is CUPS' keyword such as "media-empty" or empty."""

    stopped: bool
    accepting: bool
    reason: str


class _Job(ctypes.Structure):
    _fields_ = (
        ("id", ctypes.c_int),
        ("dest", ctypes.c_char_p),
        ("title", ctypes.c_char_p),
        ("user", ctypes.c_char_p),
        ("format", ctypes.c_char_p),
        ("state", ctypes.c_int),
        ("size", ctypes.c_int),
        ("priority", ctypes.c_int),
        ("completed_time", ctypes.c_long),
        ("creation_time", ctypes.c_long),
        ("processing_time", ctypes.c_long),
    )


class _Option(ctypes.Structure):
    _fields_ = (("name", ctypes.c_char_p), ("value", ctypes.c_char_p))


class _Destination(ctypes.Structure):
    _fields_ = (
        ("name", ctypes.c_char_p),
        ("instance", ctypes.c_char_p),
        ("is_default", ctypes.c_int),
        ("num_options", ctypes.c_int),
        ("options", ctypes.POINTER(_Option)),
    )


def submit(printer: str, pdf: bytes, title: str, options: dict[str, str]) -> int:
    """Hand a PDF to a printer's queue and return the job's number.

    Raises:
        PrintFailed: CUPS refused it, cannot be reached, or there was no room for a temporary file.
    """
    library = _library(printer)
    pairs = [_Option(name.encode(), value.encode()) for name, value in options.items()]
    chosen = (_Option * len(pairs))(*pairs)
    try:
        with tempfile.NamedTemporaryFile(prefix="boxoffice-", suffix=".pdf") as file:
            file.write(pdf)
            file.flush()
            job = library.cupsPrintFile(
                printer.encode(), file.name.encode(), title.encode(), len(pairs), chosen
            )
    except OSError as error:
        raise PrintFailed(printer, error.strerror or "") from error
    if not job:
        raise PrintFailed(printer, _last_error(library))
    return int(job)


def job_state(printer: str, job: int) -> JobState | None:
    """Return how far a job is; None when CUPS no longer knows it.

    Raises:
        PrintFailed: CUPS cannot be reached.
    """
    library = _library(printer)
    jobs = ctypes.POINTER(_Job)()
    count = library.cupsGetJobs2(None, ctypes.byref(jobs), printer.encode(), _EVERYBODYS, _ALL_JOBS)
    if count < 0:
        raise PrintFailed(printer, _last_error(library))
    try:
        return next((JobState(jobs[index].state) for index in range(count) if jobs[index].id == job), None)
    finally:
        library.cupsFreeJobs(count, jobs)


def queue_state(printer: str) -> QueueState:
    """Return whether the printer's queue is running.

    Raises:
        PrinterMissing: CUPS knows no such printer.
    """
    library = _library(printer)
    found = library.cupsGetNamedDest(None, printer.encode(), None)
    if not found:
        raise PrinterMissing(printer)
    try:
        destination = found.contents
        told = {
            destination.options[index].name.decode(): destination.options[index].value.decode(
                errors="replace"
            )
            for index in range(destination.num_options)
        }
    finally:
        library.cupsFreeDests(1, found)
    reasons = told.get("printer-state-reasons", "none")
    return QueueState(
        stopped=told.get("printer-state") == "5",
        accepting=told.get("printer-is-accepting-jobs", "true") == "true",
        reason="" if reasons == "none" else reasons,
    )


def cancel(printer: str, job: int) -> None:
    """Take a job out of the queue; one that has ended stays ended."""
    _library(printer).cupsCancelJob(printer.encode(), job)


@cache
def _loaded() -> ctypes.CDLL | None:
    name = ctypes.util.find_library("cups")
    if name is None:
        return None
    library = ctypes.CDLL(name)
    library.cupsPrintFile.argtypes = (
        ctypes.c_char_p,
        ctypes.c_char_p,
        ctypes.c_char_p,
        ctypes.c_int,
        ctypes.POINTER(_Option),
    )
    library.cupsGetJobs2.argtypes = (
        ctypes.c_void_p,
        ctypes.POINTER(ctypes.POINTER(_Job)),
        ctypes.c_char_p,
        ctypes.c_int,
        ctypes.c_int,
    )
    library.cupsFreeJobs.argtypes = (ctypes.c_int, ctypes.POINTER(_Job))
    library.cupsFreeJobs.restype = None
    library.cupsGetNamedDest.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p)
    library.cupsGetNamedDest.restype = ctypes.POINTER(_Destination)
    library.cupsFreeDests.argtypes = (ctypes.c_int, ctypes.POINTER(_Destination))
    library.cupsFreeDests.restype = None
    library.cupsCancelJob.argtypes = (ctypes.c_char_p, ctypes.c_int)
    library.cupsLastErrorString.argtypes = ()
    library.cupsLastErrorString.restype = ctypes.c_char_p
    return library


def _library(printer: str) -> ctypes.CDLL:
    library = _loaded()
    if library is None:
        raise PrinterMissing(printer)
    return library


def _last_error(library: ctypes.CDLL) -> str:
    said = library.cupsLastErrorString()
    return said.decode(errors="replace").rstrip(".") if said else ""
