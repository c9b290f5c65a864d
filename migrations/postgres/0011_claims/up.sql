-- Links that make the first admin of an organization.
DO $migration$ BEGIN

-- One at most for each organization that has no admin; a new one replaces it. Looked up by its link before the
-- organization is known: a reference table.
CREATE TABLE claims (
    org_id     uuid PRIMARY KEY NOT NULL CONSTRAINT claims_org_fk REFERENCES organizations (id),
    public_id  text COLLATE "C" NOT NULL UNIQUE,  -- the 8 characters after ann_cl_ of the link
    token_hash bytea NOT NULL,                    -- SHA-256 of the whole token
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);

END $migration$;
