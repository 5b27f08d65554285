-- migrate:up
-- Campaigns that look again at closed hazards (回头看). `seed` and `frame_size` say how the sample was drawn.
CREATE TABLE look_back (
    campaign_id uuid PRIMARY KEY DEFAULT uuidv7(),
    unit text NOT NULL,
    title text NOT NULL,
    plan_id text,
    of text NOT NULL CHECK (of IN ('all', 'sample')),
    filters jsonb NOT NULL,
    seed text NOT NULL,
    frame_size int NOT NULL,
    size int NOT NULL,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    due_at timestamptz NOT NULL
);
CREATE INDEX look_back_unit ON look_back (unit, campaign_id);

-- The newest finding counts; every one is in the history of its hazard.
CREATE TABLE look_back_item (
    campaign_id uuid NOT NULL REFERENCES look_back,
    hazard_id uuid NOT NULL REFERENCES hazard,
    finding text CHECK (finding IN ('sound', 'fake')),
    first_checked_at timestamptz,
    checked_at timestamptz,
    checked_by text,
    PRIMARY KEY (campaign_id, hazard_id)
);

-- migrate:down
DROP TABLE look_back_item;
DROP TABLE look_back;
