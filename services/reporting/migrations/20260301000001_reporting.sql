-- migrate:up

-- The name of an expected report: a digest of what it is about. No part of it holds a slash.
CREATE FUNCTION report_id_of(plan_id text, obligation text, unit text, period date) RETURNS uuid LANGUAGE sql STABLE
RETURN md5(concat_ws('/', plan_id, obligation, unit, to_char(period, 'YYYY-MM-DD')))::uuid;

-- Plans in force, as their events told.
CREATE TABLE plan (
    plan_id text PRIMARY KEY,
    title text NOT NULL,
    issuer text NOT NULL,
    zone text NOT NULL,
    revision int NOT NULL,
    sequence bigint NOT NULL
);

-- The newest definition of each obligation, and the next period to materialise. `materialise_at` is a deadline; it is null
-- once the obligation has ended. `cursor` is the last unit written when a large period is materialised in several steps.
CREATE TABLE obligation (
    plan_id text NOT NULL REFERENCES plan,
    obligation text NOT NULL,
    type text NOT NULL,
    reporters jsonb NOT NULL,
    recipients text[] NOT NULL,
    cutoff time NOT NULL,
    remind_before interval[] NOT NULL,
    escalate_after interval[] NOT NULL,
    rolls_up_into text,
    -- Cut-offs after this instant are owed under this plan at all.
    in_force_from timestamptz NOT NULL,
    next_period date,
    materialise_at timestamptz,
    cursor text NOT NULL DEFAULT '',
    PRIMARY KEY (plan_id, obligation)
);
CREATE INDEX obligation_materialise ON obligation (materialise_at) WHERE materialise_at IS NOT NULL;
CREATE INDEX obligation_name ON obligation (obligation);

-- Periods that are (being) materialised, each with the definition that its cut-off falls under. An amendment rewrites those
-- whose cut-off is still to come; a change of the tree that is heard of late is judged by what held then.
CREATE TABLE obligation_period (
    plan_id text NOT NULL,
    obligation text NOT NULL,
    period date NOT NULL,
    opens_at timestamptz NOT NULL,
    cutoff_at timestamptz NOT NULL,
    closes_at timestamptz NOT NULL,
    reminders timestamptz[] NOT NULL,
    escalations timestamptz[] NOT NULL,
    type text NOT NULL,
    reporters jsonb NOT NULL,
    recipients text[] NOT NULL,
    rolls_up_into text,
    -- Steps at or before this instant are nobody's: the definition came into force then.
    in_force_from timestamptz NOT NULL,
    -- The obligation was dropped before this cut-off: nobody owes it.
    ended boolean NOT NULL DEFAULT false,
    PRIMARY KEY (plan_id, obligation, period),
    FOREIGN KEY (plan_id, obligation) REFERENCES obligation
);
CREATE INDEX obligation_period_cutoff ON obligation_period (cutoff_at);
CREATE INDEX obligation_period_order ON obligation_period (period, plan_id, obligation);

-- What is expected: unit × period, written before it falls due. Every cut-off rewrites its rows, so indexes are few. Verdicts are read off these rows.
CREATE TABLE expected_report (
    report_id uuid PRIMARY KEY,
    plan_id text NOT NULL,
    obligation text NOT NULL,
    type text NOT NULL,
    unit text NOT NULL,
    parent text,
    period date NOT NULL,
    cutoff_at timestamptz NOT NULL,
    recipients text[] NOT NULL,
    -- The roll-up that this report goes into: the expected report of the parent for the obligation named by rolls_up_into.
    rollup_id uuid,
    versions int NOT NULL DEFAULT 0,
    received_at timestamptz,
    entered_by text,
    zero boolean,
    exempt_at timestamptz,
    exempt_reason text,
    exempt_by text,
    exempt_subject text,
    -- Set while the unit does not owe this period: it left the plan's area or retired before the cut-off, or the plan changed.
    withdrawn_at timestamptz,
    -- Steps up to and including this instant have been acted upon; `next_due` is the next one, null when there is none.
    handled_until timestamptz NOT NULL,
    next_due timestamptz,
    sequence bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 80);
-- No unique index over plan, obligation, unit and period: report_id is a digest of the four.
CREATE INDEX expected_report_due ON expected_report (next_due, report_id) WHERE next_due IS NOT NULL;
CREATE INDEX expected_report_unit ON expected_report (unit, period);
CREATE INDEX expected_report_rollup ON expected_report (rollup_id) WHERE rollup_id IS NOT NULL;
CREATE INDEX expected_report_period ON expected_report (period, report_id);

-- Versions of a report. Rows are only ever inserted. `position` is the order of acceptance: whoever writes a version holds the
-- lock on the roll-up that it goes into, so it also says what came after that roll-up was submitted.
CREATE TABLE submission (
    report_id uuid NOT NULL REFERENCES expected_report,
    version int NOT NULL,
    position bigint GENERATED ALWAYS AS IDENTITY,
    received_at timestamptz NOT NULL,
    subject text NOT NULL,
    acting_unit text,
    entered_by text NOT NULL,
    zero boolean NOT NULL,
    items jsonb NOT NULL,
    texts jsonb NOT NULL,
    PRIMARY KEY (report_id, version)
);

-- What was known when a roll-up was submitted (basis 'submission'), or at the cut-off when nobody had submitted it
-- (basis 'cutoff'). Content and hash never change. Beside them stand the sums as known now, null unless a child's version came
-- after the submission, and how often they were published.
CREATE TABLE rollup (
    report_id uuid NOT NULL REFERENCES expected_report,
    basis text NOT NULL,
    frozen_at timestamptz NOT NULL,
    sums jsonb NOT NULL,
    missing_children text[] NOT NULL,
    included jsonb NOT NULL,
    content_hash text NOT NULL,
    attribution jsonb,
    restatements int NOT NULL DEFAULT 0,
    restated_sums jsonb,
    PRIMARY KEY (report_id, basis)
);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% rows are never changed or deleted', TG_TABLE_NAME;
END $$;
CREATE TRIGGER submission_is_immutable BEFORE UPDATE OR DELETE ON submission FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER rollup_content_is_immutable BEFORE UPDATE ON rollup FOR EACH ROW
    WHEN ((old.report_id, old.basis, old.frozen_at, old.sums, old.missing_children, old.included, old.content_hash)
          IS DISTINCT FROM (new.report_id, new.basis, new.frozen_at, new.sums, new.missing_children, new.included, new.content_hash))
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER rollup_is_kept BEFORE DELETE ON rollup FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Zero reports that stand against a hazard of the unit and day. One row per unit and period, kept after a correction.
CREATE TABLE contradiction (
    unit text NOT NULL,
    period date NOT NULL,
    kind text NOT NULL,
    suspected_at timestamptz NOT NULL,
    report_id uuid NOT NULL,
    hazard_id text NOT NULL,
    PRIMARY KEY (unit, period)
);

-- Read model of hazards.
CREATE TABLE hazard (
    hazard_id text PRIMARY KEY,
    number text NOT NULL,
    unit text NOT NULL,
    title text NOT NULL,
    category text,
    occurred_at timestamptz,
    recorded_at timestamptz,
    state text NOT NULL,
    ordering_unit text,
    responsible_unit text,
    due_at timestamptz,
    overdue_since timestamptz,
    sequence bigint NOT NULL
);
CREATE INDEX hazard_unit ON hazard (unit, occurred_at);

-- Read model of alerts: who was to be told, and how many were.
CREATE TABLE alert (
    alert_id text PRIMARY KEY,
    reason text NOT NULL,
    about text NOT NULL,
    raised_at timestamptz NOT NULL,
    contacts int NOT NULL DEFAULT 0,
    delivered int NOT NULL DEFAULT 0,
    failed int NOT NULL DEFAULT 0
);
CREATE INDEX alert_raised ON alert (raised_at, alert_id);

-- migrate:down
DROP TABLE alert;
DROP TABLE hazard;
DROP TABLE contradiction;
DROP TABLE rollup;
DROP TABLE submission;
DROP TABLE expected_report;
DROP TABLE obligation_period;
DROP TABLE obligation;
DROP TABLE plan;
DROP FUNCTION refuse_change();
DROP FUNCTION report_id_of;
