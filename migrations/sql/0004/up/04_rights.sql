-- Who may do what with personal data: managers. Clerks see the names of the keys, to seal what they take.

ALTER TABLE sealing_keys OWNER TO boxoffice_owner;
ALTER TABLE sealing_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE sealing_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON sealing_keys TO boxoffice_owner USING (true) WITH CHECK (true);
CREATE POLICY readers ON sealing_keys FOR SELECT TO boxoffice_clerk, boxoffice_manager USING (true);
REVOKE ALL ON sealing_keys FROM PUBLIC;
GRANT SELECT ON sealing_keys TO boxoffice_clerk, boxoffice_manager;

GRANT SELECT (address, notes, deleted_at, erased_at) ON users TO boxoffice_clerk, boxoffice_manager;

DO $$
DECLARE
    deed text;
BEGIN
    FOREACH deed IN ARRAY ARRAY[
        'is_sealed', 'register_key', 'stale_values', 'reseal', 'customer', 'set_contact', 'set_customer_deleted',
        'person_dossier', 'forget_person', 'refuse_erased', 'emails_of', 'erase_person', 'guard_record', 'retired_evidence', 'due_records',
        'apply_retention'
    ] LOOP
        EXECUTE format('ALTER FUNCTION %I OWNER TO boxoffice_owner', deed);
        EXECUTE format('REVOKE ALL ON FUNCTION %I FROM PUBLIC', deed);
    END LOOP;
    FOREACH deed IN ARRAY ARRAY[
        'register_key', 'stale_values', 'reseal', 'set_contact', 'set_customer_deleted', 'person_dossier',
        'erase_person', 'apply_retention'
    ] LOOP
        EXECUTE format('ALTER FUNCTION %I SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp', deed);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %I TO boxoffice_manager', deed);
    END LOOP;
END $$;
ALTER FUNCTION refuse_erased SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp;
-- In a constraint it is called with the rights of whoever writes the row.
GRANT EXECUTE ON FUNCTION is_sealed TO boxoffice_roles, boxoffice_clerk, boxoffice_promoter, boxoffice_manager,
    boxoffice_door, boxoffice_reporting;
