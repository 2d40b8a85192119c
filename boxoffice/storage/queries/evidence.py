"""The audit log, newest first."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from boxoffice.domain.evidence import Evidence, EvidenceFilter

PAGE_SIZE = 200
_ORDER_NUMBER = re.compile(r"\d{4}-\d+", re.ASCII)

_SAID = """
    concat_ws(' ', a.action, a.entity, a.entity_id, a.database_role, u.first_name, u.last_name, t.name,
              a.reason, a.detail, a.before, a.after)
"""
_FROM = """
    SELECT a.id, a.at, a.database_role, trim(concat_ws(' ', u.first_name, u.last_name)) AS name,
           coalesce(t.name, '') AS till, coalesce(host(a.client), '') AS client, a.action, a.entity,
           a.entity_id, a.reason, a.detail, a.before, a.after
    FROM audit_logs a LEFT JOIN users u ON u.id = a.user_id LEFT JOIN tills t ON t.id = a.till_id
"""
_OF_ORDER = """
    (a.entity, a.entity_id) IN (
        SELECT 'order', o.id FROM orders o WHERE o.order_number = :number
        UNION ALL
        SELECT 'ticket', k.id FROM tickets k JOIN orders o ON o.id = k.order_id
        WHERE o.order_number = :number)
"""
# What happened to a thing happened to its parts, too.
_PARTS = {
    "order": """
        OR a.entity = 'ticket' AND a.entity_id IN (SELECT id FROM tickets WHERE order_id = :subject_id)
    """,
    "event": """
        OR a.entity = 'tier' AND a.entity_id IN (SELECT id FROM ticket_tiers WHERE event_id = :subject_id)
    """,
}


def evidence(session: Session, wanted: EvidenceFilter) -> tuple[Evidence, ...]:
    """Return the newest evidence that fits, at most PAGE_SIZE rows."""
    parameters: dict[str, object] = {"size": PAGE_SIZE}
    conditions = " AND ".join(_conditions(wanted, parameters)) or "true"
    rows = session.execute(text(f"{_FROM} WHERE {conditions} ORDER BY a.id DESC LIMIT :size"), parameters)
    return tuple(_evidence(row) for row in rows)


def _conditions(wanted: EvidenceFilter, parameters: dict[str, object]) -> Iterator[str]:
    if wanted.within is not None:
        parameters["within"] = wanted.within
        yield "a.at > now() - CAST(:within AS interval)"
    if wanted.subject is not None:
        parameters["subject"], parameters["subject_id"] = wanted.subject
        yield f"(a.entity = :subject AND a.entity_id = :subject_id{_PARTS.get(wanted.subject[0], '')})"
    for nth, word in enumerate(wanted.text.split()[:8]):
        if _ORDER_NUMBER.fullmatch(word):
            parameters["number"] = word
            yield _OF_ORDER
            continue
        # The word's own % and _ are letters like any other.
        parameters[f"word{nth}"] = f"%{re.sub(r'([\\%_])', r'\\\1', word)}%"
        yield f"{_SAID} ILIKE :word{nth}"


def _evidence(row: Row[*tuple[object, ...]]) -> Evidence:
    return Evidence(
        id=row.id,
        at=row.at,
        role=row.database_role,
        name=row.name,
        till=row.till,
        client=row.client,
        action=row.action,
        subject=row.entity,
        subject_id=row.entity_id,
        reason=row.reason,
        detail=row.detail or {},
        before=row.before or {},
        after=row.after or {},
    )
