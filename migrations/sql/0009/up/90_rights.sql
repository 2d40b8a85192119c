-- Replaced functions lose how they run, and keep who may call them.

CALL adopt_objects();

ALTER FUNCTION stale_values SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp;
ALTER FUNCTION reseal SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp;
ALTER FUNCTION person_dossier SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp;
