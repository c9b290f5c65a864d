-- Why a log is not signed, as each node sees it: every node has marks of its own, outside the database.
DO $migration$ BEGIN

CREATE TABLE log_refusals (
    org_id      uuid NOT NULL,
    node_id     uuid NOT NULL,         -- who refuses: it alone takes its refusal back
    reason      text NOT NULL,
    known_epoch integer NOT NULL,      -- the newest epoch of the log that the node knows of
    known_end   bigint NOT NULL,       -- the sequence up to which, by what it knows, sequences are used
    refused_at  timestamptz NOT NULL,
    holds_until timestamptz NOT NULL,  -- the node repeats itself before then, unless it is gone
    event_id    uuid NOT NULL,         -- of the event that tells the operators
    told_at     timestamptz,
    PRIMARY KEY (org_id, node_id)
);

ALTER TABLE log_signing DROP COLUMN refusal, DROP COLUMN refused_at;

END $migration$;
