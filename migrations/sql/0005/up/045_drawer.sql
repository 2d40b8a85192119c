-- The open drawer that cash of this currency goes into or comes out of, held until the deed commits: whoever closes it
-- waits for the deed, and the deed for them.
CREATE OR REPLACE FUNCTION cash_drawer_for(p_till_id bigint, p_currency text, p_clerk_id bigint) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    drawer cash_drawers;
BEGIN
    SELECT * INTO drawer FROM cash_drawers WHERE till_id = p_till_id AND closed_at IS NULL FOR SHARE;
    IF NOT FOUND OR drawer.currency <> p_currency THEN
        PERFORM refuse(jsonb_build_object('refusal', 'no_drawer', 'currency', p_currency, 'open', drawer.currency));
    END IF;
    RETURN drawer.id;
END $$;
