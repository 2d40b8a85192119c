"""How printing goes, in a few words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boxoffice.language import tr, trn
from boxoffice.ui.theme.tokens import Tone

if TYPE_CHECKING:
    from boxoffice.ui.paper import PrintSummary


def print_words(summary: PrintSummary) -> tuple[str, str, Tone]:
    """Return the icon, the words and the tone for tickets that have come this far."""
    if summary.working:
        number = min(summary.out + 1, summary.total)
        return "printer", tr("Printing ticket {n} of {total}", n=number, total=summary.total), Tone.GOOD
    if summary.failed:
        count = len(summary.failed)
        words = trn("{n} ticket not printed", "{n} tickets not printed", count)
        return "triangle-alert", words, Tone.BAD
    if summary.unprinted:
        words = trn("{n} ticket not printed yet", "{n} tickets not printed yet", summary.unprinted)
        return "printer", words, Tone.WARN
    if summary.sent:
        words = trn("{n} ticket sent to the printer", "{n} tickets sent to the printer", summary.total)
        return "printer", words, Tone.GOOD
    words = trn("{n} ticket printed", "{n} tickets printed", summary.total)
    return "printer-check", words, Tone.GOOD
