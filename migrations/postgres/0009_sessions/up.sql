-- How well and how lately people proved who they are: second factors, one-time links, fresh sign-ins.
-- All of it belongs to people, not to an organization: reference tables, written when somebody signs in.
DO $migration$ BEGIN

-- When the person last proved who they are. NULL: when the session began.
ALTER TABLE sessions ADD COLUMN authenticated_at timestamptz;
-- Whether a second factor was part of it.
ALTER TABLE sessions ADD COLUMN has_second_factor boolean NOT NULL DEFAULT false;
-- The lookup key that its refresh tokens are derived with. NULL: the first one.
ALTER TABLE sessions ADD COLUMN lookup_key_id uuid;

-- Whether admins act only with a second factor.
ALTER TABLE organizations ADD COLUMN admins_need_mfa boolean NOT NULL DEFAULT false;

-- The second factor of a person: an authenticator app (RFC 6238).
CREATE TABLE totp_secrets (
    user_id      uuid PRIMARY KEY NOT NULL CONSTRAINT totp_secrets_user_fk REFERENCES users (id),
    sealed       bytea NOT NULL,        -- nonce ‖ XChaCha20-Poly1305(secret)
    key_id       uuid NOT NULL,         -- the `secrets` key that sealed it
    last_step    bigint NOT NULL,       -- the newest 30 s step whose code was taken: each is good once
    created_at   timestamptz NOT NULL,
    confirmed_at timestamptz            -- NULL: not in force yet
);

-- One-time codes for whoever has lost the app.
CREATE TABLE recovery_codes (
    user_id    uuid NOT NULL CONSTRAINT recovery_codes_user_fk REFERENCES users (id),
    code_hash  bytea NOT NULL,          -- SHA-256
    created_at timestamptz NOT NULL,
    used_at    timestamptz,
    PRIMARY KEY (user_id, code_hash)
);

-- Sign-ins whose password was right and whose second factor is awaited.
CREATE TABLE mfa_challenges (
    public_id  text COLLATE "C" PRIMARY KEY NOT NULL,  -- the id inside the token
    user_id    uuid NOT NULL CONSTRAINT mfa_challenges_user_fk REFERENCES users (id),
    token_hash bytea NOT NULL,                         -- SHA-256
    attempts   integer NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX mfa_challenges_expiry ON mfa_challenges (expires_at);

-- One-time links with which somebody sets a new password.
CREATE TABLE password_resets (
    public_id  text COLLATE "C" PRIMARY KEY NOT NULL,  -- the id inside the token
    user_id    uuid NOT NULL CONSTRAINT password_resets_user_fk REFERENCES users (id),
    token_hash bytea NOT NULL,                         -- SHA-256
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX password_resets_user ON password_resets (user_id);

END $migration$;
