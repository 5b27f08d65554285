-- migrate:up

-- Plans owns the tree: `unit` and `unit_placement` of the kit are the originals here, and what their events say elsewhere.
ALTER TABLE unit ADD CONSTRAINT unit_parent_exists FOREIGN KEY (parent) REFERENCES unit (code);

-- Who changed which unit, when and on whose behalf. The topic is compacted, so this is where the history stays.
CREATE TABLE unit_change (
    code text NOT NULL REFERENCES unit (code),
    sequence bigint NOT NULL,
    change text NOT NULL CHECK (change IN ('registered', 'moved', 'retired')),
    occurred_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    actor_subject text NOT NULL,
    actor_unit text,
    on_behalf_of text,
    reason text,
    PRIMARY KEY (code, sequence)
);

-- migrate:down
DROP TABLE unit_change;
ALTER TABLE unit DROP CONSTRAINT unit_parent_exists;
