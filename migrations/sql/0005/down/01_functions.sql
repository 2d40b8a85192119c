-- Back to the sale of revision 0002, whose files are executed after this one.
DROP PROCEDURE sell;
DROP FUNCTION cancel_event, next_cancelled_order, settle_cancelled_order, pin_card_payment, settle_card_payment,
    issue_gift_card, gift_card_balance, reactivate_order, cancel_order, pay_order, open_amounts, exchange_tickets,
    refund_tickets, replayed_correction, undo_tickets, keep_correction_receipt, correction_facts, give_back, new_gift_card,
    original_tenders, lock_order, first_of_exchanges, require_same_deed, require_refund_right, ticket_worth, hold_order, book_pending_order, require_exchange,
    require_customer, begin_terms, sell_tickets, take_payments, book_card_payment, charge_gift_card, tenders_for,
    take_number, lock_numbers, next_receipt, cash_drawer_for, replayed_sale, expire_holds, release_hold, extend_hold, hold_basket,
    require_place, require_own_basket, lock_events_of, lock_tiers, order_facts, sale_facts, payment_facts, line_facts, tickets_of, price_basket, refuse_lines,
    terms_of, discount_terms, price_of, reduced_price, lock_event_for_sale, ticket_facts;
DROP TYPE tender_part, basket_price, reduction_terms, priced_line;
