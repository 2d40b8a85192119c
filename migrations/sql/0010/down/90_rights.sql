CALL adopt_objects();
GRANT EXECUTE ON FUNCTION pin_card_payment, settle_card_payment TO boxoffice_clerk, boxoffice_manager;
