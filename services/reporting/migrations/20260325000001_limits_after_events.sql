-- migrate:up

-- By which rule the cut-off of a period is what it is, in Chinese; null for those written before this was kept.
ALTER TABLE obligation_period ADD COLUMN explanation text;

-- What starts with the plan itself was kept but not owed by earlier versions: it is looked at once, from the day on which it began.
UPDATE obligation SET next_due_day = (in_force_from AT TIME ZONE plan.zone)::date, materialise_at = in_force_from
FROM plan
WHERE plan.plan_id = obligation.plan_id AND next_due_day IS NOT NULL
  AND schedule ->> 'every' = 'event' AND schedule ->> 'trigger' IN ('plan_issued', 'publication');

-- migrate:down
ALTER TABLE obligation_period DROP COLUMN explanation;
