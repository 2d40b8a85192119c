"""Ticket codes: how one looks, and whether what was typed or scanned can be one.

The database mints codes (migrations/sql, `new_ticket_code`): eleven random letters of Crockford's base 32
(55 bits) and one Luhn mod 32 check letter, so that a single wrong letter or two swapped neighbours is called
a typing error instead of an unknown ticket.
"""

from __future__ import annotations

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 12
QR_PREFIX = "BO1:"
"""Version of what the QR carries; a door that meets another prefix knows that it cannot read it."""

TRAINING_PREFIX = "TRN:"
"""In the QR of a ticket that was sold for practice: no door and no real counter reads it."""

_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})
_VALUE = {letter: value for value, letter in enumerate(ALPHABET)}


class MistypedCode(ValueError):
    """The text cannot be a ticket code: a letter is missing, surplus or wrong."""


def normalise(text: str) -> str:
    """Return the twelve letters of a typed or scanned code, upper case and without prefix or dashes.

    Letters that Crockford's alphabet leaves out because they are misread (O, I, L) are read as 0, 1, 1.

    Raises:
        MistypedCode: wrong length, a letter outside the alphabet, or a wrong check letter.
    """
    letters = text.strip().upper().removeprefix(QR_PREFIX).translate(_READ_AS)
    if len(letters) != CODE_LENGTH or any(letter not in _VALUE for letter in letters):
        raise MistypedCode(text)
    if check_letter(letters[:-1]) != letters[-1]:
        raise MistypedCode(text)
    return letters


def check_letter(letters: str) -> str:
    """Return the Luhn mod 32 check letter of `letters` (ISO/IEC 7812-1 Annex B, widened to 32 letters)."""
    total = 0
    factor = 2
    size = len(ALPHABET)
    for letter in reversed(letters):
        addend = _VALUE[letter] * factor
        total += addend // size + addend % size
        factor = 3 - factor
    return ALPHABET[-total % size]


def grouped(code: str) -> str:
    """Return the code as people read it: K7QM-2X9D-4HTB."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def qr_text(code: str, *, is_training: bool = False) -> str:
    """Return what the QR carries: the version prefix, or that of practice, and the twelve letters."""
    return (TRAINING_PREFIX if is_training else QR_PREFIX) + code
