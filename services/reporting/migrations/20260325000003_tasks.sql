-- migrate:up

-- Read model of the tasks of plans. `facts` is all that is known of one, folded from events of its plan and of itself; the other
-- columns are drawn from it. Null `facts`: being written for the first time. `parties` are issuer, leads and supports.
CREATE TABLE task (
    task_id text PRIMARY KEY,
    plan_id text NOT NULL,
    task text NOT NULL,
    position int NOT NULL DEFAULT 0,
    in_force boolean NOT NULL DEFAULT true,
    state text NOT NULL DEFAULT 'open',
    overdue_since timestamptz,
    parties text[] NOT NULL DEFAULT '{}',
    facts jsonb
);
CREATE INDEX task_order ON task (plan_id, position, task);
CREATE INDEX task_overdue ON task (plan_id, position, task) WHERE overdue_since IS NOT NULL;
CREATE INDEX task_parties ON task USING gin (parties);

-- migrate:down
DROP TABLE task;
