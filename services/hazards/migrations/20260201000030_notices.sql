-- migrate:up

-- When a unit that has to rectify is next told of its time limits; null: nothing is to be told. A row is kept when nothing is, so
-- that a day is never told of twice.
CREATE TABLE notice (
    unit text PRIMARY KEY,
    next_at timestamptz,
    last_day date,
    sequence bigint NOT NULL DEFAULT 0
);
CREATE INDEX notice_next ON notice (next_at, unit) WHERE next_at IS NOT NULL;

-- Limits that wait for the unit that has to rectify.
CREATE INDEX hazard_waiting_limit ON hazard (responsible, due_at, hazard_id) WHERE state IN ('ordered', 'deferred');

-- migrate:down
DROP INDEX hazard_waiting_limit;
DROP TABLE notice;
