-- Orders are found by number and code again. Names stay on orders; how they came there stays in the evidence.

DROP TRIGGER users_forget_order_notes ON users;
DROP TRIGGER users_name_words ON users;
DROP FUNCTION forget_order_notes, set_order_notes, set_order_customer, order_to_change, add_customer, names_like, keep_name_words, words_of;
DROP TABLE name_words;
DROP SCHEMA IF EXISTS boxoffice_extensions CASCADE;
DROP INDEX idx_users_database_role, idx_users_staff, idx_users_email_start, idx_payment_transactions_tender, idx_orders_user_created, idx_orders_named, idx_orders_not_paid,
    idx_orders_clerk, idx_orders_created, idx_orders_till;
CREATE INDEX idx_orders_till ON orders (till_id, id DESC);
ALTER TABLE users DROP COLUMN search_vector;
