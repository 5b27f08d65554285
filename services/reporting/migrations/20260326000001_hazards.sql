-- migrate:up

-- Everything that events tell of a hazard, folded by their sequence; `reporting.domain.hazards` says what each column means.
ALTER TABLE hazard
    ADD COLUMN before text NOT NULL DEFAULT 'reported',
    ADD COLUMN plan_id text,
    ADD COLUMN measures text,
    ADD COLUMN task text,
    ADD COLUMN stage text,
    ADD COLUMN enterprise text,
    ADD COLUMN enterprise_name text,
    ADD COLUMN grade text,
    ADD COLUMN original_due_at timestamptz,
    ADD COLUMN missed jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN submitted_at timestamptz,
    ADD COLUMN stopped_at timestamptz,
    ADD COLUMN closed_at timestamptz,
    ADD COLUMN closed_on_time boolean,
    ADD COLUMN closed_on_time_originally boolean,
    ADD COLUMN outcome text,
    ADD COLUMN listed_by text,
    ADD COLUMN handler text,
    ADD COLUMN offered_to text,
    ADD COLUMN suspended boolean NOT NULL DEFAULT false,
    ADD COLUMN rechecked text,
    ADD COLUMN recurs text;
UPDATE hazard SET original_due_at = due_at;

-- One row for each event of a hazard, whatever it was.
CREATE TABLE hazard_event (
    hazard_id text NOT NULL,
    sequence bigint NOT NULL,
    kind text NOT NULL,
    occurred_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    unit text,
    PRIMARY KEY (hazard_id, sequence)
);

-- Which units see a hazard: its own, those above it, '' for the whole platform, and whoever has a part in it. Rows are added when
-- a unit moves or a part is given and never taken away. A page of any subtree is one index range.
CREATE TABLE hazard_scope (
    ancestor text NOT NULL,
    hazard_id text NOT NULL,
    state text NOT NULL,
    overdue boolean NOT NULL,
    PRIMARY KEY (ancestor, hazard_id)
);
CREATE INDEX hazard_scope_state ON hazard_scope (ancestor, state, hazard_id);
CREATE INDEX hazard_scope_overdue ON hazard_scope (ancestor, hazard_id) WHERE overdue;
CREATE INDEX hazard_scope_hazard ON hazard_scope (hazard_id);
INSERT INTO hazard_scope (ancestor, hazard_id, state, overdue)
WITH RECURSIVE up (hazard_id, code, parent, depth) AS (
    SELECT hazard.hazard_id, unit.code, unit.parent, 1 FROM hazard JOIN unit ON unit.code = hazard.unit
    UNION ALL
    SELECT up.hazard_id, unit.code, unit.parent, up.depth + 1 FROM up JOIN unit ON unit.code = up.parent WHERE up.depth < 16
), line (ancestor, hazard_id) AS (
    SELECT code, hazard_id FROM up
    UNION SELECT unit, hazard_id FROM hazard
    UNION SELECT '', hazard_id FROM hazard
    UNION SELECT responsible_unit, hazard_id FROM hazard WHERE responsible_unit IS NOT NULL
    UNION SELECT ordering_unit, hazard_id FROM hazard WHERE ordering_unit IS NOT NULL
)
SELECT line.ancestor, hazard_id, hazard.state, hazard.overdue_since IS NOT NULL FROM line JOIN hazard USING (hazard_id);

-- migrate:down
DROP TABLE hazard_scope;
DROP TABLE hazard_event;
ALTER TABLE hazard
    DROP COLUMN before, DROP COLUMN plan_id, DROP COLUMN measures, DROP COLUMN task, DROP COLUMN stage, DROP COLUMN enterprise,
    DROP COLUMN enterprise_name, DROP COLUMN grade, DROP COLUMN original_due_at, DROP COLUMN missed, DROP COLUMN submitted_at,
    DROP COLUMN stopped_at, DROP COLUMN closed_at, DROP COLUMN closed_on_time, DROP COLUMN closed_on_time_originally,
    DROP COLUMN outcome, DROP COLUMN listed_by, DROP COLUMN handler,
    DROP COLUMN offered_to, DROP COLUMN suspended, DROP COLUMN rechecked, DROP COLUMN recurs;
