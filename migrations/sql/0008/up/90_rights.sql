-- Who may do what with the outbox: the counter queues and sends, managers read it and try again.

CALL adopt_objects();

DO $$
DECLARE
    deed text;
BEGIN
    FOREACH deed IN ARRAY ARRAY[
        'queue_mail', 'queue_order_mail', 'mail_paid_order', 'mail_refund', 'mail_cancelled_event', 'claim_mail',
        'settle_mail', 'retry_mail'
    ] LOOP
        EXECUTE format('ALTER FUNCTION %I SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp', deed);
    END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION queue_order_mail, claim_mail, settle_mail TO boxoffice_clerk, boxoffice_manager;
GRANT EXECUTE ON FUNCTION retry_mail TO boxoffice_manager;
