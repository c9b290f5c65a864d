-- Links that make the first admin of an organization.

-- One at most for each organization that has no admin; a new one replaces it. Looked up by its link before the
-- organization is known.
CREATE TABLE claims (
    org_id     BLOB PRIMARY KEY NOT NULL CONSTRAINT claims_org_fk REFERENCES organizations (id),
    public_id  TEXT NOT NULL UNIQUE,                     -- the 8 characters after ann_cl_ of the link
    token_hash BLOB NOT NULL,                            -- SHA-256 of the whole token
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
