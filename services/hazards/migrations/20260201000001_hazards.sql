-- migrate:up

-- A hazard as it stands. What is searched and sorted by has a column; `file` holds everything else of its state.
CREATE TABLE hazard (
    hazard_id uuid PRIMARY KEY DEFAULT uuidv7(),
    number text NOT NULL UNIQUE,
    unit text NOT NULL,
    plan_id text,
    task text,
    category text NOT NULL,
    title text NOT NULL,
    description text,
    occurred_at timestamptz NOT NULL,
    reported_at timestamptz NOT NULL,
    recurs uuid REFERENCES hazard,
    state text NOT NULL CHECK (state IN ('reported', 'registered', 'graded', 'ordered', 'deferred', 'monitored', 'transferred',
        'submitted', 'accepted', 'signed', 'closed', 'dismissed')),
    version int NOT NULL,
    -- Hash of the newest change.
    head bytea NOT NULL,
    grade text CHECK (grade IN ('general', 'major')),
    file jsonb NOT NULL,
    -- Copies of what `file` says, to search by.
    enterprise text,
    responsible text,
    due_at timestamptz,
    overdue_since timestamptz,
    listed_by text,
    closed_at timestamptz,
    -- Pairs of characters of title and description that stand beside each other: Chinese has no words to index.
    pairs text[] NOT NULL,
    -- When time changes it next.
    fires_at timestamptz
) WITH (fillfactor = 80);
CREATE INDEX hazard_fires ON hazard (fires_at, hazard_id) WHERE fires_at IS NOT NULL;
CREATE INDEX hazard_responsible ON hazard (responsible, hazard_id) WHERE responsible IS NOT NULL;
-- Every change of a hazard makes new entries here, dozens at once: they are gathered first, so few that a search reads them in passing.
CREATE INDEX hazard_pairs ON hazard USING gin (pairs) WITH (fastupdate = on, gin_pending_list_limit = 1024);
CREATE INDEX hazard_enterprise ON hazard (enterprise, hazard_id) WHERE enterprise IS NOT NULL;
CREATE INDEX hazard_type ON hazard (enterprise, category, reported_at) WHERE enterprise IS NOT NULL;

-- Which units see a hazard: its own, those above it, '' for the whole platform, and whoever has a part in it. Rows are added when
-- the unit moves or a part is given and never taken away: what was seen stays readable. A page of any subtree is one index range.
CREATE TABLE hazard_scope (
    ancestor text NOT NULL,
    hazard_id uuid NOT NULL REFERENCES hazard,
    -- Copies of what is filtered by, so that a page of any filter is one index range too.
    state text NOT NULL,
    category text NOT NULL,
    plan_id text,
    major boolean NOT NULL,
    overdue boolean NOT NULL,
    listed boolean NOT NULL,
    PRIMARY KEY (ancestor, hazard_id)
);
CREATE INDEX hazard_scope_state ON hazard_scope (ancestor, state, hazard_id);
CREATE INDEX hazard_scope_category ON hazard_scope (ancestor, category, hazard_id);
CREATE INDEX hazard_scope_plan ON hazard_scope (ancestor, plan_id, hazard_id) WHERE plan_id IS NOT NULL;
CREATE INDEX hazard_scope_major ON hazard_scope (ancestor, hazard_id) WHERE major;
CREATE INDEX hazard_scope_overdue ON hazard_scope (ancestor, hazard_id) WHERE overdue;
CREATE INDEX hazard_scope_listed ON hazard_scope (ancestor, hazard_id) WHERE listed;
CREATE INDEX hazard_scope_hazard ON hazard_scope (hazard_id);

-- The last number given out, by county and year. Rows are never deleted: numbers are never used again.
CREATE TABLE hazard_number (
    county text NOT NULL,
    year int NOT NULL,
    last bigint NOT NULL,
    PRIMARY KEY (county, year)
);

-- Every change of a hazard: who made it, in which role, when it happened and when it was recorded; nobody when time did. Rows are
-- only added, and each is hashed with the one before it. `facts` is the data of the event that told of it.
CREATE TABLE hazard_change (
    hazard_id uuid NOT NULL REFERENCES hazard,
    version int NOT NULL,
    change text NOT NULL,
    state_before text NOT NULL,
    state_after text NOT NULL,
    occurred_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    actor_subject text,
    actor_unit text,
    on_behalf_of text,
    role text,
    evidence uuid[] NOT NULL,
    event text NOT NULL,
    facts jsonb NOT NULL,
    state_hash bytea NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (hazard_id, version)
);
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% rows are never changed or deleted', TG_TABLE_NAME;
END $$;
CREATE TRIGGER hazard_change_is_immutable BEFORE UPDATE OR DELETE ON hazard_change
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER hazard_change_is_never_emptied BEFORE TRUNCATE ON hazard_change
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What a body has decided about times; the newest version counts.
CREATE TABLE policy (
    unit text NOT NULL,
    version int NOT NULL,
    policy jsonb NOT NULL,
    recorded_at timestamptz NOT NULL,
    actor_subject text NOT NULL,
    PRIMARY KEY (unit, version)
);
CREATE TRIGGER policy_is_immutable BEFORE UPDATE OR DELETE ON policy FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- migrate:down
DROP TABLE policy;
DROP TABLE hazard_change;
DROP FUNCTION refuse_change;
DROP TABLE hazard_number;
DROP TABLE hazard_scope;
DROP TABLE hazard;
