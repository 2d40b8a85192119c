-- Who may do what with what is new.

DO $$
DECLARE
    deed text;
BEGIN
    FOREACH deed IN ARRAY ARRAY[
        'business_day', 'staff_name', 'require_place_at_till', 'may_use_drawer', 'require_use_of_drawer',
        'require_drawer_takes', 'lock_drawer', 'drawer_expected', 'write_count', 'open_drawer', 'join_drawer', 'move_cash',
        'count_drawer', 'tell_of_drawer', 'takings_of', 'drawer_totals', 'report_head', 'next_to_close', 'is_blind',
        'x_report', 'sign_off_drawer', 'till_state'
    ] LOOP
        EXECUTE format('ALTER FUNCTION %I SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp', deed);
    END LOOP;
END $$;

CALL adopt_objects();

GRANT EXECUTE ON FUNCTION open_drawer, join_drawer, move_cash, count_drawer, sign_off_drawer, x_report, till_state
TO boxoffice_clerk, boxoffice_manager;

CREATE POLICY readers ON drawer_counts FOR SELECT TO boxoffice_clerk, boxoffice_manager, boxoffice_reporting USING (true);
CREATE POLICY readers ON drawer_users FOR SELECT TO boxoffice_clerk, boxoffice_manager USING (true);
GRANT SELECT ON drawer_counts, drawer_users TO boxoffice_clerk, boxoffice_manager;
GRANT SELECT ON drawer_counts TO boxoffice_reporting;
GRANT INSERT (time_zone, day_starts_at), UPDATE (time_zone, day_starts_at) ON tills TO boxoffice_manager;
-- The check compares the numbers that were given away with what was written under them.
CREATE POLICY managers_read ON till_numbers FOR SELECT TO boxoffice_manager USING (true);
GRANT SELECT ON till_numbers TO boxoffice_manager;
