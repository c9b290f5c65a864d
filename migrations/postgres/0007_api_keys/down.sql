DROP TABLE api_key_uses;
-- Before, a name was taken for ever: only live keys can go back.
DELETE FROM api_keys WHERE revoked_at IS NOT NULL;
DROP INDEX api_keys_org;
DROP INDEX api_keys_live_name;
ALTER TABLE api_keys DROP COLUMN version;
ALTER TABLE api_keys DROP COLUMN created_by;
ALTER TABLE api_keys DROP COLUMN events_per_second;
ALTER TABLE api_keys DROP COLUMN networks;
ALTER TABLE api_keys DROP COLUMN description;
ALTER TABLE api_keys DROP COLUMN source;
ALTER TABLE api_keys ADD COLUMN public_id text UNIQUE;
ALTER TABLE api_keys ADD COLUMN secret_hash bytea;
ALTER TABLE api_keys ADD COLUMN last_four text;
UPDATE api_keys SET public_id = s.public_id, secret_hash = s.secret_hash, last_four = s.last_four
    FROM api_key_secrets s WHERE s.key_id = api_keys.id AND s.expires_at IS NULL;
ALTER TABLE api_keys ALTER COLUMN public_id SET NOT NULL;
ALTER TABLE api_keys ALTER COLUMN secret_hash SET NOT NULL;
ALTER TABLE api_keys ALTER COLUMN last_four SET NOT NULL;
ALTER TABLE api_keys ADD CONSTRAINT api_keys_org_id_name_key UNIQUE (org_id, name);
DROP TABLE api_key_secrets;
