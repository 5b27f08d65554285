-- migrate:up

CREATE TABLE hazard (
    hazard_id uuid PRIMARY KEY DEFAULT uuidv7(),
    number text NOT NULL UNIQUE,
    unit text NOT NULL,
    category text NOT NULL,
    title text NOT NULL,
    description text,
    occurred_at timestamptz NOT NULL,
    reported_at timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('reported', 'ordered')),
    version int NOT NULL,
    -- The order with its five elements; all null until there is one.
    ordering_unit text,
    ordered_at timestamptz,
    responsible text,
    measures text,
    funds numeric(17, 2) CHECK (funds >= 0),
    due_at timestamptz,
    contingency text,
    -- The deadline that waits: set with the order, cleared when it has fired.
    overdue_at timestamptz,
    overdue_since timestamptz,
    CHECK (state = 'reported' OR num_nulls(ordering_unit, ordered_at, responsible, measures, funds, due_at, contingency) = 0)
);
CREATE INDEX hazard_overdue ON hazard (overdue_at, hazard_id) WHERE overdue_at IS NOT NULL;

-- Under which units a hazard is listed: its own, those above it, and '' for the whole platform. Rows are added when the unit
-- moves and never taken away: what was reported under a parent stays readable there. A page of any subtree is one index range.
CREATE TABLE hazard_listing (
    ancestor text NOT NULL,
    hazard_id uuid NOT NULL REFERENCES hazard (hazard_id),
    state text NOT NULL,
    PRIMARY KEY (ancestor, hazard_id)
);
CREATE INDEX hazard_listing_state ON hazard_listing (ancestor, state, hazard_id);
CREATE INDEX hazard_listing_hazard ON hazard_listing (hazard_id);

-- The last number given out, by county and year. Rows are never deleted: numbers are never used again.
CREATE TABLE hazard_number (
    county text NOT NULL,
    year int NOT NULL,
    last bigint NOT NULL,
    PRIMARY KEY (county, year)
);

-- Who changed a hazard, when and on whose behalf; nobody when time did. Rows are only added.
CREATE TABLE hazard_change (
    hazard_id uuid NOT NULL REFERENCES hazard (hazard_id),
    version int NOT NULL,
    change text NOT NULL CHECK (change IN ('reported', 'ordered', 'overdue')),
    occurred_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    actor_subject text,
    actor_unit text,
    on_behalf_of text,
    PRIMARY KEY (hazard_id, version)
);

-- migrate:down
DROP TABLE hazard_change;
DROP TABLE hazard_number;
DROP TABLE hazard_listing;
DROP TABLE hazard;
