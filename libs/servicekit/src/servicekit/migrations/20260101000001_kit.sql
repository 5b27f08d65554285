-- migrate:up

-- Events that wait for the relay. The columns keep the shape of Debezium's outbox router, so that change data capture
-- could replace the relay without touching a producer. `payload` is the record value, byte for byte.
CREATE TABLE outbox (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id uuid NOT NULL DEFAULT uuidv7(),
    aggregatetype text NOT NULL,
    aggregateid text NOT NULL,
    sequence bigint NOT NULL,
    type text NOT NULL,
    occurred_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    traceparent text,
    payload bytea NOT NULL
) WITH (
    -- Every row is deleted soon after its insert: vacuum by count, not by share of the table, and without pausing.
    autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_threshold = 5000,
    autovacuum_vacuum_cost_delay = 0
);

-- What a consumer has applied. Written in the transaction of the effect.
CREATE TABLE inbox (
    event_id uuid NOT NULL,
    consumer text NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (event_id, consumer)
);
-- For cleaning by age. Rows are written in the order of their instants, so a few pages of summary are enough.
CREATE INDEX inbox_received_at ON inbox USING brin (received_at);

-- Aggregates of which an event went to the dead letters: what follows for them is parked there too, in order, until redriven.
CREATE TABLE parked_key (
    consumer text NOT NULL,
    key text NOT NULL,
    reason text NOT NULL,
    parked_at timestamptz NOT NULL,
    PRIMARY KEY (consumer, key)
);

-- First answers to commands that carried an Idempotency-Key.
CREATE TABLE idempotency (
    subject text NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL,
    status int NOT NULL,
    body bytea NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (subject, key)
);
CREATE INDEX idempotency_recorded_at ON idempotency (recorded_at);

-- migrate:down
DROP TABLE idempotency;
DROP TABLE parked_key;
DROP TABLE inbox;
DROP TABLE outbox;
