"""Tickets that were scanned into a field that asks for something else."""

from __future__ import annotations

from boxoffice.domain.ticket_code import QR_PREFIX


def is_scan(text: str) -> bool:
    """Return whether the text holds what a scanner reads from a ticket."""
    return QR_PREFIX in text.upper()
