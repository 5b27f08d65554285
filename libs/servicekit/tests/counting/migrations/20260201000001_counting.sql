-- migrate:up

-- One row per event applied, in the order of application: a second effect of the same event cannot hide.
CREATE TABLE applied (
    nr bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key text NOT NULL,
    sequence bigint NOT NULL
);

-- Aggregates of the producing side.
CREATE TABLE counter (
    code text PRIMARY KEY,
    sequence bigint NOT NULL
);

-- migrate:down
DROP TABLE counter;
DROP TABLE applied;
