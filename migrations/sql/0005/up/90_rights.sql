-- Who may do what with what is new.

CALL adopt_objects();
REVOKE ALL ON PROCEDURE adopt_objects FROM PUBLIC;

DO $$
DECLARE
    rule record;
BEGIN
    FOR rule IN SELECT * FROM (VALUES
        ('discounts', 'clerk,manager,reporting'),
        ('receipts', 'clerk,manager,reporting'),
        ('corrections', 'clerk,manager,reporting'),
        ('correction_tickets', 'clerk,manager,reporting'),
        ('card_payments', 'clerk,manager'),
        ('gift_cards', 'clerk,manager,reporting'),
        ('gift_card_entries', 'clerk,manager,reporting'),
        ('event_cancellations', 'clerk,manager'),
        ('event_cancellation_orders', 'clerk,manager')
    ) AS rules (on_table, readers) LOOP
        EXECUTE format('CREATE POLICY readers ON %I FOR SELECT TO %s USING (true)', rule.on_table,
            (SELECT string_agg('boxoffice_' || who, ', ') FROM unnest(string_to_array(rule.readers, ',')) AS who));
    END LOOP;
END $$;

GRANT SELECT ON discounts, receipts, corrections, correction_tickets, card_payments, gift_card_entries,
    event_cancellations, event_cancellation_orders
TO boxoffice_clerk, boxoffice_manager;
GRANT SELECT ON discounts, corrections, correction_tickets, gift_card_entries TO boxoffice_reporting;
GRANT SELECT (till_id, number, kind, order_id, clerk_id, currency, total, created_at) ON receipts TO boxoffice_reporting;
-- Not the code: whoever has it has the money.
GRANT SELECT (id, currency, balance, is_active, created_at) ON gift_cards
TO boxoffice_clerk, boxoffice_manager, boxoffice_reporting;

-- Promoters make the codes of their own events, managers of all.
GRANT SELECT ON discounts TO boxoffice_promoter;
GRANT INSERT (event_id, tier_id, code, kind, value, max_uses, starts_at, ends_at, is_active),
    UPDATE (tier_id, code, kind, value, max_uses, starts_at, ends_at, is_active)
    ON discounts TO boxoffice_promoter, boxoffice_manager;
CREATE POLICY managers_add ON discounts FOR INSERT TO boxoffice_manager WITH CHECK (true);
CREATE POLICY managers_change ON discounts FOR UPDATE TO boxoffice_manager USING (true);
CREATE POLICY own ON discounts TO boxoffice_promoter
    USING (event_id IN (SELECT e.id FROM events e WHERE e.promoter_id = (SELECT my_promoter_id())))
    WITH CHECK (event_id IN (SELECT e.id FROM events e WHERE e.promoter_id = (SELECT my_promoter_id())));

GRANT INSERT (tax_rounding), UPDATE (tax_rounding) ON events TO boxoffice_promoter, boxoffice_manager;

-- What a basket or a pending order holds is moved by its own deeds alone.
ALTER POLICY managers_add ON holds WITH CHECK (kind IN ('waitlist', 'lease', 'house'));
ALTER POLICY managers_change ON holds USING (kind IN ('waitlist', 'lease', 'house'));

-- Arithmetic and words, with nobody's rights but the caller's.
GRANT EXECUTE ON FUNCTION price_of, reduced_price, discount_terms, terms_of, tickets_of, price_basket, line_facts,
    payment_facts, sale_facts, order_facts, ticket_worth
TO boxoffice_clerk, boxoffice_manager;
GRANT EXECUTE ON FUNCTION sell_tickets, hold_basket, extend_hold, release_hold, expire_holds, refund_tickets,
    exchange_tickets, pay_order, cancel_order, reactivate_order, issue_gift_card, gift_card_balance, pin_card_payment,
    settle_card_payment
TO boxoffice_clerk, boxoffice_manager;
GRANT EXECUTE ON PROCEDURE sell TO boxoffice_clerk, boxoffice_manager;
GRANT EXECUTE ON FUNCTION cancel_event, next_cancelled_order, settle_cancelled_order TO boxoffice_manager;
