-- migrate:up

CREATE TABLE plan (
    plan_id uuid PRIMARY KEY DEFAULT uuidv7(),
    title text NOT NULL,
    document_number text,
    issuer text NOT NULL REFERENCES unit (code),
    zone text NOT NULL,
    state text NOT NULL CHECK (state IN ('draft', 'issued', 'amended')),
    version int NOT NULL,
    obligations jsonb NOT NULL,
    drafted_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    issued_at timestamptz
);
CREATE INDEX plan_issuer ON plan (issuer, plan_id);

-- Every version that a plan ever had, with who made it. Rows are only added.
CREATE TABLE plan_version (
    plan_id uuid NOT NULL REFERENCES plan (plan_id),
    version int NOT NULL,
    state text NOT NULL,
    obligations jsonb NOT NULL,
    changes text[] NOT NULL,
    occurred_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    actor_subject text NOT NULL,
    actor_unit text,
    on_behalf_of text,
    PRIMARY KEY (plan_id, version)
);

-- migrate:down
DROP TABLE plan_version;
DROP TABLE plan;
