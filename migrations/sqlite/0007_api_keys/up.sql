-- API keys that are managed over the API: their secrets, which can be replaced, have a table of their own.

-- A key has one secret, and while it is rotated also those that go on working for a while.
CREATE TABLE api_key_secrets (
    public_id   TEXT PRIMARY KEY NOT NULL,               -- the 8 characters after ann_sk_ or ann_pk_
    key_id      BLOB NOT NULL,
    secret_hash BLOB NOT NULL,                           -- SHA-256 of the whole key
    last_four   TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    expires_at  INTEGER                                  -- when a newer one has replaced it
) STRICT, WITHOUT ROWID;
CREATE INDEX api_key_secrets_key ON api_key_secrets (key_id);
INSERT INTO api_key_secrets (public_id, key_id, secret_hash, last_four, created_at)
    SELECT public_id, id, secret_hash, last_four, created_at FROM api_keys;

-- Of the platform's organization: keys of the platform itself.
CREATE TABLE api_keys_0007 (
    id                BLOB PRIMARY KEY NOT NULL,
    org_id            BLOB NOT NULL CONSTRAINT api_keys_org_fk REFERENCES organizations (id),
    name              TEXT NOT NULL,
    source            TEXT NOT NULL,                     -- the `source` of its events, for ever
    description       TEXT,
    scopes            TEXT NOT NULL,                     -- JSON array
    networks          TEXT NOT NULL,                     -- JSON array of CIDRs; empty: from anywhere
    events_per_second INTEGER,                           -- most that it may append; NULL: as much as there is room for
    created_at        INTEGER NOT NULL,
    created_by        TEXT,                              -- as events name actors; NULL: made before this was kept
    expires_at        INTEGER,
    revoked_at        INTEGER,
    version           INTEGER NOT NULL DEFAULT 1         -- raised by every change
) STRICT;
INSERT INTO api_keys_0007 (id, org_id, name, source, scopes, networks, created_at, expires_at, revoked_at)
    SELECT id, org_id, name, name, scopes, '[]', created_at, expires_at, revoked_at FROM api_keys;
DROP TABLE api_keys;
ALTER TABLE api_keys_0007 RENAME TO api_keys;
-- A name is free again when its key is revoked.
CREATE UNIQUE INDEX api_keys_live_name ON api_keys (org_id, name) WHERE revoked_at IS NULL;
CREATE INDEX api_keys_org ON api_keys (org_id, id);

-- When each secret was last used; written at most once a minute.
CREATE TABLE api_key_uses (
    org_id    BLOB NOT NULL,
    public_id TEXT NOT NULL,
    used_at   INTEGER NOT NULL,
    ip        TEXT,
    PRIMARY KEY (org_id, public_id)
) STRICT, WITHOUT ROWID;
