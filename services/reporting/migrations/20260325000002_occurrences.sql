-- migrate:up

-- What happened that starts a limit (a fire, a major case), as a person declared it. `period` is its local date.
CREATE TABLE occurrence (
    occurrence_id uuid PRIMARY KEY,
    plan_id text NOT NULL,
    obligation text NOT NULL,
    unit text NOT NULL,
    period date NOT NULL,
    occurred_at timestamptz NOT NULL,
    declared_at timestamptz NOT NULL,
    subject text NOT NULL,
    acting_unit text,
    what text NOT NULL
);
CREATE INDEX occurrence_period ON occurrence (plan_id, obligation, unit, period);
CREATE INDEX occurrence_order ON occurrence (occurred_at, occurrence_id);
CREATE TRIGGER occurrence_is_immutable BEFORE UPDATE OR DELETE ON occurrence FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- The unit whose own occurrence started the limit; '' where everybody shares the instants of the period.
ALTER TABLE obligation_period ADD COLUMN only_unit text NOT NULL DEFAULT '';
ALTER TABLE obligation_period DROP CONSTRAINT obligation_period_pkey;
ALTER TABLE obligation_period ADD PRIMARY KEY (plan_id, obligation, period, only_unit);
ALTER TABLE moved_cutoff ADD COLUMN unit text NOT NULL DEFAULT '';
ALTER TABLE moved_cutoff DROP CONSTRAINT moved_cutoff_pkey;
ALTER TABLE moved_cutoff ADD PRIMARY KEY (plan_id, obligation, period, calendar, unit);

-- migrate:down
DELETE FROM moved_cutoff WHERE unit <> '';
ALTER TABLE moved_cutoff DROP CONSTRAINT moved_cutoff_pkey;
ALTER TABLE moved_cutoff ADD PRIMARY KEY (plan_id, obligation, period, calendar);
ALTER TABLE moved_cutoff DROP COLUMN unit;
DELETE FROM expected_report e USING obligation_period p
WHERE p.only_unit = e.unit AND p.plan_id = e.plan_id AND p.obligation = e.obligation AND p.period = e.period AND e.versions = 0;
DELETE FROM obligation_period WHERE only_unit <> '';
ALTER TABLE obligation_period DROP CONSTRAINT obligation_period_pkey;
ALTER TABLE obligation_period ADD PRIMARY KEY (plan_id, obligation, period);
ALTER TABLE obligation_period DROP COLUMN only_unit;
DROP TABLE occurrence;
