-- Annals on SQLite. UUIDs are 16-byte blobs, times are microseconds since 1970-01-01T00:00:00Z,
-- JSON is text. Same tables and names as migrations/postgres.

-- Who this installation is: exactly one row.
CREATE TABLE installation (
    id              INTEGER PRIMARY KEY CHECK (id = 1),
    installation_id BLOB NOT NULL,                       -- part of every checkpoint's origin
    created_at      INTEGER NOT NULL
) STRICT;

-- Random keys of the service, one per purpose and version, wrapped by the master key.
CREATE TABLE service_keys (
    id         BLOB PRIMARY KEY NOT NULL,
    purpose    TEXT NOT NULL,                            -- jwt, checkpoint, seal, cursor, secrets, lookup
    version    INTEGER NOT NULL,                         -- 1, 2, …; the highest not retired is in use
    wrapped    BLOB NOT NULL,                            -- nonce ‖ XChaCha20-Poly1305(key)
    created_at INTEGER NOT NULL,
    retired_at INTEGER,
    UNIQUE (purpose, version)
) STRICT;

CREATE TABLE organizations (
    id          BLOB PRIMARY KEY NOT NULL,
    slug        TEXT NOT NULL UNIQUE,                    -- [a-z0-9-]{2,63}, immutable
    name        TEXT NOT NULL,
    is_platform INTEGER NOT NULL DEFAULT 0,              -- 1: the service's own log, of what belongs to no organization
    packs       TEXT NOT NULL,                           -- JSON array: event-type packs in order of precedence
    created_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE users (
    id               BLOB PRIMARY KEY NOT NULL,
    email            TEXT NOT NULL UNIQUE,               -- case-folded
    name             TEXT NOT NULL,
    password_hash    TEXT NOT NULL,                      -- PHC string, Argon2id
    is_operator      INTEGER NOT NULL DEFAULT 0,
    security_version INTEGER NOT NULL DEFAULT 1,         -- raised to end every access token at once
    created_at       INTEGER NOT NULL,
    disabled_at      INTEGER
) STRICT;

CREATE TABLE memberships (
    org_id     BLOB NOT NULL CONSTRAINT memberships_org_fk REFERENCES organizations (id),
    user_id    BLOB NOT NULL CONSTRAINT memberships_user_fk REFERENCES users (id),
    role       TEXT NOT NULL CHECK (role IN ('admin', 'auditor', 'member')),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (org_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX memberships_user ON memberships (user_id);

-- Sign-ins. One row is one family of refresh tokens: the current one, the one before, and how many there were.
CREATE TABLE sessions (
    id                  BLOB PRIMARY KEY NOT NULL,
    user_id             BLOB NOT NULL CONSTRAINT sessions_user_fk REFERENCES users (id),
    public_id           TEXT NOT NULL UNIQUE,            -- the id inside the refresh token
    token_hash          BLOB NOT NULL,                   -- SHA-256 of the current token
    previous_token_hash BLOB,                            -- accepted for 10 s after a rotation
    generation          INTEGER NOT NULL DEFAULT 0,      -- how often the token was rotated
    rotated_at          INTEGER NOT NULL,
    created_at          INTEGER NOT NULL,
    idle_expires_at     INTEGER NOT NULL,
    expires_at          INTEGER NOT NULL,                -- absolute, never extended
    revoked_at          INTEGER,
    ip                  TEXT,
    user_agent          TEXT
) STRICT;
CREATE INDEX sessions_user ON sessions (user_id);

-- An organization is told of a sign-in when the session first touches it, and of the sign-out if it did.
CREATE TABLE session_organizations (
    org_id     BLOB NOT NULL,
    session_id BLOB NOT NULL,
    touched_at INTEGER NOT NULL,
    PRIMARY KEY (org_id, session_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX session_organizations_session ON session_organizations (session_id);

CREATE TABLE api_keys (
    id          BLOB PRIMARY KEY NOT NULL,
    org_id      BLOB NOT NULL CONSTRAINT api_keys_org_fk REFERENCES organizations (id),
    public_id   TEXT NOT NULL UNIQUE,                    -- the 8 characters after ann_sk_
    name        TEXT NOT NULL,                           -- becomes the `source` of its events, for ever
    secret_hash BLOB NOT NULL,                           -- SHA-256 of the whole key
    last_four   TEXT NOT NULL,
    scopes      TEXT NOT NULL,                           -- JSON array
    created_at  INTEGER NOT NULL,
    expires_at  INTEGER,
    revoked_at  INTEGER,
    UNIQUE (org_id, name)
) STRICT;

-- The log. One head per organization, changed only inside an append.
CREATE TABLE log_heads (
    org_id         BLOB PRIMARY KEY NOT NULL,
    log_id         BLOB NOT NULL,                        -- names the log in checkpoints, instead of the organization
    epoch          INTEGER NOT NULL,                     -- 1; raised when a lost tail had to be given up
    tree_start     INTEGER NOT NULL,                     -- sequence of the epoch's first leaf
    next_sequence  INTEGER NOT NULL,                     -- first not yet used: the log's size
    first_sequence INTEGER NOT NULL,                     -- first not pruned
    frontier       BLOB NOT NULL,                        -- peaks of the Merkle tree, 32 bytes each, largest first
    seal           BLOB NOT NULL,                        -- HMAC over all of the above
    seal_key_id    BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- `body` is the record: the exact RFC 8785 text that was sealed. The columns before it are projections
-- for filters (text case-folded), the ones from `seed` on are its proof.
CREATE TABLE events (
    doc_id         INTEGER PRIMARY KEY AUTOINCREMENT,
    org_id         BLOB NOT NULL,
    sequence       INTEGER NOT NULL CHECK (sequence >= 0),
    id             BLOB NOT NULL,
    occurred_at    INTEGER NOT NULL,
    received_at    INTEGER NOT NULL,
    action         TEXT NOT NULL,
    category       TEXT,
    activity_type  TEXT,
    outcome        TEXT NOT NULL,
    severity       TEXT NOT NULL,
    source         TEXT NOT NULL,
    actor_type     TEXT NOT NULL,
    actor_id       TEXT NOT NULL,
    actor_name     TEXT,
    actor_email    TEXT,
    targets        TEXT,  -- every target's id, name and e-mail, each between U+001F
    workspace_id   TEXT,
    workspace_name TEXT,
    ip             TEXT,
    seed           BLOB,                                 -- 16 random bytes; gone once a member is erased
    leaf_hash      BLOB NOT NULL,
    body           TEXT NOT NULL,
    UNIQUE (org_id, sequence),
    UNIQUE (org_id, id)
) STRICT;
CREATE INDEX events_time ON events (org_id, occurred_at, sequence);
CREATE INDEX events_action ON events (org_id, action, occurred_at, sequence);
CREATE INDEX events_actor ON events (org_id, actor_id, occurred_at, sequence);
