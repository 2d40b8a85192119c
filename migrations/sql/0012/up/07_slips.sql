-- As revision 0011 has it; but a clerk's own slip is undone to be sold right: its customer waits at the old place, and is the
-- first to be served with what comes back.
CREATE OR REPLACE FUNCTION bury_offer() RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    is_slip CONSTANT boolean := EXISTS (SELECT 1 FROM corrections WHERE order_id = NEW.id AND kind = 'correction');
BEGIN
    UPDATE waitlist w SET state = CASE WHEN is_slip THEN 'waiting' ELSE 'returned' END,
        notified_at = CASE WHEN NOT is_slip THEN w.notified_at END,
        notification_expires_at = CASE WHEN NOT is_slip THEN w.notification_expires_at END
    FROM waitlist_offers o
    WHERE o.purchase_key = NEW.purchase_key AND o.state = 'redeemed' AND w.id = o.waitlist_id AND w.state = 'redeemed';
    UPDATE waitlist_offers SET state = 'returned' WHERE purchase_key = NEW.purchase_key AND state = 'redeemed';
    RETURN NULL;
END $$;
