-- Signed checkpoints, the tiles they rest on, and the service's keys over time.
-- One DO block: on Citus a file with several statements cannot be prepared.
DO $migration$ BEGIN

-- A new key signs from here on, so that every node has learned of it first. NULL: from its creation on.
ALTER TABLE service_keys ADD COLUMN active_from timestamptz;

-- Every full C2SP tile: 256 hashes of one level of a log's Merkle tree. Derived from the leaf hashes, written once.
CREATE TABLE log_tiles (
    org_id uuid NOT NULL,
    epoch  integer NOT NULL,
    level  integer NOT NULL,  -- 0: leaf hashes; n: roots of the tiles of level n - 1
    tile   bigint NOT NULL,   -- index in its level
    root   bytea NOT NULL,    -- root over its hashes
    hashes bytea NOT NULL,    -- 256 × 32 bytes
    PRIMARY KEY (org_id, epoch, level, tile)
);
ALTER TABLE log_tiles ALTER COLUMN hashes SET STORAGE EXTERNAL;  -- hashes do not compress

-- Signed tree heads, as they were given out.
CREATE TABLE checkpoints (
    org_id     uuid NOT NULL,
    epoch      integer NOT NULL,
    size       bigint NOT NULL,  -- leaves of the tree
    note       text NOT NULL,    -- C2SP signed note
    created_at timestamptz NOT NULL,
    PRIMARY KEY (org_id, epoch, size)
);
CREATE INDEX checkpoints_time ON checkpoints (org_id, created_at);

-- How far each log is signed, and why it is signed no further.
CREATE TABLE log_signing (
    org_id     uuid PRIMARY KEY NOT NULL,
    epoch      integer NOT NULL,
    size       bigint NOT NULL,  -- of the newest checkpoint; 0 before the first
    signed_at  timestamptz,
    key_id     uuid,             -- the newest key that signed
    refusal    text,             -- why the log as it is now is not signed
    refused_at timestamptz
);

-- Epochs that were closed because the end of the log was lost: their heads as they were sealed.
CREATE TABLE log_epochs (
    org_id         uuid NOT NULL,
    epoch          integer NOT NULL,
    log_id         uuid NOT NULL,
    tree_start     bigint NOT NULL,
    next_sequence  bigint NOT NULL,
    first_sequence bigint NOT NULL,
    frontier       bytea NOT NULL,
    seal           bytea NOT NULL,
    seal_key_id    uuid NOT NULL,
    closed_at      timestamptz NOT NULL,
    PRIMARY KEY (org_id, epoch)
);

END $migration$;
