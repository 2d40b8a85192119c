"""The words that stand on a receipt, in English and German."""

from __future__ import annotations

from dataclasses import dataclass

from boxoffice.domain.receipt import ReceiptKind


@dataclass(frozen=True, slots=True)
class ReceiptWords:
    """Labels of one language; the braces name what is filled in."""

    titles: dict[ReceiptKind, str]
    copy: str
    training: str
    clerk: str
    order: str
    each: str
    each_reduced: str
    subtotal: str
    fee: str
    reduction: str
    reduction_code: str
    tax_added: str
    total: str
    returned: str
    rate: str
    net: str
    tax: str
    tenders: dict[str, str]
    back: str
    change: str
    retained: str
    reason: str
    page: str


ENGLISH = ReceiptWords(
    titles={
        ReceiptKind.SALE: "Receipt",
        ReceiptKind.PAYMENT: "Payment",
        ReceiptKind.REFUND: "Refund",
        ReceiptKind.EXCHANGE: "Exchange",
        ReceiptKind.GIFT_CARD: "Gift card",
    },
    copy="Copy",
    training="TRAINING · NO RECEIPT",
    clerk="Served by {clerk}",
    order="Order {number}",
    each="{price} each",
    each_reduced="{price} each, reduced from {list_price}",
    subtotal="Subtotal",
    fee="Service fee",
    reduction="You saved",
    reduction_code="You saved with {code}",
    tax_added="Tax",
    total="Total",
    returned="Returned",
    rate="Tax rate",
    net="Net",
    tax="Tax",
    tenders={
        "cash": "Cash",
        "card": "Card",
        "other": "Other",
        "gift_card": "Gift card",
        "exchange": "Tickets given back",
    },
    back="{tender}, paid back",
    change="Change",
    retained="Kept as a fee",
    reason="Reason: {reason}",
    page="Page {number} of {of}",
)

GERMAN = ReceiptWords(
    titles={
        ReceiptKind.SALE: "Quittung",
        ReceiptKind.PAYMENT: "Zahlung",
        ReceiptKind.REFUND: "Erstattung",
        ReceiptKind.EXCHANGE: "Umtausch",
        ReceiptKind.GIFT_CARD: "Gutschein",
    },
    copy="Kopie",
    training="ÜBUNG · KEIN BELEG",
    clerk="Es bediente Sie {clerk}",
    order="Bestellung {number}",
    each="je {price}",
    each_reduced="je {price}, ermäßigt von {list_price}",
    subtotal="Zwischensumme",
    fee="Servicegebühr",
    reduction="Ihre Ermäßigung",
    reduction_code="Ihre Ermäßigung mit {code}",
    tax_added="MwSt.",
    total="Summe",
    returned="Zurückgezahlt",
    rate="MwSt.-Satz",
    net="Netto",
    tax="MwSt.",
    tenders={
        "cash": "Bar",
        "card": "Karte",
        "other": "Sonstiges",
        "gift_card": "Gutschein",
        "exchange": "Zurückgegebene Tickets",
    },
    back="{tender}, zurückgezahlt",
    change="Rückgeld",
    retained="Als Gebühr einbehalten",
    reason="Grund: {reason}",
    page="Seite {number} von {of}",
)


def receipt_words(locale: str) -> ReceiptWords:
    """Return the words for a locale such as "de" or "de_AT"; English where we have none."""
    return GERMAN if locale.startswith("de") else ENGLISH
