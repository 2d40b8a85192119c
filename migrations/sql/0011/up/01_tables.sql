-- A waitlist that keeps its promise: an offer is tickets that are held until a moment, and every time that somebody was
-- passed over can be explained.

ALTER TABLE events
    ADD COLUMN waitlist_offer_hours integer NOT NULL DEFAULT 24,
    ADD COLUMN waitlist_cutoff_minutes integer NOT NULL DEFAULT 60,
    ADD COLUMN waitlist_quiet_from time,
    ADD COLUMN waitlist_quiet_until time,
    ADD CONSTRAINT events_waitlist_check CHECK (
        waitlist_offer_hours BETWEEN 1 AND 336 AND waitlist_cutoff_minutes BETWEEN 0 AND 20160
        AND (waitlist_quiet_from IS NULL) = (waitlist_quiet_until IS NULL)
        AND waitlist_quiet_from <> waitlist_quiet_until);
-- With a start before all calendars nothing could be reckoned, and nobody served.
ALTER TABLE events ADD CONSTRAINT events_start_check CHECK (
    start_time BETWEEN '1900-01-01 00:00+00' AND '9000-01-01 00:00+00');
COMMENT ON COLUMN events.waitlist_offer_hours IS 'How long an offer stands; shorter near the event (offer_deadline).';
COMMENT ON COLUMN events.waitlist_cutoff_minutes IS 'Before the start: from then on nothing is offered any more.';
COMMENT ON COLUMN events.waitlist_quiet_from IS 'In the event''s time zone: no notice goes out, and no deadline is set into them.';

ALTER TABLE waitlist
    ADD COLUMN state text NOT NULL DEFAULT 'waiting',
    ADD COLUMN notes text,
    ADD COLUMN merged_into bigint,
    ADD COLUMN asked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ADD COLUMN changed_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP;
UPDATE waitlist SET asked_at = created_at, changed_at = coalesce(notified_at, created_at),
    state = CASE WHEN notified THEN 'told' ELSE 'waiting' END;
ALTER TABLE waitlist
    ADD CONSTRAINT waitlist_merged_into_fkey FOREIGN KEY (merged_into) REFERENCES waitlist (id) ON DELETE SET NULL,
    ADD CONSTRAINT waitlist_state_check CHECK (state IN ('waiting', 'told', 'offered', 'redeemed', 'declined', 'expired',
        'withdrawn', 'returned', 'merged', 'cancelled')),
    ADD CONSTRAINT waitlist_notified_check CHECK (notified = (state <> 'waiting')),
    ADD CONSTRAINT waitlist_notes_check CHECK (is_sealed(notes) AND char_length(notes) <= 4000);
COMMENT ON COLUMN waitlist.state IS 'told: by hand, with nothing held. notified says the same in short: does not wait any more.';
COMMENT ON COLUMN waitlist.asked_at IS 'Since when it wants what it wants, at the place that it has.';
-- The order in which people are served. Lower first in both columns, so that a row comparison finds who comes after.
CREATE INDEX idx_waitlist_order ON waitlist (event_id, (-priority), position) WHERE NOT notified;
CREATE INDEX idx_waitlist_told ON waitlist (notification_expires_at) WHERE state = 'told';
CREATE INDEX idx_waitlist_merged_into ON waitlist (merged_into) WHERE merged_into IS NOT NULL;

-- Hand-written statements know of `notified` alone (database-schema.md, pattern 6): whoever was told by one is told.
CREATE FUNCTION keep_waitlist_state() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state = OLD.state AND NEW.notified <> OLD.notified THEN
        NEW.state := CASE WHEN NEW.notified THEN 'told' ELSE 'waiting' END;
    END IF;
    NEW.notified := NEW.state <> 'waiting';
    IF NEW.state <> OLD.state THEN
        NEW.changed_at := clock_timestamp();
    END IF;
    IF (NEW.tier_id, NEW.quantity, NEW.all_together, NEW.priority, NEW.position)
        IS DISTINCT FROM (OLD.tier_id, OLD.quantity, OLD.all_together, OLD.priority, OLD.position)
        OR NEW.state = 'waiting' AND OLD.state <> 'waiting' THEN
        NEW.asked_at := clock_timestamp();
        NEW.changed_at := NEW.asked_at;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER waitlist_keep_state BEFORE UPDATE ON waitlist
FOR EACH ROW EXECUTE FUNCTION keep_waitlist_state();

-- One time that tickets were there to be offered, by tier. With the offers that came of it, it tells of everybody on the
-- list what was left at their turn; nobody's name has to be written down for having been passed over.
CREATE TABLE waitlist_servings (
    serving_id    uuid        NOT NULL,
    tier_id       bigint      NOT NULL,
    event_id      bigint      NOT NULL,
    available     integer     NOT NULL,
    house_left    integer,
    min_purchase  integer     NOT NULL,
    max_purchase  integer     NOT NULL,
    obstacle      text        NOT NULL DEFAULT '',
    created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT waitlist_servings_pkey PRIMARY KEY (serving_id, tier_id),
    CONSTRAINT waitlist_servings_tier_id_fkey FOREIGN KEY (tier_id, event_id)
        REFERENCES ticket_tiers (id, event_id) ON DELETE CASCADE
);
COMMENT ON COLUMN waitlist_servings.house_left IS 'What the event''s capacity left over all its tiers, where they share it.';
COMMENT ON COLUMN waitlist_servings.obstacle IS 'Why nothing was offered: not_sellable(), or cut_off.';
CREATE INDEX idx_waitlist_servings_tier ON waitlist_servings (tier_id, event_id, created_at DESC);

CREATE TABLE waitlist_offers (
    id            bigint GENERATED BY DEFAULT AS IDENTITY,
    waitlist_id   bigint,
    event_id      bigint      NOT NULL,
    tier_id       bigint      NOT NULL,
    hold_id       bigint      NOT NULL,
    serving_id    uuid        NOT NULL,
    priority      integer     NOT NULL,
    position      integer     NOT NULL,
    quantity      integer     NOT NULL,
    code          text        NOT NULL DEFAULT 'W' || new_ticket_code(),
    state         text        NOT NULL DEFAULT 'open',
    expires_at    timestamptz NOT NULL,
    ended_at      timestamptz,
    basket_key    uuid,
    purchase_key  uuid,
    mail_id       bigint,
    created_at    timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT waitlist_offers_pkey PRIMARY KEY (id),
    CONSTRAINT waitlist_offers_code_key UNIQUE (code),
    CONSTRAINT waitlist_offers_hold_id_key UNIQUE (hold_id),
    CONSTRAINT waitlist_offers_waitlist_id_fkey FOREIGN KEY (waitlist_id) REFERENCES waitlist (id) ON DELETE SET NULL,
    CONSTRAINT waitlist_offers_tier_id_fkey FOREIGN KEY (tier_id, event_id)
        REFERENCES ticket_tiers (id, event_id) ON DELETE RESTRICT,
    CONSTRAINT waitlist_offers_hold_id_fkey FOREIGN KEY (hold_id) REFERENCES holds (id) ON DELETE RESTRICT,
    CONSTRAINT waitlist_offers_serving_fkey FOREIGN KEY (serving_id, tier_id)
        REFERENCES waitlist_servings (serving_id, tier_id) ON DELETE RESTRICT,
    CONSTRAINT waitlist_offers_purchase_key_fkey FOREIGN KEY (purchase_key)
        REFERENCES orders (purchase_key) DEFERRABLE INITIALLY DEFERRED, -- the order is written after the offer is taken
    CONSTRAINT waitlist_offers_mail_id_fkey FOREIGN KEY (mail_id)
        REFERENCES email_notifications (id) ON DELETE SET NULL,
    CONSTRAINT waitlist_offers_quantity_check CHECK (quantity > 0),
    CONSTRAINT waitlist_offers_state_check CHECK (
        state IN ('open', 'redeemed', 'declined', 'expired', 'withdrawn', 'returned', 'cancelled')),
    CONSTRAINT waitlist_offers_ended_check CHECK ((state = 'open') = (ended_at IS NULL)),
    CONSTRAINT waitlist_offers_purchase_check CHECK ((state IN ('redeemed', 'returned')) = (purchase_key IS NOT NULL))
);
COMMENT ON COLUMN waitlist_offers.priority IS 'With position: the place at which it was made.';
COMMENT ON COLUMN waitlist_offers.code IS 'Said or scanned at the counter; W, so that nobody takes it for a ticket''s.';
COMMENT ON COLUMN waitlist_offers.basket_key IS 'Of the basket that it is being paid in.';
CREATE UNIQUE INDEX waitlist_offers_open_key ON waitlist_offers (waitlist_id) WHERE state = 'open';
CREATE INDEX idx_waitlist_offers_due ON waitlist_offers (expires_at) WHERE state = 'open';
CREATE INDEX idx_waitlist_offers_waitlist ON waitlist_offers (waitlist_id, id DESC);
CREATE INDEX idx_waitlist_offers_serving ON waitlist_offers (serving_id, tier_id);
CREATE INDEX idx_waitlist_offers_tier ON waitlist_offers (tier_id, event_id);
CREATE INDEX idx_waitlist_offers_purchase ON waitlist_offers (purchase_key) WHERE purchase_key IS NOT NULL;
CREATE INDEX idx_waitlist_offers_basket ON waitlist_offers (basket_key) WHERE basket_key IS NOT NULL;
CREATE INDEX idx_waitlist_offers_mail ON waitlist_offers (mail_id) WHERE mail_id IS NOT NULL;

-- People whom no letter reaches are called.
CREATE TABLE waitlist_calls (
    id          bigint GENERATED BY DEFAULT AS IDENTITY,
    key         uuid        NOT NULL,
    offer_id    bigint      NOT NULL,
    outcome     text        NOT NULL,
    till_id     bigint,
    clerk_id    bigint,
    created_at  timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT waitlist_calls_pkey PRIMARY KEY (id),
    CONSTRAINT waitlist_calls_key_key UNIQUE (key),
    CONSTRAINT waitlist_calls_offer_id_fkey FOREIGN KEY (offer_id) REFERENCES waitlist_offers (id) ON DELETE RESTRICT,
    CONSTRAINT waitlist_calls_till_id_fkey FOREIGN KEY (till_id) REFERENCES tills (id) ON DELETE RESTRICT,
    CONSTRAINT waitlist_calls_clerk_id_fkey FOREIGN KEY (clerk_id) REFERENCES users (id) ON DELETE RESTRICT,
    CONSTRAINT waitlist_calls_outcome_check CHECK (outcome IN ('reached', 'no_answer', 'declined', 'wrong_number'))
);
CREATE INDEX idx_waitlist_calls_offer ON waitlist_calls (offer_id, id DESC);

ALTER TABLE overrides
    DROP CONSTRAINT overrides_action_check,
    ADD CONSTRAINT overrides_action_check CHECK (action IN (
        'reprint again', 'refund', 'refund elsewhere', 'reduce price', 'use drawer', 'close drawer', 'take cash out',
        'prioritise'));

DROP TRIGGER waitlist_evidence ON waitlist;
CREATE TRIGGER waitlist_evidence AFTER INSERT OR UPDATE OR DELETE ON waitlist
FOR EACH ROW EXECUTE FUNCTION record_change('waitlist', 'phone,notes');

-- Lists of people have a topic of their own: they do not change with every sale.
CREATE FUNCTION tell_of_waitlist() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'waitlist' THEN
        PERFORM pg_notify('boxoffice', 'availability:' || coalesce(NEW.event_id, OLD.event_id));
        PERFORM pg_notify('boxoffice', 'waitlist:' || coalesce(NEW.event_id, OLD.event_id));
    ELSE
        PERFORM pg_notify('boxoffice', 'waitlist:' || (SELECT event_id FROM waitlist_offers WHERE id = NEW.offer_id));
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER waitlist_tell_tills ON waitlist;
CREATE TRIGGER waitlist_tell_tills AFTER INSERT OR UPDATE OR DELETE ON waitlist
FOR EACH ROW EXECUTE FUNCTION tell_of_waitlist();
CREATE TRIGGER waitlist_calls_tell_tills AFTER INSERT ON waitlist_calls
FOR EACH ROW EXECUTE FUNCTION tell_of_waitlist();

-- A list that grows fast is planned for as if it were still empty: each place would be looked for among all of them.
ALTER FUNCTION take_waitlist_position SET enable_seqscan = off;
