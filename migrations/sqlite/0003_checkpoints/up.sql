-- Signed checkpoints, the tiles they rest on, and the service's keys over time.

-- A new key signs from here on, so that every node has learned of it first. NULL: from its creation on.
ALTER TABLE service_keys ADD COLUMN active_from INTEGER;

-- Every full C2SP tile: 256 hashes of one level of a log's Merkle tree. Derived from the leaf hashes, written once.
CREATE TABLE log_tiles (
    org_id BLOB NOT NULL,
    epoch  INTEGER NOT NULL,
    level  INTEGER NOT NULL,                             -- 0: leaf hashes; n: roots of the tiles of level n - 1
    tile   INTEGER NOT NULL,                             -- index in its level
    root   BLOB NOT NULL,                                -- root over its hashes
    hashes BLOB NOT NULL,                                -- 256 × 32 bytes
    PRIMARY KEY (org_id, epoch, level, tile)
) STRICT, WITHOUT ROWID;

-- Signed tree heads, as they were given out.
CREATE TABLE checkpoints (
    org_id     BLOB NOT NULL,
    epoch      INTEGER NOT NULL,
    size       INTEGER NOT NULL,                         -- leaves of the tree
    note       TEXT NOT NULL,                            -- C2SP signed note
    created_at INTEGER NOT NULL,
    PRIMARY KEY (org_id, epoch, size)
) STRICT, WITHOUT ROWID;
CREATE INDEX checkpoints_time ON checkpoints (org_id, created_at);

-- How far each log is signed, and why it is signed no further.
CREATE TABLE log_signing (
    org_id     BLOB PRIMARY KEY NOT NULL,
    epoch      INTEGER NOT NULL,
    size       INTEGER NOT NULL,                         -- of the newest checkpoint; 0 before the first
    signed_at  INTEGER,
    key_id     BLOB,                                     -- the newest key that signed
    refusal    TEXT,                                     -- why the log as it is now is not signed
    refused_at INTEGER
) STRICT, WITHOUT ROWID;

-- Epochs that were closed because the end of the log was lost: their heads as they were sealed.
CREATE TABLE log_epochs (
    org_id         BLOB NOT NULL,
    epoch          INTEGER NOT NULL,
    log_id         BLOB NOT NULL,
    tree_start     INTEGER NOT NULL,
    next_sequence  INTEGER NOT NULL,
    first_sequence INTEGER NOT NULL,
    frontier       BLOB NOT NULL,
    seal           BLOB NOT NULL,
    seal_key_id    BLOB NOT NULL,
    closed_at      INTEGER NOT NULL,
    PRIMARY KEY (org_id, epoch)
) STRICT, WITHOUT ROWID;
