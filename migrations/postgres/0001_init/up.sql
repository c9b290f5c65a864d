-- Annals on PostgreSQL. Same tables and names as migrations/sqlite. Obeys the rules of Citus, so that an operator
-- can distribute a live database by org_id: every key of an organization's table starts with org_id, foreign keys
-- have names, there are no triggers and no sequences.

-- Who this installation is: exactly one row.
CREATE TABLE installation (
    id              integer PRIMARY KEY CHECK (id = 1),
    installation_id uuid NOT NULL,  -- part of every checkpoint's origin
    created_at      timestamptz NOT NULL
);

-- Random keys of the service, one per purpose and version, wrapped by the master key.
CREATE TABLE service_keys (
    id         uuid PRIMARY KEY NOT NULL,
    purpose    text NOT NULL,     -- jwt, checkpoint, seal, cursor, secrets, lookup
    version    integer NOT NULL,  -- 1, 2, …; the highest not retired is in use
    wrapped    bytea NOT NULL,    -- nonce ‖ XChaCha20-Poly1305(key)
    created_at timestamptz NOT NULL,
    retired_at timestamptz,
    UNIQUE (purpose, version)
);

CREATE TABLE organizations (
    id          uuid PRIMARY KEY NOT NULL,
    slug        text NOT NULL UNIQUE,            -- [a-z0-9-]{2,63}, immutable
    name        text NOT NULL,
    is_platform boolean NOT NULL DEFAULT false,  -- true: the service's own log, of what belongs to no organization
    packs       jsonb NOT NULL,                  -- JSON array: event-type packs in order of precedence
    created_at  timestamptz NOT NULL
);

CREATE TABLE users (
    id               uuid PRIMARY KEY NOT NULL,
    email            text NOT NULL UNIQUE,        -- case-folded
    name             text NOT NULL,
    password_hash    text NOT NULL,               -- PHC string, Argon2id
    is_operator      boolean NOT NULL DEFAULT false,
    security_version integer NOT NULL DEFAULT 1,  -- raised to end every access token at once
    created_at       timestamptz NOT NULL,
    disabled_at      timestamptz
);

CREATE TABLE memberships (
    org_id     uuid NOT NULL CONSTRAINT memberships_org_fk REFERENCES organizations (id),
    user_id    uuid NOT NULL CONSTRAINT memberships_user_fk REFERENCES users (id),
    role       text NOT NULL CHECK (role IN ('admin', 'auditor', 'member')),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (org_id, user_id)
);
CREATE INDEX memberships_user ON memberships (user_id);

-- Sign-ins. One row is one family of refresh tokens: the current one, the one before, and how many there were.
CREATE TABLE sessions (
    id                  uuid PRIMARY KEY NOT NULL,
    user_id             uuid NOT NULL CONSTRAINT sessions_user_fk REFERENCES users (id),
    public_id           text NOT NULL UNIQUE,        -- the id inside the refresh token
    token_hash          bytea NOT NULL,              -- SHA-256 of the current token
    previous_token_hash bytea,                       -- accepted for 10 s after a rotation
    generation          integer NOT NULL DEFAULT 0,  -- how often the token was rotated
    rotated_at          timestamptz NOT NULL,
    created_at          timestamptz NOT NULL,
    idle_expires_at     timestamptz NOT NULL,
    expires_at          timestamptz NOT NULL,        -- absolute, never extended
    revoked_at          timestamptz,
    ip                  text,
    user_agent          text
);
CREATE INDEX sessions_user ON sessions (user_id);

-- An organization is told of a sign-in when the session first touches it, and of the sign-out if it did.
CREATE TABLE session_organizations (
    org_id     uuid NOT NULL,
    session_id uuid NOT NULL,
    touched_at timestamptz NOT NULL,
    PRIMARY KEY (org_id, session_id)
);
CREATE INDEX session_organizations_session ON session_organizations (session_id);

CREATE TABLE api_keys (
    id          uuid PRIMARY KEY NOT NULL,
    org_id      uuid NOT NULL CONSTRAINT api_keys_org_fk REFERENCES organizations (id),
    public_id   text NOT NULL UNIQUE,  -- the 8 characters after ann_sk_
    name        text NOT NULL,         -- becomes the `source` of its events, for ever
    secret_hash bytea NOT NULL,        -- SHA-256 of the whole key
    last_four   text NOT NULL,
    scopes      jsonb NOT NULL,        -- JSON array
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz,
    revoked_at  timestamptz,
    UNIQUE (org_id, name)
);

-- The log. One head per organization, changed only inside an append.
CREATE TABLE log_heads (
    org_id         uuid PRIMARY KEY NOT NULL,
    log_id         uuid NOT NULL,     -- names the log in checkpoints, instead of the organization
    epoch          integer NOT NULL,  -- 1; raised when a lost tail had to be given up
    tree_start     bigint NOT NULL,   -- sequence of the epoch's first leaf
    next_sequence  bigint NOT NULL,   -- first not yet used: the log's size
    first_sequence bigint NOT NULL,   -- first not pruned
    frontier       bytea NOT NULL,    -- peaks of the Merkle tree, 32 bytes each, largest first
    seal           bytea NOT NULL,    -- HMAC over all of the above
    seal_key_id    uuid NOT NULL
);

-- `body` is the record: the exact RFC 8785 text that was sealed. The columns before it are projections
-- for filters (text case-folded), the ones from `seed` on are its proof.
-- COLLATE "C": prefixes are byte ranges, in the same order as on SQLite.
CREATE TABLE events (
    org_id         uuid NOT NULL,
    sequence       bigint NOT NULL CHECK (sequence >= 0),
    id             uuid NOT NULL,
    occurred_at    timestamptz NOT NULL,
    received_at    timestamptz NOT NULL,
    action         text COLLATE "C" NOT NULL,
    category       text COLLATE "C",
    activity_type  text COLLATE "C",
    outcome        text COLLATE "C" NOT NULL,
    severity       text COLLATE "C" NOT NULL,
    source         text COLLATE "C" NOT NULL,
    actor_type     text COLLATE "C" NOT NULL,
    actor_id       text COLLATE "C" NOT NULL,
    actor_name     text COLLATE "C",
    actor_email    text COLLATE "C",
    targets        text COLLATE "C",  -- every target's id, name and e-mail, each between U+001F
    workspace_id   text COLLATE "C",
    workspace_name text COLLATE "C",
    ip             text COLLATE "C",
    seed           bytea,  -- 16 random bytes; gone once a member is erased
    leaf_hash      bytea NOT NULL,
    body           text NOT NULL,
    PRIMARY KEY (org_id, sequence),
    UNIQUE (org_id, id)
);
CREATE INDEX events_time ON events (org_id, occurred_at, sequence);
CREATE INDEX events_action ON events (org_id, action, occurred_at, sequence);
CREATE INDEX events_actor ON events (org_id, actor_id, occurred_at, sequence);
