-- migrate:up

-- Ledgers that were imported, each once: the same bytes again are recognised.
CREATE TABLE ledger_import (
    import_id uuid PRIMARY KEY,
    unit text NOT NULL,
    imported_at timestamptz NOT NULL,
    subject text NOT NULL,
    file_digest bytea NOT NULL,
    hazards int NOT NULL,
    reported int NOT NULL,
    ordered int NOT NULL,
    closed int NOT NULL,
    UNIQUE (unit, file_digest)
);

-- migrate:down
DROP TABLE ledger_import;
