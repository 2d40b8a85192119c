-- Nobody is told of a serving that was over when they came: whoever writes a row by hand waits for the list's turn with
-- the values that the row was born with.

CREATE OR REPLACE FUNCTION take_waitlist_position() RETURNS trigger
LANGUAGE plpgsql
SET lock_timeout = '3s'
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off -- a list that grows fast is planned for as if it were still empty
AS $$
BEGIN
    PERFORM require_read_committed();
    PERFORM pg_advisory_xact_lock(hashtextextended('waitlist', NEW.event_id));
    SELECT coalesce(max(position), 0) + 1 INTO NEW.position FROM waitlist WHERE event_id = NEW.event_id;
    -- Who waited for the turn was not there yet while others were served; what is told of an earlier time stays.
    IF NEW.asked_at >= transaction_timestamp() THEN
        NEW.asked_at := clock_timestamp();
    END IF;
    RETURN NEW;
END $$;
