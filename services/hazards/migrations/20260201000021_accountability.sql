-- migrate:up
-- Rules of accountability of a unit for its subtree, or of a plan (`plan:` and its id); the newest version counts.
CREATE TABLE rule_set (
    owner text NOT NULL,
    version int NOT NULL,
    -- Who decided them: the owner, or the issuer of the plan.
    unit text NOT NULL,
    rules jsonb NOT NULL,
    recorded_at timestamptz NOT NULL,
    actor_subject text NOT NULL,
    PRIMARY KEY (owner, version)
);
CREATE TRIGGER rule_set_is_immutable BEFORE UPDATE OR DELETE ON rule_set FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Every trigger that happened, whether or not a rule spoke of it: repetitions are counted over the past too.
CREATE TABLE occurrence (
    key text PRIMARY KEY,
    trigger text NOT NULL,
    responsible text NOT NULL,
    enterprise text,
    at timestamptz NOT NULL,
    file jsonb NOT NULL
);
CREATE INDEX occurrence_unit ON occurrence (responsible, trigger, at);
CREATE INDEX occurrence_enterprise ON occurrence (enterprise, trigger, at) WHERE enterprise IS NOT NULL;

-- Rules that wait until something is late enough.
CREATE TABLE lateness (
    key text PRIMARY KEY,
    check_at timestamptz NOT NULL,
    occurrence jsonb NOT NULL,
    rules jsonb NOT NULL,
    rule text NOT NULL
);
CREATE INDEX lateness_due ON lateness (check_at, key);

-- `number` is the order in which they were made, to page by.
CREATE TABLE measure (
    measure_id uuid PRIMARY KEY,
    number bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    version int NOT NULL,
    state text NOT NULL CHECK (state IN ('proposed', 'issued', 'acknowledged', 'replied', 'closed', 'withdrawn')),
    body_unit text NOT NULL,
    unit text NOT NULL,
    -- The addressee does not see what nobody has decided.
    issued boolean NOT NULL,
    subject text NOT NULL,
    file jsonb NOT NULL,
    fires_at timestamptz
) WITH (fillfactor = 80);
CREATE INDEX measure_fires ON measure (fires_at, measure_id) WHERE fires_at IS NOT NULL;
CREATE INDEX measure_body ON measure (body_unit, number);
CREATE INDEX measure_unit ON measure (unit, number);
CREATE INDEX measure_subject ON measure (subject, number);

-- migrate:down
DROP TABLE measure;
DROP TABLE lateness;
DROP TABLE occurrence;
DROP TABLE rule_set;
