-- Index names are the client's where the client named one.

CREATE INDEX idx_events_status_start ON events (status, start_time, id);
-- The key of the event list: a page continues where the last one ended.
CREATE INDEX idx_events_listed ON events (start_time, id) WHERE status <> 'draft';
CREATE UNIQUE INDEX idx_events_slug ON events (slug);
CREATE INDEX idx_events_search ON events USING gin (search_vector);
CREATE INDEX idx_events_promoter ON events (promoter_id);
CREATE INDEX idx_events_venue_start ON events (venue, start_time, id);

CREATE INDEX idx_ticket_tiers_event_id ON ticket_tiers (event_id);
CREATE INDEX idx_ticket_tiers_active ON ticket_tiers (event_id, position) WHERE is_active;

CREATE INDEX idx_orders_user_status ON orders (user_id, status) WHERE user_id IS NOT NULL;
CREATE INDEX idx_orders_event ON orders (event_id, created_at);
CREATE INDEX idx_orders_till ON orders (till_id, id DESC);
CREATE INDEX idx_order_items_order ON order_items (order_id);
CREATE INDEX idx_order_items_tier ON order_items (tier_id);
CREATE INDEX idx_tickets_order_tier ON tickets (order_id, tier_id);
CREATE INDEX idx_tickets_tier_status ON tickets (tier_id, event_id, status);
CREATE INDEX idx_tickets_superseded_by ON tickets (superseded_by) WHERE superseded_by IS NOT NULL;

CREATE INDEX idx_waitlist_position ON waitlist (event_id, position);
CREATE INDEX idx_waitlist_notified ON waitlist (event_id, tier_id, position) WHERE NOT notified;
CREATE INDEX idx_waitlist_user ON waitlist (user_id);
CREATE INDEX idx_waitlist_tier ON waitlist (tier_id, event_id) WHERE tier_id IS NOT NULL;

CREATE UNIQUE INDEX idx_users_email ON users (lower(email));
CREATE INDEX idx_holds_live ON holds (tier_id) WHERE ended_at IS NULL;
CREATE INDEX idx_holds_waitlist ON holds (waitlist_id) WHERE waitlist_id IS NOT NULL;
CREATE INDEX idx_payment_transactions_order ON payment_transactions (order_id);
CREATE INDEX idx_drawer_entries_drawer ON drawer_entries (drawer_id);
CREATE INDEX idx_print_jobs_ticket ON print_jobs (ticket_id, id DESC);
CREATE INDEX idx_audit_logs_entity ON audit_logs (entity, entity_id);
CREATE INDEX idx_email_notifications_queued ON email_notifications (created_at) WHERE state = 'queued';
CREATE INDEX idx_email_notifications_order ON email_notifications (order_id) WHERE order_id IS NOT NULL;
