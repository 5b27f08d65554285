-- migrate:up

-- Objects that are or may be in the store of files, by the SHA-256 of their bytes. `claimed`: about to be written, evidence may
-- follow. `kept`: evidence points to it, for ever. `doomed`: nobody's, being taken away. What is not kept is swept at `sweep_at`.
CREATE TABLE evidence_object (
    sha256 bytea PRIMARY KEY CHECK (octet_length(sha256) = 32),
    size bigint NOT NULL CHECK (size > 0),
    state text NOT NULL CHECK (state IN ('claimed', 'kept', 'doomed')),
    sweep_at timestamptz NOT NULL
);
CREATE INDEX evidence_object_sweep ON evidence_object (sweep_at) WHERE state <> 'kept';

-- Files of a hazard. The same bytes as the same kind of evidence are the same evidence.
CREATE TABLE evidence (
    evidence_id uuid PRIMARY KEY DEFAULT uuidv7(),
    hazard_id uuid NOT NULL REFERENCES hazard (hazard_id),
    kind text NOT NULL CHECK (kind IN ('before', 'after', 'other')),
    sha256 bytea NOT NULL REFERENCES evidence_object (sha256),
    size bigint NOT NULL,
    media_type text NOT NULL,
    -- What outsiders get; null: the file itself.
    rendition_sha256 bytea REFERENCES evidence_object (sha256),
    rendition_size bigint,
    -- What the caller said of it.
    name text,
    taken_at timestamptz,
    latitude double precision,
    longitude double precision,
    -- What it says of itself.
    width int,
    height int,
    file_taken_at timestamptz,
    file_latitude double precision,
    file_longitude double precision,
    -- Who added it, and when.
    recorded_at timestamptz NOT NULL,
    actor_subject text NOT NULL,
    actor_unit text NOT NULL,
    on_behalf_of text,
    UNIQUE (hazard_id, sha256, kind),
    CHECK (num_nulls(rendition_sha256, rendition_size) IN (0, 2)),
    CHECK (num_nulls(latitude, longitude) IN (0, 2)),
    CHECK (num_nulls(file_latitude, file_longitude) IN (0, 2))
);
CREATE INDEX evidence_hazard ON evidence (hazard_id, evidence_id);

CREATE TRIGGER evidence_is_immutable BEFORE UPDATE OR DELETE ON evidence FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER evidence_is_never_emptied BEFORE TRUNCATE ON evidence FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- migrate:down
DROP TABLE evidence;
DROP TABLE evidence_object;
