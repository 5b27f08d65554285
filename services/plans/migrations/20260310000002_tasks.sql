-- migrate:up

-- Tasks of plans in force. `state` is domain.tasks.state.TaskState; `fires_at` is the deadline that waits.
CREATE TABLE task (
    plan_id uuid NOT NULL REFERENCES plan (plan_id),
    task text NOT NULL,
    position int NOT NULL,
    version int NOT NULL,
    sequence bigint NOT NULL,
    in_force boolean NOT NULL,
    issuer text NOT NULL,
    zone text NOT NULL,
    topic text,
    text text NOT NULL,
    leads text[] NOT NULL,
    supports text[] NOT NULL,
    deadlines jsonb NOT NULL,
    state jsonb NOT NULL,
    fires_at timestamptz,
    PRIMARY KEY (plan_id, task)
);
CREATE INDEX task_fires ON task (fires_at, plan_id, task) WHERE fires_at IS NOT NULL;

-- Which units have a part in which task in force: a unit's tasks are one index range.
CREATE TABLE task_party (
    unit text NOT NULL,
    plan_id uuid NOT NULL,
    task text NOT NULL,
    PRIMARY KEY (unit, plan_id, task),
    FOREIGN KEY (plan_id, task) REFERENCES task (plan_id, task)
);
CREATE INDEX task_party_task ON task_party (plan_id, task);

-- Every change of a task with its state afterwards, so that any instant can be looked back at. Nobody is named where time was the
-- cause. Rows are only added.
CREATE TABLE task_change (
    plan_id uuid NOT NULL,
    task text NOT NULL,
    version int NOT NULL,
    change text NOT NULL,
    occurred_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    actor_subject text,
    actor_unit text,
    on_behalf_of text,
    in_force boolean NOT NULL,
    state jsonb NOT NULL,
    PRIMARY KEY (plan_id, task, version),
    FOREIGN KEY (plan_id, task) REFERENCES task (plan_id, task)
);

-- migrate:down
DROP TABLE task_change;
DROP TABLE task_party;
DROP TABLE task;
