-- migrate:up

-- What a report is about, in Chinese, where that is not just the day `period`.
ALTER TABLE obligation_period ADD COLUMN label text;

-- migrate:down
ALTER TABLE obligation_period DROP COLUMN label;
