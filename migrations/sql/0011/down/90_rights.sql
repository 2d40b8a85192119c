CALL adopt_objects();
ALTER FUNCTION person_dossier SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp;
ALTER FUNCTION erase_person SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp;
GRANT EXECUTE ON FUNCTION hold_basket TO boxoffice_clerk, boxoffice_manager;
GRANT UPDATE (quantity, all_together, priority) ON waitlist TO boxoffice_promoter, boxoffice_manager;
CREATE POLICY managers_change ON waitlist FOR UPDATE TO boxoffice_manager USING (true);
CREATE POLICY own_change ON waitlist FOR UPDATE TO boxoffice_promoter
    USING (event_id IN (SELECT e.id FROM events e WHERE e.promoter_id = (SELECT my_promoter_id())));
ALTER POLICY managers_add ON holds WITH CHECK (kind IN ('waitlist', 'lease', 'house'));
ALTER POLICY managers_change ON holds USING (kind IN ('waitlist', 'lease', 'house'));
DROP POLICY notices_of_the_list ON email_notifications;
REVOKE SELECT (id, state, waitlist_id) ON email_notifications FROM boxoffice_clerk;
