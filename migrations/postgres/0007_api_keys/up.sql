-- API keys that are managed over the API: their secrets, which can be replaced, have a table of their own.
-- One DO block: on Citus a file with several statements cannot be prepared.
DO $migration$ BEGIN

-- A key has one secret, and while it is rotated also those that go on working for a while. A reference table: looked
-- up before the organization is known.
CREATE TABLE api_key_secrets (
    public_id   text COLLATE "C" PRIMARY KEY NOT NULL,  -- the 8 characters after ann_sk_ or ann_pk_
    key_id      uuid NOT NULL,
    secret_hash bytea NOT NULL,                         -- SHA-256 of the whole key
    last_four   text NOT NULL,
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz                             -- when a newer one has replaced it
);
CREATE INDEX api_key_secrets_key ON api_key_secrets (key_id);
INSERT INTO api_key_secrets (public_id, key_id, secret_hash, last_four, created_at)
    SELECT public_id, id, secret_hash, last_four, created_at FROM api_keys;

-- Of the platform's organization: keys of the platform itself.
ALTER TABLE api_keys DROP COLUMN public_id;
ALTER TABLE api_keys DROP COLUMN secret_hash;
ALTER TABLE api_keys DROP COLUMN last_four;
ALTER TABLE api_keys ADD COLUMN source text;                          -- the `source` of its events, for ever
UPDATE api_keys SET source = name;
ALTER TABLE api_keys ALTER COLUMN source SET NOT NULL;
ALTER TABLE api_keys ADD COLUMN description text;
ALTER TABLE api_keys ADD COLUMN networks jsonb NOT NULL DEFAULT '[]'; -- array of CIDRs; empty: from anywhere
ALTER TABLE api_keys ADD COLUMN events_per_second integer;            -- most that it may append; NULL: as much as there is room for
ALTER TABLE api_keys ADD COLUMN created_by jsonb;                     -- as events name actors; NULL: made before this was kept
ALTER TABLE api_keys ADD COLUMN version integer NOT NULL DEFAULT 1;   -- raised by every change
-- A name is free again when its key is revoked.
ALTER TABLE api_keys DROP CONSTRAINT api_keys_org_id_name_key;
CREATE UNIQUE INDEX api_keys_live_name ON api_keys (org_id, name) WHERE revoked_at IS NULL;
CREATE INDEX api_keys_org ON api_keys (org_id, id);

-- When each secret was last used; written at most once a minute.
CREATE TABLE api_key_uses (
    org_id    uuid NOT NULL,
    public_id text COLLATE "C" NOT NULL,
    used_at   timestamptz NOT NULL,
    ip        text,
    PRIMARY KEY (org_id, public_id)
);

END $migration$;
