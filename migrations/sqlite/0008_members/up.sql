-- Invitations, and operators' break-glass grants.

-- Invitations that can still be accepted, or renewed once they have expired. What became of the others stands in
-- the log. Looked up by their links before the organization is known.
CREATE TABLE invites (
    id         BLOB PRIMARY KEY NOT NULL,
    org_id     BLOB NOT NULL CONSTRAINT invites_org_fk REFERENCES organizations (id),
    email      TEXT NOT NULL,                            -- case-folded
    name       TEXT,                                     -- what the person is called, as far as is known
    role       TEXT NOT NULL CHECK (role IN ('admin', 'auditor', 'member')),
    public_id  TEXT NOT NULL UNIQUE,                     -- the 8 characters after ann_in_ of the link
    token_hash BLOB NOT NULL,                            -- SHA-256 of the whole token
    invited_by BLOB NOT NULL,                            -- user who invited
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    UNIQUE (org_id, email)
) STRICT, WITHOUT ROWID;

-- Operators' time-limited access to organizations, each with its reason. Kept for good.
CREATE TABLE break_glass_grants (
    org_id     BLOB NOT NULL,
    id         BLOB NOT NULL,
    user_id    BLOB NOT NULL,                            -- operator
    session_id BLOB NOT NULL,                            -- the one session that it is good for
    reason     TEXT NOT NULL,
    granted_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    ended_at   INTEGER,                                  -- when it was ended before it expired
    PRIMARY KEY (org_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX break_glass_grants_session ON break_glass_grants (org_id, session_id);
