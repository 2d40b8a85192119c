-- Who may read the story. Replaced functions keep who may call them; the arithmetic is nobody's to call.

CALL adopt_objects();
GRANT EXECUTE ON FUNCTION waitlist_history, offer_followers TO boxoffice_clerk, boxoffice_manager;
