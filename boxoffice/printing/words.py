"""The words that stand on a ticket, in English and German."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TicketWords:
    """Labels and sentences of one language; the braces name what is filled in."""

    presents: str
    date: str
    starts: str
    doors: str
    venue: str
    ticket: str
    price: str
    order: str
    including_fee: str
    including_tax: str
    including_fee_and_tax: str
    place_in_order: str
    valid_once: str
    training: str
    training_note: str


ENGLISH = TicketWords(
    presents="{promoter} presents",
    date="Date",
    starts="Starts",
    doors="Doors",
    venue="Venue",
    ticket="Ticket",
    price="Price",
    order="Order",
    including_fee="incl. {fee} fee",
    including_tax="incl. {tax} tax",
    including_fee_and_tax="incl. {fee} fee and {tax} tax",
    place_in_order="{number} of {of}",
    valid_once="Valid once. Keep the code covered until you are at the door.",
    training="TRAINING · NOT VALID",
    training_note="Printed for practice. It opens no door.",
)

GERMAN = TicketWords(
    presents="{promoter} präsentiert",
    date="Datum",
    starts="Beginn",
    doors="Einlass",
    venue="Ort",
    ticket="Karte",
    price="Preis",
    order="Bestellung",
    including_fee="inkl. {fee} Gebühr",
    including_tax="inkl. {tax} MwSt.",
    including_fee_and_tax="inkl. {fee} Gebühr und {tax} MwSt.",
    place_in_order="{number} von {of}",
    valid_once="Einmal gültig. Den Code bis zum Einlass verdeckt halten.",
    training="ÜBUNG · UNGÜLTIG",
    training_note="Zur Übung gedruckt. Öffnet keine Tür.",
)


def ticket_words(locale: str) -> TicketWords:
    """Return the words for a locale such as "de" or "de_AT"; English where we have none."""
    return GERMAN if locale.startswith("de") else ENGLISH
