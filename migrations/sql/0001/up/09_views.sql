-- The client's views. security_invoker: a view must not show its reader more than the tables would.

-- Published events with what can be bought of them now. For browsing, not for deciding a sale.
CREATE VIEW active_events_with_availability WITH (security_invoker = true) AS
SELECT e.id, e.promoter_id, promoter.company AS promoter, e.slug, e.title, e.description, e.venue, e.venue_address,
       e.time_zone, e.start_time, e.end_time, e.doors_open_time, e.capacity, e.status, e.currency,
       now.min_price, now.max_price, now.offered AS tickets_total, now.sold AS tickets_sold,
       now.available AS tickets_available
FROM events e
JOIN promoters promoter ON promoter.id = e.promoter_id
CROSS JOIN LATERAL event_availability(e) now
WHERE e.status = 'published';

CREATE VIEW user_tickets_summary WITH (security_invoker = true) AS
SELECT o.user_id, k.id AS ticket_id, k.ticket_code, k.qr_code, k.status AS ticket_status, k.price,
       o.id AS order_id, o.order_number, o.status AS order_status, t.id AS tier_id, t.name AS tier_name,
       e.id AS event_id, e.title AS event_title, e.venue, e.start_time AS event_start_time, e.doors_open_time
FROM tickets k
JOIN orders o ON o.id = k.order_id
JOIN ticket_tiers t ON t.id = k.tier_id
JOIN events e ON e.id = k.event_id;

-- For reports only: as old as its last refresh, so never a base for closings or availability.
CREATE MATERIALIZED VIEW event_sales_summary AS
SELECT e.id AS event_id, e.promoter_id, e.title, e.venue, e.start_time, e.status, e.currency,
       coalesce(o.orders, 0) AS total_orders, coalesce(o.revenue, 0) AS total_revenue,
       coalesce(o.fees, 0) AS total_fees, coalesce(o.tax, 0) AS total_tax,
       coalesce(t.offered, 0) AS tickets_total, coalesce(t.sold, 0) AS tickets_sold,
       coalesce(t.reserved, 0) AS tickets_reserved, CURRENT_TIMESTAMP AS refreshed_at
FROM events e
LEFT JOIN (SELECT event_id, count(*) AS orders, sum(total_amount) AS revenue, sum(service_fee) AS fees, sum(tax) AS tax
           FROM orders WHERE status = 'paid' GROUP BY event_id) o ON o.event_id = e.id
LEFT JOIN (SELECT event_id, sum(quantity) AS offered, sum(sold) AS sold, sum(reserved) AS reserved
           FROM ticket_tiers GROUP BY event_id) t ON t.event_id = e.id;

-- REFRESH MATERIALIZED VIEW CONCURRENTLY needs it.
CREATE UNIQUE INDEX idx_event_sales_summary_event ON event_sales_summary (event_id);
