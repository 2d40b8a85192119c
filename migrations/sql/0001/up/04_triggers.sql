-- What must hold against hand-written SQL too.

-- Stock: sold + reserved <= quantity. The WHEN clause is the rule; the function only speaks.
CREATE FUNCTION refuse_oversold_tier() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'tier % would have % sold and % reserved of %', NEW.id, NEW.sold, NEW.reserved, NEW.quantity
        USING ERRCODE = 'check_violation', CONSTRAINT = 'ticket_tiers_stock_check',
              TABLE = 'ticket_tiers', SCHEMA = 'public';
END $$;

CREATE TRIGGER ticket_tiers_stock
BEFORE INSERT OR UPDATE OF sold, reserved, quantity ON ticket_tiers
FOR EACH ROW WHEN (NEW.sold + NEW.reserved > NEW.quantity)
EXECUTE FUNCTION refuse_oversold_tier();

-- What is read behind a lock must be what the lock protects; an older snapshot would show the past.
CREATE FUNCTION require_read_committed() RETURNS void
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'stock is only changed in READ COMMITTED transactions' USING ERRCODE = 'invalid_transaction_state';
    END IF;
END $$;

-- Turns of an event, as advisory locks of the transaction. Sales take it shared, whoever changes the event takes
-- it alone: so an event stays as it is while it is sold, nobody writes a lock into its row for that, and the
-- server's queue is fair, so that an event can be cancelled in the middle of a rush.
CREATE FUNCTION event_turn(event_id bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN hashtextextended('event', event_id);

-- The turn of a house whose tiers share its capacity: held alone by whoever takes stock of any of them.
CREATE FUNCTION house_turn(event_id bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN hashtextextended('house', event_id);

-- For deeds that change an event or its tiers: first of all, before any row, so that no deadlock with a sale can arise.
CREATE FUNCTION lock_event(event_id bigint) RETURNS void
LANGUAGE sql VOLATILE AS $$ SELECT pg_advisory_xact_lock(event_turn(event_id)) $$;

-- Whoever forgot lock_event() still waits for the sales in flight. Its name puts it before events_capacity.
CREATE FUNCTION await_sales() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM lock_event(NEW.id);
    RETURN NEW;
END $$;

CREATE TRIGGER events_await_sales BEFORE UPDATE ON events FOR EACH ROW EXECUTE FUNCTION await_sales();

-- Capacity: the tiers of an event together never pass it. The event's turn keeps capacity and flag as they are;
-- hand-written SQL takes it here, after its tier, and may therefore meet a deadlock, never an oversold house.
CREATE FUNCTION refuse_overfull_event() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    house_capacity integer;
    is_shared boolean;
    others bigint;
BEGIN
    PERFORM require_read_committed();
    PERFORM pg_advisory_xact_lock_shared(event_turn(NEW.event_id));
    SELECT capacity, capacity_shared INTO house_capacity, is_shared FROM events WHERE id = NEW.event_id;
    IF is_shared THEN
        PERFORM pg_advisory_xact_lock(house_turn(NEW.event_id));
        SELECT coalesce(sum(sold + reserved), 0) INTO others
        FROM ticket_tiers WHERE event_id = NEW.event_id AND id <> NEW.id;
        IF others + NEW.sold + NEW.reserved > house_capacity THEN
            RAISE EXCEPTION 'event % would pass its capacity of %', NEW.event_id, house_capacity
                USING ERRCODE = 'check_violation', CONSTRAINT = 'events_capacity_stock_check',
                      TABLE = 'events', SCHEMA = 'public';
        END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER ticket_tiers_capacity
BEFORE UPDATE OF sold, reserved ON ticket_tiers
FOR EACH ROW WHEN (NEW.sold + NEW.reserved > OLD.sold + OLD.reserved)
EXECUTE FUNCTION refuse_overfull_event();

CREATE TRIGGER ticket_tiers_capacity_insert
BEFORE INSERT ON ticket_tiers
FOR EACH ROW WHEN (NEW.sold + NEW.reserved > 0)
EXECUTE FUNCTION refuse_overfull_event();

-- A tier stays with its event: its tickets and orders name both.
CREATE FUNCTION refuse_move_of_tier() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'tier % stays with event %', OLD.id, OLD.event_id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'ticket_tiers_event_check',
              TABLE = 'ticket_tiers', SCHEMA = 'public';
END $$;

CREATE TRIGGER ticket_tiers_event
BEFORE UPDATE OF event_id ON ticket_tiers
FOR EACH ROW WHEN (NEW.event_id <> OLD.event_id)
EXECUTE FUNCTION refuse_move_of_tier();

-- events.capacity_shared follows capacity and quantities. Every sale in flight has its event's turn, so this UPDATE
-- waits for them and none can slip through under the old flag.
CREATE FUNCTION recount_shared_capacity() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    changed_event CONSTANT bigint := coalesce(NEW.event_id, OLD.event_id);
BEGIN
    PERFORM require_read_committed();
    -- Whether or not the event has a capacity: somebody may be giving it one in this very moment.
    PERFORM 1 FROM events WHERE id = changed_event FOR NO KEY UPDATE;
    -- Setting the flag to anything makes check_event_capacity compute it; unchanged events are left alone.
    UPDATE events e SET capacity_shared = NOT e.capacity_shared
    WHERE e.id = changed_event AND e.capacity_shared <>
        ((SELECT coalesce(sum(t.quantity), 0) FROM ticket_tiers t WHERE t.event_id = changed_event) > e.capacity);
    RETURN NULL;
END $$;

CREATE TRIGGER ticket_tiers_shared_capacity
AFTER INSERT OR DELETE OR UPDATE OF quantity ON ticket_tiers
FOR EACH ROW EXECUTE FUNCTION recount_shared_capacity();

CREATE FUNCTION check_event_capacity() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    offered bigint;
    taken bigint;
BEGIN
    PERFORM require_read_committed();
    SELECT coalesce(sum(quantity), 0), coalesce(sum(sold + reserved), 0) INTO offered, taken
    FROM ticket_tiers WHERE event_id = NEW.id;
    IF taken > NEW.capacity THEN
        RAISE EXCEPTION 'event % has % tickets sold or reserved', NEW.id, taken
            USING ERRCODE = 'check_violation', CONSTRAINT = 'events_capacity_stock_check',
                  TABLE = 'events', SCHEMA = 'public';
    END IF;
    NEW.capacity_shared := coalesce(offered > NEW.capacity, false);
    RETURN NEW;
END $$;

CREATE TRIGGER events_capacity
BEFORE INSERT OR UPDATE OF capacity, capacity_shared ON events
FOR EACH ROW EXECUTE FUNCTION check_event_capacity();

CREATE FUNCTION touch_updated_at() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := CURRENT_TIMESTAMP;
    RETURN NEW;
END $$;

CREATE TRIGGER events_updated_at BEFORE UPDATE ON events FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- Evidence is only ever added to.
CREATE FUNCTION refuse_change_of_evidence() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege', TABLE = TG_TABLE_NAME, SCHEMA = 'public';
END $$;

-- reserved is the sum of live holds: whoever writes a hold moves it, in the same statement.
CREATE FUNCTION move_reserved() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    before_quantity integer := CASE WHEN TG_OP <> 'INSERT' AND OLD.ended_at IS NULL THEN OLD.quantity ELSE 0 END;
    after_quantity  integer := CASE WHEN TG_OP <> 'DELETE' AND NEW.ended_at IS NULL THEN NEW.quantity ELSE 0 END;
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.tier_id <> NEW.tier_id THEN
        RAISE EXCEPTION 'a hold stays with its tier' USING ERRCODE = 'check_violation', CONSTRAINT = 'holds_tier_check';
    END IF;
    IF before_quantity <> after_quantity THEN
        UPDATE ticket_tiers SET reserved = reserved + after_quantity - before_quantity
        WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.tier_id ELSE NEW.tier_id END;
    END IF;
    RETURN NULL;
END $$;

-- TRUNCATE would leave the sum behind without a row to explain it.
CREATE TRIGGER holds_no_truncate BEFORE TRUNCATE ON holds
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_evidence();

CREATE TRIGGER holds_reserved AFTER INSERT OR UPDATE OR DELETE ON holds
FOR EACH ROW EXECUTE FUNCTION move_reserved();

-- A ticket written with its tier alone gets its event from it.
CREATE FUNCTION fill_ticket_event() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    SELECT event_id INTO NEW.event_id FROM ticket_tiers WHERE id = NEW.tier_id;
    RETURN NEW;
END $$;

CREATE TRIGGER tickets_event BEFORE INSERT ON tickets
FOR EACH ROW WHEN (NEW.event_id IS NULL) EXECUTE FUNCTION fill_ticket_event();

-- Waitlist positions are taken under a lock on the event's queue. MAX(position) + 1 as the client's statement
-- computes it gives two people who join at once the same place; whatever it brings is replaced here.
CREATE FUNCTION take_waitlist_position() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM require_read_committed();
    PERFORM pg_advisory_xact_lock(hashtextextended('waitlist', NEW.event_id));
    SELECT coalesce(max(position), 0) + 1 INTO NEW.position FROM waitlist WHERE event_id = NEW.event_id;
    RETURN NEW;
END $$;

CREATE TRIGGER waitlist_take_position BEFORE INSERT ON waitlist
FOR EACH ROW EXECUTE FUNCTION take_waitlist_position();

CREATE TRIGGER audit_logs_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_logs
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_evidence();
CREATE TRIGGER payment_transactions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payment_transactions
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_evidence();
CREATE TRIGGER drawer_entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON drawer_entries
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_evidence();
CREATE TRIGGER closings_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON closings
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_evidence();
