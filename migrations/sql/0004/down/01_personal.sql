-- Back to records that are kept for ever. Sealed values stay sealed: the database cannot open them.

DROP TRIGGER audit_logs_append_only ON audit_logs;
DROP TRIGGER audit_logs_untruncated ON audit_logs;
DROP TRIGGER payment_transactions_append_only ON payment_transactions;
DROP TRIGGER payment_transactions_untruncated ON payment_transactions;
DROP TRIGGER drawer_entries_append_only ON drawer_entries;
DROP TRIGGER drawer_entries_untruncated ON drawer_entries;
CREATE TRIGGER audit_logs_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_logs
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_evidence();
CREATE TRIGGER payment_transactions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payment_transactions
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_evidence();
CREATE TRIGGER drawer_entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON drawer_entries
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_evidence();

DROP TRIGGER waitlist_of_somebody ON waitlist;
DROP TRIGGER promoters_somebody ON promoters;
DROP TRIGGER email_notifications_to_somebody ON email_notifications;
DROP FUNCTION refuse_erased, emails_of;
DROP FUNCTION apply_retention, due_records, retired_evidence, guard_record, erase_person, forget_person, person_dossier,
    set_customer_deleted, set_contact, customer, reseal, stale_values, register_key;
DROP TABLE sealing_keys;

DROP INDEX idx_users_phone, idx_waitlist_phone, idx_payment_transactions_reference, idx_payment_transactions_created;
DROP TRIGGER users_evidence ON users;
ALTER TABLE users
    DROP CONSTRAINT users_sealed_check,
    DROP CONSTRAINT users_words_check,
    ADD CONSTRAINT users_words_check CHECK (
        char_length(first_name) <= 120 AND char_length(last_name) <= 120 AND char_length(phone) <= 600),
    DROP COLUMN address,
    DROP COLUMN notes,
    DROP COLUMN deleted_at,
    DROP COLUMN erased_at;
CREATE TRIGGER users_evidence
AFTER INSERT OR DELETE OR UPDATE OF email, password_hash, pin_hash, role, first_name, last_name, phone, database_role,
    is_active ON users
FOR EACH ROW EXECUTE FUNCTION record_change('person', 'password_hash,pin_hash,phone');
ALTER TABLE waitlist DROP CONSTRAINT waitlist_sealed_check;
ALTER TABLE payment_transactions
    DROP CONSTRAINT payment_transactions_reference_check,
    ADD CONSTRAINT payment_transactions_reference_check CHECK (char_length(reference) <= 200) NOT VALID;
DO $$
BEGIN
    -- Sealed, a reference is longer than it was.
    IF NOT EXISTS (SELECT 1 FROM payment_transactions WHERE char_length(reference) > 200) THEN
        ALTER TABLE payment_transactions VALIDATE CONSTRAINT payment_transactions_reference_check;
    END IF;
END $$;
DROP FUNCTION is_sealed;
