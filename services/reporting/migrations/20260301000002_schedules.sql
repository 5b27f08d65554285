-- migrate:up

-- When an obligation is owed; null: every day before the cut-off. `next_due_day` is the printed due day from which on instances are
-- still to be materialised; `materialise_at` is null once none is left, and `next_due_day` too once the obligation was dropped.
ALTER TABLE obligation ADD COLUMN schedule jsonb;
ALTER TABLE obligation RENAME COLUMN next_period TO next_due_day;

-- The first and last day that a report is about; `period` is the key.
ALTER TABLE obligation_period ADD COLUMN first_day date, ADD COLUMN last_day date;
UPDATE obligation_period SET first_day = period, last_day = period;
ALTER TABLE obligation_period ALTER COLUMN first_day SET NOT NULL, ALTER COLUMN last_day SET NOT NULL;
-- Reports about more than their key: where hazards of other days than that one belong to them.
CREATE INDEX obligation_period_long ON obligation_period (last_day, first_day) WHERE first_day <> period OR last_day <> period;

-- migrate:down
DROP INDEX obligation_period_long;
ALTER TABLE obligation_period DROP COLUMN first_day, DROP COLUMN last_day;
ALTER TABLE obligation RENAME COLUMN next_due_day TO next_period;
ALTER TABLE obligation DROP COLUMN schedule;
