-- migrate:up

-- Who told of a hazard (有奖举报). `sealed` is the identity, encrypted under the key `key_id` of the settings and bound to this row;
-- nothing else in the database says who it is. Rows are only added; sealing again under a newer key changes `key_id` and `sealed`.
CREATE TABLE informant (
    informant_id uuid PRIMARY KEY,
    hazard_id uuid NOT NULL REFERENCES hazard (hazard_id),
    key_id text NOT NULL,
    sealed bytea NOT NULL,
    recorded_at timestamptz NOT NULL,
    recorded_by text NOT NULL,
    recorded_unit text NOT NULL
);
CREATE INDEX informant_hazard ON informant (hazard_id, informant_id);
CREATE INDEX informant_key ON informant (key_id, informant_id);

-- Who read it, when and why. Rows are only added.
CREATE TABLE informant_disclosure (
    disclosure_id uuid PRIMARY KEY DEFAULT uuidv7(),
    hazard_id uuid NOT NULL REFERENCES hazard (hazard_id),
    informants uuid[] NOT NULL,
    disclosed_at timestamptz NOT NULL,
    subject text NOT NULL,
    unit text NOT NULL,
    reason text NOT NULL
);
CREATE INDEX informant_disclosure_hazard ON informant_disclosure (hazard_id, disclosure_id);

-- Rewards (奖励) by the informant's id alone.
CREATE TABLE informant_reward (
    reward_id uuid PRIMARY KEY DEFAULT uuidv7(),
    hazard_id uuid NOT NULL REFERENCES hazard (hazard_id),
    informant_id uuid NOT NULL REFERENCES informant (informant_id),
    amount numeric(17, 2) NOT NULL CHECK (amount > 0),
    state text NOT NULL CHECK (state IN ('proposed', 'approved', 'refused', 'paid')),
    proposed_at timestamptz NOT NULL,
    proposed_by text NOT NULL,
    proposed_unit text NOT NULL,
    ground text NOT NULL,
    decided_at timestamptz,
    decided_by text CHECK (decided_by <> proposed_by),
    decided_unit text,
    note text,
    paid_at timestamptz,
    paid_by text,
    receipt text,
    CHECK ((state = 'proposed') = (decided_at IS NULL)),
    CHECK (num_nulls(decided_at, decided_by, decided_unit) IN (0, 3)),
    CHECK ((state = 'paid') = (receipt IS NOT NULL)),
    CHECK (num_nulls(paid_at, paid_by, receipt) IN (0, 3))
);
CREATE INDEX informant_reward_hazard ON informant_reward (hazard_id, reward_id);
-- A refused proposal makes room for another one; nobody is rewarded twice.
CREATE UNIQUE INDEX informant_reward_once ON informant_reward (informant_id) WHERE state <> 'refused';

-- migrate:down
DROP TABLE informant_reward;
DROP TABLE informant_disclosure;
DROP TABLE informant;
