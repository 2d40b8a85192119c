-- Who may read the story. Replaced functions keep who may call them; the arithmetic is nobody's to call.

CALL adopt_objects();
-- A replaced function loses how it runs.
ALTER FUNCTION person_dossier SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp;
GRANT EXECUTE ON FUNCTION extend_hold TO boxoffice_clerk, boxoffice_manager;
GRANT EXECUTE ON FUNCTION waitlist_history, offer_followers TO boxoffice_clerk, boxoffice_manager;
GRANT EXECUTE ON FUNCTION waitlist_story_of, waitlist_chance TO boxoffice_clerk, boxoffice_manager, boxoffice_promoter;
GRANT SELECT (mail_id) ON waitlist_offers TO boxoffice_promoter;
GRANT SELECT (id, state, waitlist_id) ON email_notifications TO boxoffice_promoter;
GRANT SELECT (id, offer_id, outcome, created_at) ON waitlist_calls TO boxoffice_promoter;
