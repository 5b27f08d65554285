-- migrate:up

-- The date of the newest notice in the calendar by which due days were derived; null where they depend on no working day.
ALTER TABLE obligation ADD COLUMN calendar_of date;
CREATE INDEX obligation_calendar ON obligation (calendar_of) WHERE calendar_of IS NOT NULL;

-- Cut-offs still to come that a changed calendar moved, took away (no `after`) or added (no `before`). Rows are only added.
CREATE TABLE moved_cutoff (
    plan_id text NOT NULL,
    obligation text NOT NULL,
    period date NOT NULL,
    calendar text NOT NULL,
    before timestamptz,
    after timestamptz,
    moved_at timestamptz NOT NULL,
    PRIMARY KEY (plan_id, obligation, period, calendar)
);

-- migrate:down
DROP TABLE moved_cutoff;
DROP INDEX obligation_calendar;
ALTER TABLE obligation DROP COLUMN calendar_of;
