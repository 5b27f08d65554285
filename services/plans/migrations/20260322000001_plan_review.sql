-- migrate:up

-- Which import a drafted plan was read from.
CREATE TABLE plan_origin (
    plan_id uuid PRIMARY KEY REFERENCES plan (plan_id),
    import_id uuid NOT NULL,
    position int NOT NULL,
    FOREIGN KEY (import_id, position) REFERENCES plan_draft (import_id, position)
);

-- Everything that was read for it, where it stands in the source, and what a person decided about it.
CREATE TABLE plan_review (
    plan_id uuid NOT NULL REFERENCES plan_origin (plan_id),
    number int NOT NULL,
    item text NOT NULL,
    first_line int NOT NULL,
    last_line int NOT NULL,
    printed text NOT NULL,
    confidence real NOT NULL,
    decision text NOT NULL DEFAULT 'pending' CHECK (decision IN ('pending', 'accepted', 'corrected', 'rejected')),
    decided_at timestamptz,
    decided_by text,
    PRIMARY KEY (plan_id, number),
    UNIQUE (plan_id, item)
);

-- migrate:down
DROP TABLE plan_review;
DROP TABLE plan_origin;
