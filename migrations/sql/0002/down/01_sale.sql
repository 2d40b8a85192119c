-- Back to the sale of revision 0001, whose file is executed after this one.
DROP PROCEDURE sell;
DROP FUNCTION sell_tickets, refuse_lines, lock_event_for_sale, replayed_sale;
