-- Why a log is not signed, as each node sees it: every node has marks of its own, outside the database.
CREATE TABLE log_refusals (
    org_id      BLOB NOT NULL,
    node_id     BLOB NOT NULL,                           -- who refuses: it alone takes its refusal back
    reason      TEXT NOT NULL,
    known_epoch INTEGER NOT NULL,                        -- the newest epoch of the log that the node knows of
    known_end   INTEGER NOT NULL,                        -- the sequence up to which, by what it knows, sequences are used
    refused_at  INTEGER NOT NULL,
    holds_until INTEGER NOT NULL,                        -- the node repeats itself before then, unless it is gone
    event_id    BLOB NOT NULL,                           -- of the event that tells the operators
    told_at     INTEGER,
    PRIMARY KEY (org_id, node_id)
) STRICT, WITHOUT ROWID;

ALTER TABLE log_signing DROP COLUMN refusal;
ALTER TABLE log_signing DROP COLUMN refused_at;
