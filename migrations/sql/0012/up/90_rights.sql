-- Who may read the story. Replaced functions keep who may call them; the arithmetic is nobody's to call.

CALL adopt_objects();
-- A replaced function loses how it runs.
ALTER FUNCTION person_dossier SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp;
GRANT EXECUTE ON FUNCTION waitlist_history, offer_followers TO boxoffice_clerk, boxoffice_manager;
