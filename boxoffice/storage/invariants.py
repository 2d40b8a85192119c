"""What must always be true of the database, as queries for what breaks it.

Each query answers with one row per broken thing: its number and what is wrong, as text. They read one
snapshot, so that sales in flight cannot make a sound database look broken.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

MOST_EXAMPLES = 20
"""Broken things shown of each kind; the count is always whole."""


AUDIT_TIMEOUT_MS = 600_000
"""Counting a whole season takes longer than any question of the counter may."""


@dataclass(frozen=True, slots=True)
class Invariant:
    """One rule; `query` answers with (id, problem) of whatever breaks it."""

    name: str
    rule: str
    query: str


@dataclass(frozen=True, slots=True)
class Finding:
    """How one rule stands."""

    name: str
    rule: str
    broken: int
    examples: tuple[str, ...]


INVARIANTS = (
    Invariant(
        "sold_is_tickets",
        "A tier's sold is the number of its tickets that are valid or used.",
        """
        SELECT t.id, 'sold ' || t.sold || ', tickets ' || count(k.id)
        FROM ticket_tiers t LEFT JOIN tickets k ON k.tier_id = t.id AND k.status IN ('valid', 'used')
        GROUP BY t.id HAVING t.sold <> count(k.id)
        """,
    ),
    Invariant(
        "sold_is_items",
        "A tier's sold is the quantity in the orders that were paid, less what was given back.",
        """
        SELECT t.id, 'sold ' || t.sold || ', ordered ' || coalesce(i.quantity, 0)
               || ', back ' || coalesce(k.back, 0)
        FROM ticket_tiers t
        LEFT JOIN (SELECT i.tier_id, sum(i.quantity) AS quantity
                   FROM order_items i JOIN orders o ON o.id = i.order_id
                   WHERE o.paid_at IS NOT NULL GROUP BY i.tier_id) i
            ON i.tier_id = t.id
        LEFT JOIN (SELECT k.tier_id, count(*) AS back FROM tickets k
                   WHERE k.status IN ('cancelled', 'refunded') GROUP BY k.tier_id) k ON k.tier_id = t.id
        WHERE t.sold <> coalesce(i.quantity, 0) - coalesce(k.back, 0)
        """,
    ),
    Invariant(
        "reserved_is_holds",
        "A tier's reserved is the quantity of its live holds.",
        """
        SELECT t.id, 'reserved ' || t.reserved || ', held ' || coalesce(sum(h.quantity), 0)
        FROM ticket_tiers t LEFT JOIN holds h ON h.tier_id = t.id AND h.ended_at IS NULL
        GROUP BY t.id HAVING t.reserved <> coalesce(sum(h.quantity), 0)
        """,
    ),
    Invariant(
        "stock",
        "No tier has more sold and reserved than it has tickets.",
        """
        SELECT id, sold || ' + ' || reserved || ' of ' || quantity
        FROM ticket_tiers WHERE sold + reserved > quantity
        """,
    ),
    Invariant(
        "capacity",
        "No event has more sold and reserved than its house holds.",
        """
        SELECT e.id, sum(t.sold + t.reserved) || ' of ' || e.capacity
        FROM events e JOIN ticket_tiers t ON t.event_id = e.id
        GROUP BY e.id HAVING sum(t.sold + t.reserved) > e.capacity
        """,
    ),
    Invariant(
        "capacity_shared",
        "An event is marked as sharing its capacity exactly when its tiers offer more than it holds.",
        """
        SELECT e.id, 'marked ' || e.capacity_shared
        FROM events e LEFT JOIN ticket_tiers t ON t.event_id = e.id
        GROUP BY e.id HAVING e.capacity_shared <> coalesce(coalesce(sum(t.quantity), 0) > e.capacity, false)
        """,
    ),
    Invariant(
        "order_amounts",
        "An order's amounts are those of its items and fees, as near as its rounding of tax lets them be.",
        """
        SELECT o.id, o.total_amount || ' in the order, ' || s.gross || ' in its items'
        FROM orders o JOIN (
            SELECT i.order_id, sum(i.unit_price * i.quantity + i.service_fee) AS gross, count(*) + 1 AS lines
            FROM order_items i GROUP BY i.order_id
        ) s ON s.order_id = o.id
        WHERE abs(o.total_amount - s.gross - CASE WHEN o.tax_inclusive THEN 0 ELSE o.tax END)
            > CASE o.tax_rounding WHEN 'line' THEN 0 ELSE s.lines * 0.5 / 10 ^ minor_digits(o.currency) END
        """,
    ),
    Invariant(
        "ticket_amounts",
        "What an order's tickets say they cost adds up to its total, and their tax to its tax.",
        """
        SELECT o.id, s.price || ' and tax ' || s.tax || ' on tickets; ' || o.total_amount || ' and ' || o.tax
        FROM orders o JOIN (
            SELECT k.order_id, sum(k.price + k.service_fee) AS price, sum(k.tax) AS tax, count(*) + 1 AS lines
            FROM tickets k WHERE k.status <> 'superseded' GROUP BY k.order_id
        ) s ON s.order_id = o.id
        WHERE s.tax <> o.tax
           OR abs(s.price + CASE WHEN o.tax_inclusive THEN 0 ELSE s.tax END - o.total_amount)
            > CASE o.tax_rounding WHEN 'line' THEN 0 ELSE s.lines * 0.5 / 10 ^ minor_digits(o.currency) END
        """,
    ),
    Invariant(
        "tickets_are_items",
        "An order has as many tickets of a tier as its items say.",
        """
        SELECT coalesce(i.order_id, k.order_id),
               'tier ' || coalesce(i.tier_id, k.tier_id) || ': ' || coalesce(i.quantity, 0) || ' ordered, '
               || coalesce(k.tickets, 0) || ' tickets'
        FROM (SELECT i.order_id, i.tier_id, sum(i.quantity) AS quantity
              FROM order_items i JOIN orders o ON o.id = i.order_id
              WHERE o.paid_at IS NOT NULL GROUP BY i.order_id, i.tier_id) i
        FULL JOIN (SELECT order_id, tier_id, count(*) AS tickets FROM tickets WHERE status <> 'superseded'
                   GROUP BY order_id, tier_id) k USING (order_id, tier_id)
        WHERE coalesce(i.quantity, 0) <> coalesce(k.tickets, 0)
        """,
    ),
    Invariant(
        "paid_is_paid",
        "A paid order of the last seven years has payments of its total, less what was refunded.",
        """
        SELECT o.id, o.total_amount || ' to pay, ' || coalesce(sum(p.amount), 0) || ' paid'
        FROM orders o LEFT JOIN payment_transactions p ON p.order_id = o.id AND p.kind = 'payment'
        WHERE o.status = 'paid' AND o.created_at > now() - interval '7 years'
        GROUP BY o.id HAVING o.total_amount <> coalesce(sum(p.amount), 0)
        """,
    ),
    Invariant(
        "one_event_an_order",
        "All items and tickets of an order are of its event.",
        """
        SELECT o.id, 'tier ' || t.id || ' is of event ' || t.event_id
        FROM orders o JOIN order_items i ON i.order_id = o.id JOIN ticket_tiers t ON t.id = i.tier_id
        WHERE t.event_id <> o.event_id
        UNION ALL
        SELECT o.id, 'ticket ' || k.id || ' is of event ' || k.event_id
        FROM orders o JOIN tickets k ON k.order_id = o.id WHERE k.event_id <> o.event_id
        """,
    ),
    Invariant(
        "corrections_are_refunds",
        "A correction of the last seven years gave back what it says, by its payments and of its tickets.",
        """
        SELECT c.id, c.total || ' said, ' || coalesce(p.amount, 0) || ' given back, tickets of '
               || coalesce(k.amount, 0) || ', kept ' || c.retained || ' and ' || coalesce(k.retained, 0)
        FROM corrections c
        LEFT JOIN (SELECT correction_id, sum(amount) AS amount FROM payment_transactions
                   WHERE kind = 'refund' GROUP BY correction_id) p ON p.correction_id = c.id
        LEFT JOIN (SELECT correction_id, sum(amount) AS amount, sum(retained) AS retained
                   FROM correction_tickets GROUP BY correction_id) k ON k.correction_id = c.id
        WHERE c.created_at > now() - interval '7 years' AND (
            c.total <> coalesce(p.amount, 0)
            OR c.kind <> 'cancel'
                AND (c.total, c.retained) <> (coalesce(k.amount, 0), coalesce(k.retained, 0)))
        UNION ALL
        SELECT id, amount || ' given back without a correction'
        FROM payment_transactions
        WHERE kind = 'refund' AND correction_id IS NULL AND created_at > now() - interval '7 years'
        """,
    ),
    Invariant(
        "no_more_back_than_paid",
        "No order of the last seven years gave back more than was paid for it.",
        """
        SELECT o.id, s.back || ' given back of ' || s.paid
        FROM orders o JOIN (
            SELECT order_id, coalesce(sum(amount) FILTER (WHERE kind = 'payment'), 0) AS paid,
                   coalesce(sum(amount) FILTER (WHERE kind = 'refund'), 0) AS back
            FROM payment_transactions GROUP BY order_id
        ) s ON s.order_id = o.id
        WHERE s.back > s.paid AND o.created_at > now() - interval '7 years'
        """,
    ),
    Invariant(
        "exchanges_carry_over",
        "What an exchange took from one order it brought to the next.",
        """
        SELECT n.id, coalesce(brought.amount, 0) || ' brought, ' || coalesce(took.amount, 0) || ' taken'
        FROM orders n
        LEFT JOIN (SELECT order_id, sum(amount) AS amount FROM payment_transactions
                   WHERE tender = 'exchange' AND kind = 'payment' GROUP BY order_id) brought
            ON brought.order_id = n.id
        LEFT JOIN corrections c ON c.key = n.purchase_key AND c.kind = 'exchange'
        LEFT JOIN (SELECT correction_id, sum(amount) AS amount FROM payment_transactions
                   WHERE tender = 'exchange' AND kind = 'refund' GROUP BY correction_id) took
            ON took.correction_id = c.id
        WHERE n.created_at > now() - interval '7 years' AND (
            coalesce(brought.amount, 0) <> coalesce(took.amount, 0)
            OR (c.id IS NOT NULL) <> (n.exchanged_from IS NOT NULL))
        """,
    ),
    Invariant(
        "gift_cards_add_up",
        "A gift card of the last seven years has what was paid for it and credited, less what it paid.",
        """
        SELECT g.id, g.balance || ' on the card, ' || coalesce(e.amount, 0) || ' in its book'
        FROM gift_cards g
        LEFT JOIN (SELECT gift_card_id, sum(amount) AS amount FROM gift_card_entries
                   GROUP BY gift_card_id) e ON e.gift_card_id = g.id
        WHERE g.balance <> coalesce(e.amount, 0) AND g.created_at > now() - interval '7 years'
        UNION ALL
        SELECT g.id, 'sold for ' || coalesce(p.amount, 0) || ', issued with ' || coalesce(i.amount, 0)
        FROM gift_cards g
        LEFT JOIN (SELECT gift_card_id, sum(amount) AS amount FROM payment_transactions
                   WHERE order_id IS NULL GROUP BY gift_card_id) p ON p.gift_card_id = g.id
        LEFT JOIN (SELECT gift_card_id, sum(amount) AS amount FROM gift_card_entries
                   WHERE kind = 'issue' GROUP BY gift_card_id) i ON i.gift_card_id = g.id
        WHERE coalesce(p.amount, 0) <> coalesce(i.amount, 0) AND g.created_at > now() - interval '7 years'
        UNION ALL
        SELECT p.gift_card_id, p.amount || ' paid or credited, ' || coalesce(e.amount, 0) || ' in its book'
        FROM payment_transactions p LEFT JOIN gift_card_entries e
            ON e.payment_id = p.id AND e.gift_card_id = p.gift_card_id
        WHERE p.tender = 'gift_card' AND p.amount > 0 AND p.created_at > now() - interval '7 years'
          AND coalesce(e.amount, 0) <> CASE p.kind WHEN 'payment' THEN -p.amount ELSE p.amount END
        """,
    ),
    Invariant(
        "card_payments_are_booked_once",
        "A card payment that is booked is one payment by card of its amount, and no other is any.",
        """
        SELECT c.id, c.amount || ' ' || c.currency || ' ' || c.state || ', in ' || count(p.id)
               || ' payments of ' || coalesce(sum(p.amount), 0)
        FROM card_payments c LEFT JOIN payment_transactions p ON p.card_payment_id = c.id
        WHERE c.kind = 'payment' AND c.created_at > now() - interval '7 years'
        GROUP BY c.id
        HAVING count(p.id) <> CASE c.state WHEN 'booked' THEN 1 ELSE 0 END
            OR bool_or((p.amount, p.currency, p.tender, p.kind) <> (c.amount, c.currency, 'card', c.kind)
                       OR p.id IS NOT NULL AND p.order_id IS DISTINCT FROM c.order_id)
        UNION ALL
        SELECT c.id, c.amount || ' ' || c.currency || ' given back by a service, and by no refund'
        FROM card_payments c
        WHERE c.kind = 'refund' AND c.state = 'booked' AND c.created_at > now() - interval '7 years'
          AND NOT EXISTS (SELECT 1 FROM payment_transactions p
                          WHERE p.order_id = c.order_id AND p.kind = 'refund' AND p.tender = 'card'
                            AND p.amount = c.amount AND p.currency = c.currency)
        """,
    ),
    Invariant(
        "pending_orders_hold",
        "A pending order holds its tickets, and no other order holds any.",
        """
        SELECT coalesce(i.order_id, h.order_id), 'tier ' || coalesce(i.tier_id, h.tier_id) || ': '
               || coalesce(i.quantity, 0) || ' to be held, ' || coalesce(h.quantity, 0) || ' held'
        FROM (SELECT i.order_id, i.tier_id, sum(i.quantity) AS quantity
              FROM order_items i JOIN orders o ON o.id = i.order_id
              WHERE o.status = 'pending' AND o.due_at IS NOT NULL GROUP BY i.order_id, i.tier_id) i
        FULL JOIN (SELECT order_id, tier_id, sum(quantity) AS quantity FROM holds
                   WHERE kind = 'order' AND ended_at IS NULL GROUP BY order_id, tier_id) h
            USING (order_id, tier_id)
        WHERE coalesce(i.quantity, 0) <> coalesce(h.quantity, 0)
        """,
    ),
    Invariant(
        "codes_are_counted",
        "A code was used as often as orders that stand were sold with it.",
        """
        SELECT d.id, d.code || ' used ' || d.used || ' times, in ' || count(o.id) || ' orders'
        FROM discounts d
        LEFT JOIN orders o ON o.discount_id = d.id AND o.status IN ('pending', 'paid')
        GROUP BY d.id HAVING d.used <> count(o.id)
        """,
    ),
    Invariant(
        "orders_are_what_they_say",
        "An order's status fits its tickets, payments and corrections.",
        """
        SELECT o.id, o.status || ', ' || coalesce(k.live, 0) || ' of ' || coalesce(k.tickets, 0)
               || ' tickets live, ' || coalesce(p.amount, 0) || ' of ' || o.total_amount || ' paid'
        FROM orders o
        LEFT JOIN (SELECT order_id, count(*) AS tickets,
                          count(*) FILTER (WHERE status IN ('valid', 'used')) AS live
                   FROM tickets WHERE status <> 'superseded' GROUP BY order_id) k ON k.order_id = o.id
        LEFT JOIN (SELECT order_id, sum(amount) AS amount FROM payment_transactions WHERE kind = 'payment'
                   GROUP BY order_id) p ON p.order_id = o.id
        WHERE o.created_at > now() - interval '7 years' AND CASE o.status
            WHEN 'pending' THEN o.paid_at IS NOT NULL OR k.tickets > 0 OR p.amount > o.total_amount
                OR p.amount = o.total_amount AND o.total_amount > 0
            WHEN 'expired' THEN o.paid_at IS NOT NULL OR k.tickets > 0 OR p.amount > 0
            WHEN 'paid' THEN o.paid_at IS NULL OR coalesce(k.live, 0) = 0
            WHEN 'refunded' THEN o.paid_at IS NULL OR k.live > 0 OR coalesce(k.tickets, 0) = 0
                OR NOT EXISTS (SELECT 1 FROM corrections c WHERE c.order_id = o.id AND c.total > 0)
            ELSE k.live > 0 OR o.paid_at IS NULL AND k.tickets > 0 END
        """,
    ),
    Invariant(
        "returned_tickets_have_corrections",
        "A ticket that was given back has its correction, and no other ticket has one.",
        """
        SELECT k.id, k.status || ', in ' || CASE WHEN c.id IS NULL THEN 'no' ELSE 'a' END || ' correction'
        FROM tickets k
        LEFT JOIN correction_tickets g ON g.ticket_id = k.id
        LEFT JOIN corrections c ON c.id = g.correction_id AND c.order_id = k.order_id
        WHERE (k.status IN ('refunded', 'cancelled')) <> (c.id IS NOT NULL)
          AND k.created_at > now() - interval '7 years'
        """,
    ),
    Invariant(
        "cash_is_in_the_drawer",
        "Every drawer entry of a sale or refund is the amount of its cash payment.",
        """
        SELECT d.id, d.amount || ' in the drawer, ' || p.amount || ' paid by ' || p.tender
        FROM drawer_entries d JOIN payment_transactions p ON p.id = d.payment_id
        WHERE p.tender <> 'cash' OR d.amount <> CASE p.kind WHEN 'payment' THEN p.amount ELSE -p.amount END
        """,
    ),
    Invariant(
        "receipts_are_numbered",
        "A till's receipts are numbered without gaps, up to the last number that it gave away.",
        """
        SELECT n.till_id, coalesce(r.receipts, 0) || ' receipts up to ' || coalesce(r.last, 0)
               || ', given away ' || n.last_receipt
        FROM till_numbers n LEFT JOIN (
            SELECT till_id, count(*) AS receipts, min(number) AS first, max(number) AS last
            FROM receipts GROUP BY till_id
        ) r ON r.till_id = n.till_id
        WHERE n.last_receipt <> coalesce(r.last, 0) OR r.receipts <> r.last - r.first + 1
        """,
    ),
    Invariant(
        "closings_follow_each_other",
        "A till's closings are numbered without gaps, and each begins with the receipt after the last one's.",
        """
        SELECT c.id, 'closing ' || c.number || ' of receipts ' || c.first_receipt
               || ' to ' || c.last_receipt || ' after ' || c.number_before || ' up to ' || c.last_before
        FROM (SELECT id, till_id, number, first_receipt, last_receipt,
                     coalesce(lag(number) OVER own, 0) AS number_before,
                     coalesce(lag(last_receipt) OVER own, 0) AS last_before
              FROM closings WINDOW own AS (PARTITION BY till_id ORDER BY number)) c
        WHERE c.number <> c.number_before + 1 OR c.first_receipt <> c.last_before + 1
        UNION ALL
        SELECT n.till_id, n.last_closing || ' closings given away, ' || count(c.id) || ' there, up to '
               || coalesce(max(c.last_receipt), 0) || ' of ' || n.last_receipt
        FROM till_numbers n LEFT JOIN closings c ON c.till_id = n.till_id
        GROUP BY n.till_id
        HAVING n.last_closing <> count(c.id) OR coalesce(max(c.last_receipt), 0) > n.last_receipt
        """,
    ),
    Invariant(
        "payments_are_closed_once",
        "A payment whose receipt is not newer than its till's last closing is in exactly one closing.",
        """
        SELECT p.id, 'receipt ' || p.receipt_number || ' is in ' || count(c.id) || ' closings'
        FROM payment_transactions p
        JOIN (SELECT till_id, max(last_receipt) AS upto FROM closings GROUP BY till_id) l
            ON l.till_id = p.till_id AND p.receipt_number <= l.upto
        LEFT JOIN closings c
            ON c.till_id = p.till_id AND p.receipt_number BETWEEN c.first_receipt AND c.last_receipt
        GROUP BY p.id HAVING count(c.id) <> 1
        """,
    ),
    Invariant(
        "closings_are_their_receipts",
        "A closing of the last seven years says by tender what the payments of its receipts add up to.",
        """
        SELECT c.id, t.currency || ' ' || t.tender || ': ' || coalesce(t.said, 0) || ' said, '
               || coalesce(t.paid, 0) || ' paid'
        FROM closings c CROSS JOIN LATERAL (
            SELECT currency, tender, s.net AS said, p.net AS paid
            FROM jsonb_to_recordset(c.totals -> 'tenders') AS s (currency text, tender text, net numeric)
            FULL JOIN (
                SELECT currency, tender, sum(CASE kind WHEN 'payment' THEN amount ELSE -amount END) AS net
                FROM payment_transactions
                WHERE till_id = c.till_id AND receipt_number BETWEEN c.first_receipt AND c.last_receipt
                GROUP BY currency, tender
            ) p USING (currency, tender)
        ) t
        WHERE c.closed_at > now() - interval '7 years' AND t.said IS DISTINCT FROM t.paid
        """,
    ),
    Invariant(
        "drawers_add_up",
        "A closing expects its drawer's float and all that went in and out, and has what was counted last.",
        """
        SELECT c.id, 'expected ' || c.expected || ', in books ' || (d.opening_float + coalesce(e.amount, 0))
               || '; counted ' || c.counted || ', given as ' || coalesce(d.counted::text, 'nothing')
        FROM closings c JOIN cash_drawers d ON d.id = c.drawer_id
        LEFT JOIN (SELECT drawer_id, sum(amount) AS amount FROM drawer_entries GROUP BY drawer_id) e
            ON e.drawer_id = d.id
        WHERE c.expected <> d.opening_float + coalesce(e.amount, 0) OR c.counted IS DISTINCT FROM d.counted
           OR d.closed_at IS NULL
           OR (c.totals -> 'drawer' ->> 'expected')::numeric IS DISTINCT FROM c.expected
        """,
    ),
    Invariant(
        "sales_leave_evidence",
        "Every order sold at a till in the last seven years has its audit row.",
        """
        SELECT o.id, o.order_number FROM orders o
        WHERE o.purchase_key IS NOT NULL AND o.created_at > now() - interval '7 years' AND NOT EXISTS (
            SELECT 1 FROM audit_logs a WHERE a.entity = 'order' AND a.entity_id = o.id
              AND a.action IN ('sold', 'ordered'))
        """,
    ),
    Invariant(
        "waitlist_places",
        "No two people have the same place on an event's waitlist.",
        """
        SELECT event_id, count(*) || ' at place ' || position
        FROM waitlist GROUP BY event_id, position HAVING count(*) > 1
        """,
    ),
    Invariant(
        "offers_are_held",
        "Every offer that stands holds its tickets for the entry that it was made to, and no others do.",
        """
        SELECT o.id, 'is not held as it was offered'
        FROM waitlist_offers o LEFT JOIN holds h ON h.id = o.hold_id
        WHERE o.state = 'open' AND (h.kind, h.ended_at IS NULL, h.tier_id, h.quantity, h.expires_at)
            IS DISTINCT FROM ('waitlist', true, o.tier_id, o.quantity, o.expires_at)
        UNION ALL
        SELECT o.id, 'stands for an entry that is ' || coalesce(w.state, 'gone')
        FROM waitlist_offers o LEFT JOIN waitlist w ON w.id = o.waitlist_id
        WHERE o.state = 'open' AND w.state IS DISTINCT FROM 'offered'
        UNION ALL
        SELECT w.id, 'holds an offer that is not there' FROM waitlist w
        WHERE w.state = 'offered' AND NOT EXISTS (
            SELECT 1 FROM waitlist_offers o WHERE o.waitlist_id = w.id AND o.state = 'open')
        UNION ALL
        SELECT h.id, 'holds tickets for an offer that does not stand' FROM holds h
        WHERE h.kind = 'waitlist' AND h.ended_at IS NULL AND NOT EXISTS (
            SELECT 1 FROM waitlist_offers o WHERE o.hold_id = h.id AND o.state = 'open')
        """,
    ),
    Invariant(
        "redeemed_offers_are_orders",
        "An offer counts as redeemed as long as the order stands that it was bought by.",
        """
        SELECT f.id, o.order_number || ' is ' || o.status FROM waitlist_offers f
        JOIN orders o ON o.purchase_key = f.purchase_key
        WHERE (f.state = 'redeemed') <> (o.status IN ('paid', 'pending'))
        """,
    ),
    Invariant(
        "nobody_waits_beside_free_tickets",
        "Nobody has waited for two minutes for tickets that are free and fit.",
        """
        SELECT w.id, 'could have ' || t.name
        FROM ticket_tiers t
        JOIN events e ON e.id = t.event_id AND e.status = 'published' AND e.start_time > now()
        JOIN waitlist w ON w.event_id = e.id AND NOT w.notified AND (w.tier_id = t.id OR w.tier_id IS NULL)
        WHERE t.quantity > t.sold + t.reserved AND w.asked_at < now() - interval '2 minutes'
          AND waitlist_obstacle(t, e, now()) = ''
          AND waitlist_obstacle(t, e, now() - interval '2 minutes') = ''
          AND waitlist_fit(w.quantity, w.all_together,
              tier_available(t, CASE WHEN e.capacity_shared THEN capacity_left(e) END),
              t.min_purchase, t.max_purchase) > 0
        """,
    ),
    Invariant(
        "evidence_is_whole",
        "No row of the evidence was changed, removed or slipped in.",
        """
        WITH linked AS (
            SELECT l.id, l.chain, l.seq, l.hash, c.chain IS NULL AS loose,
                   coalesce(lag(l.seq) OVER own, c.first_seq) AS seq_before,
                   evidence_hash(coalesce(lag(l.hash) OVER own, c.first_hash), l) AS due
            FROM audit_logs l LEFT JOIN audit_chains c ON c.chain = l.chain
            WINDOW own AS (PARTITION BY l.chain ORDER BY l.seq)
        )
        SELECT id, CASE WHEN loose THEN 'of no chain'
                        WHEN seq <> seq_before + 1 THEN 'rows before it are missing'
                        ELSE 'does not fit its hash' END
        FROM linked WHERE loose OR seq <> seq_before + 1 OR hash <> due
        UNION ALL
        SELECT coalesce(l.seq, 0), 'the last rows of ' || c.chain || ' are missing'
        FROM audit_chains c LEFT JOIN (
            SELECT DISTINCT ON (chain) chain, seq, hash FROM audit_logs ORDER BY chain, seq DESC
        ) l USING (chain)
        WHERE (coalesce(l.seq, c.first_seq), coalesce(l.hash, c.first_hash)) <> (c.seq, c.hash)
        """,
    ),
    Invariant(
        "personal_words_are_sealed",
        "Phone, address, notes and payment references are sealed, and so are those of the waitlist.",
        """
        SELECT u.id, 'a person''s ' || v.what || ' lies in clear'
        FROM users u CROSS JOIN LATERAL (VALUES ('phone', phone), ('address', address), ('notes', notes))
            AS v (what, stored)
        WHERE NOT is_sealed(v.stored)
        UNION ALL
        SELECT w.id, 'the ' || v.what || ' of somebody who waits lies in clear'
        FROM waitlist w CROSS JOIN LATERAL (VALUES ('phone', phone), ('notes', notes)) AS v (what, stored)
        WHERE NOT is_sealed(v.stored)
        UNION ALL
        SELECT id, 'a payment''s reference lies in clear'
        FROM payment_transactions WHERE reference <> '' AND NOT is_sealed(reference)
        """,
    ),
    Invariant(
        "tables_are_guarded",
        "Every table belongs to nobody who can sign in, and shows its rows by policies alone.",
        """
        SELECT c.oid::bigint, c.relname || ' belongs to ' || r.rolname
               || CASE WHEN c.relforcerowsecurity AND c.relrowsecurity THEN '' ELSE ' and shows every row' END
        FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
          AND (r.rolcanlogin OR NOT c.relrowsecurity OR NOT c.relforcerowsecurity)
        """,
    ),
    Invariant(
        "doors_are_shut",
        "Nobody may connect, or make tables or functions, just by having a role on the server.",
        """
        SELECT oid::bigint, 'everybody may ' || lower(a.privilege_type) || ' on database ' || datname
        FROM pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba))) a
        WHERE datname = current_database() AND a.grantee = 0
        UNION ALL
        SELECT n.oid::bigint, 'everybody may ' || lower(a.privilege_type) || ' in schema ' || n.nspname
        FROM pg_namespace n, aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a
        WHERE n.nspname = 'public' AND a.grantee = 0
        """,
    ),
)


def audit_all(session: Session) -> tuple[Finding, ...]:
    """Return how every invariant stands on the session's snapshot."""
    session.execute(text(f"SELECT set_config('statement_timeout', '{AUDIT_TIMEOUT_MS}', true)"))
    return tuple(_audit(session, invariant) for invariant in INVARIANTS)


def _audit(session: Session, invariant: Invariant) -> Finding:
    rows = session.execute(text(invariant.query)).all()
    examples = tuple(f"{number}: {problem}" for number, problem in rows[:MOST_EXAMPLES])
    return Finding(invariant.name, invariant.rule, len(rows), examples)
