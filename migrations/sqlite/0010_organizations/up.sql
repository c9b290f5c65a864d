-- What an organization may use, whether it is suspended, and the first sign-in of an installation.

-- Name of a plan of the settings.
ALTER TABLE organizations ADD COLUMN plan TEXT NOT NULL DEFAULT 'enterprise';
-- Since when nothing more is recorded for it, and why; its log stays readable.
ALTER TABLE organizations ADD COLUMN suspended_at INTEGER;
ALTER TABLE organizations ADD COLUMN suspended_reason TEXT;

-- One-time tokens that make the first person, one per node that was started while there was nobody. Whoever uses
-- one takes them all away: there is exactly one winner.
CREATE TABLE setup_tokens (
    public_id  TEXT PRIMARY KEY NOT NULL,
    token_hash BLOB NOT NULL,                            -- SHA-256 of the whole token
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
