-- migrate:up

-- What a plan says beside its obligations. `revision` counts what was published; a draft may be revised without any event.
ALTER TABLE plan
    ADD COLUMN content jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN revision int NOT NULL DEFAULT 0,
    ADD COLUMN closed_at timestamptz,
    DROP CONSTRAINT plan_state_check,
    ADD CONSTRAINT plan_state_check CHECK (state IN ('draft', 'issued', 'amended', 'closed'));
UPDATE plan SET revision = version - 1;

ALTER TABLE plan_version
    ADD COLUMN title text,
    ADD COLUMN document_number text,
    ADD COLUMN content jsonb NOT NULL DEFAULT '{}';
UPDATE plan_version SET title = plan.title, document_number = plan.document_number
FROM plan WHERE plan.plan_id = plan_version.plan_id;
ALTER TABLE plan_version ALTER COLUMN title SET NOT NULL;

-- migrate:down
ALTER TABLE plan_version DROP COLUMN content, DROP COLUMN document_number, DROP COLUMN title;
ALTER TABLE plan
    DROP CONSTRAINT plan_state_check,
    ADD CONSTRAINT plan_state_check CHECK (state IN ('draft', 'issued', 'amended')),
    DROP COLUMN closed_at, DROP COLUMN revision, DROP COLUMN content;
