-- Back to drawers that only sales know. Counts and leave go; drawers, entries and closings stay.

DROP POLICY managers_read ON till_numbers;
REVOKE SELECT ON till_numbers FROM boxoffice_manager;
DROP TRIGGER cash_drawers_tell_tills ON cash_drawers;
DROP TRIGGER drawer_entries_tell_tills ON drawer_entries;
DROP FUNCTION till_state, sign_off_drawer, x_report, without_cash, is_blind, next_to_close, report_head, drawer_totals,
    takings_of, count_drawer, move_cash, join_drawer, open_drawer, write_count, sum_of_pieces, require_amount,
    drawer_expected, lock_drawer, require_drawer_takes, require_use_of_drawer, may_use_drawer, require_place_at_till,
    staff_name, business_day;
DROP TABLE drawer_counts, drawer_users;
DROP FUNCTION tell_of_drawer;
DROP TRIGGER closings_append_only ON closings;
DROP TRIGGER closings_untruncated ON closings;
CREATE TRIGGER closings_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON closings
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_evidence();
DROP INDEX idx_payment_transactions_receipt;
ALTER TABLE closings DROP COLUMN business_day, DROP COLUMN first_receipt, DROP COLUMN last_receipt;
ALTER TABLE drawer_entries DROP CONSTRAINT drawer_entries_reason_check, DROP COLUMN key;
ALTER TABLE cash_drawers
    DROP CONSTRAINT cash_drawers_currency_check,
    DROP COLUMN key, DROP COLUMN is_shared, DROP COLUMN business_day, DROP COLUMN counted_at, DROP COLUMN counted_by,
    DROP COLUMN counted;
ALTER TABLE tills DROP COLUMN time_zone, DROP COLUMN day_starts_at;
