CALL adopt_objects();
-- A replaced function loses how it runs.
ALTER FUNCTION person_dossier SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp;
