-- Who may do what with the list.

CALL adopt_objects();
-- Replaced functions lose how they run, and keep who may call them.
ALTER FUNCTION person_dossier SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp;
ALTER FUNCTION erase_person SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp;

CREATE POLICY readers ON waitlist_servings FOR SELECT TO boxoffice_clerk, boxoffice_manager USING (true);
CREATE POLICY readers ON waitlist_offers FOR SELECT TO boxoffice_clerk, boxoffice_manager, boxoffice_reporting USING (true);
CREATE POLICY readers ON waitlist_calls FOR SELECT TO boxoffice_clerk, boxoffice_manager USING (true);
CREATE POLICY own ON waitlist_servings FOR SELECT TO boxoffice_promoter
    USING (event_id IN (SELECT e.id FROM events e WHERE e.promoter_id = (SELECT my_promoter_id())));
CREATE POLICY own ON waitlist_offers FOR SELECT TO boxoffice_promoter
    USING (event_id IN (SELECT e.id FROM events e WHERE e.promoter_id = (SELECT my_promoter_id())));
GRANT SELECT ON waitlist_servings, waitlist_offers, waitlist_calls TO boxoffice_clerk, boxoffice_manager;
GRANT SELECT ON waitlist_servings TO boxoffice_promoter;
-- Not the code: whoever says it at the counter gets the tickets.
GRANT SELECT (id, waitlist_id, event_id, tier_id, serving_id, priority, position, quantity, state, expires_at, ended_at,
    created_at) ON waitlist_offers TO boxoffice_promoter, boxoffice_reporting;
GRANT SELECT (state, asked_at, changed_at) ON waitlist TO boxoffice_promoter;
GRANT SELECT (state) ON waitlist TO boxoffice_reporting;

-- The list is changed by its deeds alone, and what an offer holds by the offer's.
REVOKE UPDATE (quantity, all_together, priority) ON waitlist FROM boxoffice_promoter, boxoffice_manager;
DROP POLICY own_change ON waitlist;
DROP POLICY managers_change ON waitlist;
ALTER POLICY managers_add ON holds WITH CHECK (kind IN ('lease', 'house'));
ALTER POLICY managers_change ON holds USING (kind IN ('lease', 'house'));

GRANT UPDATE (waitlist_offer_hours, waitlist_cutoff_minutes, waitlist_quiet_from, waitlist_quiet_until),
    INSERT (waitlist_offer_hours, waitlist_cutoff_minutes, waitlist_quiet_from, waitlist_quiet_until)
    ON events TO boxoffice_promoter, boxoffice_manager;

-- Arithmetic, with nobody's rights but the caller's.
GRANT EXECUTE ON FUNCTION waitlist_fit, after_quiet_hours, waitlist_cutoff, waitlist_obstacle, offer_deadline, waitlist_place,
    waitlist_verdict, waitlist_story
TO boxoffice_clerk, boxoffice_manager, boxoffice_promoter;
GRANT EXECUTE ON FUNCTION join_waitlist, change_waitlist_entry, withdraw_waitlist_entry, reopen_waitlist_entry,
    merge_waitlist_entries, decline_offer, extend_offer, record_waitlist_call, tend_waitlist, hold_basket
TO boxoffice_clerk, boxoffice_manager;
GRANT EXECUTE ON FUNCTION set_waitlist_priority TO boxoffice_clerk, boxoffice_manager, boxoffice_promoter;

-- The call list asks which notices went out; whose and where they went is nobody's at the counter.
GRANT SELECT (id, state, waitlist_id) ON email_notifications TO boxoffice_clerk;
CREATE POLICY notices_of_the_list ON email_notifications FOR SELECT TO boxoffice_clerk USING (waitlist_id IS NOT NULL);
