-- Who may do what. docs/rights.md shows the outcome as the server sees it; a test keeps it true.

-- Everything belongs to a role that nobody can sign in as, and even that role is under row-level security.
DO $$
DECLARE
    thing record;
BEGIN
    FOR thing IN
        SELECT format('ALTER %s %s OWNER TO boxoffice_owner',
                      CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE'
                                     ELSE 'TABLE' END, c.oid::regclass) AS statement
        FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'm', 'S')
          -- A sequence behind a column follows its table.
          AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'i' AND c.relkind = 'S')
        UNION ALL
        SELECT format('ALTER ROUTINE %s OWNER TO boxoffice_owner', p.oid::regprocedure)
        FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
        UNION ALL
        SELECT 'ALTER TYPE priced_line OWNER TO boxoffice_owner'
        UNION ALL
        SELECT format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', c.oid::regclass)
        FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
        UNION ALL
        SELECT format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', c.oid::regclass)
        FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
        UNION ALL
        SELECT format('CREATE POLICY owner_all ON %s TO boxoffice_owner USING (true) WITH CHECK (true)', c.oid::regclass)
        FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
    LOOP
        EXECUTE thing.statement;
    END LOOP;
END $$;

ALTER FUNCTION invite_person OWNER TO boxoffice_roles;
ALTER FUNCTION set_person_role OWNER TO boxoffice_roles;
ALTER FUNCTION set_person_active OWNER TO boxoffice_roles;
ALTER FUNCTION bar_person OWNER TO boxoffice_roles;
ALTER FUNCTION end_connections OWNER TO boxoffice_roles;
ALTER FUNCTION reset_password OWNER TO boxoffice_roles;
ALTER FUNCTION set_my_password OWNER TO boxoffice_roles;

-- These do their deed with the owner's rights, and look for what they name where the owner put it.
DO $$
DECLARE
    deed text;
BEGIN
    FOREACH deed IN ARRAY ARRAY[
        'my_user_id', 'my_role', 'my_promoter_id', 'require_role', 'sign_in', 'write_person', 'staff_role',
        'require_another_manager', 'update_person', 'note_deed', 'bar_person', 'invite_person', 'set_person_role', 'set_person_active',
        'end_connections', 'reset_password', 'set_my_password', 'set_my_pin', 'renew_my_hash',
        'sell_tickets', 'grant_override', 'reprint_tickets', 'record_print', 'require_own_event', 'delete_event',
        'delete_tier', 'refresh_sales_summary', 'lock_event',
        'await_sales', 'recount_shared_capacity', 'check_event_capacity', 'move_reserved', 'take_waitlist_position',
        'fill_ticket_event', 'record_change', 'check_event_terms'
    ] LOOP
        EXECUTE format('ALTER FUNCTION %I SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp', deed);
    END LOOP;
END $$;

-- Nobody may anything by being somebody --------------------------------------------------------------------

REVOKE ALL ON SCHEMA public FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC;
REVOKE ALL ON ALL ROUTINES IN SCHEMA public FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE boxoffice_owner REVOKE EXECUTE ON ROUTINES FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE boxoffice_roles REVOKE EXECUTE ON ROUTINES FROM PUBLIC;
REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC;

-- Large objects would be storage without owner or end. With advisory locks, which our own turns are made of, anyone
-- could stop every sale.
DO $$
DECLARE
    dangerous regprocedure;
BEGIN
    FOR dangerous IN
        SELECT oid FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace
          AND (proname ~ '^pg_(try_)?advisory_' OR proname ~ '^lo_' OR proname IN ('loread', 'lowrite', 'pg_logical_emit_message'))
    LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', dangerous);
    END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION pg_advisory_xact_lock(bigint), pg_advisory_xact_lock_shared(bigint),
    pg_try_advisory_xact_lock(bigint) TO boxoffice_owner;
-- sell() waits for the disk with it.
DO $$
DECLARE
    emit regprocedure;
BEGIN
    FOR emit IN SELECT oid FROM pg_proc WHERE proname = 'pg_logical_emit_message' LOOP
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO boxoffice_clerk, boxoffice_manager', emit);
    END LOOP;
END $$;

GRANT USAGE, CREATE ON SCHEMA public TO boxoffice_owner;
GRANT USAGE ON LANGUAGE plpgsql TO boxoffice_owner;
GRANT USAGE ON SCHEMA public TO boxoffice_roles, boxoffice_clerk, boxoffice_promoter, boxoffice_manager, boxoffice_door,
    boxoffice_reporting;

-- Functions ------------------------------------------------------------------------------------------------

-- Arithmetic and words, with nobody's rights but the caller's.
GRANT EXECUTE ON FUNCTION fold_text, search_words, minor_digits, tax_of, not_sellable, capacity_left, tier_available,
    event_availability, event_search, sale_refusal, refuse, require_read_committed, my_user_id, my_role, my_promoter_id,
    is_housekeeping, require_role
TO boxoffice_roles, boxoffice_clerk, boxoffice_promoter, boxoffice_manager, boxoffice_door, boxoffice_reporting;
GRANT EXECUTE ON FUNCTION sign_in, set_my_password, set_my_pin, renew_my_hash
TO boxoffice_clerk, boxoffice_promoter, boxoffice_manager, boxoffice_door;
GRANT EXECUTE ON FUNCTION price_lines, basket_totals, price_basket, line_facts, ticket_facts, facts_of, order_facts,
    sell_tickets, reprint_tickets, record_print
TO boxoffice_clerk, boxoffice_manager;
GRANT EXECUTE ON PROCEDURE sell TO boxoffice_clerk, boxoffice_manager;
GRANT EXECUTE ON FUNCTION delete_event, delete_tier TO boxoffice_promoter, boxoffice_manager;
GRANT EXECUTE ON FUNCTION invite_person, set_person_role, set_person_active, bar_person, end_connections, reset_password,
    grant_override, refresh_sales_summary, evidence_hash
TO boxoffice_manager;
GRANT EXECUTE ON PROCEDURE disable_person TO boxoffice_manager;
GRANT EXECUTE ON FUNCTION require_verifier, note_deed, write_person, staff_role, update_person, require_another_manager
TO boxoffice_roles;

-- Reading --------------------------------------------------------------------------------------------------

GRANT SELECT ON alembic_version, events, ticket_tiers, promoters, tills, active_events_with_availability
TO boxoffice_clerk, boxoffice_promoter, boxoffice_manager, boxoffice_door, boxoffice_reporting;
GRANT SELECT ON orders, order_items, tickets, holds, waitlist, payment_transactions, cash_drawers, drawer_entries,
    closings, print_jobs, user_tickets_summary
TO boxoffice_clerk, boxoffice_manager;
GRANT SELECT ON audit_logs, audit_chains, overrides, places, email_notifications, idempotency_keys, event_sales_summary
TO boxoffice_manager;
GRANT SELECT ON event_sales_summary TO boxoffice_reporting;

-- Never the hashes: whoever needs their own gets them when they sign in.
GRANT SELECT (id, email, role, first_name, last_name, phone, is_active, created_at) ON users TO boxoffice_clerk;
GRANT SELECT (id, email, role, first_name, last_name, phone, is_active, created_at, database_role)
    ON users TO boxoffice_manager;

-- A promoter gets names and tickets of his or her own events, as far as the law lets; nobody's address or payment.
GRANT SELECT (id, first_name, last_name) ON users TO boxoffice_promoter;
GRANT SELECT (id, order_number, user_id, event_id, status, currency, subtotal, service_fee, tax, total_amount,
    tax_rate_percent, tax_inclusive, created_at, paid_at) ON orders TO boxoffice_promoter;
GRANT SELECT ON order_items, tickets, holds TO boxoffice_promoter;
GRANT SELECT (id, event_id, user_id, tier_id, position, quantity, all_together, priority, notified, notified_at,
    notification_expires_at, created_at) ON waitlist TO boxoffice_promoter;

GRANT SELECT (id, order_id, tier_id, event_id, ticket_code, qr_code, status, number, used_at) ON tickets
TO boxoffice_door;
GRANT SELECT (event_id, tier_id, notified) ON waitlist TO boxoffice_door;

-- Reports count; they name nobody and open no door.
GRANT SELECT (id, order_number, event_id, status, currency, subtotal, service_fee, tax, total_amount, tax_rate_percent,
    tax_inclusive, till_id, clerk_id, created_at, paid_at) ON orders TO boxoffice_reporting;
GRANT SELECT (id, order_id, kind, tender, amount, currency, tendered, till_id, clerk_id, created_at)
    ON payment_transactions TO boxoffice_reporting;
GRANT SELECT (id, order_id, tier_id, event_id, status, number, price, service_fee, tax, used_at, created_at)
    ON tickets TO boxoffice_reporting;
GRANT SELECT (id, event_id, tier_id, quantity, notified, created_at) ON waitlist TO boxoffice_reporting;
GRANT SELECT ON order_items, holds, cash_drawers, drawer_entries, closings TO boxoffice_reporting;

-- Writing, by column: sold and reserved are nobody's, and a tier stays with its event. No right on a whole table,
-- because that is also the right to lock it.
GRANT INSERT (promoter_id, slug, title, description, venue, venue_address, time_zone, start_time, end_time,
        doors_open_time, capacity, status, currency, service_fee_per_ticket, service_fee_percent, tax_rate_percent,
        tax_inclusive),
    UPDATE (slug, title, description, venue, venue_address, time_zone, start_time, end_time, doors_open_time, capacity,
        status, currency, service_fee_per_ticket, service_fee_percent, tax_rate_percent, tax_inclusive)
    ON events TO boxoffice_promoter, boxoffice_manager;
GRANT INSERT (event_id, name, description, price, quantity, min_purchase, max_purchase, sale_start_time,
        sale_end_time, is_active, position),
    UPDATE (name, description, price, quantity, min_purchase, max_purchase, sale_start_time, sale_end_time, is_active,
        position)
    ON ticket_tiers TO boxoffice_promoter, boxoffice_manager;
GRANT INSERT (event_id, user_id, tier_id, position, quantity, all_together, phone) ON waitlist
TO boxoffice_clerk, boxoffice_manager;
-- Not promoters: whoever stands on their list shows them a name, so they could ask for everybody's.
GRANT UPDATE (quantity, all_together, priority) ON waitlist TO boxoffice_promoter, boxoffice_manager;
GRANT INSERT (user_id, company), UPDATE (user_id, company) ON promoters TO boxoffice_manager;
GRANT INSERT (name, venue, is_active), UPDATE (name, venue, is_active) ON tills TO boxoffice_manager;
GRANT INSERT (tier_id, kind, quantity, owner, expires_at), UPDATE (quantity, owner, expires_at, ended_at) ON holds
TO boxoffice_manager;

-- Rows -----------------------------------------------------------------------------------------------------

-- "true" is folded away by the planner: a search by clerks keeps its index, although its operators are not leakproof.
DO $$
DECLARE
    rule record;
BEGIN
    FOR rule IN SELECT * FROM (VALUES
        ('alembic_version', 'clerk,promoter,manager,door,reporting'),
        ('events', 'clerk,manager,door,reporting'),
        ('ticket_tiers', 'clerk,manager,door,reporting'),
        ('promoters', 'clerk,manager,door,reporting'),
        ('tills', 'clerk,promoter,manager,door,reporting'),
        ('users', 'clerk,manager'),
        ('orders', 'clerk,manager,reporting'),
        ('order_items', 'clerk,manager,reporting'),
        ('tickets', 'clerk,manager,door,reporting'),
        ('holds', 'clerk,manager,reporting'),
        ('waitlist', 'clerk,manager,door,reporting'),
        ('payment_transactions', 'clerk,manager,reporting'),
        ('cash_drawers', 'clerk,manager,reporting'),
        ('drawer_entries', 'clerk,manager,reporting'),
        ('closings', 'clerk,manager,reporting'),
        ('print_jobs', 'clerk,manager'),
        ('audit_logs', 'manager'),
        ('audit_chains', 'manager'),
        ('overrides', 'manager'),
        ('places', 'manager'),
        ('email_notifications', 'manager'),
        ('idempotency_keys', 'manager')
    ) AS rules (on_table, readers) LOOP
        EXECUTE format('CREATE POLICY readers ON %I FOR SELECT TO %s USING (true)', rule.on_table,
            (SELECT string_agg('boxoffice_' || who, ', ') FROM unnest(string_to_array(rule.readers, ',')) AS who));
    END LOOP;
    FOR rule IN SELECT unnest(ARRAY['events', 'ticket_tiers', 'promoters', 'tills', 'holds']) AS on_table LOOP
        EXECUTE format('CREATE POLICY managers_add ON %I FOR INSERT TO boxoffice_manager WITH CHECK (true)', rule.on_table);
        EXECUTE format('CREATE POLICY managers_change ON %I FOR UPDATE TO boxoffice_manager USING (true)', rule.on_table);
    END LOOP;
END $$;

CREATE POLICY counter_adds ON waitlist FOR INSERT TO boxoffice_clerk, boxoffice_manager WITH CHECK (true);
CREATE POLICY managers_change ON waitlist FOR UPDATE TO boxoffice_manager USING (true);

-- Promoters: their own, by the role that the server let in. A subquery, so that it is asked once for each statement.
CREATE POLICY own ON promoters FOR SELECT TO boxoffice_promoter USING (id = (SELECT my_promoter_id()));
CREATE POLICY own ON events TO boxoffice_promoter
    USING (promoter_id = (SELECT my_promoter_id())) WITH CHECK (promoter_id = (SELECT my_promoter_id()));
CREATE POLICY own ON ticket_tiers TO boxoffice_promoter
    USING (event_id IN (SELECT e.id FROM events e WHERE e.promoter_id = (SELECT my_promoter_id())))
    WITH CHECK (event_id IN (SELECT e.id FROM events e WHERE e.promoter_id = (SELECT my_promoter_id())));
CREATE POLICY own ON orders FOR SELECT TO boxoffice_promoter
    USING (event_id IN (SELECT e.id FROM events e WHERE e.promoter_id = (SELECT my_promoter_id())));
CREATE POLICY own ON order_items FOR SELECT TO boxoffice_promoter
    USING (tier_id IN (SELECT t.id FROM ticket_tiers t JOIN events e ON e.id = t.event_id
                       WHERE e.promoter_id = (SELECT my_promoter_id())));
CREATE POLICY own ON tickets FOR SELECT TO boxoffice_promoter
    USING (event_id IN (SELECT e.id FROM events e WHERE e.promoter_id = (SELECT my_promoter_id())));
CREATE POLICY own ON holds FOR SELECT TO boxoffice_promoter
    USING (tier_id IN (SELECT t.id FROM ticket_tiers t JOIN events e ON e.id = t.event_id
                       WHERE e.promoter_id = (SELECT my_promoter_id())));
CREATE POLICY own ON waitlist FOR SELECT TO boxoffice_promoter
    USING (event_id IN (SELECT e.id FROM events e WHERE e.promoter_id = (SELECT my_promoter_id())));
CREATE POLICY own_change ON waitlist FOR UPDATE TO boxoffice_promoter
    USING (event_id IN (SELECT e.id FROM events e WHERE e.promoter_id = (SELECT my_promoter_id())));
CREATE POLICY own ON users FOR SELECT TO boxoffice_promoter
    USING (id = (SELECT my_user_id())
        OR id IN (SELECT o.user_id FROM orders o JOIN events e ON e.id = o.event_id
                  WHERE e.promoter_id = (SELECT my_promoter_id()))
        OR id IN (SELECT w.user_id FROM waitlist w JOIN events e ON e.id = w.event_id
                  WHERE e.promoter_id = (SELECT my_promoter_id())));
