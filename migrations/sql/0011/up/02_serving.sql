-- Who is served with what came free. It is decided where the stock is: by a trigger that runs as the last thing of the
-- transaction that freed it, whichever deed that was. Nobody ever sees a seat that belongs to somebody who waits.

-- How many of the tickets that are left at an entry's turn are offered to it; 0 passes it over.
CREATE FUNCTION waitlist_fit(
    quantity integer, all_together boolean, tickets_left integer, min_purchase integer, max_purchase integer
) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN least(quantity, tickets_left, max_purchase) < greatest(min_purchase, 1) THEN 0
    WHEN all_together AND quantity > least(tickets_left, max_purchase) THEN 0
    ELSE least(quantity, tickets_left, max_purchase)
END;

-- When the quiet hours are over that the event has at this moment; the moment itself outside of them.
CREATE FUNCTION after_quiet_hours(e events, at timestamptz) RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE
RETURN (
    SELECT CASE
        WHEN (e.waitlist_quiet_from < e.waitlist_quiet_until
              AND here::time >= e.waitlist_quiet_from AND here::time < e.waitlist_quiet_until
              OR e.waitlist_quiet_from > e.waitlist_quiet_until
              AND (here::time >= e.waitlist_quiet_from OR here::time < e.waitlist_quiet_until)) IS NOT TRUE THEN at
        ELSE (here::date + CASE WHEN here::time < e.waitlist_quiet_until THEN 0 ELSE 1 END + e.waitlist_quiet_until)
            AT TIME ZONE e.time_zone
    END
    FROM (SELECT at AT TIME ZONE e.time_zone AS here) AS local);

-- From when on nothing of this tier is offered any more.
CREATE FUNCTION waitlist_cutoff(t ticket_tiers, e events) RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE
RETURN least(e.start_time - make_interval(mins => e.waitlist_cutoff_minutes), t.sale_end_time);

-- Until when an offer that is made at this moment stands: the event's hours after the quiet ones; near the event half of
-- what is left until the cut-off, so that somebody after them has a chance too, but never under half an hour; not in the
-- middle of the night; never past the cut-off.
CREATE FUNCTION offer_deadline(t ticket_tiers, e events, at timestamptz) RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE
RETURN (
    SELECT least(waitlist_cutoff(t, e), after_quiet_hours(e, least(
        begins + make_interval(hours => e.waitlist_offer_hours),
        greatest(begins + (waitlist_cutoff(t, e) - begins) / 2, begins + interval '30 minutes'))))
    FROM (SELECT after_quiet_hours(e, at) AS begins) AS awake);

-- Why nothing of this tier is offered at this moment; empty when it is. What could be told only after the cut-off, because
-- quiet hours last until then, is not offered either.
CREATE FUNCTION waitlist_obstacle(t ticket_tiers, e events, at timestamptz) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(not_sellable(t, e, at), CASE WHEN after_quiet_hours(e, at) >= waitlist_cutoff(t, e) THEN 'cut_off' END, '');

-- Whether anybody waits for one of these tiers. Two questions, because each has its place in the index.
CREATE FUNCTION somebody_waits(p_event_id bigint, p_tier_ids bigint[]) RETURNS boolean
LANGUAGE sql STABLE
RETURN EXISTS (SELECT 1 FROM waitlist WHERE event_id = p_event_id AND tier_id IS NULL AND NOT notified)
    OR EXISTS (SELECT 1 FROM unnest(p_tier_ids) AS one
               WHERE EXISTS (SELECT 1 FROM waitlist
                             WHERE event_id = p_event_id AND tier_id = one AND NOT notified));

-- The turn of an event's list: whoever changes it takes it after the tiers, as take_waitlist_position() does.
CREATE FUNCTION lock_waitlist(p_event_id bigint) RETURNS void
LANGUAGE sql VOLATILE AS $$ SELECT pg_advisory_xact_lock(hashtextextended('waitlist', p_event_id)) $$;

-- The first who waits after this place and whom something that is left fits.
CREATE FUNCTION next_to_serve(
    p_event_id bigint, after_rank integer, after_position integer,
    tier_ids bigint[], lefts integer[], mins integer[], maxs integer[]
) RETURNS waitlist
LANGUAGE sql VOLATILE AS $$
    SELECT w FROM waitlist w
    WHERE w.event_id = p_event_id AND NOT w.notified AND (-w.priority, w.position) > (after_rank, after_position)
      AND (NOT w.all_together OR w.quantity <= (SELECT max(l) FROM unnest(lefts) l))
      AND EXISTS (SELECT 1 FROM unnest(tier_ids, lefts, mins, maxs) AS k (tier_id, tickets_left, least_, most)
                  WHERE (w.tier_id IS NULL OR w.tier_id = k.tier_id)
                    AND waitlist_fit(w.quantity, w.all_together, k.tickets_left, k.least_, k.most) > 0)
    ORDER BY -w.priority, w.position LIMIT 1 FOR UPDATE OF w
$$;

-- Hold tickets for somebody who waits, and tell them: one transaction, so that nothing is promised that is not there.
CREATE FUNCTION make_offer(w waitlist, t ticket_tiers, e events, p_quantity integer, p_serving_id uuid) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    made     waitlist_offers;
    mail     bigint;
    until    CONSTANT timestamptz := offer_deadline(t, e, clock_timestamp());
    tell_at  CONSTANT timestamptz := after_quiet_hours(e, clock_timestamp());
BEGIN
    WITH held AS (
        INSERT INTO holds (tier_id, kind, quantity, waitlist_id, expires_at)
        VALUES (t.id, 'waitlist', p_quantity, w.id, until) RETURNING id
    )
    INSERT INTO waitlist_offers (waitlist_id, event_id, tier_id, hold_id, serving_id, priority, position, quantity,
                                 expires_at)
    SELECT w.id, e.id, t.id, held.id, p_serving_id, w.priority, w.position, p_quantity, until FROM held
    RETURNING * INTO made;
    mail := queue_mail('waitlist_offer', NULL, w.id, w.user_id, jsonb_build_object(
        'event', jsonb_build_object('title', e.title, 'venue', e.venue, 'address', e.venue_address,
            'starts_at', e.start_time, 'time_zone', e.time_zone),
        'tier', t.name, 'quantity', p_quantity, 'until', until, 'code', made.code));
    IF mail IS NOT NULL THEN
        UPDATE email_notifications SET next_attempt_at = tell_at WHERE id = mail AND tell_at > next_attempt_at;
        UPDATE waitlist_offers SET mail_id = mail WHERE id = made.id;
    END IF;
    UPDATE waitlist SET state = 'offered', notified_at = CURRENT_TIMESTAMP, notification_expires_at = until
    WHERE id = w.id;
END $$;

-- Serve an event's list with what is left of these tiers, whose rows are locked: by priority, then by place, each entry
-- that fits. Whoever takes any tier gets the one that gives them most, the first of them in the event's own order.
-- Returns how many offers were made.
CREATE FUNCTION serve_waitlist(p_event_id bigint, p_tier_ids bigint[]) RETURNS integer
LANGUAGE plpgsql
-- A list that was just loaded is planned for as if it were short: the whole of it would be sorted for each offer.
SET enable_sort = off
SET enable_bitmapscan = off
SET enable_seqscan = off
AS $$
DECLARE
    e         events;
    serving   CONSTANT uuid := gen_random_uuid();
    at        CONSTANT timestamptz := clock_timestamp();
    tiers     ticket_tiers[];
    lefts     integer[];
    capped    integer[];
    house     integer;
    w         waitlist;
    rank      integer := -2147483647;
    place     integer := 0;
    chosen    integer;
    most      integer;
    fits      integer;
    made      integer := 0;
BEGIN
    IF NOT somebody_waits(p_event_id, p_tier_ids) THEN
        RETURN 0;
    END IF;
    SELECT * INTO e FROM events WHERE id = p_event_id;
    house := CASE WHEN e.capacity_shared THEN capacity_left(e) END;
    IF house <= 0 OR NOT EXISTS (SELECT 1 FROM ticket_tiers t
                                 WHERE t.id = ANY (p_tier_ids) AND tier_available(t, NULL) > 0) THEN
        RETURN 0;
    END IF;
    PERFORM lock_waitlist(p_event_id);
    INSERT INTO waitlist_servings (serving_id, tier_id, event_id, available, house_left, min_purchase, max_purchase,
                                   obstacle)
    SELECT serving, t.id, e.id, tier_available(t, NULL), house, t.min_purchase, t.max_purchase,
           waitlist_obstacle(t, e, at)
    FROM ticket_tiers t WHERE t.id = ANY (p_tier_ids) AND tier_available(t, NULL) > 0;
    SELECT array_agg(t ORDER BY t.position, t.id), array_agg(tier_available(t, NULL) ORDER BY t.position, t.id)
    INTO tiers, lefts
    FROM ticket_tiers t
    WHERE t.id = ANY (p_tier_ids) AND tier_available(t, NULL) > 0 AND waitlist_obstacle(t, e, at) = '';
    WHILE tiers IS NOT NULL LOOP
        capped := ARRAY(SELECT least(l, house) FROM unnest(lefts) WITH ORDINALITY AS x (l, nth) ORDER BY nth);
        EXIT WHEN (SELECT max(c) FROM unnest(capped) c) = 0;
        w := next_to_serve(p_event_id, rank, place, ARRAY(SELECT (t).id FROM unnest(tiers) t), capped,
            ARRAY(SELECT t.min_purchase FROM unnest(tiers) t), ARRAY(SELECT t.max_purchase FROM unnest(tiers) t));
        EXIT WHEN w.id IS NULL;
        most := 0;
        FOR nth IN 1 .. cardinality(tiers) LOOP
            fits := CASE WHEN w.tier_id IS NULL OR w.tier_id = tiers[nth].id THEN waitlist_fit(w.quantity, w.all_together,
                capped[nth], tiers[nth].min_purchase, tiers[nth].max_purchase) ELSE 0 END;
            IF fits > most THEN
                most := fits;
                chosen := nth;
            END IF;
        END LOOP;
        PERFORM make_offer(w, tiers[chosen], e, most, serving);
        made := made + 1;
        lefts[chosen] := lefts[chosen] - most;
        house := house - most;
        rank := -w.priority;
        place := w.position;
    END LOOP;
    RETURN made;
END $$;

-- The tiers that are served together with this one: alone, or all of a house that shares its capacity. Deeds have locked
-- them; hand-written SQL has locked the one, and what others hold at that moment is left to tend_waitlist().
CREATE FUNCTION tiers_to_serve(p_event_id bigint, p_tier_id bigint) RETURNS bigint[]
LANGUAGE plpgsql AS $$
DECLARE
    found bigint[];
BEGIN
    IF p_tier_id IS NOT NULL AND NOT (SELECT capacity_shared FROM events WHERE id = p_event_id) THEN
        RETURN ARRAY[p_tier_id];
    END IF;
    SELECT array_agg(k.id) INTO found FROM (
        SELECT id FROM ticket_tiers WHERE event_id = p_event_id ORDER BY id FOR NO KEY UPDATE SKIP LOCKED) AS k;
    RETURN found;
END $$;

-- An event that was moved, or whose sale ends sooner: no offer stands past the cut-off.
CREATE FUNCTION cap_deadlines(p_event_id bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    late record;
BEGIN
    FOR late IN
        SELECT o, waitlist_cutoff(t, e) AS cutoff
        FROM waitlist_offers o JOIN ticket_tiers t ON t.id = o.tier_id JOIN events e ON e.id = o.event_id
        WHERE o.event_id = p_event_id AND o.state = 'open' AND o.expires_at > waitlist_cutoff(t, e)
        ORDER BY o.id
    LOOP
        PERFORM move_deadline(late.o, late.cutoff);
    END LOOP;
END $$;

CREATE FUNCTION serve_what_came_free() RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '3s'
SET enable_seqscan = off -- as sell_tickets()
AS $$
BEGIN
    PERFORM require_read_committed(); -- an older snapshot would not see who joined meanwhile
    IF TG_TABLE_NAME = 'events' THEN
        PERFORM cap_deadlines(NEW.id);
        PERFORM serve_waitlist(NEW.id, tiers_to_serve(NEW.id, NULL));
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.sale_end_time IS DISTINCT FROM OLD.sale_end_time THEN
        PERFORM cap_deadlines(NEW.event_id);
    END IF;
    IF somebody_waits(NEW.event_id, ARRAY[NEW.id]) OR (SELECT capacity_shared FROM events WHERE id = NEW.event_id) THEN
        PERFORM serve_waitlist(NEW.event_id, tiers_to_serve(NEW.event_id, NEW.id));
    END IF;
    RETURN NULL;
END $$;

-- Deferred: a sale gives the tickets that its basket held back and takes them again, and only what is left at the end is
-- free. A plain sale comes by here with a comparison of five numbers.
CREATE CONSTRAINT TRIGGER ticket_tiers_serve AFTER UPDATE ON ticket_tiers
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (
    NEW.quantity - NEW.sold - NEW.reserved > OLD.quantity - OLD.sold - OLD.reserved
    OR (NEW.is_active, NEW.sale_start_time, NEW.sale_end_time, NEW.min_purchase, NEW.max_purchase)
        IS DISTINCT FROM (OLD.is_active, OLD.sale_start_time, OLD.sale_end_time, OLD.min_purchase, OLD.max_purchase))
EXECUTE FUNCTION serve_what_came_free();
CREATE CONSTRAINT TRIGGER ticket_tiers_serve_new AFTER INSERT ON ticket_tiers
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION serve_what_came_free();
CREATE CONSTRAINT TRIGGER events_serve AFTER UPDATE ON events
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (NEW.status = 'published' AND
    (NEW.status, NEW.capacity, NEW.start_time, NEW.end_time, NEW.waitlist_cutoff_minutes)
    IS DISTINCT FROM (OLD.status, OLD.capacity, OLD.start_time, OLD.end_time, OLD.waitlist_cutoff_minutes))
EXECUTE FUNCTION serve_what_came_free();
