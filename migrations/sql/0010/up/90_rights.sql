-- The counter pins what it is about to charge.

CALL adopt_objects();
GRANT EXECUTE ON FUNCTION pin_card_payment TO boxoffice_clerk, boxoffice_manager;
