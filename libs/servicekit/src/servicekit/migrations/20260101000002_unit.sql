-- migrate:up

-- The administrative tree as this service knows it: a projection of plans.unit.v1 (`servicekit.units` writes it).
-- No foreign keys: a child's event can arrive before its parent's, which lies on another partition.
CREATE TABLE unit (
    code text PRIMARY KEY,
    name text NOT NULL,
    level text NOT NULL,
    groups text[] NOT NULL,
    parent text,
    registered_at timestamptz NOT NULL,
    retired_at timestamptz,
    sequence bigint NOT NULL
);
CREATE INDEX unit_parent ON unit (parent, code);

-- Where a unit stood: after `valid_from`, up to and including `valid_until`.
CREATE TABLE unit_placement (
    code text NOT NULL,
    parent text,
    valid_from timestamptz NOT NULL,
    valid_until timestamptz,
    PRIMARY KEY (code, valid_from)
);
CREATE INDEX unit_placement_parent ON unit_placement (parent, code);

-- migrate:down
DROP TABLE unit_placement;
DROP TABLE unit;
