-- What an organization may use, whether it is suspended, and the first sign-in of an installation.
DO $migration$ BEGIN

-- Name of a plan of the settings.
ALTER TABLE organizations ADD COLUMN plan text COLLATE "C" NOT NULL DEFAULT 'enterprise';
-- Since when nothing more is recorded for it, and why; its log stays readable.
ALTER TABLE organizations ADD COLUMN suspended_at timestamptz;
ALTER TABLE organizations ADD COLUMN suspended_reason text;

-- One-time tokens that make the first person, one per node that was started while there was nobody. Whoever uses
-- one takes them all away: there is exactly one winner. A reference table.
CREATE TABLE setup_tokens (
    public_id  text COLLATE "C" PRIMARY KEY NOT NULL,
    token_hash bytea NOT NULL,         -- SHA-256 of the whole token
    expires_at timestamptz NOT NULL
);

END $migration$;
