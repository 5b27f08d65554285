-- migrate:up

-- Whom alerts reach. A contact is one person or group in one role of one unit.
CREATE TABLE contact (
    id uuid PRIMARY KEY,
    unit text NOT NULL,
    role text NOT NULL CHECK (role IN ('submitter', 'principal', 'office', 'duty', 'leader')),
    name text NOT NULL,
    mobile text,
    wecom text,
    robot text,
    recorded_at timestamptz NOT NULL,
    recorded_by text NOT NULL,
    CHECK (num_nonnulls(mobile, wecom, robot) > 0),
    -- Posting the same contact again changes nothing; two people may have the same name in the same role.
    CONSTRAINT contact_identity UNIQUE NULLS NOT DISTINCT (unit, role, name, mobile, wecom, robot)
);

-- Something that people are told of. `cause` is the event that called for it, `sequence` counts the alert's own events.
-- The text is fixed when the alert is raised, so that a repeated message is the same message.
CREATE TABLE alert (
    id uuid PRIMARY KEY,
    cause uuid NOT NULL,
    reason text NOT NULL,
    about text NOT NULL,
    raised_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    template text NOT NULL,
    params jsonb NOT NULL,
    traceparent text,
    sequence bigint NOT NULL
);

-- One contact of an alert. The addresses are those at the time of the alert: a receipt is asked for by the number that was used.
CREATE TABLE notification (
    id uuid PRIMARY KEY,
    number bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    alert_id uuid NOT NULL REFERENCES alert,
    contact_id uuid NOT NULL,
    unit text NOT NULL,
    role text NOT NULL,
    mobile text,
    wecom text,
    robot text,
    channel text NOT NULL CHECK (channel IN ('wecom', 'sms', 'robot')),
    state text NOT NULL CHECK (state IN ('queued', 'sending', 'submitted', 'unknown', 'delivered', 'failed')),
    attempts int NOT NULL DEFAULT 0,
    tries int NOT NULL DEFAULT 0,
    sent_at timestamptz,
    unsettled_since timestamptz,
    reference text,
    code text,
    next_attempt_at timestamptz,
    next_query_at timestamptz,
    -- The sender process that is calling the provider about this row right now, to send or to ask.
    leased_by uuid,
    CHECK (state <> 'queued' OR next_attempt_at IS NOT NULL),
    CHECK (state <> 'sending' OR leased_by IS NOT NULL),
    CHECK (state NOT IN ('delivered', 'failed') OR num_nonnulls(next_attempt_at, next_query_at, unsettled_since) = 0)
) WITH (fillfactor = 70); -- every row is updated a few times soon after its insert
CREATE INDEX notification_alert ON notification (alert_id);
CREATE INDEX notification_attempt_due ON notification (channel, next_attempt_at)
    WHERE next_attempt_at IS NOT NULL AND leased_by IS NULL;
CREATE INDEX notification_query_due ON notification (channel, next_query_at)
    WHERE next_query_at IS NOT NULL AND leased_by IS NULL;
CREATE INDEX notification_leased ON notification (leased_by) WHERE leased_by IS NOT NULL;

-- Every provider call, written before it is made.
CREATE TABLE attempt (
    notification_id uuid NOT NULL REFERENCES notification,
    attempt int NOT NULL,
    channel text NOT NULL,
    began_at timestamptz NOT NULL,
    outcome text,
    code text,
    detail text,
    ended_at timestamptz,
    -- What the provider last said of this call when it was asked, or told by itself.
    receipt text,
    receipt_at timestamptz,
    PRIMARY KEY (notification_id, attempt)
);

-- Which units may read of a notification: the contact's unit and those above it at the time of the alert.
CREATE TABLE notification_scope (
    unit text NOT NULL,
    number bigint NOT NULL REFERENCES notification (number),
    PRIMARY KEY (unit, number)
);

-- migrate:down
DROP TABLE notification_scope;
DROP TABLE attempt;
DROP TABLE notification;
DROP TABLE alert;
DROP TABLE contact;
