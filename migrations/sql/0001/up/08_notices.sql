-- Word to every open till, delivered by the server at commit. Payload: topic:event. A till that sells tells the
-- others itself, after the commit and once for many sales (docs/decisions/0003-word-to-other-tills.md); it says so
-- with p_till_tells of sell_tickets(). Everybody else is told of here.

CREATE FUNCTION tell_tills() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'events' THEN
        PERFORM pg_notify('boxoffice', 'events:' || coalesce(NEW.id, OLD.id));
    ELSE
        PERFORM pg_notify('boxoffice', 'availability:' || coalesce(NEW.event_id, OLD.event_id));
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER events_tell_tills AFTER INSERT OR UPDATE OR DELETE ON events
FOR EACH ROW EXECUTE FUNCTION tell_tills();
CREATE TRIGGER ticket_tiers_tell_tills AFTER INSERT OR UPDATE OR DELETE ON ticket_tiers
FOR EACH ROW WHEN (current_setting('boxoffice.till_tells', true) IS DISTINCT FROM 'on')
EXECUTE FUNCTION tell_tills();
CREATE TRIGGER waitlist_tell_tills AFTER INSERT OR UPDATE OR DELETE ON waitlist
FOR EACH ROW EXECUTE FUNCTION tell_tills();
