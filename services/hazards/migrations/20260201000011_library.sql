-- migrate:up

-- Who published standard hazards, when and from which file. Rows are only added.
CREATE TABLE library_import (
    import_id uuid PRIMARY KEY DEFAULT uuidv7(),
    unit text NOT NULL,
    imported_at timestamptz NOT NULL,
    subject text NOT NULL,
    file_digest bytea NOT NULL,
    entries int NOT NULL,
    added int NOT NULL,
    changed int NOT NULL
);
CREATE INDEX library_import_unit ON library_import (unit, import_id);

-- Every version of every standard hazard. Rows are only added: hazards refer to them by unit, code and version.
CREATE TABLE library_entry (
    unit text NOT NULL,
    code text NOT NULL,
    version int NOT NULL CHECK (version >= 1),
    import_id uuid NOT NULL REFERENCES library_import (import_id),
    category text NOT NULL,
    title text NOT NULL,
    description text,
    clause text NOT NULL,
    grade text CHECK (grade IN ('general', 'major')),
    measure text,
    -- Absent: no default. Zero days would be a limit that has passed when it is set.
    days int CHECK (days >= 1),
    day_kind text CHECK (day_kind IN ('calendar', 'working')),
    PRIMARY KEY (unit, code, version),
    CHECK ((days IS NULL) = (day_kind IS NULL))
);

-- migrate:down
DROP TABLE library_entry;
DROP TABLE library_import;
