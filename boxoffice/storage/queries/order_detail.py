"""One order whole, in one statement: order_facts() says what was sold, the rest is beside it."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from boxoffice.domain.money import Money
from boxoffice.domain.order_detail import MoneyLine, OrderCustomer, OrderDetail, ReceiptLine
from boxoffice.domain.order_list import state_of
from boxoffice.storage.queries.orders import sale_from_facts

# Amounts are text: JSON numbers are floats to most readers.
_BY_ID = text("""
    SELECT order_facts(o.id) AS facts, json_build_object(
        'due_at', CASE WHEN o.status = 'pending' THEN o.due_at END,
        'notes', o.notes,
        'customer', CASE WHEN u.id IS NOT NULL THEN json_build_object(
            'id', u.id, 'name', trim(u.first_name || ' ' || u.last_name),
            'email', u.email, 'phone', u.phone) END,
        'money', (SELECT json_agg(json_build_object(
                'at', p.created_at, 'tender', p.tender, 'kind', p.kind, 'amount', p.amount::text,
                'reference', p.reference, 'reason', c.reason,
                'clerk', trim(k.first_name || ' ' || k.last_name)) ORDER BY p.id)
            FROM payment_transactions p LEFT JOIN corrections c ON c.id = p.correction_id
            LEFT JOIN users k ON k.id = p.clerk_id WHERE p.order_id = o.id),
        'corrected', EXISTS (SELECT 1 FROM corrections c WHERE c.order_id = o.id),
        'retained', coalesce((SELECT sum(c.retained) FROM corrections c WHERE c.order_id = o.id), 0)::text,
        'receipts', (SELECT json_agg(json_build_object(
                'till', t.name, 'number', r.number, 'kind', r.kind, 'total', r.total::text,
                'at', r.created_at) ORDER BY r.created_at, r.number)
            FROM receipts r JOIN tills t ON t.id = r.till_id WHERE r.order_id = o.id),
        'worth', (SELECT json_object_agg(w.ticket_id, w.amount::text) FROM ticket_worth(o.id) w),
        'entered', (SELECT json_object_agg(k.id, k.used_at) FROM tickets k
            WHERE k.order_id = o.id AND k.used_at IS NOT NULL),
        'replaced', (SELECT count(*) FROM tickets k WHERE k.order_id = o.id AND k.status = 'superseded')
        , 'waits', EXISTS (SELECT 1 FROM event_cancellation_orders i
            WHERE i.order_id = o.id AND i.state = 'to_collect')) AS beside
    FROM orders o LEFT JOIN users u ON u.id = o.user_id WHERE o.id = :order_id
""")


def order_detail(session: Session, order_id: int) -> OrderDetail | None:
    """Return the order, what is sealed of it as it is stored; None when there is none."""
    row = session.execute(_BY_ID, {"order_id": order_id}).one_or_none()
    return None if row is None else _detail(row.facts, row.beside)


def _detail(facts: dict[str, Any], beside: dict[str, Any]) -> OrderDetail:
    sale = sale_from_facts(facts)
    currency = facts["sale"]["currency"]
    return OrderDetail(
        sale=sale,
        state=state_of(sale.status, corrected=beside["corrected"]),
        due_at=beside["due_at"] and _moment(beside["due_at"]),
        customer=_customer(beside["customer"]),
        notes=beside["notes"] or "",
        money=tuple(_money_line(line, currency) for line in beside["money"] or ()),
        retained=Money(Decimal(beside["retained"]), currency),
        receipts=tuple(_receipt(line, currency) for line in beside["receipts"] or ()),
        entered={int(ticket): _moment(at) for ticket, at in (beside["entered"] or {}).items()},
        replaced=beside["replaced"],
        worth={int(ticket): Money(Decimal(at), currency) for ticket, at in (beside["worth"] or {}).items()},
        waits_at_counter=beside["waits"],
    )


def _customer(facts: dict[str, Any] | None) -> OrderCustomer | None:
    if facts is None:
        return None
    return OrderCustomer(facts["id"], facts["name"], facts["email"] or "", facts["phone"] or "")


def _money_line(line: dict[str, Any], currency: str) -> MoneyLine:
    amount = Money(Decimal(line["amount"]), currency)
    return MoneyLine(
        at=_moment(line["at"]),
        tender=line["tender"],
        amount=-amount if line["kind"] == "refund" else amount,
        reference=line["reference"],
        reason=line["reason"] or "",
        clerk=line["clerk"] or "",
    )


def _receipt(line: dict[str, Any], currency: str) -> ReceiptLine:
    total = Money(Decimal(line["total"]), currency)
    return ReceiptLine(line["till"], line["number"], line["kind"], total, _moment(line["at"]))


def _moment(written: str) -> datetime:
    return datetime.fromisoformat(written).astimezone(UTC)
