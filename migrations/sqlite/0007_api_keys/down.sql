DROP TABLE api_key_uses;
-- Before, a name was taken for ever: only live keys can go back.
CREATE TABLE api_keys_0001 (
    id          BLOB PRIMARY KEY NOT NULL,
    org_id      BLOB NOT NULL CONSTRAINT api_keys_org_fk REFERENCES organizations (id),
    public_id   TEXT NOT NULL UNIQUE,
    name        TEXT NOT NULL,
    secret_hash BLOB NOT NULL,
    last_four   TEXT NOT NULL,
    scopes      TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    expires_at  INTEGER,
    revoked_at  INTEGER,
    UNIQUE (org_id, name)
) STRICT;
INSERT INTO api_keys_0001 (id, org_id, public_id, name, secret_hash, last_four, scopes, created_at, expires_at)
    SELECT k.id, k.org_id, s.public_id, k.name, s.secret_hash, s.last_four, k.scopes, k.created_at, k.expires_at
    FROM api_keys k JOIN api_key_secrets s ON s.key_id = k.id AND s.expires_at IS NULL
    WHERE k.revoked_at IS NULL;
DROP TABLE api_keys;
ALTER TABLE api_keys_0001 RENAME TO api_keys;
DROP TABLE api_key_secrets;
