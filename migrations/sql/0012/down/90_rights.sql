CALL adopt_objects();
REVOKE SELECT (mail_id) ON waitlist_offers FROM boxoffice_promoter;
REVOKE SELECT (id, state, waitlist_id) ON email_notifications FROM boxoffice_promoter;
REVOKE SELECT (id, offer_id, outcome, created_at) ON waitlist_calls FROM boxoffice_promoter;
-- A replaced function loses how it runs.
ALTER FUNCTION person_dossier SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp;
GRANT EXECUTE ON FUNCTION extend_hold TO boxoffice_clerk, boxoffice_manager;
