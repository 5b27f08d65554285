-- migrate:up

-- A document that was imported, as it was read. Drafts are readings: nothing here binds anybody. Rows are only added.
CREATE TABLE plan_import (
    import_id uuid PRIMARY KEY DEFAULT uuidv7(),
    unit text NOT NULL REFERENCES unit (code),
    name text NOT NULL,
    format text NOT NULL,
    file_digest text NOT NULL,
    content_digest text NOT NULL,
    lines text[] NOT NULL,
    warnings jsonb NOT NULL,
    imported_at timestamptz NOT NULL,
    actor_subject text NOT NULL,
    UNIQUE (unit, content_digest)
);

-- A plan that was found in the document, numbered from 1 in its order.
CREATE TABLE plan_draft (
    import_id uuid NOT NULL REFERENCES plan_import (import_id),
    position int NOT NULL,
    content_digest text NOT NULL,
    draft jsonb NOT NULL,
    PRIMARY KEY (import_id, position)
);
CREATE INDEX plan_draft_content ON plan_draft (content_digest);

-- migrate:down
DROP TABLE plan_draft;
DROP TABLE plan_import;
