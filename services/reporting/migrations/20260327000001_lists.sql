-- migrate:up

-- The lists that a plan wants kept, as its newest event says: parts with name and kind. Rows of them are not stored.
CREATE TABLE plan_list (
    plan_id text NOT NULL,
    list_id text NOT NULL,
    position int NOT NULL,
    name text NOT NULL,
    parts jsonb NOT NULL,
    PRIMARY KEY (plan_id, list_id)
);
CREATE INDEX IF NOT EXISTS hazard_plan ON hazard (plan_id, hazard_id) WHERE plan_id IS NOT NULL;

-- migrate:down
DROP INDEX IF EXISTS hazard_plan;
DROP TABLE plan_list;
