-- migrate:up
-- Every supervision by name (挂牌督办), of a hazard, a task or an enterprise: a copy to list from; the owner decides.
CREATE TABLE listing (
    listing_id uuid PRIMARY KEY DEFAULT uuidv7(),
    kind text NOT NULL CHECK (kind IN ('hazard', 'task', 'enterprise')),
    -- Hazard id, task id or credit code.
    subject text NOT NULL,
    title text NOT NULL,
    -- The units that answer for it.
    units text[] NOT NULL,
    listing_unit text NOT NULL,
    trigger text NOT NULL,
    reason text NOT NULL,
    grade text,
    plan_id text,
    listed_at timestamptz NOT NULL,
    publish_by timestamptz,
    published_at timestamptz,
    progress_due_at timestamptz,
    delisted_at timestamptz,
    delist_reason text
);
CREATE UNIQUE INDEX listing_open ON listing (kind, subject) WHERE delisted_at IS NULL;

-- What may be put on a list: overdue at any grade, or major and found at an inspection.
CREATE INDEX hazard_candidate ON hazard (hazard_id)
WHERE listed_by IS NULL AND state NOT IN ('closed', 'dismissed')
    AND (overdue_since IS NOT NULL
        OR (grade = 'major' AND file -> 'details' ->> 'stage' IN ('open_inspection', 'covert_inspection', 'authority')));

-- Tasks of plans as far as their supervision goes. `file` holds their passed deadlines.
CREATE TABLE task (
    task_id text PRIMARY KEY,
    sequence bigint NOT NULL,
    plan_id text NOT NULL,
    task text NOT NULL,
    title text NOT NULL,
    issuer text NOT NULL,
    leads text[] NOT NULL,
    listed_by text,
    overdue_since timestamptz,
    file jsonb NOT NULL
);
CREATE INDEX task_candidate ON task (task_id) WHERE overdue_since IS NOT NULL AND listed_by IS NULL;

-- Plans as last heard of: whose they are.
CREATE TABLE plan (
    plan_id text PRIMARY KEY,
    sequence bigint NOT NULL,
    issuer text NOT NULL,
    title text NOT NULL
);

-- Enterprises that are or were under supervision. `version` is the sequence of the newest event.
CREATE TABLE enterprise (
    code text PRIMARY KEY,
    version int NOT NULL,
    unit text NOT NULL,
    listed_by text,
    file jsonb NOT NULL,
    fires_at timestamptz
) WITH (fillfactor = 80);
CREATE INDEX enterprise_fires ON enterprise (fires_at, code) WHERE fires_at IS NOT NULL;

-- Every change of an enterprise or a measure; nobody when time made it. `facts` is the data of the event that told of it.
CREATE TABLE record_change (
    record text NOT NULL,
    id text NOT NULL,
    version int NOT NULL,
    event text NOT NULL,
    occurred_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    actor_subject text,
    actor_unit text,
    facts jsonb NOT NULL,
    PRIMARY KEY (record, id, version)
);
CREATE TRIGGER record_change_is_immutable BEFORE UPDATE OR DELETE ON record_change
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- migrate:down
DROP TABLE record_change;
DROP TABLE enterprise;
DROP TABLE plan;
DROP TABLE task;
DROP INDEX hazard_candidate;
DROP TABLE listing;
