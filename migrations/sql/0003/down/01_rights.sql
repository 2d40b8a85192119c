-- Back to one owner and no rights. The roles stay: other databases of the server may live by them.

DO $$
DECLARE
    thing record;
BEGIN
    FOR thing IN
        SELECT format('DROP POLICY %I ON %I', policyname, tablename) AS statement
        FROM pg_policies WHERE schemaname = 'public'
        UNION ALL
        SELECT format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY', c.oid::regclass)
        FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
        UNION ALL
        SELECT format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY', c.oid::regclass)
        FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
        UNION ALL
        SELECT format('GRANT EXECUTE ON FUNCTION %s TO PUBLIC', p.oid::regprocedure)
        FROM pg_proc p WHERE p.pronamespace = 'pg_catalog'::regnamespace
          AND (p.proname ~ '^pg_(try_)?advisory_' OR p.proname ~ '^lo_' OR p.proname IN ('loread', 'lowrite', 'pg_logical_emit_message'))
          AND p.proname NOT IN ('lo_import', 'lo_export')
    LOOP
        EXECUTE thing.statement;
    END LOOP;
END $$;

DROP TRIGGER users_evidence ON users;
DROP TRIGGER promoters_evidence ON promoters;
DROP TRIGGER events_evidence ON events;
DROP TRIGGER ticket_tiers_evidence ON ticket_tiers;
DROP TRIGGER tills_evidence ON tills;
DROP TRIGGER holds_evidence ON holds;
DROP TRIGGER waitlist_evidence ON waitlist;
DROP TRIGGER orders_evidence ON orders;
DROP TRIGGER tickets_evidence ON tickets;
DROP TRIGGER tickets_removed ON tickets;
DROP TRIGGER cash_drawers_evidence ON cash_drawers;
DROP TRIGGER audit_logs_seal ON audit_logs;
DROP TRIGGER events_terms ON events;
DROP TRIGGER orders_fresh ON orders;

DROP PROCEDURE disable_person;
DROP FUNCTION invite_person, set_person_role, set_person_active, end_connections, reset_password, set_my_password,
    set_my_pin, renew_my_hash, sign_in, note_deed, bar_person, check_event_terms,
    refuse_stale_sale, write_person, staff_role, require_another_manager, update_person,
    require_verifier, grant_override, require_override, reprint_tickets, record_print,
    delete_event, delete_tier, require_own_event, refresh_sales_summary, record_change, seal_evidence, evidence_hash,
    secure_database, require_role, is_housekeeping, my_promoter_id, my_role, my_user_id;
DROP TABLE overrides, audit_chains, places;
ALTER FUNCTION take_waitlist_position RESET lock_timeout;
ALTER TABLE audit_logs DROP CONSTRAINT audit_logs_reason_check;
ALTER TABLE ticket_tiers DROP CONSTRAINT ticket_tiers_moments_check, DROP CONSTRAINT ticket_tiers_price_check,
    ADD CONSTRAINT ticket_tiers_price_check CHECK (price >= 0);
ALTER TABLE events DROP CONSTRAINT events_moments_check, DROP CONSTRAINT events_service_fee_check,
    ADD CONSTRAINT events_service_fee_check CHECK (service_fee_per_ticket >= 0 AND service_fee_percent >= 0);
ALTER TABLE payment_transactions DROP CONSTRAINT payment_transactions_amount_check,
    ADD CONSTRAINT payment_transactions_amount_check CHECK (amount >= 0),
    DROP CONSTRAINT payment_transactions_tendered_check,
    ADD CONSTRAINT payment_transactions_tendered_check CHECK (tendered >= amount);
ALTER TABLE cash_drawers DROP CONSTRAINT cash_drawers_opening_float_check,
    ADD CONSTRAINT cash_drawers_opening_float_check CHECK (opening_float >= 0);
ALTER TABLE drawer_entries DROP CONSTRAINT drawer_entries_amount_check;
ALTER TABLE closings DROP CONSTRAINT closings_amounts_check;
ALTER TABLE waitlist DROP CONSTRAINT waitlist_phone_check;
ALTER TABLE holds DROP CONSTRAINT holds_owner_check;
ALTER TABLE users DROP CONSTRAINT users_hashes_check, DROP CONSTRAINT users_words_check,
    ALTER COLUMN first_name SET STATISTICS -1, ALTER COLUMN last_name SET STATISTICS -1,
    ALTER COLUMN email SET STATISTICS -1, ALTER COLUMN phone SET STATISTICS -1;
ALTER TABLE audit_logs DROP COLUMN client, DROP COLUMN before, DROP COLUMN after, DROP COLUMN chain, DROP COLUMN seq,
    DROP COLUMN hash;
DROP INDEX idx_audit_logs_at;
ALTER TABLE users DROP COLUMN pin_hash;

DO $$
DECLARE
    thing record;
BEGIN
    FOR thing IN
        SELECT format('ALTER FUNCTION %s SECURITY INVOKER RESET search_path', p.oid::regprocedure) AS statement
        FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef
        UNION ALL
        SELECT format('ALTER ROUTINE %s OWNER TO CURRENT_USER', p.oid::regprocedure)
        FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
        UNION ALL
        SELECT format('GRANT EXECUTE ON ROUTINE %s TO PUBLIC', p.oid::regprocedure)
        FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
        UNION ALL
        SELECT 'ALTER TYPE priced_line OWNER TO CURRENT_USER'
        UNION ALL
        SELECT format('ALTER %s %s OWNER TO CURRENT_USER',
                      CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE'
                                     ELSE 'TABLE' END, c.oid::regclass)
        FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'm', 'S')
          AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'i' AND c.relkind = 'S')
    LOOP
        EXECUTE thing.statement;
    END LOOP;
END $$;

ALTER DEFAULT PRIVILEGES FOR ROLE boxoffice_owner GRANT EXECUTE ON ROUTINES TO PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE boxoffice_roles GRANT EXECUTE ON ROUTINES TO PUBLIC;
GRANT USAGE ON LANGUAGE plpgsql TO PUBLIC;
-- Whatever was granted to the people's roles in this database.
DROP OWNED BY boxoffice_owner, boxoffice_roles, boxoffice_clerk, boxoffice_promoter, boxoffice_manager, boxoffice_door,
    boxoffice_reporting;
GRANT USAGE ON SCHEMA public TO PUBLIC;
