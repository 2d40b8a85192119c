-- Back to an empty database.
DROP MATERIALIZED VIEW event_sales_summary;
DROP VIEW user_tickets_summary;
DROP VIEW active_events_with_availability;

DROP FUNCTION sell_tickets, price_basket, refuse_lines, lock_event_for_sale, replayed_sale, order_facts,
    facts_of, ticket_facts, line_facts, basket_totals, price_lines;
DROP TYPE priced_line;

DROP TABLE audit_logs, email_notifications, idempotency_keys, print_jobs, closings, drawer_entries, cash_drawers,
    payment_transactions, holds, waitlist, tickets, order_items, orders;
DROP SEQUENCE order_number_seq;

DROP FUNCTION event_availability, event_search, sale_refusal, tier_available, capacity_left, not_sellable, refuse, new_ticket_code, tax_of, minor_digits;
DROP TABLE tills, ticket_tiers, events, promoters, users;
DROP FUNCTION search_words, fold_text;
DROP FUNCTION refuse_move_of_tier, refuse_oversold_tier, refuse_overfull_event, recount_shared_capacity, check_event_capacity, await_sales,
    lock_event, event_turn, house_turn, require_read_committed,
    touch_updated_at, move_reserved, fill_ticket_event, take_waitlist_position, refuse_change_of_evidence, tell_tills;
