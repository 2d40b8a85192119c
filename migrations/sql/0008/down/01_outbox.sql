-- Back to an outbox that nothing empties. What was queued, sent or failed stays, without why.

DROP FUNCTION retry_mail, settle_mail, claim_mail, queue_order_mail;
DROP TRIGGER event_cancellation_orders_mailed ON event_cancellation_orders;
DROP TRIGGER corrections_mailed ON corrections;
DROP TRIGGER orders_mailed_when_paid ON orders;
DROP TRIGGER orders_mailed_when_sold ON orders;
DROP FUNCTION mail_cancelled_event, mail_refund, mail_paid_order, queue_mail, is_address;
DROP INDEX idx_email_notifications_queued;
CREATE INDEX idx_email_notifications_queued ON email_notifications (created_at) WHERE state = 'queued';
ALTER TABLE email_notifications
    DROP CONSTRAINT email_notifications_words_check,
    DROP CONSTRAINT email_notifications_sent_check,
    ALTER COLUMN subject DROP DEFAULT,
    ALTER COLUMN body DROP DEFAULT,
    DROP COLUMN key, DROP COLUMN language, DROP COLUMN facts, DROP COLUMN next_attempt_at, DROP COLUMN claim,
    DROP COLUMN claimed_until, DROP COLUMN claimed_by, DROP COLUMN failure, DROP COLUMN detail;
